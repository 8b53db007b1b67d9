"""Files that the user saves: copies in the run's folder `files/`, under the names that the user knows."""

from __future__ import annotations

import contextlib
import glob
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

from reportgen.errors import InputFileError, InputTypeError, InputValueError
from reportgen.log.notice import warn_safely
from reportgen.media import tensors
from reportgen.rundir import layout

POLICIES: Final = ("live", "now", "end")


class Saved:
    """The files of one run.

    Args:
        run: The run directory.
    """

    def __init__(self, run: Path) -> None:
        self.folder = run / layout.FILES
        self._later: dict[Path, tuple[Path, str]] = {}  # pattern to base, and to what the user wrote
        self._copied: dict[Path, tuple[int, int]] = {}

    def save(self, pattern: Any, base_path: Any, policy: str) -> list[str]:
        """Copy files into the run, now or at its end. See `Run.save`."""
        wanted = _checked_path("glob_str", pattern)
        if policy not in POLICIES:
            raise InputValueError("RG151", f"policy={policy!r} is unknown", remedy=f"Use one of {', '.join(POLICIES)}")
        if re.match(r"(?i)(s3|gs|https?|az|hdfs)://", wanted):
            warn_safely("RG152", f"{wanted}: files at an address are not saved", remedy="Give paths of local files")
            return []
        base = _absolute(_usual_base(wanted) if base_path is None else _checked_path("base_path", base_path))
        whole = _absolute(wanted)
        if base not in whole.parents:
            raise InputValueError(
                "RG151",
                f"{wanted} does not lie below base_path={base_path!r}",
                remedy="Name a folder that holds the files, or leave base_path out",
            )
        if policy != "now":
            self._later[whole] = base, wanted
        if policy == "end":
            return []
        found = self._copy_all(whole, base)
        if policy == "now" and not found:
            self._tell_missing(wanted)
        return found

    def finish(self) -> None:
        """Copy once more what has changed since, and what came into being.

        Raises:
            OSError: A file could not be copied; the others are.
        """
        faults: list[OSError] = []
        for pattern, (base, wanted) in self._later.items():
            try:
                if not self._copy_all(pattern, base):
                    self._tell_missing(wanted)
            except OSError as fault:
                faults.append(fault)
        self._later.clear()
        if faults:
            raise faults[0]

    def _tell_missing(self, wanted: str) -> None:
        warn_safely("RG152", f"no file to save matches {wanted}", remedy="Check the path")

    def _copy_all(self, pattern: Path, base: Path) -> list[str]:
        """Copy what a pattern matches; the paths of the copies."""
        # Path.glob would match hidden files too, such as `.env`
        found = [str(pattern)] if pattern.exists() else sorted(glob.glob(str(pattern), recursive=True))  # noqa: PTH207
        copies = []
        for match in found:
            for source in _files(Path(match)):
                target = source
                if self.folder not in source.parents:  # else it is there already
                    target = self.folder / source.relative_to(base)
                    self._copy(source, target)
                copies.append(str(target))
        return copies

    def _copy(self, source: Path, target: Path) -> None:
        status = source.stat()
        stamp = status.st_size, status.st_mtime_ns
        if self._copied.get(target) != stamp or not target.exists():
            copy_whole(source, target)
            self._copied[target] = stamp


def copy_whole(source: Path, target: Path) -> None:
    """Copy a file so that nobody meets half of it.

    Raises:
        OSError: It could not be read or written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + layout.PART)
    try:
        shutil.copyfile(source, part)
        shutil.copystat(source, part)
        part.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def restored(
    run: Path, name: str, run_path: str | None, *, replace: bool, root: str | os.PathLike[str] | None
) -> IO[str]:
    """A copy of a file that a run has saved, open for reading. See `Run.restore`.

    Args:
        run: The current run's directory.
        name: Name of the file.
        run_path: The run that has saved it; None for the current one.
        replace: Take it anew where a copy is there already.
        root: Folder for the copy.

    Raises:
        InputFileError: (RG155) There is no such file.
    """
    folder = run
    if run_path is not None:
        *places, id = run_path.strip("/").split("/")
        found = [run.parent.parent / places[-1] / id] if places else sorted(run.parent.parent.glob(f"*/{id}"))
        folder = next((path for path in found if path.is_dir()), run.parent.parent / id)
    source = folder / layout.FILES / name
    if not source.is_file() or (folder / layout.FILES) not in source.parents or ".." in Path(name).parts:
        raise InputFileError(
            "RG155",
            f"no file {name} was saved",
            where=str(folder),
            remedy="Save it with run.save(path) first: there is no server to ask",
        )
    if run_path is None and root is None:
        return source.open(encoding="utf-8", errors="replace")
    target = Path(root or ".").absolute() / name
    if replace or not target.exists():
        copy_whole(source, target)
    return target.open(encoding="utf-8", errors="replace")


def _files(path: Path) -> Iterator[Path]:
    """A file, or all files below a folder that are not hidden; neither pipes nor devices."""
    if path.is_file():
        yield path
    elif path.is_dir():
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            shown = sorted(name for name in names if not name.startswith("."))
            yield from (found for name in shown if (found := Path(folder, name)).is_file())


def _usual_base(pattern: str) -> str:
    """Where the names of saved files begin: the working directory, or the folder of a path that leads out of it."""
    leads_out = Path(pattern).is_absolute() or os.path.normpath(pattern).startswith(os.pardir)
    if not leads_out:
        return os.curdir
    folder = Path(pattern).parent
    while glob.has_magic(str(folder)):
        folder = folder.parent
    return str(folder)


def _absolute(path: str | Path) -> Path:
    """An absolute path without `..`, links left as the user wrote them."""
    return Path(os.path.normpath(Path(path).absolute()))


def _checked_path(what: str, path: Any) -> str:
    if not isinstance(path, (str, bytes, os.PathLike)):
        raise InputTypeError("RG151", f"{what} is {tensors.named(path)}, not a path", remedy="Give the path of a file")
    text = os.fsdecode(path)
    if not text or "\0" in text:
        raise InputValueError("RG151", f"{what} is {text!r}, which no file is named", remedy="Give the path of a file")
    return text
