"""A run in other processes: forked children and pickled copies write files of their own, and disturb nobody."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import reportgen
from reportgen import ReportgenWarning, Run
from reportgen.errors import UsageError
from tests.log import scripts
from tests.log.scripts import START, card, rows

Start = Callable[..., Run]


def done(code: str, folder: Path) -> reportgen.rundir.reader.StoredRun:
    """The run of a script that ended well."""
    finished = scripts.finish(START + code, folder)
    assert finished.returncode == 0, finished.stderr
    assert finished.stderr.count("run finished") == 1, finished.stderr
    return reportgen.read_run(folder / "runs/p/r")


# ---- fork


def test_a_forked_child_writes_a_file_of_its_own(tmp_path: Path) -> None:
    """Forked while a thread logs at full speed, so that the locks are often held just then."""
    run = done(
        """
import os, sys, threading, warnings
stop = threading.Event()
def busy():
    while not stop.is_set(): run.log({'thread': 1}, step=0)
worker = threading.Thread(target=busy); worker.start()
for i in range(20):
    child = os.fork()
    if child == 0:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter('always')
            run.log({'child': i}); run.log({'child': 'text'}); rg.log({'child': 2})
            run.summary['child'] = 1; run.config.child = 1; run.tags = ['child']; run.name = 'child'
        assert len(said) == 1 and 'RG116' in str(said[0].message), said
        run.finish()
        try: run.log({'child': 3})
        except RuntimeError as fault: assert 'RG102' in str(fault)
        else: raise AssertionError
        sys.exit(0)
    assert os.waitpid(child, 0)[1] == 0
    run.log({'parent': i}, step=0)
stop.set(); worker.join()
""",
        tmp_path,
    )
    assert run.problems == ()
    assert (run.info.state, run.info.tags, run.info.name) == ("finished", (), "r")
    main = run.history.writers[""]
    assert set(main) == {"thread", "parent"}
    assert main["parent"].values.tolist() == [19.0]
    assert list(run.history.writers) == ["", *(f"w{n}" for n in range(1, 21))]
    for number in range(20):
        written = rows(tmp_path / "runs/p/r", f"history.w{number + 1}.jsonl")
        assert [row.get("child") for row in written] == [number, "text", 2, None]
    assert "child" not in run.config
    assert run.summary["child"] == 1


def test_steps_and_time_go_on_in_a_child(tmp_path: Path) -> None:
    run = done(
        """
import os, time
for i in range(5): run.log({'a': i})
time.sleep(0.2)
if (child := os.fork()) == 0:
    run.log({'b': 0}); run.log({'b': 1}); run.log({'b': 2}, step=50)
    os._exit(0)
os.waitpid(child, 0)
run.log({'a': 5})
""",
        tmp_path,
    )
    b = run.history["b"]
    assert (b.steps.tolist(), b.writer, b.rank) == ([5, 6, 50], "w1", None)
    assert 0.2 < b.runtimes[0] < b.runtimes[2] < run.history["a"].runtimes[5] < 10
    assert run.history["a"].values.tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_worker_processes(tmp_path: Path, method: str) -> None:
    """As data loaders have them: each ends without a word; the run comes as an argument, or was there before."""
    script = tmp_path / "train.py"
    script.write_text(
        f"""
import multiprocessing, os, time
import reportgen as rg
def work(run, number):
    for i in range(100):
        (run if i % 2 else rg).log({{'worker': number * 1000 + i}})
if __name__ == '__main__':
    context = multiprocessing.get_context({method!r})
    run = rg.init(project='p', id='r', system_metrics=False)
    workers = [context.Process(target=work, args=(run, n)) for n in range(3)]
    for worker in workers: worker.start()
    for i in range(200): run.log({{'a': i}}); time.sleep(0.001)
    for worker in workers: worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
"""
    )
    finished = scripts.run_file(script, tmp_path)
    assert finished.returncode == 0, finished.stderr
    run = reportgen.read_run(tmp_path / "runs/p/r")
    assert (run.problems, run.info.state) == ((), "finished")
    assert run.history.writers[""]["a"].values.tolist() == list(range(200))
    others = [history for writer, history in run.history.writers.items() if writer]
    found = sorted(tuple(history["worker"].values.tolist()) for history in others)
    assert found == [tuple(float(n * 1000 + i) for i in range(100)) for n in range(3)]
    assert all((np.diff(history["worker"].steps) == 1).all() for history in others)


def test_a_child_that_logs_pictures(tmp_path: Path) -> None:
    """It may end without asking anybody, so they are stored when `log` returns."""
    run = done(
        """
import os
import numpy as np
run.log({'picture': rg.Image(np.zeros((4, 4)))})
if (child := os.fork()) == 0:
    run.log({'picture': rg.Image(np.eye(4)), 'a': 1})
    os._exit(0)
os.waitpid(child, 0)
""",
        tmp_path,
    )
    assert [one.writer for one in run.history.all if one.key == "picture"] == ["", "w1"]
    record = run.history.writers["w1"]["picture"].records[0]
    assert run.media_path(record["file"]).is_file()


def test_a_child_of_a_child(tmp_path: Path) -> None:
    run = done(
        """
import os
run.log({'a': 0})
if (child := os.fork()) == 0:
    run.log({'a': 1})
    if (grandchild := os.fork()) == 0:
        run.log({'a': 2}); os._exit(0)
    os.waitpid(grandchild, 0); run.log({'a': 3}); os._exit(0)
os.waitpid(child, 0)
""",
        tmp_path,
    )
    assert [history["a"].values.tolist() for history in run.history.writers.values()] == [[0], [1, 3], [2]]


def test_a_child_that_logs_nothing_leaves_nothing(tmp_path: Path) -> None:
    run = done(
        "import os\nif (child := os.fork()) == 0: os._exit(0)\nos.waitpid(child, 0); run.log({'a': 1})", tmp_path
    )
    assert sorted(path.name for path in run.path.iterdir() if path.name.startswith("history")) == ["history.jsonl"]


def test_fork_and_threads_of_one_child(tmp_path: Path) -> None:
    run = done(
        """
import os, threading
if (child := os.fork()) == 0:
    def work(n):
        for i in range(500): run.log({f't{n}': i})
    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    os._exit(0)
os.waitpid(child, 0)
""",
        tmp_path,
    )
    (child,) = (history for writer, history in run.history.writers.items() if writer)
    assert all(child[f"t{n}"].values.tolist() == list(range(500)) for n in range(4))
    assert child.steps.tolist() == list(range(2000))


def test_a_child_where_the_disk_refuses(tmp_path: Path) -> None:
    run = done(
        """
import os, warnings
run.log({'a': 0})
if (child := os.fork()) == 0:
    import resource
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    held = [os.open('/dev/null', os.O_RDONLY) for _ in range(3)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter('always')
        for i in range(3): run.log({'a': i})
    assert ['RG114' in str(one.message) for one in said] == [True], said
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    run.log({'a': 3})   # there is room again
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
""",
        tmp_path,
    )
    assert run.history.writers["w1"]["a"].values.tolist() == [3]


def test_a_resumed_run_and_its_children(tmp_path: Path) -> None:
    """What a child of the first session logged after the step that the run went back to is superseded with it."""
    code = (
        "import os\n{}\nif (child := os.fork()) == 0: run.log({{'b': run.step}}); os._exit(0)\nos.waitpid(child, 0)\n{}"
    )
    done(code.format("for i in range(10): run.log({'a': i})", ""), tmp_path)
    again = START.replace("id='r'", "id='r', resume='must'") + code.format("run.log({'a': 40}, step=4)", "")
    assert scripts.finish(again, tmp_path).returncode == 0
    run = reportgen.read_run(tmp_path / "runs/p/r")
    assert run.problems == ()
    first, second = run.history.writers["w1"]["b"], run.history.writers["w2"]["b"]
    assert (len(first), [old.steps.tolist() for old in first.superseded]) == (0, [[10]])
    assert (second.steps.tolist(), second.superseded) == ([4], ())


# ---- pickle


def test_pickled_in_its_own_process(start: Start) -> None:
    run = start(project="p", id="r")
    assert pickle.loads(pickle.dumps(run)) is run  # noqa: S301
    assert copy.deepcopy({"trainer": [run]})["trainer"][0] is run
    assert copy.copy(run) is run
    run.finish()
    again = pickle.loads(pickle.dumps(run))  # noqa: S301
    with pytest.raises(UsageError, match="RG102"):
        again.log({"a": 1})
    assert sorted(path.name for path in run.path.glob("history*")) == ["history.jsonl"]


def test_pickled_without_secrets(start: Start) -> None:
    run = start(project="p", id="r", config={"api_key": "sk-" + "a" * 30, "lr": 1})
    data = pickle.dumps(run)
    for fact in card(run.path)["private"].values():
        if isinstance(fact, str) and len(fact) > 4 and fact not in str(run.path):
            assert fact.encode() not in data


def test_a_pickled_run_of_another_process(start: Start, tmp_path: Path) -> None:
    run = start(project="p", id="r", config={"lr": 0.1})
    for i in range(3):
        run.log({"a": i})
    run.summary["best"] = 9
    (tmp_path / "run.pickle").write_bytes(pickle.dumps(run))
    finished = scripts.finish(
        """
import pickle, reportgen as rg
run = pickle.load(open('run.pickle', 'rb'))
assert rg.run is run and run.id == 'r' and run.config.lr == 0.1 and run.step == 3 and run.state == 'running'
assert dict(run.summary) == {'a': 2, 'best': 9}, dict(run.summary)
assert pickle.loads(pickle.dumps(run)) is run
import glob; assert glob.glob('runs/p/r/history.w*') == []
rg.log({'b': 1})
""",
        tmp_path,
    )
    assert (finished.returncode, finished.stderr) == (0, "")
    run.log({"a": 3})
    run.finish()
    stored = reportgen.read_run(run.path)
    assert stored.info.state == "finished"
    assert stored.history["a"].values.tolist() == [0, 1, 2, 3]
    assert (stored.history["b"].steps.tolist(), stored.history["b"].writer) == ([3], "w1")


def test_a_disabled_run_may_be_sent_too(start: Start, tmp_path: Path) -> None:
    run = start(project="p", id="r", mode="disabled")
    (tmp_path / "run.pickle").write_bytes(pickle.dumps(run))
    code = "import pickle\nrun = pickle.load(open('run.pickle', 'rb'))\nrun.log({'a': 1})\nassert run.disabled"
    assert scripts.finish(code, tmp_path).returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["run.pickle"]


def test_a_run_whose_folder_is_gone(start: Start, tmp_path: Path) -> None:
    """As on another machine: training goes on there, with one warning."""
    run = start(project="p", id="r")
    data = pickle.dumps(run).replace(str(tmp_path).encode(), str(tmp_path)[:-1].encode() + b"X")
    other = pickle.loads(data)  # noqa: S301
    assert other is not run
    with pytest.warns(ReportgenWarning, match="RG114") as said:  # noqa: PT031
        other.log({"a": 1})
        other.log({"a": 2})
    assert len(said) == 1


def test_a_child_that_is_forked_while_another_thread_gives_an_alert(tmp_path: Path) -> None:
    """The lock of the parent's events is held by a thread that the child has not."""
    code = START + (
        "import faulthandler, os, threading, time\n"
        "stop = threading.Event()\n"
        "def alerts():\n"
        "    n = 0\n"
        "    while not stop.is_set(): run.alert(f'{n}', 'x' * 1000); n += 1\n"
        "threads = [threading.Thread(target=alerts) for _ in range(2)]\n"
        "for thread in threads: thread.start()\n"
        "for n in range(20):\n"
        "    if (child := os.fork()) == 0:\n"
        "        faulthandler.dump_traceback_later(20, exit=True)\n"
        "        run.log({'a': n})\n"
        "        run.alert('child')\n"
        "        run.finish()\n"
        "        os._exit(0)\n"
        "    time.sleep(0.005)\n"
        "    assert os.waitpid(child, 0)[1] == 0\n"
        "stop.set()\n"
        "for thread in threads: thread.join()\n"
    )
    done = scripts.finish(code, tmp_path)
    assert done.returncode == 0, done.stderr
    stored = reportgen.read_run(tmp_path / "runs/p/r")
    assert [len(history["a"]) for history in stored.history.writers.values() if "a" in history] == [1] * 20
    assert (stored.info.state, stored.info.incomplete, stored.problems) == ("finished", False, ())
