"""What an artifact says of itself, and how its files are had back."""

from __future__ import annotations

import datetime
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from reportgen import kinds
from reportgen.errors import InputFileError, InputKeyError, InputValueError, UsageError
from reportgen.log.files import contents
from reportgen.log.files.artifact_file import ArtifactFile, Manifest
from reportgen.log.files.contents import Content
from reportgen.rundir.artifacts import Entry, Version, digest_of, manifest_bytes
from reportgen.rundir.jsonl import decode
from reportgen.rundir.opening import open_inside

DOWNLOADS: Final = "artifacts"
"""The folder, below the working directory, that `download` copies to unless it is told another."""

_ENVIRONMENT: Final = "WANDB_ARTIFACT_DIR"


class Readable:
    """The part of `Artifact` that tells and reads.

    Attributes:
        type: The kind of thing: "dataset", "model".
        description: What it is, in Markdown; None for nothing.
        metadata: Free values by name.
        aliases: Names of this version besides its number.
    """

    type: str
    description: str | None
    metadata: dict[str, Any]
    aliases: list[str]

    def __init__(self, name: str) -> None:
        """Begin as an artifact that is not logged yet."""
        self._name = name
        self._contents: dict[str, Content] = {}
        self._media: dict[str, Any] = {}  # values that wait for a run that takes their files
        self._version: Version | None = None
        self._made_here = False  # whether this object was logged, so that its files are final
        self._folder = Path()
        self._entries: dict[str, Entry] = {}

    def _is_logged(self, version: Version, entries: Sequence[Entry]) -> None:
        """Note that it has become a version that lies in a run."""
        self._version, self._folder = version, version.folder
        self._entries = {entry.path: entry for entry in entries}
        self._contents, self._media = {}, {}
        self.aliases = list(version.aliases)
        self.metadata = dict(version.metadata)

    # ------------------------------------------------------------- what it is

    @property
    def name(self) -> str:
        """Its name; once it is logged, with the version behind it: "digits:v0"."""
        return self._name if self._version is None else self._version.label

    @property
    def version(self) -> str:
        """The version: "v0".

        Raises:
            UsageError: (RG159) It is not logged yet.
        """
        return f"v{self._logged('version').number}"

    @property
    def source_version(self) -> str:
        """As `version`."""
        return self.version

    @property
    def source_name(self) -> str:
        """As `name`."""
        return self.name

    @property
    def qualified_name(self) -> str:
        """Project and name: "shapes/digits:v0"."""
        return f"{self.project}/{self.name}" if self._version else self.name

    @property
    def project(self) -> str:
        """The project of the run that made it; "" before it is logged."""
        return "" if self._version is None else self._version.project

    @property
    def entity(self) -> str:
        """There are no teams here: ""."""
        return ""

    @property
    def id(self) -> str:
        """The digest."""
        return self.digest

    @property
    def digest(self) -> str:
        """SHA-256 of the list of files: the same content has the same digest."""
        if self._version is not None:
            return self._version.digest
        return digest_of(manifest_bytes(contents.digested(content, name) for name, content in self._contents.items()))

    @property
    def commit_hash(self) -> str:
        """As `digest`."""
        return self.digest

    @property
    def size(self) -> int:
        """Bytes of all files."""
        if self._version is not None:
            return sum(entry.size for entry in self._entries.values())
        return sum(contents.size_of(content) for content in self._contents.values())

    @property
    def file_count(self) -> int:
        """Number of files."""
        return len(self._entries or self._contents)

    @property
    def state(self) -> str:
        """State: "PENDING" until it is logged, then "COMMITTED"."""
        return "PENDING" if self._version is None else "COMMITTED"

    @property
    def created_at(self) -> str:
        """When it was logged: ISO 8601 in UTC; "" before."""
        if self._version is None:
            return ""
        return datetime.datetime.fromtimestamp(self._version.first.time, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def is_draft(self) -> bool:
        """Whether it is not logged yet."""
        return self._version is None

    @property
    def manifest(self) -> Manifest:
        """Its files by name."""
        return Manifest({file.path: file for file in self.files()})

    def __contains__(self, name: str) -> bool:
        return name in self._entries or name in self._contents

    def __repr__(self) -> str:
        return f"<reportgen.Artifact {self.name} {self.type}>"

    # ---------------------------------------------------------------- reading

    def get(self, name: str) -> Any:
        """The media value that was added under a name; None when there is none.

        Args:
            name: As `add` was given it.
        """
        self._logged("get")
        found = [path for path in self._entries if path.startswith(f"{name}.") and path.endswith(".json")]
        kind = next((path[len(name) + 1 : -5] for path in found if path[len(name) + 1 : -5] in kinds.table()), "")
        if not kind:
            return None
        with open_inside(self._folder, self._entries[f"{name}.{kind}.json"].file) as file:
            record = json.loads(file.read() or b"{}").get("value")
        return kinds.load("reportgen.log.files.rebuilt:rebuilt")(decode(record), self._folder)

    def __getitem__(self, name: str) -> Any:
        return self.get(name)

    def get_entry(self, name: str | os.PathLike[str]) -> ArtifactFile:
        """One file.

        Raises:
            InputKeyError: (RG155) There is no such file in it.
        """
        path = contents.checked_name(name)
        for file in self.files():
            if file.path == path:
                return file
        raise InputKeyError("RG155", f"the artifact holds no {path}", remedy=self._known())

    def get_path(self, name: str | os.PathLike[str]) -> ArtifactFile:
        """As `get_entry`."""
        return self.get_entry(name)

    def files(self, names: Sequence[str] | None = None, per_page: int = 50) -> list[ArtifactFile]:
        """Its files, by name.

        Args:
            names: Only these.
            per_page: Accepted for scripts written for W&B, and ignored.
        """
        if self._version is None:
            entries = [contents.digested(content, name) for name, content in sorted(self._contents.items())]
        else:
            entries = list(self._entries.values())
        return [ArtifactFile(self, entry) for entry in entries if names is None or entry.path in names]

    def download(
        self,
        root: str | os.PathLike[str] | None = None,
        allow_missing_references: bool = False,
        skip_cache: bool | None = None,
        path_prefix: str | os.PathLike[str] | None = None,
        multipart: bool | None = None,
    ) -> str:
        """Copy its files to a folder; the folder's path.

        Args:
            root: The folder; by default `artifacts/<name>:<version>` below the working directory.
            allow_missing_references: References that cannot be followed are left out instead of raised.
            skip_cache: Accepted for scripts written for W&B, and ignored.
            path_prefix: Only files whose names begin so.
            multipart: As `skip_cache`.

        Raises:
            UsageError: (RG159) It is not logged yet. (RG157) A reference cannot be followed.
        """
        self._logged("download")
        target = self._target(root)
        target.mkdir(parents=True, exist_ok=True)
        for path, entry in self._entries.items():
            if path_prefix is not None and not path.startswith(os.fspath(path_prefix)):
                continue
            try:
                contents.fetch(entry, self._folder, target / path)
            except (UsageError, InputFileError):
                if not (allow_missing_references and entry.reference):
                    raise
        return str(target)

    def checkout(self, root: str | os.PathLike[str] | None = None) -> str:
        """As `download`, and files in the folder that are not of the artifact are removed."""
        target = Path(self.download(root))
        for name, path in list(contents.files_below(target)):
            if name not in self._entries:
                path.unlink()
        return str(target)

    def verify(self, root: str | os.PathLike[str] | None = None) -> None:
        """Check that what was downloaded is what was logged.

        Raises:
            InputValueError: (RG161) A file is missing, or differs.
        """
        self._logged("verify")
        target = self._target(root)
        for path, entry in self._entries.items():
            copy = target / path
            if not copy.is_file() or (entry.sha256 and contents.sha256_of(copy) != entry.sha256):
                raise InputValueError("RG161", f"{path} is not what was logged", where=str(copy), remedy="Download it")

    def file(self, root: str | os.PathLike[str] | None = None) -> str:
        """The path of a copy of its only file.

        Raises:
            InputValueError: (RG161) It holds several files, or none.
        """
        self._logged("file")
        if len(self._entries) != 1:
            raise InputValueError("RG161", f"{self.name} holds {len(self._entries)} files", remedy="Use get_path(name)")
        return self.files()[0].download(root)

    def logged_by(self) -> Any:
        """The run that made it, as `read_run` gives it; None when it is gone, or the artifact is not logged yet."""
        from reportgen.rundir.reader import read_run

        return None if self._version is None else read_run(self._folder)

    def used_by(self) -> list[Any]:
        """The runs that used it, as `read_run` gives them."""
        from reportgen.rundir.reader import read_run

        places = [] if self._version is None else self._version.users
        root = self._folder.parent.parent
        return [read_run(root / project / run) for project, run in places if (root / project / run).is_dir()]

    def _target(self, root: str | os.PathLike[str] | None) -> Path:
        if root is not None:
            return Path(os.fspath(root)).expanduser().absolute()
        label = self.name if sys.platform != "win32" else self.name.replace(":", "-")
        return Path(os.environ.get(_ENVIRONMENT) or DOWNLOADS).expanduser().absolute() / label

    def _logged(self, use: str) -> Version:
        if self._version is None:
            raise UsageError(
                "RG159",
                f"{use} was used before the artifact {self._name} was logged",
                remedy="Call run.log_artifact(artifact) first",
            )
        return self._version

    def _known(self) -> str:
        names = sorted(self._entries or self._contents)
        return f"It holds {', '.join(names[:6])}{' …' if len(names) > 6 else ''}" if names else "It is empty"
