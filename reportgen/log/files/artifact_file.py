"""One file of an artifact, as scripts handle it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reportgen.log.files import contents
from reportgen.rundir.artifacts import Entry

if TYPE_CHECKING:
    from reportgen.log.files.artifact_reading import Readable


class ArtifactFile:
    """One file of an artifact.

    Attributes:
        path: Its name in the artifact, with slashes; `name` is the same.
        size: Its bytes.
        digest: SHA-256 of its bytes; "" when it is not known.
        ref: The address or path of a file that lies elsewhere, or None.
    """

    def __init__(self, artifact: Readable, entry: Entry) -> None:
        self._artifact = artifact
        self._entry = entry
        self.path = self.name = entry.path
        self.size = entry.size
        self.digest = entry.sha256
        self.ref = entry.reference or None

    def download(self, root: str | os.PathLike[str] | None = None, *others: Any, **ignored: Any) -> str:
        """Copy the file to a folder; the path of the copy.

        Args:
            root: The folder; by default the one that `Artifact.download` uses.
            *others: Accepted for scripts written for W&B, and ignored.
            **ignored: As `others`.

        Raises:
            UsageError: (RG157) It is a reference that cannot be followed.
        """
        target = self._artifact._target(root) / self.path
        contents.fetch(self._entry, self._artifact._folder, target)
        return str(target)

    def ref_target(self) -> str:
        """The address or path that a reference stands for; of other files, where the run keeps them."""
        return self.ref or str(self._artifact._folder / self._entry.file)

    def ref_url(self) -> str:
        """As `ref_target`."""
        return self.ref_target()

    def parent_artifact(self) -> Readable:
        """The artifact that it belongs to."""
        return self._artifact

    def __repr__(self) -> str:
        return f"<reportgen.ArtifactFile {self.path} {self.size:,} bytes>"


class Manifest:
    """The files of an artifact by name, as scripts written for W&B read them: `artifact.manifest.entries`."""

    def __init__(self, entries: Mapping[str, ArtifactFile]) -> None:
        self.entries = dict(entries)
