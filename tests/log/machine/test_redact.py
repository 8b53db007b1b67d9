"""Secrets and absolute paths are hidden; what only looks a little like them is not."""

from __future__ import annotations

import json
import time

import pytest

from reportgen.log.machine.redact import REDACTED, arguments, is_secret, mapping, paths, text

RANDOM = "a8F3kQ9zL2mX7cV5bN1p"
HEX40 = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("password", "hunter2"),
        ("PASSWORD", "hunter2"),
        ("db_password", 12345),
        ("dbPasswd", "x"),
        ("secret", "x"),
        ("client-secret", "x"),
        ("awsSecretAccessKey", "x"),
        ("api_key", "x"),
        ("apiKey", "x"),
        ("APIKEY", "x"),
        ("openai_api_key", "x"),
        ("wandb_key", HEX40),
        ("private-key", "x"),
        ("token", "abcdef123"),
        ("hf_token", "abcdef123"),
        ("HF_TOKEN", "abcdef123"),
        ("auth_token", "abcdef123"),
        ("accessToken", "abcdef123"),
        ("my_company_token", RANDOM),
        ("key", HEX40),
        ("key", RANDOM),
        ("credentials", "x"),
    ],
)
def test_secret_by_name(name: str, value: object) -> None:
    assert is_secret(name, value)
    assert mapping({name: value, "deep": {name: value}}) == {name: REDACTED, "deep": {name: REDACTED}}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("use_cls_token", True),
        ("use_cls_token", "True"),
        ("cls_token", "[CLS]"),
        ("token", "<s>"),
        ("eos_token", "</s>"),
        ("pad_token", "[PAD]"),
        ("bos_token", "begin"),
        ("tokens", 1000),
        ("max_tokens", 2048),
        ("max_tokens", "2048"),
        ("num_image_tokens", "many"),
        ("tokenizer", "bert"),
        ("tokenizer_path", "/models/bert"),
        ("key", "val/loss"),
        ("keys", "a"),
        ("sort_key", "length"),
        ("monitor", "secretary"),
        ("passes", 3),
        ("password", None),
        ("password", ""),
        ("password", False),
        ("secret_name", "prod-db"),
        ("author", "ada"),
        ("authors", "ada"),
        ("hidden", 64),
        ("commit", HEX40),
        ("", "x"),
        ("token_type", "word"),
        ("attention_key", "dot-product"),
        ("key_dim", 64),
    ],
)
def test_no_secret_by_name(name: str, value: object) -> None:
    assert not is_secret(name, value)
    assert mapping({name: value}) == {name: value}


@pytest.mark.parametrize(
    "secret",
    [
        "sk-abcdefghijklmnopqrstuvwx",
        "sk-proj-abcdefghijklmnopqrstuvwx",
        "sk-ant-api03-abcdefghijklmnop",
        *(f"gh{kind}_" + "a1" * 18 for kind in "pousr"),
        "github_pat_" + "a1" * 20,
        "glpat-" + "a1" * 10,
        "hf_" + "aB" * 17,
        "AKIAIOSFODNN7EXAMPLE",
        "ASIAIOSFODNN7EXAMPLE",
        "xoxb-123456789012-abcdef",
        "AIza" + "a" * 35,
        "ya29." + "a1" * 12,
        "npm_" + "a1" * 18,
        "pypi-AgEIcHlwaS5vcmc" + "a1" * 20,
        "r8_" + "a1" * 18,
        "wandb_v1_" + "a1" * 12,
        *(f"{kind}_{mode}_" + "a1" * 10 for kind in ("sk", "rk", "pk") for mode in ("live", "test")),
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc_DEF",
        "-----BEGIN RSA PRIVATE KEY-----\nabc\n",
    ],
)
def test_secret_by_look(secret: str) -> None:
    assert text(secret) == REDACTED
    hidden = text(f"before '{secret}'")
    assert hidden.startswith(f"before '{REDACTED}")
    assert mapping({"notes": [secret], "x": f"--{secret}"})["notes"] == [REDACTED]


def test_secrets_within_texts() -> None:
    assert text("https://ada:hunter2@host/repo.git") == f"https://{REDACTED}@host/repo.git"
    assert text(f"https://{'a1' * 15}@github.com/x") == f"https://{REDACTED}@github.com/x"
    assert text("Authorization: Bearer abcdefghijklmnop1234") == f"Authorization: Bearer {REDACTED}"
    assert text("url?api_key=123&x=1") == f"url?api_key={REDACTED}&x=1"
    for harmless in (
        "https://host:8080/a@b",
        "task-sk-learn",
        "lr=0.1",
        "use_cls_token=True",
        "tokenizer=bert",
        "a sketch of sk-",
        "git@github.com:ada/repo.git",
        "risk-averse-policy-learning-in-games",
    ):
        assert text(harmless) == harmless


def test_arguments() -> None:
    line = (
        "train.py --lr 0.1 --api-key abc --token=abcdef123 password=x --hf_token abcdef123 --use-cls-token "
        "--tokenizer bert --password --verbose wandb.api_key=zzz --key val/loss sk-abcdefghijklmnopqrstuvwx"
    )
    assert " ".join(arguments(line.split(" "))) == (
        f"train.py --lr 0.1 --api-key {REDACTED} --token={REDACTED} password={REDACTED} --hf_token {REDACTED} "
        f"--use-cls-token --tokenizer bert --password --verbose wandb.api_key={REDACTED} --key val/loss {REDACTED}"
    )
    assert arguments([]) == []


@pytest.mark.parametrize(
    ("word", "short"),
    [
        ("train.py", "train.py"),
        ("/home/ada/code/train.py", "train.py"),
        ("/home/ada/code/scripts/train.py", "scripts/train.py"),
        ("/home/ada/code", "."),
        ("/home/ada/code2/train.py", "…/train.py"),
        ("--data=/mnt/sets/digits", "--data=…/digits"),
        ("--data=/mnt/sets/digits/", "--data=…/digits"),
        ("data.dir=/mnt/a:/mnt/b", "data.dir=…/a:…/b"),
        ("boom </script>", "boom </script>"),
        ("</home/ada/x>", "<…/x>"),
        ("~/sets/x", "…/x"),
        ("~ada/sets/x", "…/x"),
        ("file:///home/ada/x.png", "…/x.png"),
        ("C:\\Users\\ada\\data.csv", "…/data.csv"),
        ("relative/path.py", "relative/path.py"),
        ("../up/x.py", "../up/x.py"),
        ("val/loss", "val/loss"),
        ("https://host/a/b", "https://host/a/b"),
        ("1/2", "1/2"),
        ("/", "/"),
    ],
)
def test_paths(word: str, short: str) -> None:
    assert paths(word, "/home/ada/code") == short


def test_a_mapping_is_not_changed() -> None:
    given = {"password": "x", "deep": {"token": "abcdef123"}, "list": ["sk-abcdefghijklmnopqrstuvwx", {"secret": 1}]}
    assert mapping(given)["list"] == [REDACTED, {"secret": REDACTED}]
    assert given["deep"] == {"token": "abcdef123"}
    assert mapping({"passwords": ["a", "b"], "secrets": {"a": 1}}) == {"passwords": ["a", "b"], "secrets": {"a": 1}}


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (["https://h/x?token=abcdef&x=1"], ["https://h/x?token=[redacted]&x=1"]),
        (["https://h/x?a=1&sig=abcdef#top"], ["https://h/x?a=1&sig=[redacted]#top"]),
        (["https://user:p@ss@host/"], ["https://[redacted]@host/"]),
        (
            ['{"api_key": "abcd1234", "password": "p w", "lr": 1}'],
            ['{"api_key": "[redacted]", "password": "[redacted]", "lr": 1}'],
        ),
        (["{'password': 'it\\'s'}"], ["{'password': '[redacted]'}"]),
        (["--pass", "hunter2"], ["--pass", REDACTED]),
        (["--pw", "hunter2"], ["--pw", REDACTED]),
        (["--db-pass=hunter2"], [f"--db-pass={REDACTED}"]),
        (["--auth", "user:hunter2"], ["--auth", REDACTED]),
        (["db.password: hunter2"], [f"db.password: {REDACTED}"]),
        (["password = hunter2"], [f"password = {REDACTED}"]),
        (["--token", "ab1"], ["--token", REDACTED]),
        (["--password", "-abc"], ["--password", REDACTED]),
        (["--password", "-v", "--x"], ["--password", "-v", "--x"]),
        (["--PASSWORD=a b c"], [f"--PASSWORD={REDACTED}"]),
        (["password='a b'"], [f"password={REDACTED}"]),
        (['{"x": "{\\"password\\": \\"p w\\"}"}'], ['{"x": "{\\"password\\": \\"[redacted]\\"}"}']),
        (["'{\\'password\\': \\'p w\\', \\'lr\\': 1}'"], ["'{\\'password\\': \\'[redacted]\\', \\'lr\\': 1}'"]),
        (['{"password": "p w, cut'], ['{"password": "[redacted]']),
        (['{\\"password\\": \\"p w", cut'], ['{\\"password\\": \\"[redacted]", cut']),
        (['{"password": ["a b", "c"]}'], ['{"password": ["[redacted]", "[redacted]"]}']),
        (["{\\u0022password\\u0022: \\u0022p w\\u0022}"], ["{\\u0022password\\u0022: \\u0022[redacted]\\u0022}"]),
        (["x=1\\npassword=hunter2"], [f"x=1\\npassword={REDACTED}"]),
        (["x\\tapi_key: hunter2"], [f"x\\tapi_key: {REDACTED}"]),
    ],
)
def test_secrets_on_the_command_line(line: list[str], shown: list[str]) -> None:
    assert arguments(line) == shown


@pytest.mark.parametrize(
    "line",
    [
        "use_cls_token=True",
        "tokenizer=bert",
        "--pass-through=1",
        "--tokens 512",
        "--tokens 1000000",
        "--tokens=10000000",
        "max_tokens=100000",
        "num_passes=3",
        "--pass 2",
        "--author ada",
        "--auth basic",
        "--auth https://host/login",
        "https://h/x?max_tokens=512",
        "unexpected token: letter",
        '{"max_tokens": 512}',
    ],
)
def test_what_is_no_secret_on_the_command_line(line: str) -> None:
    assert arguments(line.split(" ")) == line.split(" ")
    assert text(line) == line


@pytest.mark.parametrize("depth", range(6))
@pytest.mark.parametrize("secret", ['p"w', "p'w", "p\\w", "p\nw", "p w, x: y}", "p\\", '"', "\\\\"])
def test_secrets_in_json_within_json(depth: int, secret: str) -> None:
    given: object = {"lr": 1, "db": {"password": f"{secret}PLANTED", "port": 5}, "last": "PLAIN"}
    for _ in range(depth):
        given = {"text": json.dumps(given)}
    hidden = json.dumps(mapping({"x": json.dumps(given)}))
    assert "PLANTED" not in hidden
    assert "PLAIN" in hidden
    found = json.loads(json.loads(hidden)["x"])
    for _ in range(depth):
        found = json.loads(found["text"])
    assert found == {"lr": 1, "db": {"password": REDACTED, "port": 5}, "last": "PLAIN"}


def test_long_words_are_searched_quickly() -> None:
    began = time.perf_counter()
    text('"password": "' + '\\"' * 50_000)
    text('\\"password\\": \\"' * 20_000)
    text('password: ["a", ' * 20_000)
    text("password=" + "\\" * 100_000)
    text("a1" * 50_000 + " " + "key" * 20_000)
    text("https://h/x?" + "token" * 20_000)
    assert time.perf_counter() - began < 2
