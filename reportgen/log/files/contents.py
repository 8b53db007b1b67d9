"""What an artifact holds before it is logged, and how each piece of it comes to lie in a run."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from reportgen.errors import InputFileError, InputValueError, UsageError
from reportgen.rundir import jsonl, tables
from reportgen.rundir.artifacts import Entry, is_inside
from reportgen.rundir.jsonl import Json
from reportgen.rundir.opening import media_path
from reportgen.rundir.records.record import MEDIA_FILE
from reportgen.rundir.writer import CHUNK, RunWriter

REMOTE: Final = re.compile(r"(?i)(?!file:)[a-z][a-z0-9+.-]+://")


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that lies in the media folder of a run already.

    Attributes:
        folder: The run directory.
        file: Its place there.
        size: Its bytes.
    """

    folder: Path
    file: str
    size: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file of the user's that is copied when the artifact is logged, because no run was open when it was added.

    Attributes:
        path: The file.
        stamp: Its bytes and the time of its last change when it was added.
    """

    path: Path
    stamp: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Held:
    """Bytes in memory."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A file that stays where it is.

    Attributes:
        address: Its path or address.
        size: Its bytes; 0 when they are not known.
        sha256: SHA-256 of its bytes; "" when they are not known.
    """

    address: str
    size: int = 0
    sha256: str = ""


Content = Kept | Waiting | Held | Elsewhere


def of_file(path: Path, writer: RunWriter | None) -> Content:
    """A file as it is now, if a run is open; else it is taken when the artifact is logged.

    Raises:
        InputFileError: (RG155) There is no such file.
        OSError: It could not be copied.
    """
    if not path.is_file():
        raise InputFileError("RG155", "there is no such file", where=str(path), remedy="Check the path")
    if writer is not None:
        return _kept(writer, writer.put_file(path, suffix_of(path.name)))
    status = path.stat()
    return Waiting(path, (status.st_size, status.st_mtime_ns))


def of_bytes(data: bytes, name: str, writer: RunWriter | None) -> Content:
    """Bytes, in the run if one is open."""
    return Held(data) if writer is None else _kept(writer, writer.put(data, suffix_of(name)))


def of_reference(address: str, *, checksum: bool) -> Mapping[str, Content]:
    """The files that an address or path names, by their names below it; one file goes by "".

    Args:
        address: `file:///…`, a path, or an address that only others can open.
        checksum: Hash local files, so that it shows when they change.

    Raises:
        InputFileError: (RG155) A local path that is not there.
    """
    if REMOTE.match(address):
        return {"": Elsewhere(address)}
    path = Path(address.removeprefix("file://")).expanduser().absolute()
    if path.is_file():
        return {"": _elsewhere(path, checksum)}
    if not path.is_dir():
        raise InputFileError("RG155", "there is no such file or folder", where=address, remedy="Check the path")
    return {name: _elsewhere(found, checksum) for name, found in files_below(path)}


def _elsewhere(path: Path, checksum: bool) -> Elsewhere:
    return Elsewhere(str(path), path.stat().st_size, sha256_of(path) if checksum else "")


def files_below(folder: Path) -> Iterator[tuple[str, Path]]:
    """All regular files below a folder, with their names relative to it, in order."""
    for at, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(at, name)
            if path.is_file():
                yield path.relative_to(folder).as_posix(), path


def settle(content: Content, name: str, writer: RunWriter) -> Entry:
    """Bring a piece of an artifact into a run.

    Args:
        content: The piece.
        name: Its name in the artifact.
        writer: The run.

    Raises:
        InputFileError: (RG155) A file has gone since it was added.
        UsageError: (RG156) A file was changed since it was added.
        OSError: It could not be copied.
    """
    if isinstance(content, Elsewhere):
        return Entry(name, content.size, content.sha256, "", content.address)
    if isinstance(content, Kept) and content.folder == writer.folder:
        return _entry(name, content.file, content.size)
    if isinstance(content, Held):
        return _entry(name, writer.put(content.data, suffix_of(name)), len(content.data))
    source = media_path(content.folder, content.file) if isinstance(content, Kept) else content.path
    if isinstance(content, Waiting):
        if not source.is_file():
            raise InputFileError("RG155", "the file has gone since it was added", where=str(source), remedy=_KEEP)
        status = source.stat()
        if (status.st_size, status.st_mtime_ns) != content.stamp:
            raise UsageError("RG156", "the file was changed after it was added", where=str(source), remedy=_KEEP)
    file = writer.put_file(source, Path(content.file).suffix if isinstance(content, Kept) else suffix_of(name))
    return _entry(name, file, (writer.folder / file).stat().st_size)


_KEEP: Final = "Call init before add_file: then the file is taken at once"


def digested(content: Content, name: str) -> Entry:
    """What `settle` would give, without any run; `file` is left as the name of its content."""
    if isinstance(content, Elsewhere):
        return Entry(name, content.size, content.sha256, "", content.address)
    if isinstance(content, Kept):
        return _entry(name, content.file, content.size)
    digest = hashlib.sha256(content.data).hexdigest() if isinstance(content, Held) else sha256_of(content.path)
    size = len(content.data) if isinstance(content, Held) else content.stamp[0]
    return Entry(name, size, digest, f"media/{digest[:2]}/{digest}{suffix_of(name)}")


def _kept(writer: RunWriter, file: str) -> Kept:
    return Kept(writer.folder, file, (writer.folder / file).stat().st_size)


def _entry(name: str, file: str, size: int) -> Entry:
    return Entry(name, size, Path(file).name[:64], file)


def size_of(content: Content) -> int:
    """Bytes of a piece."""
    if isinstance(content, Held):
        return len(content.data)
    return content.stamp[0] if isinstance(content, Waiting) else content.size


def suffix_of(name: str) -> str:
    """The extension that a file keeps in `media/`, with its dot; "" for none."""
    suffix = Path(name).suffix.lower()
    return suffix if re.fullmatch(r"\.[0-9a-z]{1,12}", suffix) else ""


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, as hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def of_media(media: Any, writer: RunWriter) -> Mapping[str, Content]:
    """A media value: its record as JSON under "", and the files that the record names under their names in the run.

    Args:
        media: It has `encode(store)`, and perhaps `snapshot()`.
        writer: The run that takes its files.

    Raises:
        OSError: A file could not be stored.
    """
    taken = media.snapshot() if hasattr(media, "snapshot") else media
    record = taken.encode(writer).to_json()
    pieces: dict[str, Content] = {"": _kept(writer, writer.put(jsonl.encode_document({"value": record}), ".json"))}
    for file in (*media_files(record), *media_files(tables.held_by(writer.folder, record))):
        pieces[file] = _kept(writer, file)
    return pieces


def media_files(record: Json) -> Iterator[str]:
    """The media files that a record names, at any depth."""
    if isinstance(record, str):
        if re.fullmatch(MEDIA_FILE, record):
            yield record
    elif isinstance(record, Mapping):
        for value in record.values():
            yield from media_files(value)
    elif isinstance(record, (list, tuple)):
        for value in record:
            yield from media_files(value)


def fetch(entry: Entry, folder: Path, target: Path) -> None:
    """Copy a file of an artifact to a place of the user's. One that is there already stays.

    Args:
        entry: The file.
        folder: The run directory that holds it.
        target: Where it goes.

    Raises:
        UsageError: (RG157) It lies at an address, or a local file that it stands for was changed.
        InputFileError: (RG155) A local file that it stands for has gone.
        RunDirError: (RG321, RG322) The run does not hold it any more.
        OSError: It could not be copied.
    """
    source = media_path(folder, entry.file) if entry.file else _referred(entry)
    if target.is_file() and target.stat().st_size == source.stat().st_size and sha256_of(target) == sha256_of(source):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _referred(entry: Entry) -> Path:
    """The local file that a reference stands for, if it is still what it was."""
    if REMOTE.match(entry.reference):
        raise UsageError(
            "RG157",
            f"{entry.path} is a reference to {entry.reference}; reportgen opens no connection",
            remedy="Fetch it yourself",
        )
    path = Path(entry.reference)
    if not path.is_file():
        raise InputFileError("RG155", f"the file that {entry.path} refers to has gone", where=str(path))
    if entry.sha256 and sha256_of(path) != entry.sha256:
        raise UsageError("RG157", f"the file that {entry.path} refers to was changed since", where=str(path))
    return path


def checked_name(name: Any) -> str:
    """A name in an artifact, with slashes.

    Raises:
        InputValueError: (RG158) It is empty, or leads out of the artifact.
    """
    text = os.fspath(name) if isinstance(name, os.PathLike) else name
    text = text.replace(os.sep, "/") if isinstance(text, str) else text
    clean = text.removeprefix("./").strip("/") if isinstance(text, str) else ""
    if not clean or not is_inside(clean):
        raise InputValueError(
            "RG158", f"{name!r} is no name of a file in an artifact", remedy='Use a relative path, such as "data/x.csv"'
        )
    return clean
