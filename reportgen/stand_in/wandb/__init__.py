"""What `import wandb` finds in a script that `reportgen run` started. It puts the real stand-in in its own place."""

import sys

sys.modules.pop(__name__)
from reportgen import as_wandb  # noqa: E402

sys.modules[__name__] = as_wandb.register()
