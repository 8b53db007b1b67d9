"""`run.json` while a run is open."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from reportgen.errors import InputValueError
from reportgen.log.manifest import Manifest
from reportgen.rundir.writer import RunWriter

EMPTY = {"name": "a", "environment": {"python": "3"}, "private": {"user": "ada"}}


def test_changes_are_on_disk(tmp_path: Path) -> None:
    writer = RunWriter(tmp_path / "r", new=True)
    manifest = Manifest(EMPTY, writer)
    manifest.save()
    manifest.change(name="b")
    manifest.learn({"memory": 1}, {"host": "h"})
    assert manifest["name"] == "b"
    assert json.loads((tmp_path / "r/run.json").read_text()) == {
        "name": "b",
        "environment": {"python": "3", "memory": 1},
        "private": {"user": "ada", "host": "h"},
    }
    assert EMPTY["environment"] == {"python": "3"}
    writer.close()


def test_in_memory() -> None:
    manifest = Manifest(EMPTY, None)
    manifest.change(name="b")
    assert manifest["name"] == "b"


def test_a_forgotten_file_is_not_touched(tmp_path: Path) -> None:
    writer = RunWriter(tmp_path / "r", new=True)
    manifest = Manifest(EMPTY, writer)
    manifest.save()
    manifest.forget_file()
    manifest.change(name="b")
    assert json.loads((tmp_path / "r/run.json").read_text())["name"] == "a"
    writer.close()


def test_threads(tmp_path: Path) -> None:
    writer = RunWriter(tmp_path / "r", new=True)
    manifest = Manifest(EMPTY, writer)
    workers = [threading.Thread(target=lambda n=n: manifest.change(**{f"k{n}": n})) for n in range(20)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert {f"k{n}" for n in range(20)} <= set(json.loads((tmp_path / "r/run.json").read_text()))
    writer.close()
    assert not list((tmp_path / "r").glob("*.part"))


def test_what_readers_would_refuse_is_not_kept(tmp_path: Path) -> None:
    writer = RunWriter(tmp_path / "r", new=True)
    manifest = Manifest(EMPTY, writer)
    with pytest.raises(InputValueError, match=r"RG344: .*\(key 'notes'\)"):
        manifest.change(notes="x" * 140_000_000)
    manifest.change(name="b")
    assert json.loads((tmp_path / "r/run.json").read_text())["name"] == "b"
    writer.close()
