from pathlib import PurePosixPath

from reportgen.rundir import layout


def test_media_is_named_by_its_bytes() -> None:
    digest = "3fa1" + "0" * 60
    assert layout.media_name(digest, ".png") == f"media/3f/{digest}.png"
    assert layout.media_name(digest, "") == f"media/3f/{digest}"


def test_no_two_files_share_a_name() -> None:
    names = [
        layout.RUN,
        layout.CONFIG,
        layout.SUMMARY,
        layout.HISTORY,
        layout.SYSTEM,
        layout.MEDIA,
        layout.LOCK,
        layout.OWNER,
    ]
    assert len({name.lower() for name in names}) == len(names)
    assert all(PurePosixPath(name).name == name and not name.endswith(layout.PART) for name in names)


def test_reserved_keys_begin_alike() -> None:
    keys = {layout.STEP, layout.RUNTIME, layout.TIMESTAMP, layout.SUMMARY_ROW, layout.TYPE, layout.SESSION}
    assert len(keys) == 6
    assert all(key.startswith("_") for key in keys)


def test_files_of_further_writers() -> None:
    assert [layout.history_of(writer) for writer in ("", "3", "w12")] == [
        "history.jsonl",
        "history.3.jsonl",
        "history.w12.jsonl",
    ]
    assert (layout.system_of(""), layout.system_of("3")) == ("system.jsonl", "system.3.jsonl")
    assert (layout.owner_of(""), layout.owner_of("3")) == ("run.owner", "run.3.owner")
    assert [layout.rank_of(writer) for writer in ("", "3", "w12")] == [0, 3, None]


def test_which_files_are_of_further_writers() -> None:
    others = ["history.jsonl", "history.0.jsonl", "history.01.jsonl", "history.x.jsonl", "history.w.jsonl"]
    others += [
        "history.-1.jsonl",
        "system.2.jsonl",
        "history.2.jsonl.part",
        "xhistory.2.jsonl",
        "history.1234567890.jsonl",
    ]
    assert [layout.writer_of(name) for name in others] == [None] * len(others)
    names = ["history.w10.jsonl", "history.10.jsonl", "history.w9.jsonl", "history.2.jsonl", "run.json"]
    assert layout.writers(names) == ["2", "10", "w9", "w10"]
