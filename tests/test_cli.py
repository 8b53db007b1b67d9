"""The command line: what it prints, what it makes, what it answers when something is wrong."""

import subprocess
import sys

import pytest

import reportgen as rg
from reportgen.cli import main


@pytest.fixture
def runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with rg.init(project="digits", name="mlp", dir="runs", system_metrics=False) as run:
        for step in range(5):
            run.log({"loss": 1.0 / (step + 1)})
    return tmp_path / "runs"


def said(capsys):
    out, err = capsys.readouterr()
    return out, err.replace("\r", "")


def test_build_makes_a_site_and_says_so_in_one_line(runs, capsys, tmp_path):
    capsys.readouterr()
    assert main(["build", "runs", "-o", "site"]) == 0
    out, err = said(capsys)
    assert out.startswith("site/index.html: 2 pages, 2 panels")
    assert out.count("\n") == 1
    assert "0 problems" in out
    assert err == ""
    assert (tmp_path / "site" / "index.html").is_file()


def test_build_reads_its_options_from_a_file_and_the_command_line_wins(runs, tmp_path):
    (tmp_path / "reportgen.yaml").write_text("runs: runs\noutput: out\ntitle: From the file\n")
    assert main(["build", "-q"]) == 0
    assert "From the file" in (tmp_path / "out" / "index.html").read_text()
    assert main(["build", "-q", "--title", "From the words"]) == 0
    assert "From the words" in (tmp_path / "out" / "index.html").read_text()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["build"], 2, "RG520"),
        (["build", "nowhere"], 3, "nowhere"),
        (["build", "runs", "--theme", "papper"], 2, "Did you mean 'paper'?"),
        (
            ["build", "runs", "--thme", "paper"],
            2,
            "RG523: unknown option or argument '--thme'. Did you mean '--theme'?",
        ),
        (["build", "runs", "--jobs"], 2, "RG523"),
        (["biuld", "runs"], 2, "RG523: unknown command 'biuld'. Did you mean 'build'?"),
        ([], 2, "RG523"),
        (["check"], 2, "See reportgen check --help"),
        (["build", "runs", "--max-bytes", "big"], 2, "or a size such as '50 MB'"),
        (["build", "runs", "--max-points", "x"], 2, "RG511"),
        (["build", "runs", "--config", "none.yaml"], 2, "RG512"),
        (["build", "runs", "-o", "runs"], 3, "RG401"),
        (["build", "runs", "-o", "site.html"], 2, "RG521"),
        (["build", "runs", "--single-file", "-o", "report"], 2, "RG521"),
        (["check", "nowhere"], 3, "nowhere"),
        (["ls", "nowhere"], 3, "nowhere"),
    ],
)
def test_an_error_is_one_line_with_code_and_a_fitting_exit_code(runs, capsys, words, code, says):
    capsys.readouterr()
    assert main(words) == code
    err = said(capsys)[1]
    assert says in err
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_debug_shows_the_traceback_and_the_same_exit_code(runs, capsys):
    assert main(["build", "runs", "--theme", "nope", "--debug"]) == 2
    assert "Traceback" in said(capsys)[1]


def test_the_command_line_takes_back_what_the_file_says(runs, tmp_path):
    (tmp_path / "reportgen.yaml").write_text("runs: runs\nsingle_file: true\noutput: r.html\n")
    assert main(["build", "-q"]) == 0
    assert (tmp_path / "r.html").is_file()
    assert main(["build", "-q", "--no-single-file", "-o", "site"]) == 0
    assert (tmp_path / "site" / "index.html").is_file()


def test_output_into_a_closed_pipe_ends_quietly(runs):
    command = f"{sys.executable} -m reportgen ls runs | head -0"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, cwd=runs.parent
    )
    assert done.stderr == ""


def test_a_build_with_missing_data_says_so_by_its_exit_code(runs, capsys):
    with next(runs.rglob("history.jsonl")).open("ab") as lines:
        lines.write(b'oops\n{"_step":99,"_runtime":9}\n')
    assert main(["build", "runs", "-o", "site"]) == 1
    assert "error: RG3" in said(capsys)[1]


def test_check_and_ls(runs, capsys):
    capsys.readouterr()
    assert main(["check", "runs"]) == 0
    assert said(capsys)[0] == "runs: 1 run, nothing wrong\n"
    assert main(["ls", "runs"]) == 0
    out = said(capsys)[0]
    assert out.splitlines()[0].split() == ["RUN", "PROJECT", "STATE", "STEPS", "DURATION", "SUMMARY", "FOLDER"]
    assert "mlp" in out
    assert "loss 0.2" in out


def test_the_module_runs_too_and_help_lists_commands_and_exit_codes():
    done = subprocess.run([sys.executable, "-m", "reportgen", "--help"], capture_output=True, text=True, check=True)
    for word in ("build", "check", "ls", "exit codes"):
        assert word in done.stdout
    done = subprocess.run([sys.executable, "-m", "reportgen", "build", "--help"], capture_output=True, text=True)
    for word in (
        "--single-file",
        "--title",
        "--theme",
        "--jobs",
        "--max-rows",
        "--max-points",
        "--open",
        "reportgen.yaml",
    ):
        assert word in done.stdout
    assert subprocess.run([sys.executable, "-m", "reportgen"], capture_output=True).returncode == 2
