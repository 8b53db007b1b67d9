"""Graphics cards, by way of a library that answers, fails or is not there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from reportgen.log.machine.gpu import Cards


class Library:
    """Speaks like pynvml on a machine with two cards; the second knows nothing but its name."""

    def __init__(self, *, broken: bool = False) -> None:
        self._broken = broken

    def nvmlInit(self) -> None:
        if self._broken:
            raise RuntimeError("Driver/library version mismatch")

    def nvmlDeviceGetCount(self) -> int:
        return 2

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:
        return index

    def nvmlDeviceGetName(self, card: int) -> str | bytes:
        return b"NVIDIA H200" if card == 0 else "NVIDIA T4"

    def nvmlSystemGetDriverVersion(self) -> str:
        return "550.54"

    def nvmlDeviceGetMemoryInfo(self, card: int) -> Any:
        self._refuse(card)
        return SimpleNamespace(total=150_000_000_000, used=37_500_000_000)

    def nvmlDeviceGetUtilizationRates(self, card: int) -> Any:
        self._refuse(card)
        return SimpleNamespace(gpu=87, memory=12)

    def nvmlDeviceGetTemperature(self, card: int, sensor: int) -> int:
        self._refuse(card)
        return 54

    def nvmlDeviceGetPowerUsage(self, card: int) -> int:
        self._refuse(card)
        return 412_345

    def _refuse(self, card: int) -> None:
        if card == 1:
            raise RuntimeError("Not Supported")


def test_facts() -> None:
    assert Cards(Library()).facts() == [
        {"name": "NVIDIA H200", "memory": 150_000_000_000, "driver": "550.54"},
        {"name": "NVIDIA T4", "memory": None, "driver": "550.54"},
    ]


def test_sample() -> None:
    assert Cards(Library()).sample() == {
        "gpu.0/percent": 87.0,
        "gpu.0/memory_percent": 25.0,
        "gpu.0/memory_mb": 37500.0,
        "gpu.0/temperature_c": 54.0,
        "gpu.0/power_w": 412.3,
    }


@pytest.mark.parametrize("library", [Library(broken=True), SimpleNamespace()])
def test_a_library_that_fails(library: Any) -> None:
    cards = Cards(library)
    assert cards.facts() == []
    assert cards.sample() == {}


def test_this_machine() -> None:
    cards = Cards()
    assert len(cards.facts()) == len({key.partition("/")[0] for key in cards.sample()})
