"""Keeps a copy of the code that a run was made with, in the run's folder `files/code/`: small, and without secrets."""

from __future__ import annotations

import fnmatch
import inspect
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from reportgen.errors import InputTypeError, InputValueError
from reportgen.log.machine import redact
from reportgen.log.notice import warn_safely
from reportgen.media import tensors
from reportgen.rundir import layout

FOLDER: Final = f"{layout.FILES}/code"

LARGEST: Final = 1_000_000
"""Bytes of one file of code that is copied."""
MOST: Final = 20_000_000
"""Bytes of all of them."""
COUNT: Final = 2_000
"""How many of them."""

_SECRET_NAMES: Final = (
    *(".env", ".env.*", "*.env", ".envrc", ".netrc", "_netrc", ".npmrc", ".pypirc", ".htpasswd", ".git-credentials"),
    *("*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx", "*.ppk", "*.asc", "*.gpg"),
    *("id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", "credentials", "credentials.*", "secrets", "secrets.*"),
    *("secret.*", "kaggle.json", "service*account*.json", "client_secret*.json"),
)
"""Files that hold secrets by their names. They are never copied, whatever the caller's function says."""

_FOREIGN: Final = frozenset(
    {"site-packages", "node_modules", "__pycache__", "venv", "env", "wandb", "lightning_logs", "mlruns", "artifacts"}
)
"""Folders that hold other people's code, or none."""

_ASSIGNED: Final = re.compile(
    r"""(?P<name>[\w.-]+)(?P<sign>["']?\]?\s*[=:]\s*)(?P<quote>["'])(?P<value>[^"'\n]+)(?P=quote)"""
)
_LOGIN: Final = re.compile(r"""(?P<call>\blogin\(\s*)(?P<quote>["'])[0-9a-zA-Z_-]{20,}(?P=quote)""")
_LITERAL: Final = re.compile(r"""(?P<quote>["'])(?P<value>[^"'\n]{12,})(?P=quote)""")
_PRIVATE_KEY: Final = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL
)

Choice = Callable[..., bool]


def is_python(path: str) -> bool:
    """Which files `log_code` takes when it is not told."""
    return path.endswith(".py")


def is_nothing(path: str) -> bool:
    """Which files `log_code` leaves out besides when it is not told."""
    return False


def copy_code(run: Path, root: Any, include: Choice, exclude: Choice, *, project_root: Path) -> list[str]:
    """Copy the files of code below a folder.

    Args:
        run: The run directory.
        root: The folder.
        include: Says of a path, and perhaps of the root, whether it is code.
        exclude: Says in the same way what is left out nevertheless.
        project_root: Folder of all projects: runs are no code.

    Returns:
        Names of the copies, relative to the run directory.

    Raises:
        InputTypeError: (RG153) `root` is no path, or a function cannot be called.
        InputValueError: (RG153) `root` is no folder.
        OSError: A file could not be read or written.
    """
    if not isinstance(root, (str, os.PathLike)):
        raise InputTypeError("RG153", f"root is {tensors.named(root)}, not a path", remedy='Write log_code(".")')
    for name, choice in (("include_fn", include), ("exclude_fn", exclude)):
        if not callable(choice):
            raise InputTypeError(
                "RG153",
                f"{name} is {tensors.named(choice)}, no function",
                remedy=f'Write {name}=lambda path: "x" in path',
            )
    folder = Path(root).expanduser().absolute()
    if not folder.is_dir():
        raise InputValueError("RG153", "there is no such folder of code", where=str(root), remedy="Check the path")
    names: list[str] = []
    left_out: list[str] = []
    total = 0
    for path in _below(folder, {run, project_root}):
        if not (_asked(include, path, folder) and not _asked(exclude, path, folder)):
            continue
        size = path.stat().st_size
        inside = path.relative_to(folder).as_posix()
        if is_secret_file(path.name) or size > LARGEST or total + size > MOST or len(names) >= COUNT:
            left_out.append(inside)
            continue
        total += size
        names.append(copy_source(path, run, inside))
    if left_out:
        _tell(left_out)
    return names


def copy_script(run: Path) -> list[str]:
    """Copy the script that this process runs; nothing in a console or notebook, where there is none."""
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    path = Path(main).absolute() if isinstance(main, str) else None
    if path is None or not path.is_file() or path.stat().st_size > LARGEST or is_secret_file(path.name):
        return []
    return [copy_source(path, run, path.name)]


def copy_source(path: Path, run: Path, name: str) -> str:
    """Copy one file of code, secrets in it hidden.

    Args:
        path: The file.
        run: The run directory.
        name: Its name among the code, with slashes.

    Returns:
        The copy's name relative to the run directory.
    """
    data = path.read_bytes()
    try:
        hidden = redacted(data.decode("utf-8")).encode("utf-8")
    except UnicodeDecodeError:  # no text, so no source
        hidden = data
    target = run / FOLDER / name
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + layout.PART)
    part.write_bytes(hidden)
    part.replace(target)
    return f"{FOLDER}/{name}"


def redacted(source: str) -> str:
    """Source code with the secrets hidden that stand in its literals; everything else is as it was.

    Args:
        source: The text of a file. `key = "…"`, `api_key="…"`, `environ["API_KEY"] = "…"`, `login("…")`, private keys,
            and literals that look like a token, are looked for.
    """
    hidden = _PRIVATE_KEY.sub(redact.REDACTED, source)
    hidden = _LOGIN.sub(rf"\g<call>\g<quote>{redact.REDACTED}\g<quote>", hidden)
    hidden = _ASSIGNED.sub(_assigned, hidden)
    return _LITERAL.sub(lambda found: found["quote"] + redact.text(found["value"]) + found["quote"], hidden)


def _assigned(found: re.Match[str]) -> str:
    if not redact.is_secret(found["name"], found["value"]):
        return found[0]
    return f"{found['name']}{found['sign']}{found['quote']}{redact.REDACTED}{found['quote']}"


def is_secret_file(name: str) -> bool:
    """Whether a file holds secrets, by its name."""
    return any(fnmatch.fnmatch(name.lower(), pattern) for pattern in _SECRET_NAMES)


def _below(folder: Path, ours: set[Path]) -> Iterator[Path]:
    """Files below a folder, but for hidden folders, environments, and folders of runs."""
    for at, folders, names in os.walk(folder):
        here = Path(at)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in _FOREIGN
            and here / name not in ours
            and not (here / name / "pyvenv.cfg").exists()
            and not (here / name / layout.RUN).exists()
        )
        yield from (path for name in sorted(names) if (path := here / name).is_file())


def _asked(choice: Choice, path: Path, root: Path) -> bool:
    """What a function of the user's says of a path; newer ones take the root as well."""
    try:
        takes = len(inspect.signature(choice).parameters)
    except (TypeError, ValueError):
        takes = 1
    return bool(choice(str(path), str(root)) if takes >= 2 else choice(str(path)))


def _tell(left_out: list[str]) -> None:
    shown = ", ".join(left_out[:3]) + (f" and {len(left_out) - 3:,} more" if len(left_out) > 3 else "")
    warn_safely(
        "RG154",
        f"not copied with the code: {shown}",
        remedy=f"Files that hold secrets are never copied, nor those above {LARGEST // 10**6} MB or {MOST // 10**6} MB "
        "in all; save(path) copies a file as it is",
    )
