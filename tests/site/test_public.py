"""What tells who ran a run, and where, is no part of a report; what only looks a little like it stays."""

import base64
import gzip
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import reportgen as rg
from reportgen.rundir.reader import read_run
from reportgen.site.build import build
from reportgen.site.options import BuildOptions
from reportgen.site.public import folders, public
from tests.rundir.directories import IMAGE, write_run

PRIVATE = {"user": "ada", "host": "gpu-17.lab.example", "cwd": "/srv/jobs/42"}


def shown(tmp_path, value, **private):
    """A value of the config as a report has it."""
    about = {"private": PRIVATE | private}
    run = write_run(tmp_path / "r", run=about, config=json.dumps({"x": value}).encode())
    return public(read_run(run)).config["x"]


@pytest.mark.parametrize(
    ("value", "public_value"),
    [
        ("/home/ada", "~"),
        ("/home/ada/sets/digits", "~/sets/digits"),
        ("/Users/ada/My Sets/digits", "~/My Sets/digits"),
        ("file:///home/ada/x.png", "file://~/x.png"),
        ("C:\\Users\\ada\\x.csv", "~\\x.csv"),
        ('{"path": "C:\\\\Users\\\\ada\\\\x.csv"}', '{"path": "~\\\\x.csv"}'),
        ("c:/users/ada/x.csv", "~/x.csv"),
        ("/srv/jobs/42/out", "./out"),
        ("/home/bob/sets", "…/sets"),
        ("/gpfs/home/bob/sets", "…/sets"),
        ("/nfs/homes/b/x", "…/x"),
        ("--data=/home/bob:/home/eve/x", "--data=…:…/x"),
        ("C:\\Users\\Ada Lovelace\\x.csv", "…\\x.csv"),
        ("~bob/sets", "…/sets"),
        ("/scratch/ada/sets", "…/sets"),
        ("/mnt/a/b/ada", "…"),
        ("ada@gpu-17:/x", "[private]@[private]:/x"),
        ("tcp://gpu-17.lab.example:29500", "tcp://[private]:29500"),
        ("\\\\GPU-17\\sets", "\\\\[private]\\sets"),
        (["/home/ada/a", {"/home/ada/b": 1}], ["~/a", {"~/b": 1}]),
        ({"user": "ada", "host_name": "gpu-17.lab.example"}, {"user": "[private]", "host_name": "[private]"}),
    ],
)
def test_what_tells_a_person_or_a_machine_is_hidden(tmp_path, value, public_value):
    assert shown(tmp_path, value) == public_value


@pytest.mark.parametrize(
    "value",
    [
        "/data/imagenet/train",
        "/data/adamw/x",
        "/srv/jobs/421",
        "~/sets",
        "../home/x",
        "data/home/x",
        "https://example.org/home/page",
        "https://example.org/users/ada-lovelace",
        "canada",
        "adam",
        "ada",
        "train on gpu-1",
        "1/2",
        "/",
        "~",
        {"model": "ada"},
        12,
        None,
    ],
)
def test_the_rest_stays(tmp_path, value):
    assert shown(tmp_path, value) == value


def test_a_user_without_a_name_of_their_own_hides_homes_only(tmp_path):
    assert shown(tmp_path, ["/root/x", "/data/root/x"], user="root") == ["~/x", "/data/root/x"]
    assert shown(tmp_path, ["/home/bob/x", "/scratch/ada/x"], user="", host=None, cwd=None) == ["…/x", "/scratch/ada/x"]


def test_words_of_every_place_are_looked_through_and_media_are_not_touched(tmp_path):
    place = "at /home/ada/x"
    about = dict.fromkeys(("name", "project", "group", "job_type", "notes"), place)
    about |= {"tags": [place], "error": {"type": "E", "message": place}, "environment": {"command": place}}
    image = IMAGE | {"caption": place}
    rows = [{"_step": 0, "_runtime": 0.0, "loss": 1.0, "t": place, "i": image, "is": [image], "j": [place]}]
    documents = {name: json.dumps({"a": place}).encode() for name in ("config", "summary")}
    run = public(read_run(write_run(tmp_path / "media", rows, run=about | {"private": PRIVATE}, **documents)))
    info = run.info
    assert {info.name, info.project, info.group, info.job_type, info.notes, *info.tags} == {"at ~/x"}
    assert (info.error["message"], info.environment["command"], info.private) == ("at ~/x", "at ~/x", {})
    assert (run.config, run.summary) == ({"a": "at ~/x"}, {"a": "at ~/x"})
    assert run.history["t"].records == ("at ~/x",)
    assert run.history["i"].records[0] == image | {"caption": "at ~/x"}
    assert run.history["is"].records[0][0]["file"] == IMAGE["file"]
    assert run.history["j"].records == (["at ~/x"],)
    assert run.history["loss"].values.tolist() == [1.0]


def test_long_texts_are_looked_through_quickly(tmp_path):
    for text in ("/+" * 200_000, "/a" * 200_000, "~a" * 200_000, "C:\\Users" * 50_000, "ada" * 100_000):
        assert len(shown(tmp_path, text)) <= len(text)


PLANTED = ("PLANTED-ada", "PLANTED-host", "PLANTED-cwd", "PLANTED-secret")


@pytest.mark.parametrize("single", [False, True])
def test_no_byte_of_a_site_holds_a_secret_or_a_private_fact(tmp_path, single):
    secret = "PLANTED-secret-1"
    inner = json.dumps({"db": {"password": f"{secret} x", "lr": 1}})
    home = "/home/PLANTED-ada/sets"
    config = {
        "api_key": secret,
        "nested": {"token": secret + "23", "env": json.dumps({"inner": inner, "data": home})},
        "deep": json.dumps(json.dumps({"inner": inner})),
        "places": [home, "/mnt/home/PLANTED-bob/x", "/PLANTED-cwd/out"],
    }
    with rg.init(dir=tmp_path / "runs", config=config, notes=f"from {home}", system_metrics=False) as run:
        run.log({"loss": 1.0, "said": f"read {home}", "list": [home]})
        run.log({"img": rg.Image(np.zeros((4, 4), np.uint8), caption=home)})
        run.summary["best"] = f"{home}/best.pt"
        run.summary["auth_token"] = secret
    (path,) = (tmp_path / "runs").rglob("run.json")
    about = json.loads(path.read_text())
    about["private"] |= {"user": "PLANTED-ada", "host": "PLANTED-host", "cwd": "/PLANTED-cwd"}
    path.write_text(json.dumps(about))
    out = tmp_path / ("out.html" if single else "out")
    build([path.parent], BuildOptions(output=str(out), single_file=single))
    files = [out] if single else [path for path in out.rglob("*") if path.is_file()]
    seen = b"".join(piece for path in files for piece in contents(path.read_bytes()))
    assert not re.findall(rb"PLANTED[\w-]*", seen)
    assert str(tmp_path).encode() not in seen
    assert seen.count(b"[redacted]") >= 5
    assert b"~/sets" in seen


def contents(data):
    """A file, and what lies packed in it."""
    yield data
    for text in re.findall(rb'[">]([A-Za-z0-9+/]{20,}={0,2})["<]', data):
        plain = base64.b64decode(text + b"=" * (-len(text) % 4))
        yield gzip.decompress(plain) if plain.startswith(b"\x1f\x8b") else plain


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("runs/a", ("runs", "a")),
        ("a", ("a",)),
        ("/home/ada/run", ("~", "run")),
        ("/data/projects/digits/first", ("digits", "first")),
    ],
)
def test_where_a_run_lies_is_told_without_a_home(tmp_path, path, told):
    run = read_run(write_run(tmp_path / "r", run={"private": {"user": "ada", "host": "ada-laptop"}}))
    assert folders(replace(run, path=Path(path))) == told
