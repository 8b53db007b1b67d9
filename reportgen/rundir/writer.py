"""Writes a run directory so that nothing is lost: appended lines, files replaced whole, media named by content.

One process writes a run, and holds it (`hold.py`) while it does; further ones, such as the other ranks of a distributed
training, write files of their own beside its (`SideWriter`). A row is one `os.write` on a descriptor opened for
appending: once `append` returned, the row outlives the process, whatever kills it. `sync` makes it outlive the machine.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from reportgen.errors import WriteError
from reportgen.rundir import descriptors, jsonl, layout, leftovers
from reportgen.rundir.appending import LineFile
from reportgen.rundir.descriptors import Reserve
from reportgen.rundir.hold import Hold
from reportgen.rundir.spare import Spare

if TYPE_CHECKING:
    from reportgen.rundir.increments import Before
    from reportgen.rundir.mended import Mended

CHUNK: Final = 1024 * 1024
"""Bytes that are read at once when a file is copied into the run."""

SMALL: Final = 4 * 1024 * 1024
"""Bytes of a file that is kept in memory, not as a copy on disk, until it is stored."""

MOST_UNSYNCED: Final = 50_000
"""Media files that `sync` remembers; the system has written older ones itself by then."""

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_LONGEST: Final = 40
"""Bytes of the line in which a further writer says how much it lacks."""

_READ: Final = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0)


class RunWriter:
    """The run directory of one run that is being written.

    Attributes:
        folder: The run directory, absolute.
        history: Rows of `log`.
        system: Rows of system metrics.
        main: Whether this is the process that owns the run: it alone writes `run.json`, `config.json` and
            `summary.json`.
        place: What tells the run directory from others of its name.
        increments: What an earlier session logged of incremental tables, by key, where they go on: the first table of
            a key takes it out.
    """

    main = True
    increments: dict[str, Before] | None = None

    def __init__(self, folder: Path, *, new: bool) -> None:
        """Make or open a run directory, and hold it.

        Args:
            folder: The run directory.
            new: It must not exist yet; its parents are made.

        Raises:
            FileExistsError: `new`, and it is there.
            UsageError: (RG361) Another process, or this one, is writing it.
            WriteError: (RG362) It cannot be written.
        """
        self.folder = folder
        self._unsynced: deque[Path] = deque(maxlen=MOST_UNSYNCED)
        try:
            if new:
                folder.parent.mkdir(parents=True, exist_ok=True)
        except OSError as fault:  # a file where a folder should be counts as "exists", and is no run
            raise unwritable(folder, fault) from fault
        try:
            if new:
                folder.mkdir()
            self._open(layout.LOCK, layout.MAIN)
        except FileExistsError:
            raise
        except OSError as fault:
            raise unwritable(folder, fault) from fault

    def _open(self, lock: str, writer: str) -> None:
        """Hold a writer's files, and open them."""
        self._hold: Hold | None = Hold(self.folder / lock, self.folder / layout.owner_of(writer))
        if self.main:
            leftovers.clear(self.folder)
        try:
            self.history = LineFile(self.folder / layout.history_of(writer))
            self.system = LineFile(self.folder / layout.system_of(writer))
        except OSError:
            self._hold.release()
            raise
        self._reserve()

    def _reserve(self) -> None:
        """Keep descriptors, and room on the disk, for when there is none."""
        self.place = descriptors.identity_at(self.folder)
        self._held = Reserve()
        self._held.fill(self.history.descriptor())
        self._spare = Spare(self.folder / layout.RUN)

    def write_document(self, name: str, content: Mapping[str, Any], *, durable: bool = False) -> None:
        """Replace `run.json`, `config.json` or `summary.json`. A reader meets the old or the new file, whole.

        Args:
            name: A name of `layout`.
            content: Plain values, as for `jsonl.encode_document`.
            durable: Wait until it is on the device.

        `run.json` can be replaced on a full disk, too, and by a process that may open no more files: see `spare.py`.

        Raises:
            OSError: It could not be written; the old file is untouched.
        """
        data = jsonl.encode_document(content)
        try:
            self._replace(name, data, durable=durable)
        except OSError:
            if name != layout.RUN or not self._spare.write(data, durable=durable):
                raise
        else:
            if name == layout.RUN:
                self._spare.keep(len(data))

    def _replace(self, name: str, data: bytes, *, durable: bool) -> None:
        with _part(self._here() / name) as part:
            descriptor = descriptors.opened(part, _NEW)
            try:
                _write_all(descriptor, data)
                if durable:
                    os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def mark_incomplete(self, unwritten: int) -> None:
        """Nothing: `run.json` says so."""

    def make_room(self) -> None:
        """Give up the room that is kept for `run.json`: for what comes last, when that has been written."""
        self._spare.free()

    def remove_document(self, name: str) -> None:
        """Remove a document that could not be brought up to date: readers work out what it would say."""
        with contextlib.suppress(OSError):
            (self.folder / name).unlink()

    def put(self, data: bytes, suffix: str) -> str:
        """Store a media file under the hash of its bytes; the same bytes are stored once.

        Args:
            data: The bytes of the file.
            suffix: Its extension with the dot, lower case, such as `".png"`.

        Returns:
            Its place relative to the run directory, for a record.

        Raises:
            OSError: It could not be written.
        """
        import hashlib  # it loads OpenSSL, which runs of numbers never need

        name = layout.media_name(hashlib.sha256(data).hexdigest(), suffix)
        target = self._here() / name
        if not _holds(target, len(data)):
            target.parent.mkdir(parents=True, exist_ok=True)
            with _part(target) as part:
                descriptor = descriptors.opened(part, _NEW)
                try:
                    _write_all(descriptor, data)
                finally:
                    os.close(descriptor)
            self._unsynced.append(target)
        return name

    def put_file(self, source: Path, suffix: str) -> str:
        """Copy a file into the run, as `put` does with bytes. Memory stays small however large the file is.

        Args:
            source: The file.
            suffix: Extension of the copy, with the dot, lower case.

        Raises:
            OSError: It could not be read or written.
        """
        import hashlib

        digest = hashlib.sha256()
        copy = self._media() / _part_name(suffix)
        try:
            with source.open("rb") as given:
                descriptor = descriptors.opened(copy, _NEW)
                try:
                    while chunk := given.read(CHUNK):
                        digest.update(chunk)
                        _write_all(descriptor, chunk)
                finally:
                    os.close(descriptor)
            return self._place(copy, digest.hexdigest(), suffix)
        finally:
            copy.unlink(missing_ok=True)

    def keep(self, source: Path) -> bytes | Path:
        """Take a file as it is now, quickly: `put` or `adopt` stores it later, whatever happens to the file.

        A link to it would not do: who writes into a file writes into all of its links.

        Args:
            source: The file.

        Returns:
            What a small file holds; of a larger one, the path of a copy.

        Raises:
            OSError: It could not be read or written.
        """
        if source.stat().st_size <= SMALL:
            return source.read_bytes()
        import shutil  # copies inside of the system; rarely needed

        copy = self._media() / _part_name("kept")
        try:
            shutil.copyfile(source, copy)
        except BaseException:
            copy.unlink(missing_ok=True)
            raise
        return copy

    def adopt(self, copy: Path, suffix: str) -> str:
        """Store a copy that `keep` made, as `put_file` does; the copy is gone then.

        Args:
            copy: The copy.
            suffix: Extension of the file, with the dot, lower case.

        Raises:
            OSError: It could not be read or moved.
        """
        import hashlib

        copy = self._media() / copy.name  # the run directory may have another name by now
        try:
            with copy.open("rb") as held:
                digest = hashlib.file_digest(held, "sha256").hexdigest()
            return self._place(copy, digest, suffix)
        finally:
            copy.unlink(missing_ok=True)

    def _place(self, copy: Path, digest: str, suffix: str) -> str:
        """Give a copy the name of its content."""
        name = layout.media_name(digest, suffix)
        target = self.folder / name
        target.parent.mkdir(exist_ok=True)
        copy.replace(target)
        self._unsynced.append(target)
        return name

    def sync(self) -> None:
        """Wait until all rows are on the device, and before them the files that they name.

        Raises:
            OSError: As for `LineFile.sync`.
        """
        self._sync_media()
        self.history.sync()
        self.system.sync()

    def _taken_unsynced(self) -> list[Path]:
        files: list[Path] = []
        with contextlib.suppress(IndexError):  # another thread takes some, too
            files.extend(self._unsynced.popleft() for _ in range(len(self._unsynced)))
        return files

    def _sync_media(self) -> None:
        files = self._taken_unsynced()
        if os.name == "nt":  # there, only who has written a file can sync it
            return
        for path in [*files, *sorted({path.parent for path in files})]:  # a folder holds the names of its files
            with contextlib.suppress(FileNotFoundError):  # somebody has tidied up
                descriptor = descriptors.opened(path, _READ)
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)

    def beat(self) -> None:
        """Give a sign of life, for processes on other machines. To be called every few seconds.

        Raises:
            OSError: Another process has taken over, because this one gave none for long.
        """
        if self._hold is not None:
            self._hold.beat()

    def mend(self) -> Mended | None:
        """Put right what others have done to the files of this writer. To be called every few seconds.

        Files that somebody has closed are opened again. Where the run directory has another place by now, it is
        followed: `folder` changes. Files that were removed are written anew, from what is still held open; no row may
        be appended meanwhile.

        Returns:
            What was removed or cut; None when that is nothing.

        Raises:
            OSError: That was not possible, or another process writes the run by now.
        """
        files, found = (self.history, self.system), None
        for file in files:
            file.mend()
        cut = [file for file in files if file.was_cut()]
        if cut or any(file.gone for file in files):
            from reportgen.rundir.mended import put_right  # what few runs meet

            found = put_right(self, cut, self._hold)
        if self._hold is not None:
            self._hold.mend()
        self._held.fill(self.history.descriptor())
        self._spare.mend()
        return found

    def follow(self) -> bool:
        """Go on where the run directory lies by now, if somebody has moved it within its file system.

        Returns:
            Whether it has another place.
        """
        place, before = self.history.place(), self.folder
        if place is None or place.parent == before or not (place.parent / layout.RUN).is_file():
            return False
        self.folder = folder = place.parent
        for file in (self.history, self.system):
            file.moved(folder)
        for path in self._taken_unsynced():
            self._unsynced.append(folder / path.relative_to(before) if path.is_relative_to(before) else path)
        if self._hold is not None:
            self._hold.moved(folder)
        self._spare.moved(folder)
        return True

    def _here(self) -> Path:
        """The run directory, where it lies by now: another one may have taken its place."""
        if descriptors.identity_at(self.folder) != self.place:
            self.follow()
        return self.folder

    def _media(self) -> Path:
        """The folder of media, where the run directory lies by now."""
        (media := self._here() / layout.MEDIA).mkdir(parents=True, exist_ok=True)
        return media

    def was_short(self) -> bool:
        """Whether this process could open no more files since this was last asked, and may do so now."""
        return self._held.asked()

    def close(self) -> None:
        """Close the files and give the run back; a second call does nothing."""
        self._held.drop()
        self._spare.free()
        self.history.close()
        self.system.close()
        if self._hold is not None:
            self._hold.release()

    def let_go(self) -> None:
        """In a forked child: close the files, and leave the run to the parent."""
        self._held.drop()
        self._spare.let_go()
        self.history.close()
        self.system.close()
        if self._hold is not None:
            self._hold.let_go()


class SideWriter(RunWriter):
    """A further process that writes a run: it has files of its own, and touches none of the others.

    Attributes:
        writer: Its name: the rank, or "w" and a number.
    """

    main = False

    def __init__(self, folder: Path, rank: int | None, session: int, *, step: int = 0, runtime: float = 0.0) -> None:
        """Open the files of a writer in a run directory that is there.

        Args:
            folder: The run directory.
            rank: The rank of this process, from 1. None for a worker process: it becomes the next one.
            session: Number of the run's session, from 0. Where it is not the first, a row says so.
            step: The current step, for that row.
            runtime: The current runtime, for that row.

        Raises:
            UsageError: (RG361) Another process writes as this rank.
            OSError: The files cannot be written.
        """
        self.folder = folder
        self._unsynced = deque(maxlen=MOST_UNSYNCED)
        if rank is None:
            self._hold = None  # a file that was made just now is nobody else's
            self.history, self.writer = self._next()
            self.system = LineFile.nowhere()
            self._reserve()
        else:
            self.writer = str(rank)
            self._open(layout.history_of(self.writer), self.writer)
        if session:
            self.history.append(session_row(session, step, runtime))

    def _next(self) -> tuple[LineFile, str]:
        """The history of the first worker whose name is free."""
        taken = [int(name[1:]) for name in layout.writers(os.listdir(self.folder)) if name.startswith("w")]  # noqa: PTH208
        number = max(taken, default=0)
        while True:
            number += 1
            with contextlib.suppress(FileExistsError):
                return LineFile(self.folder / layout.history_of(f"w{number}"), new=True), f"w{number}"

    def write_document(self, name: str, content: Mapping[str, Any], *, durable: bool = False) -> None:
        """Nothing: the document belongs to the process that owns the run."""

    def mark_incomplete(self, unwritten: int) -> None:
        """Say in a file of this process alone that it could not write something.

        Args:
            unwritten: How many rows and media values; 0 where that is not known.

        Raises:
            OSError: There is not even room for an empty file. An empty one says as much.
        """
        descriptor = descriptors.opened(self.folder / layout.losses_of(self.writer), _NEW & ~os.O_TRUNC)
        try:
            with contextlib.suppress(OSError):  # blanks make all of them as long, so that one takes another's place
                _write_all(descriptor, jsonl.encode({layout.UNWRITTEN: unwritten}).rstrip().ljust(_LONGEST) + b"\n")
        finally:
            os.close(descriptor)


def session_row(session: int, step: int, runtime: float) -> bytes:
    """The line with which a session other than the first begins. It assigns nothing to the summary.

    Args:
        session: Number of the session, from 1.
        step: The step that it begins with, as far as that is known.
        runtime: The runtime that it begins with, in seconds.
    """
    return jsonl.encode({layout.STEP: step, layout.RUNTIME: runtime, layout.SUMMARY_ROW: {}, layout.SESSION: session})


def unwritable(folder: Path, fault: OSError) -> WriteError:
    """The error (RG362) that a run cannot begin in a folder."""
    return WriteError(
        "RG362",
        f"the run directory cannot be written: {fault.strerror or fault}",
        where=str(folder),
        remedy="Name a writable folder with init(dir=...) or REPORTGEN_DIR",
    )


@contextlib.contextmanager
def _part(target: Path) -> Iterator[Path]:
    """A name to write to; it takes its target's place when all went well, and is removed when not."""
    part = target.with_name(_part_name(target.name))
    try:
        yield part
        part.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def _holds(target: Path, size: int) -> bool:
    """Whether a file is there, whole: one that was stored shortly before a power failure may not be."""
    try:
        return target.stat().st_size == size
    except OSError:
        return False


def _part_name(name: str) -> str:
    """Differs each time: threads, processes and machines may store the same picture at the same time."""
    return f"{name}.{os.urandom(6).hex()}{layout.PART}"


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        done = os.write(descriptor, view)
        if done == 0:
            raise OSError(errno.EIO, "the system accepts no more bytes")
        view = view[done:]
