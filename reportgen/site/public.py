"""A run as a report shows it: without what tells who ran it, where, and on which machine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from reportgen.rundir.events import Events
from reportgen.rundir.reader import History, KeyHistory, StoredRun

HIDDEN: Final = "[private]"
"""Stands for names of users and machines; in paths, `~` is a home, `.` the working folder, `…` the home of others."""

_PART: Final = r"[^\s/\\'\",;:=<>|]{1,120}"
_BEGIN: Final = r"(?<![\w.~…-])"
"""Before a path: what follows a name or a dot is a part of a relative one."""
_END: Final = r"(?![\w-])"
_ADDRESS: Final = r"\b(?!file:)[A-Za-z][\w+.-]{0,20}://\S*"
_HOMES: Final = (
    rf"{_BEGIN}(?:/{_PART}){{0,8}}?/(?:home|homes|Users|users)/{_PART}",
    r"(?<!\w)(?i:[a-z]:[\\/]{1,4}(?:users|documents and settings)[\\/]{1,4}[^\\/:*?\"<>|\r\n]{1,120})",
    r"(?<![\w…~/])~[\w.-]{1,120}(?=[\\/])",
)
"""Home folders of anybody: `/gpfs/home/ada`, `C:\\Users\\ada`, `~ada/`."""
_TELLING: Final = re.compile("(?i)user|login|owner|author|host|node|machine|server|computer")
"""Keys whose values name a person or a machine."""


def public(stored: StoredRun) -> StoredRun:
    """A copy of a run that may leave the machine: nothing in it tells a user, a home, a working folder or a host.

    Media files, numbers and the keys that were logged are as they were; so is where the run itself lies: pages show no
    more of it than `folders` tells.

    Args:
        stored: The run; its `info.private` says what to look for. The copy's is empty.
    """
    info, hide = stored.info, _Hider(stored.info.private)
    return replace(
        stored,
        info=replace(
            info,
            name=hide.text(info.name),
            project=hide.text(info.project),
            group=hide.text(info.group),
            job_type=hide.text(info.job_type),
            notes=hide.text(info.notes),
            tags=tuple(map(hide.text, info.tags)),
            error=hide.value(info.error),
            environment=hide.value(info.environment),
            private={},
        ),
        config=hide.value(stored.config),
        summary=hide.value(stored.summary),
        history=hide.history(stored.history),
        events=hide.events(stored.events),
    )


def folders(stored: StoredRun) -> tuple[str, ...]:
    """The name of the folder that a run lies in, and before it that of the folder around it, without what is private.

    Args:
        stored: The run, not yet a public copy: its `info.private` says what to look for.
    """
    shown = _Hider(stored.info.private).text(stored.path.as_posix())
    return tuple(part for part in shown.split("/") if part)[-2:]


class _Hider:
    """Hides what tells a person, a place or a machine.

    Args:
        private: The private part of a run: `user`, `host` and `cwd` are looked for; any may be missing.
    """

    def __init__(self, private: Mapping[str, Any]) -> None:
        user, host, cwd = (found if isinstance(found := private.get(n), str) else "" for n in ("user", "host", "cwd"))
        self._names = {name.lower() for name in (user, host) if name}
        last = re.split(r"[\\/]", cwd.rstrip("\\/"))[-1]
        self._marks = {
            "home",
            "users",
            "settings",
            "~",
            *(w.lower() for w in (user, host.partition(".")[0], last) if w),
        }
        names = [rf"(?<![\w.+-]){re.escape(user)}(?=@)"] if user else []
        names += [f"(?i:{_machine(name)})" for name in (host, host.partition(".")[0]) if name]
        self._named = re.compile("|".join(names)) if names else None
        own = [(place, "~") for root in ("/home", "/Users", "C:\\Users") if user for place in [f"{root}/{user}"]]
        own += [("/root", "~")] if user == "root" else []
        own += [(cwd, ".")] if len(cwd) > 1 else []
        own.sort(key=lambda place: -len(place[0]))
        rules = [(_ADDRESS, ""), *((_place(place), sign) for place, sign in own), *((home, "…") for home in _HOMES)]
        if user not in ("", "root"):
            rules.append((rf"{_BEGIN}(?:/{_PART}){{0,8}}?/{re.escape(user)}{_END}", "…"))
        rules += [(name, HIDDEN) for name in names]
        self._signs = [sign for _, sign in rules]
        self._rules = re.compile("|".join(f"({rule})" for rule, _ in rules))

    def text(self, text: str) -> str:
        """A text with every telling place and name replaced."""
        lowered = text.lower()
        if not any(mark in lowered for mark in self._marks):  # much faster than the search, and true of most texts
            return text
        return self._rules.sub(self._sign, text)

    def _sign(self, found: re.Match[str]) -> str:
        sign = self._signs[(found.lastindex or 1) - 1]
        if sign or self._named is None:
            return sign or found[0]
        return self._named.sub(HIDDEN, found[0])  # an address keeps its path: that names a page, no folder

    def value(self, value: Any) -> Any:
        """A tree of plain values with all its texts and keys replaced so."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(key): self._item(key, item) for key, item in value.items()}
        return [self.value(item) for item in value] if isinstance(value, list) else value

    def _item(self, key: str, item: Any) -> Any:
        named = isinstance(item, str) and item.lower() in self._names and _TELLING.search(key)
        return HIDDEN if named else self.value(item)

    def history(self, history: History) -> History:
        """A history whose texts and captions are replaced so."""
        return History(tuple(map(self._key, history.all)), history.steps, history.lines, None)

    def _key(self, history: KeyHistory) -> KeyHistory:
        if history.kind == "scalar":
            return history
        records = tuple(map(self.value, history.records))
        return replace(history, records=records, superseded=tuple(map(self._key, history.superseded)))

    def events(self, events: Events) -> Events:
        """Alerts, and what was done with artifacts, with their texts replaced so."""
        alerts = (replace(one, title=self.text(one.title), text=self.text(one.text)) for one in events.alerts)
        artifacts = (
            replace(one, description=self.text(one.description), metadata=self.value(one.metadata))
            for one in events.artifacts
        )
        return Events(tuple(alerts), tuple(artifacts))


def _place(place: str) -> str:
    """A pattern for a folder, however its parts are joined."""
    parts = [re.escape(part) for part in re.split(r"[\\/]+", place.lstrip("/"))]
    pattern = _BEGIN + "/" * place.startswith("/") + r"[\\/]{1,4}".join(parts)
    # names on Windows may hold blanks: `C:\Users\Ada` is no part of `C:\Users\Ada Lovelace`
    return rf"(?i:{pattern})(?=[\\/\"']|$)" if ":" in parts[0] else pattern + _END


def _machine(name: str) -> str:
    """A pattern for the name of a machine: anywhere if no other word looks like it, else where machines are named."""
    word = re.escape(name)
    if len(name) >= 4 and re.search(r"[\d.-]", name):
        return rf"(?<![\w.-]){word}{_END}"
    return rf"(?:(?<=//)|(?<=\\\\)|(?<=@)){word}{_END}|(?<![\w.-]){word}(?=:[\d/])"
