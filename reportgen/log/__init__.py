"""A run being written.

This package is itself the function `reportgen.log`: W&B's users know a function of that name, and a package inside
`reportgen` takes the name of its attribute. So the one is made callable.
"""

from __future__ import annotations

import sys
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any


class _Log(ModuleType):
    """Makes `reportgen.log({"loss": 0.1})` work."""

    _log: Callable[[Mapping[str, Any] | None, int | None, bool | None], None] | None = None

    def __call__(
        self, data: Mapping[str, Any] | None = None, step: int | None = None, commit: bool | None = None
    ) -> None:
        """Store values in the current run. See `reportgen.Run.log`.

        Args:
            data: Values by key.
            step: Step of the row; by default the current one.
            commit: Close the row; by default True without a step, and False with one.
        """
        if self._log is None:
            from reportgen.log import current

            self._log = current.log
        self._log(data, step, commit)


sys.modules[__name__].__class__ = _Log
