"""What a run was given: hyperparameters and choices, by item or attribute."""

from __future__ import annotations

import dataclasses
import enum
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence, Set
from pathlib import Path
from typing import Any, Final

from reportgen import optional
from reportgen.errors import (
    InputAttributeError,
    InputFileError,
    InputKeyError,
    InputTypeError,
    InputValueError,
    UsageError,
)
from reportgen.log.values import foreign
from reportgen.media import tensors
from reportgen.rundir.jsonl import Json

MAX_DEPTH: Final = 64
MAX_TEXT: Final = 10_000
"""Characters of the text that stands for an object which is no plain value."""
MAX_ELEMENTS: Final = 1000
"""Larger arrays are described in words; a configuration is read by people."""


class Config(MutableMapping[str, Any]):
    """The configuration of a run: `run.config["lr"]`, `run.config.lr`. Each change is on disk at once.

    Values are stored plain: tuples and sets become lists, enum members their names, arrays lists, and objects of
    other types their text. A value that is set already is changed by `update(..., allow_val_change=True)` only,
    so that a run's record does not quietly disagree with what it started from; `init(allow_val_change=True)` lifts
    that. Mappings inside are dictionaries, whose values can be changed: `run.config["model"]["depth"] = 3`.
    A copy, and what another process is sent, is a configuration of its own that no run stores.
    """

    _values: dict[str, Json]
    _save: Callable[[], None]
    _check: Callable[[], None]
    _changeable: bool

    def __init__(
        self, values: Mapping[str, Json], save: Callable[[], None], check: Callable[[], None] = lambda: None
    ) -> None:
        """Hold values that are plain already.

        Args:
            values: From `plain`.
            save: Called after each change; it writes the file.
            check: Called before each change; it raises when nothing may change any more.
        """
        object.__setattr__(self, "_save", save)
        object.__setattr__(self, "_check", check)
        object.__setattr__(self, "_changeable", False)
        object.__setattr__(self, "_values", {key: self._part(value) for key, value in values.items()})

    def _part(self, value: Json) -> Json:
        """A value in which mappings tell when they change."""
        if isinstance(value, dict):
            return Part({key: self._part(item) for key, item in value.items()}, self)
        return [self._part(item) for item in value] if isinstance(value, list) else value

    def _allow_changes(self) -> None:
        """From now on, values may change without a word."""
        object.__setattr__(self, "_changeable", True)

    def __getitem__(self, key: str) -> Any:
        """A value.

        Raises:
            InputKeyError: (RG128) There is none.
        """
        try:
            return self._values[key]
        except KeyError:
            raise InputKeyError("RG128", f"the config has no key {key!r}", remedy=self._known()) from None

    def __setitem__(self, key: str, value: Any) -> None:
        """Set a value.

        Raises:
            UsageError: (RG125) It has another value already. (RG102) The run is finished.
            InputTypeError: (RG126) The value is a media object.
            InputValueError: (RG344) The value is too large.
        """
        self.update({key: value})

    def __delitem__(self, key: str) -> None:
        self[key]
        self._check()
        del self._values[key]
        self._save()

    def _store(self, values: dict[str, Any], new: Mapping[str, Json]) -> None:
        """Put new values into the configuration, or a part of it, and store that; what is too large is taken back.

        Raises:
            InputValueError: (RG344) The file would be larger than readers accept.
        """
        before = dict(values)
        dict.update(values, {key: self._part(value) for key, value in new.items()})
        try:
            self._save()
        except InputValueError as fault:
            dict.clear(values)
            dict.update(values, before)
            problem = fault.problem
            key = max(new, key=lambda name: len(repr(new[name])), default="")
            where = f"config key {key!r}"
            raise InputValueError(problem.code, problem.what, where=where, remedy=problem.remedy) from None

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._values))

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self._values[name]
        except KeyError:
            raise InputAttributeError("RG128", f"the config has no key {name!r}", remedy=self._known()) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __delattr__(self, name: str) -> None:
        del self[name]

    def __repr__(self) -> str:
        return repr(self._values)

    def __reduce__(self) -> tuple[Any, ...]:
        return Config, (self.as_dict(), _nothing)

    def update(self, *others: Any, allow_val_change: bool = False, **values: Any) -> None:
        """Set several values.

        Args:
            *others: Up to one mapping, `argparse.Namespace`, dataclass, object with attributes, or path of a
                YAML file.
            allow_val_change: Values that are set already may change.
            **values: More values by name.

        Raises:
            UsageError: (RG125) A value would change, and `allow_val_change` is False. Nothing is set then.
                (RG102) The run is finished.
            InputTypeError: (RG126) No such mapping, or a media object among its values.
            InputValueError: (RG344) `config.json` would be too large. Nothing is set then.
        """
        new: dict[str, Json] = {}
        for other in (*others, values):
            new |= plain(other)
        changed = [key for key, value in new.items() if key in self._values and not _same(self._values[key], value)]
        if changed and not (allow_val_change or self._changeable):
            key = changed[0]
            raise UsageError(
                "RG125",
                f"config[{key!r}] is {self._values[key]!r} and would become {new[key]!r}",
                remedy="Use config.update(..., allow_val_change=True) if it really changed",
            )
        if any(key not in self._values for key in new) or changed:
            self._check()
            self._store(self._values, new)

    def setdefaults(self, values: Any) -> None:
        """Set those values that are not set yet.

        Args:
            values: As for `update`.
        """
        self.update({key: value for key, value in plain(values).items() if key not in self._values})

    def as_dict(self) -> dict[str, Any]:
        """The values as a plain dictionary, a copy."""
        return plain(self._values)

    def _known(self) -> str:
        keys = list(self._values)
        return f"Its keys: {', '.join(keys[:8])}{' …' if len(keys) > 8 else ''}" if keys else "It is empty"


class Part(dict[str, Any]):
    """A mapping inside of a configuration: what is changed in it is stored like a change of the configuration."""

    def __init__(self, values: Mapping[str, Json], whole: Config) -> None:
        """Hold values that are plain already.

        Args:
            values: Plain values.
            whole: The configuration that they are part of.
        """
        super().__init__(values)
        self._whole = whole

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)

    def __setitem__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __delitem__(self, key: str) -> None:
        self.pop(key)

    def __ior__(self, other: Any) -> Part:  # type: ignore[override, misc]
        self.update(other)
        return self

    def update(self, *others: Any, **values: Any) -> None:
        """As for any dictionary; values become plain."""
        new = plain(dict(*others, **values))
        self._whole._check()
        self._whole._store(self, new)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """As for any dictionary."""
        if key not in self:
            self[key] = default
        return self[key]

    def pop(self, key: str, *default: Any) -> Any:
        """As for any dictionary."""
        self._whole._check()
        value = super().pop(key, *default)
        self._whole._save()
        return value

    def popitem(self) -> tuple[str, Any]:
        """As for any dictionary."""
        key = next(reversed(self))
        return key, self.pop(key)

    def clear(self) -> None:
        """As for any dictionary."""
        self._whole._check()
        super().clear()
        self._whole._save()


def _nothing() -> None:
    """What a configuration does that no run stores, when it changes."""


def _same(known: Json, new: Json) -> bool:
    """Whether two values are the same; NaN is the same as NaN."""
    return bool(known == new) or repr(known) == repr(new)


def plain(given: Any, *, include: Iterable[str] = (), exclude: Iterable[str] = ()) -> dict[str, Json]:
    """What users hand over as a configuration, as a plain mapping that shares nothing with it.

    Args:
        given: None, a mapping or what looks like one (OmegaConf, ml_collections), `argparse.Namespace`, dataclass,
            absl flags, an object with attributes, or the path of a YAML file. Keys become text; their leading and
            trailing dashes are cut off.
        include: If not empty, only these keys.
        exclude: Not these keys.

    Raises:
        InputTypeError: (RG126) It is none of these.
        InputFileError: (RG127) The YAML file is not there.
        InputValueError: (RG127) The YAML file is broken or holds no mapping.
        UsageError: (RG130) Both `include` and `exclude` are given.
    """
    wanted, unwanted = set(include), set(exclude)
    if wanted and unwanted:
        raise UsageError("RG130", "config_include_keys and config_exclude_keys exclude each other")
    values: dict[str, Json] = {}
    for key, value in _entries(given).items():
        text = str(key)
        name = text.strip("-") or text
        if name not in unwanted and (not wanted or name in wanted):
            values[name] = _value(value, name, MAX_DEPTH)
    return values


def _entries(given: Any) -> Mapping[Any, Any]:
    if given is None:
        return {}
    if _is_mapping(given):
        return _pairs(given)
    if isinstance(given, (str, os.PathLike)):
        return _from_yaml(Path(given))
    if dataclasses.is_dataclass(given) and not isinstance(given, type):
        return {field.name: getattr(given, field.name) for field in dataclasses.fields(given)}
    if callable(getattr(given, "flag_values_dict", None)):  # absl.flags.FLAGS
        return dict(given.flag_values_dict())
    if hasattr(given, "__dict__") and not isinstance(given, type) and not callable(given):
        return {key: value for key, value in vars(given).items() if not key.startswith("_")}
    raise InputTypeError(
        "RG126",
        f"config takes a mapping, not {tensors.named(given)}",
        remedy="Give a dict, a Namespace, a dataclass or the path of a YAML file",
    )


def _is_mapping(item: Any) -> bool:
    kind = type(item)
    if tensors.root(item) in tensors.TABLES:
        return False
    return isinstance(item, Mapping) or (callable(getattr(kind, "keys", None)) and hasattr(kind, "__getitem__"))


def _pairs(mapping: Any) -> dict[Any, Any]:
    """The entries of a mapping. One that cannot be read, such as a value that OmegaConf misses, is named instead."""
    pairs: dict[Any, Any] = {}
    for key in list(mapping.keys()):
        try:
            pairs[key] = mapping[key]
        except Exception as fault:  # whatever the mapping raises, the run starts
            pairs[key] = f"<{type(fault).__name__}>"
    return pairs


def _from_yaml(path: Path) -> Mapping[Any, Any]:
    yaml = optional.load("yaml", needed_by="a configuration from a YAML file")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputFileError(
            "RG127", "the configuration file does not exist", where=str(path), remedy="Check the path"
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as fault:
        why = " ".join(str(fault).split())
        raise InputValueError(
            "RG127",
            f"the configuration file cannot be read: {why}",
            where=str(path),
            remedy="Give a YAML file that holds a mapping",
        ) from None
    if content is None:
        return {}
    if not isinstance(content, Mapping):
        raise InputValueError(
            "RG127",
            f"the configuration file holds {tensors.named(content)}, not a mapping",
            where=str(path),
            remedy='Write "name: value" lines into it',
        )
    # W&B writes {"lr": {"value": 0.1, "desc": …}}, and notes of its own; such a file gives the same config again.
    own = {key: item for key, item in content.items() if key not in ("wandb_version", "_wandb")}
    if own and all(isinstance(v, Mapping) and "value" in v and set(v) <= {"value", "desc"} for v in own.values()):
        return {key: item["value"] for key, item in own.items()}
    return content


def _value(item: Any, key: str, depth: int) -> Json:
    """A value as the file holds it. Whatever a configuration holds, a run starts; only media are refused."""
    if type(item) in (bool, int, float, str, type(None)):
        return item
    if isinstance(getattr(type(item), "KIND", None), str):
        raise InputTypeError(
            "RG126",
            f"config[{key!r}] is {tensors.named(item)}; a config holds no media",
            remedy="Log it, or assign it to the summary",
        )
    if depth == 0:
        return _text(item)
    if isinstance(item, enum.Enum):
        return item.name
    for kind in (int, float, str):
        if isinstance(item, kind):
            return kind.__str__(item) if kind is str else kind(item)
    if _is_mapping(item):
        return {str(k): _value(v, key, depth - 1) for k, v in _pairs(item).items()}
    if isinstance(item, (list, tuple, Set, range)):
        items = [_value(v, key, depth - 1) for v in item]
        return sorted(items, key=repr) if isinstance(item, Set) else items
    if dataclasses.is_dataclass(item) and not isinstance(item, type):
        return _value({f.name: getattr(item, f.name) for f in dataclasses.fields(item)}, key, depth - 1)
    if callable(getattr(type(item), "model_dump", None)):  # of pydantic
        return _value(item.model_dump(), key, depth - 1)
    if type(item).__name__ == "Namespace":  # of argparse, which need not be loaded for this
        return _value(vars(item), key, depth - 1)
    array = foreign.numbers(item)
    if array is not None:
        return _value(_copied(array), key, depth - 1) if array.size <= MAX_ELEMENTS else array.kind
    if callable(item) and hasattr(item, "__qualname__"):
        return f"{item.__module__}.{item.__qualname__}"
    if isinstance(item, Sequence) and not isinstance(item, (bytes, bytearray, memoryview)):
        return [_value(v, key, depth - 1) for v in item]  # such as the lists of OmegaConf
    return _text(item)


def _copied(array: foreign.Numbers) -> Any:
    try:
        return array.values()
    except Exception:  # such as of sparse tensors
        return array.kind


def _text(item: object) -> str:
    try:
        text = str(item)
    except Exception as fault:  # a strange object must not keep a training from starting
        text = f"<{type(item).__name__}: {type(fault).__name__}>"
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "…"
