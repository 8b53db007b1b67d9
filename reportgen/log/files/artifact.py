"""A set of files with a name and versions: what one run makes and others use."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NoReturn

from reportgen import kinds
from reportgen.errors import InputFileError, InputTypeError, InputValueError, UsageError
from reportgen.log.files import contents
from reportgen.log.files.artifact_file import ArtifactFile
from reportgen.log.files.artifact_reading import Readable
from reportgen.log.files.contents import Content
from reportgen.log.values import config as configs
from reportgen.media import tensors
from reportgen.rundir.artifacts import NAME, Entry, Version, read_manifest


class Artifact(Readable):
    """A set of files with a name: a data set, a model. Each content that is logged under a name is a version of it.

    Files that are added to an artifact which a run has used make its next version, once it is logged.

    Example:
        artifact = Artifact("digits", type="dataset", metadata={"rows": 1797})
        artifact.add_file("digits.csv")
        run.log_artifact(artifact)            # digits:v0, also called digits:latest
        ...
        path = run.use_artifact("digits:latest").download()

    The run that logs it keeps the files. What a run of the same folder logged can be used by any other.

    Attributes:
        type: The kind of thing: "dataset", "model".
        description: What it is, in Markdown; None for nothing.
        metadata: Free values by name.
        aliases: Names of this version besides its number. Change them, then call `save`.
    """

    def __init__(
        self,
        name: str,
        type: str = "unspecified",
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        incremental: bool = False,
        use_as: str | None = None,
    ) -> None:
        """Begin an artifact.

        Args:
            name: Up to 128 letters, digits, "_", "-" and ".".
            type: The kind of thing.
            description: What it is, in Markdown.
            metadata: Free values by name.
            incremental: Accepted for scripts written for W&B, and ignored.
            use_as: As `incremental`.

        Raises:
            InputValueError: (RG158) No such name.
            InputTypeError: (RG158) A type or metadata of a wrong type.
        """
        if not isinstance(name, str) or not NAME.fullmatch(name):
            good = re.sub(r"[^\w.-]+", "-", str(name))[:128] or "digits"
            remedy = f"Use letters, digits, '_', '-' and '.', such as {good!r}"
            raise InputValueError("RG158", f"no artifact can be named {name!r}", remedy=remedy)
        if not isinstance(type, str) or not type:
            raise InputTypeError("RG158", f"the type of an artifact is a word, not {type!r}", remedy='Use type="model"')
        super().__init__(name)
        self.type = type
        self.description = description
        self.metadata: dict[str, Any] = _checked_metadata(metadata)
        self.aliases: list[str] = []

    @classmethod
    def of_version(cls, version: Version) -> Artifact:
        """The artifact that a run has logged."""
        artifact = cls(version.name, version.first.type or "unspecified", version.description or None)
        artifact._is_logged(version, read_manifest(version.folder, version.first.manifest))
        return artifact

    # ----------------------------------------------------------------- adding

    def add_file(
        self,
        local_path: str | os.PathLike[str],
        name: str | None = None,
        is_tmp: bool | None = False,
        skip_cache: bool | None = False,
        policy: str | None = "mutable",
        overwrite: bool = False,
    ) -> ArtifactFile:
        """Add a file. While a run is open, the file is copied at once, and what happens to it later changes nothing.

        Args:
            local_path: The file.
            name: Its name in the artifact; its own by default.
            is_tmp: Accepted for scripts written for W&B, and ignored.
            skip_cache: As `is_tmp`.
            policy: As `is_tmp`.
            overwrite: A file of this name that was added before gives way.

        Raises:
            InputFileError: (RG155) There is no such file.
            InputValueError: (RG158) Another file has this name already.
        """
        path = Path(os.fspath(local_path)).expanduser().absolute()
        return self._put(name or path.name, contents.of_file(path, _writer()), overwrite=overwrite)

    def add_dir(
        self,
        local_path: str | os.PathLike[str],
        name: str | None = None,
        skip_cache: bool | None = False,
        policy: str | None = "mutable",
        merge: bool = False,
    ) -> None:
        """Add all files of a folder.

        Args:
            local_path: The folder.
            name: The folder's name in the artifact; by default its files stand at the top.
            skip_cache: Accepted for scripts written for W&B, and ignored.
            policy: As `skip_cache`.
            merge: Files that were added before under the same names give way.

        Raises:
            InputFileError: (RG155) There is no such folder.
            InputValueError: (RG158) Another file has one of the names already.
        """
        folder = Path(os.fspath(local_path)).expanduser().absolute()
        if not folder.is_dir():
            raise InputFileError("RG155", "there is no such folder", where=str(local_path), remedy="Check the path")
        writer = _writer()
        for inside, path in contents.files_below(folder):
            self._put(f"{name}/{inside}" if name else inside, contents.of_file(path, writer), overwrite=merge)

    def add_reference(
        self,
        uri: str | ArtifactFile,
        name: str | None = None,
        checksum: bool = True,
        max_objects: int | None = None,
    ) -> list[ArtifactFile]:
        """Add files that stay where they are: a path of this machine, or an address, which is noted and not opened.

        Args:
            uri: `file:///…`, a path of a file or folder, or another address.
            name: Name of the file, or of the folder, in the artifact; by default the last part of the address, or of a
                folder's files their names below it.
            checksum: Hash local files, so that a later change shows.
            max_objects: Accepted for scripts written for W&B, and ignored.

        Raises:
            InputFileError: (RG155) A local path that is not there.
        """
        address = uri.ref_target() if isinstance(uri, ArtifactFile) else os.fspath(uri)
        added = []
        for inside, content in contents.of_reference(address, checksum=checksum).items():
            whole = "/".join(part for part in (name, inside) if part) or address.rstrip("/").rpartition("/")[2]
            added.append(self._put(whole, content, overwrite=False))
        return added

    def add(self, obj: Any, name: str, overwrite: bool = False) -> ArtifactFile:
        """Add a media value, such as an `Image` or a `Table`; `get(name)` gives it back.

        Args:
            obj: The value.
            name: Its name in the artifact.
            overwrite: A value of this name that was added before gives way.

        Raises:
            InputTypeError: (RG158) It is no media value.
        """
        kind = getattr(type(obj), "KIND", None)
        if not isinstance(kind, str) or not callable(getattr(obj, "encode", None)):
            raise InputTypeError(
                "RG158",
                f"add takes a media value, not {tensors.named(obj)}",
                remedy="Wrap it in Image or Table, or use add_file(path)",
            )
        whole = f"{contents.checked_name(name)}.{kind}.json"
        self._check_new(whole, overwrite=overwrite)
        writer = _writer()
        if writer is None:
            self._media[whole] = obj.snapshot() if hasattr(obj, "snapshot") else obj
            return ArtifactFile(self, Entry(whole))
        self._take_media(whole, obj, writer)
        return ArtifactFile(self, contents.digested(self._contents[whole], whole))

    def _take_media(self, whole: str, obj: Any, writer: Any) -> None:
        pieces = contents.of_media(obj, writer)
        self._contents[whole] = pieces[""]
        self._contents |= {file: content for file, content in pieces.items() if file}

    @contextlib.contextmanager
    def new_file(self, name: str, mode: str = "x", encoding: str | None = None) -> Iterator[IO[Any]]:
        """A file to write to, which joins the artifact when the block ends without an error.

        Args:
            name: Its name in the artifact.
            mode: "w", "x" for text; "wb", "xb" for bytes.
            encoding: Of text; UTF-8 by default.

        Raises:
            InputValueError: (RG158) Another file has this name already, or `mode` does not write.
        """
        whole = contents.checked_name(name)
        self._check_new(whole, overwrite=False)
        if mode not in ("w", "x", "wb", "xb"):
            raise InputValueError("RG158", f"mode={mode!r} does not write a new file", remedy='Use "w" or "wb"')
        with tempfile.TemporaryDirectory(prefix="reportgen-") as folder:
            path = Path(folder, Path(whole).name)
            with path.open(mode.replace("x", "w"), encoding=encoding if "b" in mode else encoding or "utf-8") as file:
                yield file
            writer = _writer()
            added = contents.of_file(path, writer)
            if writer is None:  # the folder goes now
                added = contents.of_bytes(path.read_bytes(), whole, None)
            self._put(whole, added, overwrite=True)

    def remove(self, item: str | os.PathLike[str] | ArtifactFile) -> None:
        """Take a file, or all files below a folder, out of an artifact that is not logged yet.

        Raises:
            InputFileError: (RG155) There is no such file in it.
        """
        self._check_draft()
        name = item.path if isinstance(item, ArtifactFile) else contents.checked_name(item)
        gone = [key for key in self._contents if key == name or key.startswith(f"{name}/")]
        if not gone:
            raise InputFileError("RG155", f"the artifact holds no {name}", remedy=self._known())
        for key in gone:
            del self._contents[key]

    def __setitem__(self, name: str, obj: Any) -> None:
        self.add(obj, name)

    def _put(self, name: str, content: Content, *, overwrite: bool) -> ArtifactFile:
        self._check_draft()
        whole = contents.checked_name(name)
        known = self._contents.get(whole)
        if known is not None and known != content:
            self._check_new(whole, overwrite=overwrite)
        self._contents[whole] = content
        if isinstance(content, contents.Waiting):
            return ArtifactFile(self, Entry(whole, content.stamp[0]))
        return ArtifactFile(self, contents.digested(content, whole))

    def _check_new(self, whole: str, *, overwrite: bool) -> None:
        self._check_draft()
        if (whole in self._contents or whole in self._media) and not overwrite:
            raise InputValueError(
                "RG158", f"the artifact holds {whole} already", remedy="Use another name, or overwrite=True"
            )

    def _check_draft(self) -> None:
        """Make sure that files may be added: to one that was used, they make the next version."""
        if self._version is not None and not self._made_here:
            self._contents = self.new_draft()._contents
            self._version, self._entries, self.aliases = None, {}, []
        if self._version is not None:
            raise UsageError(
                "RG160",
                f"{self.name} is logged; its files do not change any more",
                remedy="Log another artifact of the same name: it becomes the next version",
            )

    # ---------------------------------------------------------------- changing

    def wait(self, timeout: int | None = None) -> Artifact:
        """The artifact itself: what is logged here is there at once."""
        return self

    def finalize(self) -> None:
        """Accepted for scripts written for W&B: logging an artifact finalises it."""

    def save(self, project: str | None = None, settings: Any = None) -> None:
        """Log it in the current run; of one that is logged, store `aliases`, `description` and `metadata` as they are.

        Args:
            project: Accepted for scripts written for W&B, and ignored.
            settings: As `project`.

        Raises:
            UsageError: (RG101) There is no run that could keep it.
        """
        run = kinds.load("reportgen.log.current:open_run")("Artifact.save")
        if self._version is None:
            run.log_artifact(self)
        else:
            run._change_artifact(self)

    def link(self, target_path: str, aliases: Sequence[str] | None = None) -> Artifact:
        """Give the artifact a second name. See `Run.link_artifact`."""
        run = kinds.load("reportgen.log.current:open_run")("Artifact.link")
        linked: Artifact = run.link_artifact(self, target_path, aliases)
        return linked

    def new_draft(self) -> Artifact:
        """A new artifact of the same name with the same files, to be changed and logged as the next version."""
        version = self._logged("new_draft")
        draft = Artifact(version.name, self.type, self.description, self.metadata)
        for path, entry in self._entries.items():
            if entry.file:
                draft._contents[path] = contents.Kept(self._folder, entry.file, entry.size)
            else:
                draft._contents[path] = contents.Elsewhere(entry.reference, entry.size, entry.sha256)
        return draft

    def delete(self, *arguments: Any, **options: Any) -> NoReturn:
        """Nothing here deletes a run's files.

        Raises:
            UsageError: (RG147) Always.
        """
        raise UsageError(
            "RG147",
            "reportgen deletes no artifact: its files belong to the run that logged them",
            where=str(self._folder),
            remedy="Remove that run's folder to be rid of both",
        )


def _checked_metadata(metadata: Any) -> dict[str, Any]:
    if metadata is None:
        return {}
    if not isinstance(metadata, Mapping):
        raise InputTypeError(
            "RG158", f"metadata is {tensors.named(metadata)}, not a mapping", remedy='Write metadata={"rows": 10}'
        )
    return configs.plain(metadata)


def _writer() -> Any:
    """What takes files now: the run that is open, if it stores any."""
    return kinds.load("reportgen.log.current:open_writer")()
