"""How serious an alert is, and how often one of the same title is stored."""

from __future__ import annotations

import datetime

import pytest

from reportgen.errors import InputTypeError, InputValueError
from reportgen.log import alerts
from reportgen.log.alerts import WAIT, AlertLevel, Alerts, checked_level, checked_wait


@pytest.mark.parametrize("level", ["WARN", "warn", AlertLevel.WARN])
def test_levels(level: object) -> None:
    assert checked_level(level) == "WARN"


@pytest.mark.parametrize("level", ["LOUD", 3, None, ""])
def test_unknown_levels(level: object) -> None:
    with pytest.raises(InputValueError, match=r"RG150: level=.* is unknown\. Use one of INFO, WARN, ERROR"):
        checked_level(level)


def test_waiting() -> None:
    assert checked_wait(None) == WAIT
    assert checked_wait(5) == 5.0
    assert checked_wait(datetime.timedelta(minutes=5)) == 300.0
    with pytest.raises(InputTypeError, match=r"RG150: wait_duration is a str"):
        checked_wait("5 minutes")


def test_the_same_title_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(alerts.time, "monotonic", lambda: now[0])
    given = Alerts()
    assert given.is_due("Low", 60)
    assert not given.is_due("Low", 60)
    assert given.is_due("High", 60)
    now[0] = 161
    assert given.is_due("Low", 60)
    assert not given.is_due("Low", 60)
    assert given.is_due("Low", 0)
