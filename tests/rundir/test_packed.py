"""Packed files come back line by line, or say what is wrong with them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from reportgen.errors import RunDirError
from reportgen.rundir import packed
from reportgen.rundir.packed import pack, unpack


def written(folder: Path, data: bytes) -> str:
    (folder / "media").mkdir(exist_ok=True)
    (folder / "media" / "x.gz").write_bytes(data)
    return "media/x.gz"


def test_there_and_back(tmp_path: Path) -> None:
    lines = [b'{"a":1}', b"[1,2]", '["損失 🚀"]'.encode()]
    assert unpack(tmp_path, written(tmp_path, pack(lines))) == lines
    assert pack(lines) == pack(iter(lines)), "the same lines give the same bytes"


def test_any_program_can_read_it() -> None:
    assert gzip.decompress(pack([b"[1]", b"[2]"])) == b"[1]\n[2]\n"


@pytest.mark.parametrize("damage", [lambda d: d[:-9], lambda d: d[: len(d) // 2], lambda d: b"no gzip", lambda d: b""])
def test_damage_is_told(tmp_path: Path, damage: object) -> None:
    data = pack([b"[" + b"1," * 1000 + b"1]"])
    with pytest.raises(RunDirError, match=r"RG325.*media/x\.gz"):
        unpack(tmp_path, written(tmp_path, damage(data)))  # type: ignore[operator]


def test_a_file_that_unpacks_to_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MAX_BYTES", 1_000_000)
    with pytest.raises(RunDirError, match=r"RG325.*too much"):
        unpack(tmp_path, written(tmp_path, pack([b"0" * 10_000_000])))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RunDirError, match="RG321"):
        unpack(tmp_path, "media/ab/none.gz")
    with pytest.raises(RunDirError, match="RG320"):
        unpack(tmp_path, "../x.gz")
