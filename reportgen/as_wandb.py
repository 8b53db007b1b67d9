"""Lets scripts that say `import wandb` log to reportgen, without an edit.

    import reportgen.as_wandb      # first; from then on `import wandb` gives reportgen
    import wandb
    from wandb.integration.keras import WandbMetricsLogger

`reportgen run train.py` does the same for a script, and for the processes that it starts. It holds for the process
only, also where W&B is installed; where W&B was imported before, it is an error.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

import reportgen
from reportgen.errors import UsageError
from reportgen.submodules import Namespace, submodule

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.metadata import Distribution

NAME: Final = "wandb"

FOLLOWED: Final = "0.28.2"
"""The version of W&B whose calls are followed; packages that ask for a least version find it in `wandb.__version__`."""


class StandIn(Namespace):
    """The module `wandb`: everything of reportgen, by reference, so that `wandb.run` is the run of now."""

    def __init__(self) -> None:
        super().__init__(NAME)
        self.__doc__ = reportgen.__doc__
        self.__version__ = FOLLOWED
        self.__package__ = NAME
        self.__spec__ = ModuleSpec(NAME, None, is_package=True)
        self.__file__ = reportgen.__file__

    def __setattr__(self, name: str, value: object) -> None:
        if name in ("config", "run", "summary"):  # `wandb.config = {...}` means the run's
            setattr(reportgen, name, value)
        else:
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*dir(reportgen), *super().__dir__()})


class _Finder(MetaPathFinder, Loader):
    """Finds the submodules of `wandb`, and its version for packages that ask which one is installed."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A spec for names that begin with `wandb.`."""
        return ModuleSpec(name, self) if name.startswith(f"{NAME}.") else None

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """A plain module, which `exec_module` replaces."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Put what stands for the submodule in its place."""
        sys.modules[module.__name__] = submodule(module.__name__.removeprefix(f"{NAME}."))

    def find_distributions(self, context: Any = None) -> Iterable[Distribution]:
        """What `importlib.metadata.version("wandb")` asks for."""
        return [_distribution()] if getattr(context, "name", None) == NAME else []


def _distribution() -> Distribution:
    """What says that `wandb` is installed; `reportgen run` has the same folder on the path."""
    from importlib.metadata import Distribution

    return Distribution.at(Path(__file__).parent / "stand_in" / f"{NAME}-{FOLLOWED}.dist-info")


_finder: Final = _Finder()


def register() -> ModuleType:
    """Make `import wandb` give reportgen in this process. A second call does nothing.

    Returns:
        The module `wandb`.

    Raises:
        UsageError: (RG148) W&B's own package is imported already.
    """
    known = sys.modules.get(NAME)
    if isinstance(known, StandIn):
        return known
    if known is not None:
        raise UsageError(
            "RG148",
            "W&B's own package was imported before reportgen.as_wandb",
            where=str(getattr(known, "__file__", "")),
            remedy="Import reportgen.as_wandb first, or start the script with `reportgen run`",
        )
    made = sys.modules[NAME] = StandIn()
    sys.meta_path.insert(0, _finder)
    return made


register()
