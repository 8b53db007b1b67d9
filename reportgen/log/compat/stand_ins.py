"""Functions that scripts written for W&B call beside those of a run: they work, do nothing, or say what to use."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Final, NoReturn

from reportgen.errors import UsageError
from reportgen.log.notice import say

UNAVAILABLE: Final = {
    "Api": "Read runs with reportgen.read_run(path), and find them with `reportgen ls`",
    "PublicApi": "Read runs with reportgen.read_run(path), and find them with `reportgen ls`",
    "InternalApi": "Read runs with reportgen.read_run(path), and find them with `reportgen ls`",
    "sweep": "Search with Optuna: call init in its objective, with group=study.study_name",
    "agent": "Search with Optuna: call init in its objective, with group=study.study_name",
    "controller": "Search with Optuna: call init in its objective, with group=study.study_name",
    "launch": "Start the script yourself",
    "launch_add": "Start the script yourself",
    "sync": "There is nothing to upload: build the report with `reportgen build`",
}
"""What needs a server, and what to do instead."""

_LETTERS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


def login(*arguments: Any, **options: Any) -> bool:
    """Nothing: there is no account, and nothing leaves the machine.

    Args:
        *arguments: Accepted for scripts written for W&B, and ignored.
        **options: As `arguments`.

    Returns:
        True.
    """
    return True


def setup(*arguments: Any, **options: Any) -> None:
    """Nothing: there is no process to start.

    Args:
        *arguments: Accepted for scripts written for W&B, and ignored.
        **options: As `arguments`.
    """


def require(*arguments: Any, **options: Any) -> None:
    """Nothing: there are no features to choose.

    Args:
        *arguments: Accepted for scripts written for W&B, and ignored.
        **options: As `arguments`.
    """


def ensure_configured() -> None:
    """Nothing: there is nothing to configure."""


def teardown(exit_code: int | None = None) -> None:
    """Finish the current run, if there is one.

    Args:
        exit_code: As for `finish`.
    """
    from reportgen.log import current

    current.finish(exit_code)


def join(exit_code: int | None = None) -> None:
    """As `finish`, which W&B called so until 2023.

    Args:
        exit_code: As for `finish`.
    """
    teardown(exit_code)


def visualize(id: str, value: Any) -> Any:
    """A table, to be logged as it is: the chart that W&B's server keeps under a name cannot be had.

    Args:
        id: Name of the chart.
        value: The table.
    """
    return value


def termlog(string: str = "", newline: bool = True, repeat: bool = True) -> None:
    """Write a line to standard error.

    Args:
        string: The line.
        newline: Accepted for scripts written for W&B, and ignored.
        repeat: False says the same line once only.
    """
    if repeat or string not in _said:
        _said.add(string)
        say(string)


def termwarn(string: str, newline: bool = True, repeat: bool = True) -> None:
    """As `termlog`, marked as a warning."""
    termlog(f"WARNING {string}", newline, repeat)


def termerror(string: str, newline: bool = True, repeat: bool = True) -> None:
    """As `termlog`, marked as an error."""
    termlog(f"ERROR {string}", newline, repeat)


_said: Final[set[str]] = set()


def generate_id(length: int = 8) -> str:
    """Random letters and digits, for the id of a run. The user's random seeds are not touched.

    Args:
        length: How many.
    """
    return "".join(_LETTERS[int.from_bytes(os.urandom(4), "big") % len(_LETTERS)] for _ in range(length))


class Settings:
    """What W&B's scripts hand to `init(settings=...)`: any name with any value.

    `init` heeds `mode`, `disabled`, `save_code` and `_disable_stats` (or `x_disable_stats`); all others mean nothing
    here.
    """

    def __init__(self, *arguments: Any, **values: Any) -> None:
        """Take settings.

        Args:
            *arguments: Accepted for scripts written for W&B, and ignored.
            **values: The settings by name.
        """
        self.__dict__.update(values)

    def __getattr__(self, name: str) -> None:
        if name.startswith("__"):
            raise AttributeError(name)

    def get(self, name: str, default: Any = None) -> Any:
        """A setting.

        Args:
            name: Its name.
            default: What to give when it is not set.
        """
        return self.__dict__.get(name, default)

    def update(self, *others: Any, **values: Any) -> None:
        """Set more.

        Args:
            *others: Mappings.
            **values: Settings by name.
        """
        self.__dict__.update(dict(*others, **values))

    def __repr__(self) -> str:
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"


def unavailable(name: str) -> Callable[..., NoReturn]:
    """A function that says why it cannot be had, and what to use. Importing it is no error; calling it is.

    Args:
        name: A name of `UNAVAILABLE`.
    """

    def refuse(*arguments: Any, **options: Any) -> NoReturn:
        raise UsageError("RG147", f"reportgen.{name} needs a server, and reportgen has none", remedy=UNAVAILABLE[name])

    refuse.__name__ = refuse.__qualname__ = name
    refuse.__doc__ = f"Needs a server. {UNAVAILABLE[name]}."
    return refuse
