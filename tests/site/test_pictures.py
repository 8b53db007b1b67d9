"""Where each picture of a report lies, large and small; and those that could not be read."""

import base64
import gzip
import json
from dataclasses import dataclass, field

import numpy as np
import pytest
from PIL import Image

import reportgen as rg
from reportgen.panels.view import Listing, Originals, Preview, View
from reportgen.site.build import build
from reportgen.site.deliver import DirectorySite, SingleFile
from reportgen.site.options import BuildOptions
from reportgen.site.pictures import Pictures
from reportgen.site.thumbnails import make


@pytest.fixture
def previews(tmp_path):
    """A large picture, a small one and one that cannot be read."""
    dice = np.random.default_rng(0)
    run = tmp_path / "run" / "media" / "ab"
    run.mkdir(parents=True)
    for name, side in (("large", 600), ("small", 8)):
        Image.fromarray(dice.integers(0, 256, (side, side, 3), dtype=np.uint8)).save(run / f"{name}.png")
    (run / "bad.png").write_bytes(b"no picture")
    return {name: Preview(run / f"{name}.png", "image/png") for name in ("large", "small", "bad")}


def taken(delivery, previews, room=0):
    pictures = Pictures(delivery, room)
    for preview in previews.values():
        pictures.take(preview, make(preview))
    return pictures


def test_a_picture_lies_in_the_site_large_and_small(tmp_path, previews):
    pictures = taken(DirectorySite(tmp_path / "site"), previews)
    plain = pictures.plain(previews["large"])
    assert (tmp_path / "site" / plain["file"]).read_bytes() == previews["large"].source.read_bytes()
    with Image.open(tmp_path / "site" / plain["thumb"]) as thumb:
        assert thumb.size == (320, 320)
    assert set(pictures.plain(previews["small"])) == {"file"}
    assert pictures.of(previews["small"]).shown == pictures.plain(previews["small"])["file"]
    assert "damaged" in pictures.plain(previews["bad"])["lost"]


def test_a_file_that_cannot_be_read_is_one_problem_however_often_it_is_shown(tmp_path, previews):
    pictures = taken(DirectorySite(tmp_path / "site"), previews)
    bad = previews["bad"]
    view = View(kind="image", id="x", key="val/img", data={"a": [bad, bad], "b": Listing([{"show": bad}])})
    (problem,) = pictures.problems(view)
    assert problem.code == "RG414"
    assert "'val/img'" in problem.what
    assert problem.where == "run/media/ab/bad.png"  # no place on this machine


def test_wanted_finds_pictures_at_any_depth(previews):
    pictures = Pictures(SinkOfFiles())
    large, small, bad = previews.values()
    data = {"a": [{"b": (large,)}], "c": Listing({"d": [small]}), "e": Originals([None, bad]), "f": 3}
    assert list(pictures.wanted(data)) == [large, small, bad]


def test_scripts_get_the_bytes_of_small_pictures_where_they_may_not_read_files(tmp_path, previews):
    site = DirectorySite(tmp_path / "site")
    found = taken(site, previews).originals(Originals([previews["large"], previews["small"], None, previews["bad"]]))
    size = previews["small"].source.stat().st_size
    assert found["at"] == [-1, [0, size], 0, 0], "no room was given for the large one"
    assert (tmp_path / "site" / found["data"]).exists()
    single = SingleFile(tmp_path / "one.html")
    assert taken(single, previews).originals(Originals([previews["small"]])) is None


def shared(site, previews, room, *lists):
    pictures = taken(site, previews, room)
    views = [View(kind="image", id="x", key="x", data={"pixels": Originals(names)}) for names in lists]
    pictures.share(views)
    return [pictures.originals(view.data["pixels"]) for view in views]


def test_scripts_get_the_bytes_of_a_large_picture_in_a_chunk_of_its_own(tmp_path, previews):
    site = DirectorySite(tmp_path / "site")
    large = previews["large"]
    first, second = shared(site, previews, 10_000_000, [large, previews["small"]], [large])
    (reference,) = second["at"]
    assert first["at"][0] == reference, "once, however often it is shown"
    data = base64.b64decode((tmp_path / "site" / reference).read_text().split('"')[3])
    assert data == large.source.read_bytes()
    assert "data" not in second


def test_each_panel_gets_its_share_of_the_room_its_last_picture_first(tmp_path):
    dice = np.random.default_rng(0)
    previews = {}
    for name in "abcdef":
        path = tmp_path / f"{name}.png"
        Image.fromarray(dice.integers(0, 256, (100, 100, 3), dtype=np.uint8)).save(path)
        previews[name] = Preview(path, "image/png")
    size = max(p.source.stat().st_size for p in previews.values())
    one, two = list(previews.values())[:4], list(previews.values())[4:]
    found = shared(DirectorySite(tmp_path / "site"), previews, 3 * size, one, two)
    assert [[place != -1 for place in list_["at"]] for list_ in found] == [[False, False, True, True], [False, True]]
    none = shared(DirectorySite(tmp_path / "bare"), previews, 0, one)
    assert none == [{"at": [-1] * 4}]


def test_a_report_with_several_processes_carries_the_same(log_run, tmp_path):
    dice = np.random.default_rng(0)
    shots = [[rg.Image(dice.integers(0, 256, (90, 90, 3), dtype=np.uint8)) for _ in range(4)] for _ in range(3)]
    run = log_run(extra=[{"a": three, "b": three[0]} for three in shots])
    made = []
    for jobs in (1, 4):
        folder = tmp_path / f"jobs{jobs}"
        build([run], BuildOptions(output=str(folder), jobs=jobs, max_values=100_000))
        made.append({path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*") if path.is_file()})
    assert made[0] == made[1]
    assert sum(b"reportgen.put" in data and len(data) > 30_000 for data in made[0].values()) == 4


@dataclass
class SinkOfFiles:
    """Takes nothing."""

    single: bool = False
    known: list[str] = field(default_factory=list)


def test_a_thumbnail_in_a_single_file_is_a_block_of_its_own(tmp_path, previews):
    single = SingleFile(tmp_path / "one.html")
    plain = taken(single, previews).plain(previews["large"])
    assert plain["file"].startswith("#b")
    assert plain["thumb"].startswith("#b")
    assert plain["file"] != plain["thumb"]


def test_a_long_list_of_pictures_is_read_when_it_is_needed(log_run, tmp_path):
    shades = [rg.Image(np.full((4, 4), shade, dtype=np.uint8)) for shade in range(60)]
    run = log_run(extra=[{"many": shades}])
    build([run], BuildOptions(output=str(tmp_path / "site")))
    pages = list((tmp_path / "site" / "runs").glob("*.html"))
    text = pages[0].read_text(encoding="utf-8")
    manifest = json.loads(text.split('id="reportgen-page">')[1].split("</script>")[0])
    (panel,) = (p for page in manifest["pages"].values() for p in page["panels"] if p["key"] == "many")
    (part,) = panel["data"]["parts"]
    script = (tmp_path / "site" / part["images"]).read_text()
    (images,) = json.loads(gzip.decompress(base64.b64decode(script.split('"')[3])))
    assert len(images) == 60
    assert {"show", "width", "height", "mode"} <= set(images[0])
    assert text.count('class="shot') == 24
    assert "24 of 60 images of this step" in text
