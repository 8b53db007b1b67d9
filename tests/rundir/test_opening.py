import os
import socket
import tempfile
from pathlib import Path

import pytest

from reportgen.errors import RunDirError
from reportgen.rundir.opening import media_path, open_inside
from tests.rundir.directories import PIXEL, write_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = write_run(tmp_path / "run")
    (folder / PIXEL).parent.mkdir(parents=True)
    (folder / PIXEL).write_bytes(b"pixel")
    (tmp_path / "secret").write_text("secret")
    return folder


def test_a_file_inside(run: Path) -> None:
    with open_inside(run, PIXEL) as file:
        assert file.read() == b"pixel"
    assert media_path(run, PIXEL) == run / PIXEL


@pytest.mark.parametrize(
    "name",
    [
        "../secret",
        "media/../../secret",
        "media/../run.json",
        "/etc/passwd",
        "media//x",
        "./media/x",
        "media/",
        "",
        "media\\..\\secret",
        "C:/x",
        "media/a\0b",
        "media/x:stream",
    ],
)
def test_names_that_lead_out(run: Path, name: str) -> None:
    with pytest.raises(RunDirError, match="RG320"):
        open_inside(run, name)
    with pytest.raises(RunDirError, match="RG320"):
        media_path(run, name)


@pytest.mark.parametrize("name", ["run.json", "media", "other/x"])
def test_media_lies_in_media(run: Path, name: str) -> None:
    with pytest.raises(RunDirError, match="RG320"):
        media_path(run, name)


@pytest.mark.parametrize("name", ["media/ab/none.png", "media/none/none.png", "media/" + "x" * 300])
def test_missing(run: Path, name: str) -> None:
    with pytest.raises(RunDirError, match="RG321"):
        media_path(run, name)


def test_links_are_not_followed(run: Path) -> None:
    (run / "media/link.png").symlink_to("../../secret")
    (run / "media/folder").symlink_to("../..")
    (run / "media/loop").symlink_to("loop")
    for name in ("media/link.png", "media/folder/secret", "media/loop", "media/loop/x"):
        with pytest.raises(RunDirError, match="RG322"):
            media_path(run, name)


def test_only_regular_files(run: Path) -> None:
    os.mkfifo(run / "media/pipe")
    with tempfile.TemporaryDirectory() as short, socket.socket(socket.AF_UNIX) as held:  # a short path, as they need
        held.bind(f"{short}/s")
        (Path(short) / "s").rename(run / "media/socket")
        for name in ("media/pipe", "media/socket", "media/ab", "media/pipe/x"):
            with pytest.raises(RunDirError, match="RG322"):
                media_path(run, name)


def test_permission(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as open_to_all:
        Path(open_to_all).chmod(0o755)
        run = write_run(Path(open_to_all) / "run")
        (run / "media").mkdir()
        (run / "media/x.png").write_bytes(b"")
        (run / "media/x.png").chmod(0)
        user = os.geteuid()
        if user == 0:
            os.seteuid(65534)
        try:
            with pytest.raises(RunDirError, match="RG303") as caught:
                media_path(run, "media/x.png")
        finally:
            os.seteuid(user)
        assert "permissions" in str(caught.value)
