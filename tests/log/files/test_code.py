"""What of the code is copied, and that no secret is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reportgen import ReportgenWarning
from reportgen.errors import InputTypeError, InputValueError
from reportgen.log.files import code
from reportgen.log.files.code import copy_code, is_nothing, is_python, is_secret_file, redacted
from tests.log import scripts

HEX40 = "0123456789abcdef0123456789abcdef01234567"


def put(name: str, text: str = "x = 1\n") -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text)


def copied(include: Any = is_python, exclude: Any = is_nothing, root: Any = ".") -> set[str]:
    run = Path.cwd() / "runs" / "p" / "one"
    run.mkdir(parents=True, exist_ok=True)
    names = copy_code(run, root, include, exclude, project_root=run.parent.parent)
    found = {path.relative_to(run).as_posix() for path in run.rglob("*") if path.is_file()}
    assert set(names) == found
    return {name.removeprefix("files/code/") for name in found}


def test_python_files_below_a_folder() -> None:
    for name in ("train.py", "pkg/model.py", "notes.md", "data.csv"):
        put(name)
    assert copied() == {"train.py", "pkg/model.py"}


def test_other_peoples_code_is_left_out() -> None:
    for name in ("a.py", ".hidden/b.py", "venv/c.py", "mine/pyvenv.cfg", "mine/d.py", "node_modules/e.py"):
        put(name)
    for name in (
        "runs/p/old/run.json",
        "runs/p/old/f.py",
        "elsewhere/run.json",
        "elsewhere/g.py",
        "x/__pycache__/h.py",
    ):
        put(name)
    assert copied() == {"a.py"}


def test_functions_that_choose() -> None:
    for name in ("a.py", "b.yaml", "c.txt", "drafts/d.py"):
        put(name)
    seen: list[tuple[str, ...]] = []

    def include(path: str, root: str) -> bool:
        seen.append((path, root))
        return path.endswith((".py", ".yaml"))

    assert copied(include, lambda path: "drafts" in path) == {"a.py", "b.yaml"}
    assert seen[0] == (str(Path.cwd() / "a.py"), str(Path.cwd()))


def test_secrets_are_never_copied() -> None:
    for name in (
        ".env",
        "keys/prod.env",
        "id_rsa",
        "server.pem",
        "secrets.yaml",
        "credentials.json",
        "kaggle.json",
        "ok.py",
    ):
        put(name)
    with pytest.warns(
        ReportgenWarning, match="RG154: not copied with the code: .env, credentials.json, id_rsa and 4 more"
    ):
        assert copied(lambda path: True) == {"ok.py"}
    assert is_secret_file("ID_RSA.pub")
    assert not is_secret_file("environment.yml")


def test_large_files(monkeypatch: pytest.MonkeyPatch) -> None:
    put("big.py", "x" * 1001)
    put("small.py")
    monkeypatch.setattr(code, "LARGEST", 1000)
    with pytest.warns(ReportgenWarning, match=r"RG154: not copied with the code: big\.py\."):
        assert copied() == {"small.py"}


def test_many_files(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        put(f"{number}.py")
    monkeypatch.setattr(code, "COUNT", 3)
    with pytest.warns(ReportgenWarning, match=r"RG154: not copied with the code: 3\.py, 4\.py\."):
        assert copied() == {"0.py", "1.py", "2.py"}


def test_secrets_in_literals_are_hidden() -> None:
    source = f'''
wandb.login(key="{HEX40}")
wandb.login("{HEX40}")
os.environ["WANDB_API_KEY"] = '{HEX40}'
api_key = "abcdef"
headers = {{"Authorization": "Bearer {HEX40}", "token": "s3cr3t-token"}}
KEY = """-----BEGIN RSA PRIVATE KEY-----
MIIEpAIBAAKCAQEA
-----END RSA PRIVATE KEY-----"""
'''
    hidden = redacted(source)
    assert HEX40 not in hidden
    for secret in ("abcdef", "s3cr3t", "MIIEpAIBAAKCAQEA"):
        assert secret not in hidden
    assert hidden.count("\n") == source.count("\n") - 2  # only the key's lines have gone


@pytest.mark.parametrize(
    "line",
    [
        'token = tokenizer("hello world")',
        'key = "train/loss"',
        'tokens = {"cls_token": "[CLS]", "pad_token": "<pad>"}',
        "password = getpass()",
        'print(f"{key}: {value}")',
        "x = 'a' if b else 'c'",
        'digest = "sha256"',
    ],
)
def test_code_that_holds_no_secret_stays_as_it_is(line: str) -> None:
    assert redacted(line) == line


def test_bytes_that_are_no_text() -> None:
    Path("a.py").write_bytes(b"\xff\xfe\x00")
    assert copied() == {"a.py"}
    assert next(Path("runs").rglob("a.py")).read_bytes() == b"\xff\xfe\x00"


def test_bad_arguments() -> None:
    with pytest.raises(InputTypeError, match="RG153: root is an int, not a path"):
        copied(root=3)
    with pytest.raises(InputTypeError, match="RG153: include_fn is a str, no function"):
        copied("*.py")
    with pytest.raises(InputValueError, match="RG153: there is no such folder of code"):
        copied(root="nowhere")


def test_the_script_of_the_process(tmp_path: Path) -> None:
    put(
        "train.py",
        'import reportgen as rg\nkey = "sk-abcdefghijklmnopqrstuvwx"\nrg.init(project="p", save_code=True)\n',
    )
    put("other.py")
    done = scripts.run_file(Path("train.py"), tmp_path)
    assert done.returncode == 0, done.stderr
    (copy,) = tmp_path.rglob("files/code/*")
    assert copy.name == "train.py"
    assert 'key = "[redacted]"' in copy.read_text()
