"""Samples of the machine: plausible numbers, rates that follow what happens, and no exception ever."""

from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest

from reportgen.log.machine.gpu import Cards
from reportgen.log.machine.system import Sampler


def test_sample(tmp_path: Path) -> None:
    sampler = Sampler(tmp_path, Cards())
    end = time.monotonic() + 0.3
    while time.monotonic() < end:  # be busy
        pass
    values = sampler.sample()
    assert {
        "cpu/percent",
        "memory/percent",
        "memory/used_mb",
        "process/cpu_percent",
        "process/memory_mb",
        "process/threads",
        "disk/percent",
    } <= set(values)
    assert all(isinstance(value, float) for value in values.values())
    assert 0 < values["cpu/percent"] <= 100
    assert values["process/cpu_percent"] > 1
    assert 5 < values["process/memory_mb"] < 4000
    assert 0 < values["memory/percent"] < 100
    assert values["process/threads"] >= 1


def test_rates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sampler = Sampler(tmp_path, Cards())
    totals = psutil.net_io_counters()
    more = totals._replace(bytes_sent=totals.bytes_sent + 10_000_000)
    monkeypatch.setattr(psutil, "net_io_counters", lambda: more)
    time.sleep(0.1)
    values = sampler.sample()
    assert 0.1 < values["network/sent_mb_per_s"] <= 105
    monkeypatch.setattr(psutil, "net_io_counters", lambda: totals)  # the counter began anew
    assert "network/sent_mb_per_s" not in sampler.sample()


def test_what_the_system_hides_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise PermissionError

    monkeypatch.setattr(psutil, "virtual_memory", refuse)
    monkeypatch.setattr(psutil, "disk_io_counters", lambda: None)
    values = Sampler(tmp_path, Cards()).sample()
    assert "memory/percent" not in values
    assert "disk/read_mb_per_s" not in values
    assert "cpu/percent" in values
    assert "disk/percent" in values
