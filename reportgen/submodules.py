"""Submodules of W&B by name, for `wandb.keras` and `from wandb.sdk.data_types import Image`."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any, Final

import reportgen
from reportgen import kinds
from reportgen.errors import InputAttributeError, MissingPackage

CALLBACKS: Final = ("gym", "keras", "lightgbm", "sb3", "sklearn", "tensorboard", "xgboost")

MODULES: Final = {
    "errors": "reportgen.errors",
    "plot": "reportgen.plot",
    "plots": "reportgen.plot",
    **{name: f"reportgen.integration.{name}" for name in CALLBACKS},
    **{f"integration.{name}": f"reportgen.integration.{name}" for name in CALLBACKS},
}
"""Submodules that are modules here."""

NAMESPACES: Final = ("apis", "data_types", "helper", "integration", "old", "sdk", "util", "wandb_run", "wandb_sdk")
"""Submodules that hold names which are public here. What lies below them is looked for by its last name."""

_INSIDE: Final = ("artifacts", "disabled", "internal", "lib", "public", "runid", "wandb_init", "wandb_settings")
"""Modules inside of `wandb.sdk` and `wandb.apis`, of which scripts take names."""

_OTHER_NAMES: Final = {"RunDisabled": "Run"}
"""Names of W&B that go by another name here."""


class Namespace(ModuleType):
    """A submodule that holds names of reportgen.

    Args:
        name: Its full name: "wandb.data_types".
    """

    def __init__(self, name: str) -> None:
        super().__init__(name, f"Stands for {name}: its names are those of reportgen.")
        self.__path__: list[str] = []  # so that it may have submodules

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        inside = f"{self.__name__}.{name}".partition(".")[2]
        if is_module(inside):
            return attribute(inside)
        if name in _INSIDE:
            return submodule(inside)
        try:
            return getattr(reportgen, _OTHER_NAMES.get(name, name))
        except InputAttributeError:
            raise
        except AttributeError:
            raise InputAttributeError(
                "RG133", f"this version has no {self.__name__}.{name}", remedy="Leave it out, or guard it with hasattr"
            ) from None


_made: Final[dict[str, ModuleType]] = {}


def submodule(name: str) -> ModuleType:
    """What stands for a submodule of W&B.

    Args:
        name: Its name without `wandb.`: "integration.keras".

    Raises:
        MissingPackage: (RG147) It has no counterpart. (RG501) The framework that it is for is not installed.
    """
    if name in MODULES:
        kinds.load(f"{MODULES[name]}:__name__")
        return sys.modules[MODULES[name]]
    first, _, rest = name.partition(".")
    if first in NAMESPACES and not (first == "integration" and rest):
        return _made.setdefault(name, Namespace(f"wandb.{name}"))
    raise MissingPackage(
        "RG147",
        f"there is no wandb.{name} in reportgen",
        remedy=f"Log what it would log with reportgen.log. There are wandb.{', wandb.'.join(CALLBACKS)}",
    )


def attribute(name: str) -> ModuleType:
    """As `submodule`, where it is an attribute that is asked for, so that `hasattr` has an answer.

    Args:
        name: Its name without `wandb.`.

    Raises:
        InputAttributeError: (RG147) It has no counterpart. (RG501) Its framework is not installed.
    """
    try:
        return submodule(name)
    except MissingPackage as fault:
        problem = fault.problem
        raise InputAttributeError(problem.code, problem.what, where=problem.where, remedy=problem.remedy) from fault


def is_module(name: str) -> bool:
    """Whether a submodule of W&B stands for something here."""
    return name in MODULES or name in NAMESPACES
