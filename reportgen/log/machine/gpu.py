"""What NVIDIA's management library knows of the graphics cards, where there are any."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any


class Cards:
    """The graphics cards of this machine; without any, or without the library, an empty list of them.

    No method raises: a driver that fails in the middle of a training must not end it.
    """

    def __init__(self, library: Any = None) -> None:
        """Look for cards.

        Args:
            library: Speaks like `pynvml`; by default that is loaded if this machine can have a card.
        """
        self._library = library
        self._handles: list[Any] = []
        # It takes 20 ms to load, so machines without the driver are not asked.
        if library is None and sys.platform.startswith("linux") and not Path("/proc/driver/nvidia").exists():
            return
        try:
            if library is None:
                import pynvml

                self._library = pynvml
            self._library.nvmlInit()
            count = self._library.nvmlDeviceGetCount()
            self._handles = [self._library.nvmlDeviceGetHandleByIndex(index) for index in range(count)]
        except Exception:  # no driver, no permission, a driver of another version
            self._handles = []

    def facts(self) -> list[dict[str, Any]]:
        """Name, memory in bytes and driver of each card."""
        found = []
        for handle in self._handles:
            memory = self._ask("nvmlDeviceGetMemoryInfo", handle)
            found.append(
                {
                    "name": _text(self._ask("nvmlDeviceGetName", handle)),
                    "memory": getattr(memory, "total", None),
                    "driver": _text(self._ask("nvmlSystemGetDriverVersion")),
                }
            )
        return found

    def sample(self) -> dict[str, float]:
        """Load, memory, temperature and power of each card, under `gpu.<number>/`."""
        values: dict[str, float] = {}
        for number, handle in enumerate(self._handles):
            load = self._ask("nvmlDeviceGetUtilizationRates", handle)
            memory = self._ask("nvmlDeviceGetMemoryInfo", handle)
            heat = self._ask("nvmlDeviceGetTemperature", handle, 0)
            power = self._ask("nvmlDeviceGetPowerUsage", handle)
            if load is not None:
                values[f"gpu.{number}/percent"] = float(load.gpu)
            if memory is not None and memory.total:
                values[f"gpu.{number}/memory_percent"] = round(100 * memory.used / memory.total, 2)
                values[f"gpu.{number}/memory_mb"] = round(memory.used / 1e6, 1)
            if heat is not None:
                values[f"gpu.{number}/temperature_c"] = float(heat)
            if power is not None:
                values[f"gpu.{number}/power_w"] = round(power / 1000, 1)
        return values

    def _ask(self, name: str, *arguments: Any) -> Any:
        try:
            return getattr(self._library, name)(*arguments)
        except Exception:
            return None  # this card does not say


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")
