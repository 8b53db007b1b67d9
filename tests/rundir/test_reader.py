import json
import math
import os
import shutil
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reportgen
import reportgen.rundir.reader as reader
from reportgen.errors import RunDirError
from reportgen.rundir.reader import find_runs, read_run, read_upgraded
from reportgen.rundir.upgrade import Step, Upgrades
from reportgen.rundir.writer import RunWriter
from tests.conftest import ROOT
from tests.rundir.directories import PIXEL, simple_summary, write_run

FROZEN = ROOT / "tests/formats/v1"
ROWS = b'{"_step":0,"_runtime":0.5,"a":1}\n{"_step":1,"_runtime":1.5,"a":2,"t":"x"}\n'


def everything_below(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(p.relative_to(folder)): (p.stat().st_mtime_ns, p.read_bytes()) for p in folder.rglob("*") if p.is_file()
    }


# ---- what was logged once can be read for good


def test_format_1_as_it_was_written_then() -> None:
    run = read_run(FROZEN)
    assert [(p.code, p.where, p.severity) for p in run.problems] == [
        ("RG311", "history.jsonl, line 8", "error"),
        ("RG310", "history.jsonl, line 16", "warning"),
    ]
    assert (run.info.format, run.info.id, run.info.state, run.info.exit_code) == (1, "everything-1", "failed", 1)
    assert run.info.error == {"type": "ValueError", "message": "loss is NaN </script>", "step": 7}
    assert run.info.sessions == ((1795252260.123456, 0.0), (1795338660.5, 5.5))
    assert (run.info.duration, run.info.incomplete, run.info.tags) == (12.75, True, ("kept", "for good"))
    assert run.info.environment["memory"] == 2**34
    assert run.info.private["user"] == "someone"
    assert run.config == {
        "lr": 0.001,
        "model": {"hidden": [64, 32], "_type is not a key here": True},
        "optimizer": {"_type": "adam", "eps": 1e-8},
        "clip": math.inf,
        "seed": 2**128,
        "nothing": None,
    }
    assert repr(run.summary) == "{'train/loss': nan, 'best': 0.97, 'val.acc': 0.5}"
    assert run.history.lines == 16
    assert run.history.steps.tolist() == list(range(10))
    assert run.system["cpu/percent"].values.tolist() == [12.5, 99.5]
    assert run.system["gpu.0/power_w"].steps.tolist() == [1]


def test_format_1_key_by_key() -> None:
    run = read_run(FROZEN)
    history = run.history
    loss = history["train/loss"]
    assert repr(loss.values.tolist()) == "[2.5, 1.25, 0.75, -inf, nan]"
    assert (loss.steps.tolist(), loss.runtimes.tolist(), loss.replaced) == ([0, 1, 2, 4, 7], [0.5, 1, 1.75, 2.5, 7], 1)
    assert history["flag"].values.tolist() == [1, 0]
    assert history["note"].records == ("hello\nworld",)
    assert [(h.kind, h.steps.tolist()) for h in history.all if h.key == "mixed"] == [("scalar", [5, 8]), ("text", [6])]
    assert history["big"].values.tolist() == [-(2.0**64)]
    assert history["pictures"].kind == history["picture"].kind == "image"
    assert [picture["width"] for picture in history["pictures"].records[0]] == [3, 3]
    assert run.media_path(history["picture"].records[0]["file"]).read_bytes().startswith(b"\x89PNG")
    assert (history["gauge"].kind, history["gauge"].records) == ("gauge", ({"_type": "gauge", "value": 3, "of": 10},))
    assert repr(history["list"].records) == "([1, None, nan],)"
    assert history["own"].records == ([{"_type": "mine"}],)
    for number, key in enumerate(("../../etc/passwd", "</script><script>", "損失", "🙂", "Case", "case"), start=1):
        assert history[key].values.tolist() == [number]
    assert "none" not in history
    assert next(row for row in history.rows() if row["_step"] == 2) == {
        "_step": 2,
        "_runtime": 1.75,
        "train/loss": 0.75,
        "none": None,
        "_timestamp": 1795252262.0,
    }


def test_reading_touches_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(FROZEN, folder)
    about = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    (folder / "run.json").write_text(json.dumps({**about, "state": "running"}), encoding="utf-8")
    for path in sorted(folder.rglob("*"), reverse=True):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = everything_below(folder)
    run = read_run(folder)
    list(run.history.rows())
    assert run.info.state == "crashed"
    assert everything_below(folder) == before
    for path in folder.rglob("*"):
        path.chmod(0o755)


# ---- what is not a run, or cannot be read


def test_not_a_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path, tmp_path / "none", tmp_path / "file"):
        with pytest.raises(RunDirError, match="RG301") as caught:
            read_run(path)
        assert caught.value.problem.remedy
        assert caught.value.problem.where == str(path)


def test_an_empty_run(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"format":1}')
    run = read_run(str(tmp_path))
    assert run.problems == ()
    assert (run.config, run.summary, len(run.history), len(run.system)) == ({}, {}, 0, 0)
    assert run.info.duration is None
    assert list(run.history.rows()) == []


def test_alerts_and_saved_files_are_part_of_a_run(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", ROWS)
    assert (read_run(folder).events.alerts, read_run(folder).files) == ((), ())
    (folder / "events.jsonl").write_text(
        '{"_event":"alert","_runtime":1.5,"_step":3,"title":"Low","text":"","level":"WARN"}\noops\n'
    )
    (folder / "files/code").mkdir(parents=True)
    (folder / "files/code/train.py").write_text("x = 1")
    run = read_run(folder)
    assert [(alert.title, alert.level, alert.step) for alert in run.events.alerts] == [("Low", "WARN", 3)]
    assert [(file.name, file.size) for file in run.files] == [("code/train.py", 5)]
    assert run.saved_path("code/train.py").read_text() == "x = 1"
    assert ["events.jsonl" in problem.where for problem in run.problems] == [True]
    with pytest.raises(RunDirError):
        run.saved_path("../run.json")


def test_a_newer_format(tmp_path: Path) -> None:
    with pytest.raises(RunDirError, match=r"RG302.*format 7.*up to 1"):
        read_run(write_run(tmp_path, ROWS, run={"format": 7}))


def test_a_damaged_run_json_costs_what_it_says(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "name", ROWS, run=b'{"format":1,"id"'))
    assert [p.code for p in run.problems] == ["RG306"]
    assert (run.info.id, run.info.state) == ("name", "crashed")
    assert run.history["a"].values.tolist() == [1, 2]


def test_files_that_are_no_files(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", ROWS)
    (folder / "history.jsonl").rename(tmp_path / "elsewhere")
    (folder / "history.jsonl").symlink_to("../elsewhere")
    os.mkfifo(folder / "system.jsonl")
    (folder / "config.json").mkdir()
    run = read_run(folder)
    assert sorted((p.code, p.what.split()[0]) for p in run.problems) == [
        ("RG322", "config.json"),
        ("RG322", "history.jsonl"),
        ("RG322", "system.jsonl"),
    ]
    (folder / "run.json").unlink()
    (folder / "run.json").symlink_to("../elsewhere")
    with pytest.raises(RunDirError, match="RG322"):
        read_run(folder)


def test_a_link_to_a_run_is_a_run(tmp_path: Path) -> None:
    write_run(tmp_path / "run", ROWS)
    (tmp_path / "latest").symlink_to("run")
    assert read_run(tmp_path / "latest").path == tmp_path / "latest"


# ---- damage costs what it damaged


@pytest.mark.parametrize("end", range(len(ROWS) + 1))
def test_cut_off_at_every_byte(tmp_path: Path, end: int) -> None:
    run = read_run(write_run(tmp_path, ROWS[:end]))
    first = ROWS.index(b"\n")
    whole = (end >= first) + (end >= len(ROWS) - 1)
    assert run.history.steps.tolist() == list(range(whole))
    torn = end not in (0, first, first + 1, len(ROWS) - 1, len(ROWS))
    assert [(p.code, p.severity) for p in run.problems] == [("RG310", "warning")] * torn


@given(st.binary(max_size=200), st.binary(max_size=60), st.binary(max_size=60), st.binary(max_size=60))
def test_any_bytes_in_any_file(tmp_path_factory, history: bytes, system: bytes, config: bytes, summary: bytes) -> None:
    folder = tmp_path_factory.getbasetemp() / "fuzzed"
    write_run(folder, history, system=system, config=config, summary=summary)
    run = read_run(folder)
    assert len(list(run.history.rows())) == len(run.history.steps)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)


@given(st.fixed_dictionaries({}, optional={name: JSON for name in reader.RunInfo.__slots__ if name != "format"}))
def test_anything_in_run_json(tmp_path_factory, values: dict) -> None:
    folder = tmp_path_factory.getbasetemp() / "odd"
    folder.mkdir(exist_ok=True)
    (folder / "run.json").write_text(json.dumps(values))
    info = read_run(folder).info
    assert isinstance(info.name, str)
    assert info.id


def test_deep_long_and_empty_lines(tmp_path: Path) -> None:
    deep = b'{"_step":1,"_runtime":1,"a":' + b"[" * 10_000 + b"]" * 10_000 + b"}"
    long = b'{"_step":2,"_runtime":2,"t":"' + b"x" * 5_000_000 + b'"}'
    lines = [
        b'{"_step":0,"_runtime":0,"a":1}',
        deep,
        b"",
        long,
        b"\xff",
        b'{"_step":3,"_runtime":3,"a":2}',
        b"\0" * 4096,
    ]
    run = read_run(write_run(tmp_path, b"\n".join(lines)))
    assert run.history["a"].values.tolist() == [1, 2]
    assert len(run.history["t"].records[0]) == 5_000_000
    assert [(p.code, p.where) for p in run.problems] == [
        ("RG311", "history.jsonl, line 2"),
        ("RG311", "history.jsonl, line 5"),
        ("RG316", "history.jsonl, line 7"),
    ]


# ---- keys


KEYS = [
    "a/b/c",
    "../../../etc/passwd",
    "/etc/passwd",
    "..",
    ".",
    "",
    " ",
    "</script><img src=x onerror=alert(1)>",
    "<b>&\"'",
    "損失/訓練",
    "🙂🙃",
    "k" * 300,
    "Loss",
    "loss",
    "a\nb\tc\x00d",
    "\u2028\u2029\ufeff",
    "e\u0301",
    "\u00e9",
    "_type",
    "_private",
    "null",
    "__proto__",
    'quote"quote',
    "back\\slash",
]


def test_keys_of_any_kind(tmp_path: Path) -> None:
    rows = [{"_step": i, "_runtime": i, **{key: i + n for n, key in enumerate(KEYS)}} for i in range(3)]
    history = read_run(write_run(tmp_path, rows)).history
    assert list(history) == KEYS
    for n, key in enumerate(KEYS):
        assert history[key].values.tolist() == [n, n + 1, n + 2]
        assert history[key].key == key


# ---- state, duration, summary


@pytest.mark.parametrize("state", ["finished", "failed"])
def test_a_run_that_ended_says_what_it_came_to(tmp_path: Path, state: str) -> None:
    run = read_run(write_run(tmp_path, ROWS, run={"state": state}, summary=b'{"a":{"_type":"float","value":"NaN"}}'))
    assert repr(run.summary) == "{'a': nan}"
    assert (run.info.state, run.info.duration) == (state, 12.5)


SUMMARY_ROWS = [
    {"_step": 0, "_runtime": 0, "a": 1, "b": 1, "c": True, "picture": {"_type": "image"}},
    {"_step": 0, "_runtime": 1, "_summary": {"b": "best", "x": 5, "y": 6}},
    {"_step": 1, "_runtime": 2, "a": 3, "n": None},
    {"_step": 1, "_runtime": 3, "_summary": {"a": {"_type": "deleted"}, "y": {"_type": "deleted"}, "z": [1]}},
    {"_step": 2, "_runtime": 4, "c": {"_type": "float", "value": "NaN"}, "y": 7},
]


def test_the_summary_of_a_run_that_did_not_end_is_worked_out(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path, SUMMARY_ROWS, run={"state": "running", "duration": None}, summary=b'{"old":1}'))
    assert run.info.state == "crashed"
    assert run.info.duration == 4
    assert repr(sorted(run.summary.items())) == (
        "[('b', 'best'), ('c', nan), ('picture', {'_type': 'image'}), ('x', 5), ('y', 7), ('z', [1])]"
    )


SUMMED = st.sampled_from([1, 2, 2.5, True, None, "x", [1], {"_type": "image"}, {"_type": "float", "value": "NaN"}])
LOGGED = st.dictionaries(st.sampled_from("abcd"), SUMMED, max_size=3)
ASSIGNED = st.dictionaries(st.sampled_from("abcd"), st.one_of(SUMMED, st.just({"_type": "deleted"})), max_size=2)


@given(st.lists(st.one_of(LOGGED, LOGGED, st.builds(lambda a: {"_summary": a}, ASSIGNED)), max_size=40))
def test_it_is_worked_out_as_line_by_line(tmp_path_factory, calls: list) -> None:
    rows = [{"_step": i // 2, "_runtime": i, **call} for i, call in enumerate(calls)]
    folder = write_run(tmp_path_factory.getbasetemp() / "summed", rows)
    expected = simple_summary((folder / "history.jsonl").read_bytes())
    assert repr(sorted(read_run(folder).summary.items())) == repr(sorted(expected.items()))


def test_so_it_is_when_the_file_is_missing_or_damaged(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path, ROWS))
    assert run.summary == {"a": 2, "t": "x"}
    assert isinstance(run.summary["a"], int)
    run = read_run(write_run(tmp_path, ROWS, summary=b"{"))
    assert run.summary == {"a": 2, "t": "x"}
    assert [(p.code, p.where) for p in run.problems] == [("RG306", "summary.json")]


def test_the_duration_of_a_run_that_only_sampled(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path, b"", run={"state": "running", "duration": None}, system=b'{"_runtime":8}\n'))
    assert run.info.duration == 8


# ---- formats


def test_an_older_format_is_brought_up_to_date_in_memory(tmp_path: Path) -> None:
    upgrades = Upgrades(
        3,
        {
            1: Step(
                run=lambda run: {**run, "name": run["title"]},
                row=lambda row: {**row, "_step": row.pop("step")},
                sample=lambda row: {**row, "cpu": row.pop("processor")},
            ),
            2: Step(
                config=lambda config: {"inner": config},
                summary=lambda summary: {**summary, "new": True},
                row=lambda row: {**row, "seconds": row["_runtime"]},
            ),
        },
    )
    folder = write_run(
        tmp_path,
        b'{"step":1,"_runtime":2,"a":1}\n{"step":0,"_runtime":1,"a":2}\n',
        run={"format": 1, "title": "old name"},
        config=b'{"lr":1}',
        summary=b'{"a":1}',
        system=b'{"_runtime":0,"processor":50}\n',
    )
    before = everything_below(folder)
    run = read_upgraded(folder, upgrades)
    assert run.problems == ()
    assert (run.info.name, run.config, run.summary) == ("old name", {"inner": {"lr": 1}}, {"a": 1, "new": True})
    assert run.history["a"].values.tolist() == [2, 1]
    assert run.history["seconds"].values.tolist() == [1, 2]
    assert [row["_step"] for row in run.history.rows()] == [0, 1]
    assert run.system["cpu"].values.tolist() == [50]
    assert everything_below(folder) == before
    with pytest.raises(RunDirError, match="RG302"):
        read_upgraded(folder, Upgrades(0, {}))


# ---- what the logger writes


@pytest.fixture
def logged(tmp_path: Path) -> Path:
    """A run made by the logger, with one of each."""
    with reportgen.init(project="p", name="n", dir=tmp_path, config={"lr": math.nan, "o": {"_type": "x"}}) as run:
        run.define_metric("l*", step_metric="step", hidden=False, summary="min,max", goal="minimize")
        for step in range(3):
            run.log({"loss": 1 / (step + 1), "step": step, "flag": step == 1})
        run.log(
            {"nan": math.nan, "big": 2**70, "none": None, "text": "a\ud800b", "list": [1, math.inf, {"_type": "q"}]}
        )
        run.log({"one": reportgen.Image(np.zeros((4, 5), np.uint8)), "two": [reportgen.Image(np.ones((4, 5, 3)))] * 2})
        run.summary["best"] = 0.5
        run.summary["gone"] = 1
        del run.summary["gone"]
        run.alert("Low", "text", level="WARN")
        artifact = reportgen.Artifact("digits", "dataset", metadata={"nan": math.nan})
        artifact.add(reportgen.Table(columns=["a"], data=[[1]]), "table")
        artifact.add_reference("https://example.org/x")
        run.log_artifact(artifact, aliases=["best"])
        run.use_artifact("digits:best")
        (tmp_path / "notes.txt").write_text("x")
        run.save(tmp_path / "notes.txt")
    return run.path


def test_runs_of_the_logger_keep_to_the_schema(logged: Path) -> None:
    schema = json.loads((Path(reader.__file__).parent / "format.schema.json").read_text(encoding="utf-8"))

    def check(name: str, text: str) -> None:
        jsonschema.Draft202012Validator({**schema, "$ref": f"#/$defs/{name}"}).validate(json.loads(text))

    for name in ("run", "config", "summary"):
        check(name, (logged / f"{name}.json").read_text(encoding="utf-8"))
    for name, file in (("history_row", "history.jsonl"), ("system_row", "system.jsonl"), ("event_row", "events.jsonl")):
        for line in (logged / file).read_text(encoding="utf-8").split("\n")[:-1]:
            check(name, line)
    (version,) = {event.manifest for event in read_run(logged).events.artifacts} - {""}
    check("manifest", (logged / version).read_text(encoding="utf-8"))
    assert {path.name for path in logged.iterdir()} == {
        "run.json",
        "config.json",
        "summary.json",
        "history.jsonl",
        "system.jsonl",
        "events.jsonl",
        "files",
        "media",
        "run.lock",
    }
    fields = set(schema["$defs"]["run"]["properties"])
    assert set(json.loads((logged / "run.json").read_text(encoding="utf-8"))) == fields - {"ranks", "unwritten"}


def test_runs_of_the_logger_read_back(logged: Path) -> None:
    run = read_run(logged)
    assert run.problems == ()
    assert (run.info.state, run.info.project, run.info.name) == ("finished", "p", "n")
    assert math.isnan(run.config["lr"])
    assert run.config["o"] == {"_type": "x"}
    assert run.history["flag"].values.tolist() == [0, 1, 0]
    assert run.history["big"].values.tolist() == [2.0**70]
    assert run.history["text"].records == ("a\ufffdb",)
    assert repr(run.history["list"].records) == "([1, inf, {'_type': 'q'}],)"
    assert "none" not in run.history
    (two,) = run.history["two"].records
    assert [run.media_path(item["file"]).suffix for item in two] == [".png", ".png"]
    assert run.summary["best"] == 0.5
    assert "gone" not in run.summary


def test_the_summary_of_the_logger_is_the_one_worked_out(logged: Path) -> None:
    written = read_run(logged).summary
    (logged / "summary.json").unlink()
    assert repr(sorted(read_run(logged).summary.items())) == repr(sorted(written.items()))


# ---- media


def test_media_of_a_run(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path, ROWS))
    (tmp_path / PIXEL).parent.mkdir(parents=True)
    (tmp_path / PIXEL).write_bytes(b"x")
    assert run.media_path(PIXEL) == reader.media_path(tmp_path, PIXEL)
    with pytest.raises(RunDirError, match="RG320"):
        run.media_path("run.json")


def test_definitions_of_metrics_make_the_summary_of_a_killed_run(tmp_path: Path) -> None:
    rows = [
        {"_step": 0, "_runtime": 1, "loss": 3, "acc": 1, "note": "a"},
        {"_step": 0, "_runtime": 2, "_summary": {"acc": 9, "loss": 0}},
        {"_step": 1, "_runtime": 4, "loss": 1, "acc": 2, "note": "b"},
        {"_step": 2, "_runtime": 5, "loss": {"_type": "float", "value": "NaN"}},
        {"_step": 2, "_runtime": 6, "_summary": {"acc": 8}},
    ]
    metrics = [
        {"name": "*", "summary": ["min", "last"], "runtime": 3},
        {"name": "acc", "summary": ["none"], "runtime": 3, "unknown": 1},
    ]
    run = read_run(write_run(tmp_path, rows, run={"metrics": metrics, "state": "running"}))
    assert run.problems == ()
    last = run.summary["loss.last"]
    assert math.isnan(last)
    assert run.summary == {"acc": 8, "note.last": "b", "loss.min": 1, "loss.last": last, "loss.nan": 1}
    assert [one.name for one in run.info.metrics] == ["*", "acc"]


def test_damaged_definitions_cost_themselves_only(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path, [{"_step": 0, "_runtime": 0, "a": 1}], run={"metrics": [{"name": 3}]}))
    assert [problem.code for problem in run.problems] == ["RG305"]
    assert (run.info.metrics, run.summary) == ((), {"a": 1})


# ---- several processes


def written(folder: Path, name: str, *rows: dict) -> None:
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_the_rows_of_all_processes(tmp_path: Path) -> None:
    folder = write_run(tmp_path, [{"_step": 0, "_runtime": 1, "a": 1, "gone": 1}], run={"ranks": 3, "duration": None})
    written(folder, "history.2.jsonl", {"_step": 0, "_runtime": 7, "a": 2, "own": 3, "gone": 4})
    written(folder, "history.w1.jsonl", {"_step": 5, "_runtime": 2, "own": 9, "w": 8})
    written(folder, "history.1.jsonl")
    written(folder, "system.2.jsonl", {"_runtime": 3, "cpu/percent": 5})
    written(folder, "history.other.jsonl", {"_step": 5, "_runtime": 2, "x": 9})
    (folder / "summary.json").write_text('{"a": 1, "best": 2}')
    run = read_run(folder)
    assert run.problems == ()
    assert list(run.history.writers) == ["", "1", "2", "w1"]
    assert [(h.key, h.writer) for h in run.history.all if h.key in ("a", "own")] == [
        ("a", ""),
        ("a", "2"),
        ("own", "2"),
        ("own", "w1"),
    ]
    assert list(run.system.writers) == ["", "2"]
    assert run.system["cpu/percent"].rank == 2
    assert run.summary == {"a": 1, "best": 2, "own": 3, "w": 8}  # what the main process has removed stays so
    assert run.borrowed == {"own", "w"}
    assert run.info.duration == 7


def test_damage_in_the_file_of_a_rank(tmp_path: Path) -> None:
    folder = write_run(tmp_path, ROWS, run={"ranks": 2})
    (folder / "history.1.jsonl").write_bytes(b'{"_step":0,"_runtime":0,"a":1}\nbroken\n{"_step":1,"_runt')
    run = read_run(folder)
    assert [(p.code, p.where) for p in run.problems] == [
        ("RG311", "history.1.jsonl, line 2"),
        ("RG310", "history.1.jsonl, line 3"),
    ]
    assert run.history.writers["1"]["a"].values.tolist() == [1]
    (folder / "history.1.jsonl").unlink()
    (folder / "history.1.jsonl").mkdir()
    assert [problem.code for problem in read_run(folder).problems] == ["RG322"]


def test_a_rank_that_may_still_come(tmp_path: Path) -> None:
    """While a run is being written, nothing is missing yet."""
    folder = write_run(tmp_path / "r", ROWS, run={"ranks": 2, "state": "running"})
    writer = RunWriter(folder, new=False)
    assert read_run(folder).problems == ()
    writer.close()
    assert [problem.code for problem in read_run(folder).problems] == ["RG323"]


def test_tables_of_a_run(tmp_path: Path) -> None:
    record = {
        "_type": "table",
        "columns": [{"name": "a", "type": "number"}, {"name": "b", "type": "text"}],
        "rows": 2,
        "values": [[1, {"_type": "float", "value": "Infinity"}], ["x", None]],
    }
    run = read_run(write_run(tmp_path, [{"_step": 0, "_runtime": 0, "t": record}]))
    assert run.table(run.history["t"].records[0]) == {"a": [1, float("inf")], "b": ["x", None]}
    with pytest.raises(RunDirError, match="RG330"):
        run.table({"_type": "image"})


def test_the_frozen_runs_are_found() -> None:
    assert find_runs([ROOT / "tests/formats"]) == ([FROZEN], [])
