"""The one door to packages that may be absent: loads one, or says what to install."""

from __future__ import annotations

import importlib
from types import ModuleType

from reportgen.errors import MissingPackage


def load(module: str, *, needed_by: str, extra: str = "") -> ModuleType:
    """Import an optional package.

    Args:
        module: Its import name, such as `"matplotlib"`.
        needed_by: The feature that needs it, as a user would name it: "Video from an array".
        extra: The extra of this distribution that installs it; "" when the package is named itself.

    Raises:
        MissingPackage: (RG501) It is not installed; the message says what to install.
    """
    try:
        return importlib.import_module(module)
    except ImportError as fault:
        package = f'"reportgen-ml[{extra}]"' if extra else module.partition(".")[0]
        raise MissingPackage(
            "RG501", f"{needed_by} needs the package {module}", remedy=f"pip install {package}"
        ) from fault
