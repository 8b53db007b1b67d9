"""Records become the values again that they were made of."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pytest

from reportgen.errors import RunDirError
from reportgen.log.files.contents import of_media
from reportgen.log.files.rebuilt import rebuilt
from reportgen.media.image import Image
from reportgen.media.table import Table
from reportgen.rundir.jsonl import Tagged
from reportgen.rundir.writer import RunWriter


def test_what_is_no_record_of_a_known_kind() -> None:
    for value in (3, "text", None, [1], {"a": 1}, Tagged({"_type": "video", "file": "x"})):
        assert rebuilt(value, Path()) is value


def test_every_type_of_column(tmp_path: Path) -> None:
    writer = RunWriter(tmp_path / "run", new=True)
    when = datetime.datetime(2026, 11, 21, 9, 11, tzinfo=datetime.UTC)
    rows = [[1.5, "a", True, [1, 2], {"x": 1}, when], [None, None, None, None, None, None]]
    table = Table(columns=["n", "t", "b", "l", "m", "w"], data=rows)
    for number in range(2000):  # large enough for a file of its own
        table.add_data(number, "x", False, [number, 0], {"x": 2}, when)
    again = rebuilt(table.encode(writer).to_json(), writer.folder)
    assert again.columns == table.columns
    assert again.data == table.data
    mixed = Table(columns=["a"], data=[[1], ["b"], [None]], allow_mixed_types=True)
    assert rebuilt(mixed.encode(writer).to_json(), writer.folder).data == [[1], ["b"], [None]]
    writer.close()


def test_what_lies_over_a_picture(tmp_path: Path) -> None:
    writer = RunWriter(tmp_path / "run", new=True)
    position = {"minX": 1, "minY": 0, "maxX": 2.5, "maxY": 1}
    box = {"position": position, "domain": "pixel", "class_id": 2, "box_caption": "x", "scores": {"p": 0.5}}
    given = Image(
        np.array([[0, 50, 99], [7, 8, 9]], np.uint8),
        caption="c",
        masks={"m": {"mask_data": [[0, 1, 2], [1, 255, 0]], "class_labels": {1: "cat"}}},
        boxes={
            "few": {"box_data": [box, {"position": position, "domain": "pixel"}]},
            "many": {"box_data": [box] * 500},
        },
    )
    again = rebuilt(given.encode(writer).to_json(), writer.folder)
    assert again == given
    assert again.boxes == given.boxes
    assert again.masks["m"]["mask_data"].tolist() == given.masks["m"]["mask_data"].tolist()
    assert again.masks["m"]["class_labels"] == {1: "cat"}
    named = Image(given.image, classes=[{"id": 3, "name": "dog"}])
    assert rebuilt(named.encode(writer).to_json(), writer.folder) == named
    (cell,) = rebuilt(Table(["a"], [[given]]).encode(writer).to_json(), writer.folder).get_column("a")
    assert cell.boxes == given.boxes
    writer.close()


def test_an_artifact_holds_all_files_of_a_picture(tmp_path: Path) -> None:
    writer = RunWriter(tmp_path / "run", new=True)
    labels = {number: f"a class with the number {number}" for number in range(100)}
    many = [{"position": {"minX": 0, "minY": 0, "maxX": 1, "maxY": 1}}] * 500
    picture = Image(
        np.full((2, 3), 9, np.uint8),
        masks={"m": {"mask_data": np.zeros((2, 3), int), "class_labels": labels}},
        boxes={"b": {"box_data": many}},
    )
    names = sorted(name.partition(".")[2] for name in of_media(picture, writer) if name)
    assert names == ["boxes.json.gz", "labels.json", "png", "png"]
    writer.close()


def test_a_malformed_record() -> None:
    with pytest.raises(RunDirError, match="RG330"):
        rebuilt(Tagged({"_type": "image", "file": "../x"}), Path())
