"""The configuration: what it takes, how it may change, and that each change is on disk."""

from __future__ import annotations

import argparse
import collections
import copy
import dataclasses
import enum
import json
import pickle
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

import reportgen
from reportgen import Config, Run
from reportgen.errors import (
    InputAttributeError,
    InputFileError,
    InputKeyError,
    InputTypeError,
    InputValueError,
    UsageError,
)
from reportgen.log.values.config import MAX_TEXT, plain

Start = Callable[..., Run]


@dataclasses.dataclass
class Settings:
    lr: float = 0.1
    layers: tuple[int, ...] = (1, 2)


class Colour(enum.Enum):
    RED = 1


class Flags:
    """As those of absl."""

    def flag_values_dict(self) -> dict[str, Any]:
        return {"lr": 0.1, "layers": [1, 2]}


@pytest.mark.parametrize(
    "given",
    [
        {"lr": 0.1, "layers": [1, 2]},
        OrderedDict(lr=0.1, layers=(1, 2)),
        MappingProxyType({"lr": 0.1, "layers": {1, 2}}),
        argparse.Namespace(lr=0.1, layers=[1, 2]),
        SimpleNamespace(lr=0.1, layers=[1, 2], _private=3),
        Settings(),
        Flags(),
        {"--lr": 0.1, "-layers": [1, 2]},
    ],
    ids=lambda given: type(given).__name__,
)
def test_every_form_gives_the_same(given: object) -> None:
    assert plain(given) == {"lr": 0.1, "layers": [1, 2]}


def test_from_yaml(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("lr: 0.1\nlayers: [1, 2]\n")
    assert plain(file) == plain(str(file)) == {"lr": 0.1, "layers": [1, 2]}
    file.write_text("lr:\n  value: 0.1\n  desc: null\nlayers:\n  value: [1, 2]\n")
    assert plain(file) == {"lr": 0.1, "layers": [1, 2]}
    file.write_text("")
    assert plain(file) == {}


def test_from_the_file_of_a_run_of_wandb(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("wandb_version: 1\n_wandb:\n  value: {cli_version: 0.17.0}\nlr:\n  desc: null\n  value: 0.1\n")
    assert plain(file) == {"lr": 0.1}


class Missing(Exception):
    """As OmegaConf raises it."""


class Tree:
    """As a configuration of OmegaConf or ml_collections: like a mapping, but none; one of its values is missing."""

    def keys(self) -> list[str]:
        return ["lr", "layers", "data"]

    def __getitem__(self, key: str) -> Any:
        if key == "data":
            raise Missing(key)
        return {"lr": 0.1, "layers": collections.UserList([1, 2])}[key]


def test_models_of_pydantic_and_tables() -> None:
    model = type("Model", (), {"model_dump": lambda self: {"lr": 0.1}})()
    frame = type("DataFrame", (), {"__module__": "pandas", "keys": None, "__str__": lambda self: "a table"})()
    assert plain({"model": model, "frame": frame}) == {"model": {"lr": 0.1}, "frame": "a table"}


def test_what_looks_like_a_mapping() -> None:
    assert plain(Tree()) == {"lr": 0.1, "layers": [1, 2], "data": "<Missing>"}
    assert plain({"model": Tree()})["model"]["layers"] == [1, 2]


@pytest.mark.parametrize("text", ["- 1\n- 2\n", "a: [", "!!python/object/apply:os.system ['true']\n", "text"])
def test_yaml_that_is_no_configuration(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(text)
    with pytest.raises(InputValueError, match="RG127"):
        plain(file)


def test_a_yaml_file_that_is_not_there() -> None:
    with pytest.raises(InputFileError, match=r"RG127: the configuration file does not exist \(missing.yaml\)"):
        plain("missing.yaml")


@pytest.mark.parametrize("given", [[1], 3, {1}, print])
def test_what_is_no_configuration(given: object) -> None:
    with pytest.raises(InputTypeError, match="RG126: config takes a mapping"):
        plain(given)


def test_keys_become_text() -> None:
    assert plain({1: 2, None: {3: 4}}) == {"1": 2, "None": {"3": 4}}


def test_nothing_changes_that_must_not() -> None:
    def refuse() -> None:
        raise UsageError("RG102", "finished")

    config = Config({"a": 1}, lambda: None, refuse)
    config.update(a=1)
    for change in (lambda: config.update(b=2), lambda: config.pop("a"), lambda: setattr(config, "b", 2)):
        with pytest.raises(UsageError, match="RG102"):
            change()
    assert config.as_dict() == {"a": 1}


def test_values() -> None:
    class Device:
        def __str__(self) -> str:
            return "cuda:0"

    class Broken:
        def __str__(self) -> str:
            raise RuntimeError

    nested: dict[str, Any] = {}
    nested["self"] = nested
    given = {
        "number": np.float32(0.5),
        "whole": np.int64(3),
        "flag": np.bool_(True),
        "enum": Colour.RED,
        "set": {"b", "a"},
        "array": np.arange(3),
        "large": np.zeros((100, 100)),
        "device": Device(),
        "broken": Broken(),
        "function": json.dumps,
        "class": Settings,
        "settings": Settings(),
        "path": Path("a/b"),
        "nan": float("nan"),
        "deep": {1: {"x": (1, [2])}},
        "args": argparse.Namespace(x=1),
        "long": SimpleNamespace(text="x" * (2 * MAX_TEXT)),
        "cycle": nested,
    }
    values = plain(given)
    nan, cycle, long = values.pop("nan"), values.pop("cycle"), values.pop("long")
    assert nan != nan
    assert isinstance(cycle, dict)
    assert len(long) == MAX_TEXT + 1
    assert values == {
        "number": 0.5,
        "whole": 3,
        "flag": True,
        "enum": "RED",
        "set": ["a", "b"],
        "array": [0, 1, 2],
        "large": "numpy.ndarray of shape (100, 100)",
        "device": "cuda:0",
        "broken": "<Broken: RuntimeError>",
        "function": "json.dumps",
        "class": f"{__name__}.Settings",
        "settings": {"lr": 0.1, "layers": [1, 2]},
        "path": "a/b",
        "deep": {"1": {"x": [1, [2]]}},
        "args": {"x": 1},
    }


def test_media_are_refused() -> None:
    with pytest.raises(InputTypeError, match=r"RG126: config\['logo'\] is an Image; a config holds no media"):
        plain({"logo": reportgen.Image(np.zeros((2, 2)))})


def test_what_was_given_is_not_shared() -> None:
    given = {"a": [1], "b": {"c": 1}}
    values = plain(given)
    given["a"].append(2)  # type: ignore[attr-defined]
    given["b"]["c"] = 2  # type: ignore[index]
    assert values == {"a": [1], "b": {"c": 1}}


def stored(run: Run) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((run.path / "config.json").read_text())
    return values


def test_each_change_is_on_disk(start: Start) -> None:
    run = start(config={"lr": 0.1})
    assert stored(run) == {"lr": 0.1}
    run.config["batch"] = 64
    run.config.act = "relu"
    assert stored(run) == {"lr": 0.1, "batch": 64, "act": "relu"}
    run.config.update({"lr": 0.2, "x": {"y": 1}}, allow_val_change=True)
    run.config.update(argparse.Namespace(z=1), w=2)
    run.config.setdefaults({"lr": 5, "new": 6})
    del run.config["act"]
    del run.config.batch
    expected = {"lr": 0.2, "x": {"y": 1}, "z": 1, "w": 2, "new": 6}
    assert stored(run) == expected == run.config.as_dict() == dict(run.config)
    assert repr(run.config) == repr(expected)


def test_a_value_does_not_change_by_accident(start: Start) -> None:
    run = start(config={"lr": 0.1, "layers": (1, 2)})
    run.config.lr = 0.1
    run.config.layers = [1, 2]
    with pytest.raises(UsageError, match=r"RG125: config\['lr'\] is 0.1 and would become 0.2.*allow_val_change=True"):
        run.config.lr = 0.2
    with pytest.raises(UsageError, match="RG125"):
        run.config.update({"new": 1, "lr": 0.2})
    assert run.config.as_dict() == {"lr": 0.1, "layers": [1, 2]}


def test_a_value_may_change_when_init_says_so(start: Start) -> None:
    run = start(config={"lr": 0.1}, allow_val_change=True)
    run.config.lr = 0.2
    run.config["lr"] = 0.3
    run.config.update(lr=0.4)
    assert stored(run) == {"lr": 0.4}


def test_the_same_nan_is_no_change(start: Start) -> None:
    run = start(config={"eps": float("nan"), "nested": {"eps": [float("nan")]}})
    run.config.update({"eps": float("nan"), "nested": {"eps": [float("nan")]}})


def test_values_inside_can_be_changed(start: Start) -> None:
    run = start(config={"model": {"depth": 2, "blocks": [{"width": 8}]}, "x": 1})
    model = run.config["model"]
    assert isinstance(model, dict)
    model["depth"] = np.int64(3)
    model["blocks"][0]["width"] = 16
    model.update({"act": "relu"}, drop=(0.1, 0.2))
    assert stored(run)["model"] == {"depth": 3, "blocks": [{"width": 16}], "act": "relu", "drop": [0.1, 0.2]}
    assert (model.pop("act"), model.pop("gone", 5), model.setdefault("depth", 9)) == ("relu", 5, 3)
    model.setdefault("new", {})["inner"] = 1
    model |= {"more": 2}
    assert stored(run)["model"] == {
        "depth": 3,
        "blocks": [{"width": 16}],
        "drop": [0.1, 0.2],
        "new": {"inner": 1},
        "more": 2,
    }
    assert model.popitem() == ("more", 2)
    del model["drop"]
    model["new"].clear()
    assert stored(run)["model"] == {"depth": 3, "blocks": [{"width": 16}], "new": {}} == json.loads(json.dumps(model))
    run.finish()
    with pytest.raises(UsageError, match="RG102"):
        model["depth"] = 4


def test_copies_are_of_their_own(start: Start) -> None:
    run = start(config={"lr": 0.1, "model": {"depth": 2}})
    for other in (copy.deepcopy(run.config), pickle.loads(pickle.dumps(run.config))):  # noqa: S301 (our own)
        assert other == run.config
        other["new"] = 1
        other["model"]["depth"] = 3
    assert type(copy.deepcopy(run.config["model"])) is dict
    assert stored(run) == {"lr": 0.1, "model": {"depth": 2}}


def test_what_is_missing_is_named(start: Start) -> None:
    run = start(config={f"k{n}": n for n in range(10)})
    with pytest.raises(InputKeyError, match=r"RG128: the config has no key 'x'\. Its keys: k0, .*k7 …"):
        run.config["x"]
    with pytest.raises(InputAttributeError, match="RG128: the config has no key 'x'"):
        run.config.x  # noqa: B018
    with pytest.raises(KeyError):
        del run.config["x"]
    assert run.config.get("x", 3) == 3
    assert not hasattr(run.config, "x")
    assert "k1" in run.config
    assert len(run.config) == 10


def test_as_dict_is_a_copy() -> None:
    config = Config({"a": {"b": 1}}, lambda: None)
    config.as_dict()["a"]["b"] = 2
    assert config["a"] == {"b": 1}


def test_secrets_stay_with_the_script(start: Start) -> None:
    run = start(config={"api_key": "abc123", "nested": {"password": "x"}, "use_cls_token": True})
    assert run.config.api_key == "abc123"
    assert stored(run) == {
        "api_key": "[redacted]",
        "nested": {"password": "[redacted]"},
        "use_cls_token": True,
    }


def test_what_readers_would_refuse_is_not_set(start: Start) -> None:
    run = start(config={"lr": 0.1, "model": {"depth": 3}})
    huge = "x" * 140_000_000
    with pytest.raises(InputValueError, match=r"RG344: .*\(config key 'huge'\)"):
        run.config.update({"lr": 0.1, "huge": huge})
    with pytest.raises(InputValueError, match=r"RG344: .*\(config key 'vocabulary'\)"):
        run.config["model"]["vocabulary"] = huge
    run.config["more"] = 1
    assert run.config.as_dict() == stored(run) == {"lr": 0.1, "model": {"depth": 3}, "more": 1}
    run.finish()
    assert reportgen.read_run(run.path).config == {"lr": 0.1, "model": {"depth": 3}, "more": 1}
    with pytest.raises(InputValueError, match=r"RG344: .*\(key 'huge'\)"):
        start(project="p", id="other", config={"huge": huge})
    assert not (run.path.parent.parent / "p/other").exists()
