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
    ]
    assert len({name.lower() for name in names}) == len(names)
    assert all(PurePosixPath(name).name == name and not name.endswith(layout.PART) for name in names)


def test_reserved_keys_begin_alike() -> None:
    keys = {layout.STEP, layout.RUNTIME, layout.TIMESTAMP, layout.SUMMARY_ROW, layout.TYPE}
    assert len(keys) == 5
    assert all(key.startswith("_") for key in keys)
