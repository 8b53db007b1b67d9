"""Data that this version has no panel for is shown as it is."""

import hashlib

from reportgen.panels import unknown
from reportgen.panels.numerals import size
from reportgen.panels.unknown import SHOWN_CHARACTERS, view
from reportgen.panels.view import Limits
from tests.panels.conftest import history


def test_an_unknown_kind_is_named_and_its_data_shown(task):
    shown = view(task(history("g", records=[{"_type": "gauge", "value": 0.7}], kind="gauge")))
    assert shown.kind == "unknown"
    assert '"value": 0.7' in shown.text
    assert "“gauge”" in shown.notes[1]


def test_plain_lists_need_no_excuse(task):
    shown = view(task(history("g", records=[[1, 2], [3]], kind="json", steps=[0, 4])))
    assert (shown.step, shown.notes) == (4, ["2 values, the last is shown"])


def test_a_long_value_is_cut_and_says_so(task):
    shown = view(task(history("g", records=["x" * 50_000], kind="json")))
    assert len(shown.text) == SHOWN_CHARACTERS
    assert "first 20,000 of 50,002 characters" in shown.notes


def stored(folder, content, suffix="mp4"):
    """The name of a media file that lies in a run's folder."""
    digest = hashlib.sha256(content).hexdigest()
    name = f"media/{digest[:2]}/{digest}.{suffix}"
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return name


def test_files_that_records_name_are_offered_the_latest_first(task, tmp_path):
    first, second = stored(tmp_path, b"first"), stored(tmp_path, b"second!")
    records = [{"_type": "video", "file": first}, [{"_type": "video", "file": first}, {"_type": "x", "of": [second]}]]
    shown = view(task(history("episode/video", records=records, kind="video", steps=[0, 7])))
    assert [(item.step, item.size, item.file.name) for item in shown.files] == [
        (7, size(5), "video-7.mp4"),
        (7, size(7), "video-7-1.mp4"),
        (0, size(5), "video-0.mp4"),
    ]
    assert shown.files[1].file.source.read_bytes() == b"second!"


def test_files_that_are_too_large_missing_or_elsewhere(task, tmp_path, monkeypatch):
    monkeypatch.setattr(unknown, "SHOWN_FILES", 1)
    names = [stored(tmp_path, b"x" * count) for count in (3, 4, 100)]
    gone = f"media/00/{'0' * 64}.mp4"
    records = [{"file": name} for name in (*names, gone, "../secret.mp4", "/etc/passwd")]
    shown = view(task(history("v", records=records, kind="video"), limits=Limits(max_file=10)))
    assert [item.size for item in shown.files] == [size(4)]
    assert f"1 file above {size(10)} not carried" in shown.notes
    assert "the last 1 of 2 files are offered" in shown.notes
    (problem,) = shown.problems
    assert "step 3" in problem.where
