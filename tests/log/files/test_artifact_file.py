"""One file of an artifact."""

from __future__ import annotations

from pathlib import Path

from reportgen import Artifact, Run


def test_a_file_of_a_draft_and_of_a_version(run: Run) -> None:
    Path("a.txt").write_text("abc")
    artifact = Artifact("digits")
    added = artifact.add_file("a.txt", "named.txt")
    assert (added.path, added.size, added.ref, len(added.digest)) == ("named.txt", 3, None, 64)
    assert repr(added) == "<reportgen.ArtifactFile named.txt 3 bytes>"
    run.log_artifact(artifact)
    file = artifact.get_path("named.txt")
    assert Path(file.download(skip_cache=True)).read_text() == "abc"
    assert file.ref_target().startswith(str(run.path))
    assert file.digest == added.digest
