"""Two deliveries answer alike; neither touches what no build made."""

import base64
import gzip
import json
import os

import pytest

from reportgen.errors import BuildError
from reportgen.panels.view import Shown
from reportgen.site.deliver import (
    MARKER,
    DirectorySite,
    Document,
    SingleFile,
    attribute,
    packed_element,
    safe_name,
    script_element,
    style_element,
)

HEAD = '<!DOCTYPE html><html><head><meta name="generator" content="reportgen 0"></head><body>'


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "in" / "a.png"
    path.parent.mkdir()
    path.write_bytes(b"\x89PNG not really" * 99)
    return Shown(path, "image/png")


def files(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_a_folder_names_files_by_content_and_writes_equal_ones_once(tmp_path, picture):
    site = DirectorySite(tmp_path / "out")
    twin = Shown(tmp_path / "in" / "b.png", "image/png")
    twin.source.write_bytes(picture.source.read_bytes())
    assert site.file(picture) == site.file(twin)
    assert (tmp_path / "out" / site.file(picture)).read_bytes() == picture.source.read_bytes()
    reference = site.chunk(b"\x00\x01numbers")
    text = (tmp_path / "out" / reference).read_text()
    assert text.startswith("reportgen.put(")
    assert base64.b64decode(json.loads(f"[{text[len('reportgen.put(') : -len(');') - 1]}]")[1]) == b"\x00\x01numbers"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("model.pt", "model.pt"),
        ("train <1>.py", "train-1.py"),
        ("page.html", "page.html.bin"),
        ("drawing.SVG", "drawing.SVG.bin"),
        ("Makefile", "Makefile.bin"),
        ("../../etc/passwd", "passwd.bin"),
        ("損失.csv", "file.csv"),
        ("csv", "csv.bin"),
        ("...", "file.bin"),
        ("weights.tar.GZ", "weights.tar.GZ"),
    ],
)
def test_names_of_downloads_are_plain_and_nothing_that_a_browser_runs(name, safe):
    assert safe_name(name) == safe
    assert len(safe_name("x" * 300 + name)) <= 90


def test_files_with_a_name_keep_it_and_lie_apart(tmp_path, picture):
    site = DirectorySite(tmp_path / "out")
    named = Shown(picture.source, "application/octet-stream", "of mine.png")
    reference = site.file(named)
    assert reference.startswith("files/")
    assert reference.endswith("/of-mine.png")
    assert (tmp_path / "out" / reference).read_bytes() == picture.source.read_bytes()
    assert site.file(picture).startswith("media/")


def test_a_single_file_keeps_blocks_at_the_end(tmp_path, picture):
    site = SingleFile(tmp_path / "r.html")
    first, again, chunk = site.file(picture), site.file(picture), site.chunk(b"numbers")
    assert (first, again, chunk) == ("#b0", "#b0", "#b1")
    site.document(Document("report.html", HEAD, "</body></html>"))
    text = site.finish().read_text()
    encoded = base64.b64encode(picture.source.read_bytes()).decode()
    assert f'<script type="text/plain" id="b0" data-mime="image/png">{encoded}</script>' in text
    assert text.index('id="b1"') < text.index("</body>")
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["r.html"]


def test_a_large_file_is_encoded_in_pieces_without_a_seam(tmp_path):
    big = tmp_path / "big.png"
    big.write_bytes(os.urandom((3 << 20) + 7))
    site = SingleFile(tmp_path / "r.html")
    site.file(Shown(big, "image/png"))
    site.document(Document("report.html", HEAD, ""))
    text = site.finish().read_text()
    assert (
        base64.b64decode(text.split('data-mime="image/png">')[1].split("</script>")[0], validate=True)
        == big.read_bytes()
    )


def test_an_output_folder_with_somebodys_files_is_refused_untouched(tmp_path):
    (tmp_path / "thesis.tex").write_text("years")
    with pytest.raises(BuildError, match="RG401"):
        DirectorySite(tmp_path)
    assert files(tmp_path) == ["thesis.tex"]


def test_a_second_build_removes_what_the_first_made_and_nothing_else(tmp_path):
    out = tmp_path / "out"
    first = DirectorySite(out)
    old = first.chunk(b"old")
    first.document(Document("runs/gone.html", "x", ""))
    first.finish()
    (out / "runs" / "notes.txt").write_text("mine")
    second = DirectorySite(out)
    new = second.chunk(b"new")
    second.finish()
    assert files(out) == sorted([".nojekyll", MARKER, new, "runs/notes.txt"])
    assert not (out / old).exists()


def test_an_interrupted_build_can_be_repeated(tmp_path):
    DirectorySite(tmp_path / "out").chunk(b"half")
    DirectorySite(tmp_path / "out").finish()


def test_links_in_the_output_are_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    out = tmp_path / "out"
    DirectorySite(out).finish()
    (out / "data").symlink_to(outside)
    with pytest.raises(BuildError, match="RG403"):
        DirectorySite(out).chunk(b"x")
    assert files(outside) == []


def test_a_marker_that_names_files_elsewhere_removes_nothing(tmp_path):
    victim = tmp_path / "victim.txt"
    victim.write_text("keep")
    out = tmp_path / "out"
    DirectorySite(out).finish()
    (out / "link").symlink_to(tmp_path)
    names = ["../victim.txt", str(victim), "link/victim.txt", "", "."]
    (out / MARKER).write_text(json.dumps({"generator": "reportgen 0", "files": names}))
    DirectorySite(out).finish()
    assert victim.read_text() == "keep"


@pytest.mark.parametrize("make", [DirectorySite, SingleFile])
def test_a_link_as_output_is_refused(tmp_path, make):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(BuildError, match=r"RG40[24]"):
        make(tmp_path / "link")


def test_a_single_file_replaces_a_report_but_no_other_file(tmp_path):
    path = tmp_path / "r.html"
    for _ in range(2):
        site = SingleFile(path)
        site.document(Document("report.html", HEAD, ""))
        site.finish()
    path.write_text("<p>somebody's page</p>")
    with pytest.raises(BuildError, match="RG405"):
        SingleFile(path)
    assert path.read_text() == "<p>somebody's page</p>"


def test_a_file_that_cannot_be_inlined_fails_the_build_loudly(tmp_path, picture):
    site = SingleFile(tmp_path / "r.html")
    site.file(picture)
    picture.source.unlink()
    site.document(Document("report.html", HEAD, ""))
    with pytest.raises(BuildError, match=r"RG406.*a\.png"):
        site.finish()
    assert not (tmp_path / "r.html").exists()
    assert not list(tmp_path.glob("*.part"))


def test_elements_are_escaped_and_cannot_be_ended():
    assert attribute("src", "media/ab/x.png", "../") == 'src="../media/ab/x.png"'
    assert attribute("src", "#b3", "../") == 'data-src="#b3"'
    assert attribute("src", '"><script>', "") == 'src="&#34;&gt;&lt;script&gt;"'
    with pytest.raises(BuildError, match="RG423"):
        script_element("x = '</ScRiPt>'")
    block = packed_element("x = '</ScRiPt>'")
    assert block.startswith('<script type="text/plain" id="reportgen-scripts">')
    assert gzip.decompress(base64.b64decode(block.split(">")[1].split("<")[0])).decode() == "x = '</ScRiPt>'"
    with pytest.raises(BuildError, match="RG423"):
        style_element("a::after{content:'</STYLE'}", "", "")


@pytest.mark.parametrize("kind", [DirectorySite, SingleFile])
def test_pictures_that_the_build_made_are_kept_once(tmp_path, kind):
    site = kind(tmp_path / "out.html")
    first, again, other = (site.picture(data, "image/jpeg") for data in (b"one", b"one", b"two"))
    assert first == again != other
    if kind is DirectorySite:
        assert first.endswith(".jpg")
        assert (tmp_path / "out.html" / first).read_bytes() == b"one"


def test_a_digest_that_is_known_is_not_reckoned_again(tmp_path, picture):
    folder, single = DirectorySite(tmp_path / "out"), SingleFile(tmp_path / "out.html")
    assert folder.file(picture, "ab" * 32).startswith("media/ab/abab")
    assert single.file(picture, "ab" * 32) == single.file(picture)


def test_a_copy_is_a_file_of_its_own(tmp_path, picture):
    site = DirectorySite(tmp_path / "out")
    copy = tmp_path / "out" / site.file(picture)
    before = copy.read_bytes()
    picture.source.write_bytes(b"changed later")
    assert copy.read_bytes() == before
