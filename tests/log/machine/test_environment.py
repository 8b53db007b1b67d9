"""What a run was made with: complete, split into public and private, without secrets, and never in the way."""

from __future__ import annotations

import getpass
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import orjson
import psutil
import pytest

import reportgen
from reportgen.log.machine import environment
from tests.log import scripts
from tests.log.scripts import card

GIT = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=trunk"]


def git(folder: Path, *words: str) -> str:
    return subprocess.run([*GIT, "-C", str(folder), *words], check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    (tmp_path / "train.py").write_text("x = 1\n")
    git(tmp_path, "add", "train.py")
    git(tmp_path, "commit", "-q", "-m", "first")
    return tmp_path


def test_public_facts() -> None:
    facts = environment.public({"numpy": 1})
    assert facts["python"] == platform.python_version()
    assert facts["platform"].startswith(platform.system())
    assert facts["seeds"] == {"numpy": 1}
    assert facts["cpu"]["threads"] == os.cpu_count()
    assert list(facts) == ["command", "python", "platform", "packages", "git", "cpu", "memory", "gpu", "seeds"]


def test_the_user_is_the_one_that_python_names(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    assert environment.private()["user"] == getpass.getuser()
    monkeypatch.setenv("USER", "ada")
    assert environment.private()["user"] == getpass.getuser() == "ada"


def test_the_command_can_be_given_to_a_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "orig_argv", ["python", "train.py", "--name", "two words", "", "größe=[1,2]", "$HOME"])
    assert environment.command() == "python train.py --name 'two words' '' größe=[1,2] '$HOME'"


def test_packages() -> None:
    found = environment.packages()
    assert found["orjson"] == orjson.__version__
    assert found["numpy"] == metadata.version("numpy")
    assert found["pyyaml"] == metadata.version("pyyaml")
    assert list(found) == sorted(found)
    known = {dist.metadata["Name"].lower().replace("_", "-").replace(".", "-") for dist in metadata.distributions()}
    assert set(found) >= known - {"reportgen-ml"}


def test_hardware() -> None:
    facts = environment.hardware()
    assert facts["memory"] == psutil.virtual_memory().total
    assert facts["cpu"]["cores"] == psutil.cpu_count(logical=False)
    assert isinstance(facts["cpu"]["model"], str)


def test_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(repository / "train.py"), raising=False)
    commit = git(repository, "rev-parse", "HEAD")
    assert environment.git() == ({"commit": commit, "branch": "trunk", "dirty": False}, "")
    (repository / "untracked").write_text("x")
    git(repository, "remote", "add", "origin", "https://ada:hunter2@example.org/x.git")
    facts, remote = environment.git()
    assert facts is not None
    assert facts["dirty"] is False
    assert remote == "https://[redacted]@example.org/x.git"
    (repository / "train.py").write_text("x = 2\n")
    git(repository, "checkout", "-q", "--detach")
    facts, _ = environment.git()
    assert facts == {"commit": commit, "branch": "", "dirty": True}


def test_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(tmp_path / "train.py"), raising=False)
    assert environment.git() == (None, "")


def test_a_folder_inside_of_a_repository(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = repository / "a" / "b"
    inside.mkdir(parents=True)
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(inside / "train.py"), raising=False)
    facts, _ = environment.git()
    assert facts == {"commit": git(repository, "rev-parse", "HEAD"), "branch": "trunk", "dirty": False}


def test_a_repository_that_only_the_environment_names(
    repository: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(outside / "train.py"), raising=False)
    commit = git(repository, "rev-parse", "HEAD")
    monkeypatch.setenv("GIT_DIR", str(repository / ".git"))
    facts, _ = environment.git()
    assert facts is not None
    assert facts["commit"] == commit


def test_a_repository_without_commits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tmp_path, "init", "-q")
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(tmp_path / "train.py"), raising=False)
    assert environment.git() == (None, "")


def test_a_git_that_cannot_tell_what_was_changed(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An old one, or one whose work tree is so large that it takes too long."""
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(repository / "train.py"), raising=False)
    commit = git(repository, "rev-parse", "HEAD")
    real = shutil.which("git")
    tools = repository / "tools"
    tools.mkdir()
    (tools / "git").write_text(f'#!/bin/sh\n[ "$3" = status ] && exit 129\nexec {real} "$@"\n')
    (tools / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tools), prepend=os.pathsep)
    assert environment.git() == ({"commit": commit, "branch": "trunk", "dirty": None}, "")


def test_hardware_without_the_files_of_linux(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(environment, "Path", lambda *_: tmp_path / "nowhere")
    assert environment.hardware()["memory"] == psutil.virtual_memory().total
    assert environment.hardware()["cpu"]["cores"] == psutil.cpu_count(logical=False)


def test_no_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(repository / "train.py"), raising=False)
    monkeypatch.setenv("PATH", str(repository / "nowhere"))
    assert environment.git() == (None, "")


def test_a_git_that_hangs_does_not_hold_up_a_run(repository: Path) -> None:
    tools = repository / "tools"
    tools.mkdir()
    (tools / "git").write_text("#!/bin/sh\nexec sleep 60\n")
    (tools / "git").chmod(0o755)
    code = "import os\nos.environ['PATH'] = 'tools:' + os.environ['PATH']\n" + scripts.START + "run.log({'a': 1})\n"
    began = time.monotonic()
    done = scripts.finish(code, repository)
    assert time.monotonic() - began < 15
    assert done.returncode == 0, done.stderr
    info = reportgen.read_run(repository / "runs/p/r").info
    assert info.state == "finished"
    assert info.environment["git"] is None
    assert "numpy" in info.environment["packages"]


def test_the_split(repository: Path) -> None:
    script = repository / "train.py"
    script.write_text(
        "import reportgen as rg\n"
        "with rg.init(project='p', id='r', system_metrics=False, seeds=3) as run: run.log({'a': 1})\n"
    )
    secret = "sk-abcdefghijklmnopqrstuvwx"
    variables = {"CUDA_VISIBLE_DEVICES": "0,1", "MY_SECRET": "hunter2", "SLURM_JOB_NAME": f"x {secret}"}
    done = subprocess.run(
        [
            sys.executable,
            str(script),
            "--data",
            "/mnt/sets/digits",
            "--api-key",
            "hunter2",
            f"--x={secret}",
            "--cls-token",
        ],
        cwd=repository,
        env={**scripts.environment(), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    values = card(repository / "runs/p/r")
    assert "hunter2" not in json.dumps(values)
    assert secret not in json.dumps(values)
    public, private = values["environment"], values["private"]
    assert public["command"] == "python train.py --data …/digits --api-key [redacted] --x=[redacted] --cls-token"
    assert public["seeds"] == {"seed": 3}
    assert public["git"]["dirty"] is True
    assert private["cwd"] == str(repository)
    assert private["script"] == str(script)
    assert private["argv"][0] == str(script)
    assert private["host"] == platform.node()
    assert private["executable"] == sys.executable
    assert private["env"]["CUDA_VISIBLE_DEVICES"] == "0,1"
    assert "MY_SECRET" not in private["env"]
    shown = json.dumps({key: value for key, value in values.items() if key != "private"})
    for word in (str(repository), str(Path.home()) + "/", platform.node() + " ", sys.executable):
        assert word not in shown


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["-m", "package.train", "--lr", "0.1"], "python -m package.train --lr 0.1"),
        (["-c", "print(1)", "x"], "python -c"),
        (["train.py", "two words", "a'b", "*"], """python train.py 'two words' 'a'"'"'b' '*'"""),
    ],
)
def test_command(words: list[str], command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "orig_argv", ["python", *words])
    assert environment.command() == command


def test_command_in_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ipykernel", sys)
    assert environment.command() == ""


def test_nothing_raises_where_nothing_is_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    monkeypatch.setattr(sys, "path", ["/nowhere", "", 3 and "x"])
    assert environment.packages() == {}
    assert environment.private()["cwd"] == ""
    assert isinstance(environment.command(), str)
