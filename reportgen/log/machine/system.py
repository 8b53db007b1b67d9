"""How busy the machine is while a run is written: processor, memory, disk, network, graphics cards."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from reportgen.log.machine.gpu import Cards

MEGABYTE: Final = 1e6


class Sampler:
    """Takes samples of the machine and of this process. No method raises; what is not known is left out.

    The units stand in the keys: `percent` (of all processors; a process may use more than 100, one processor is
    100), `mb` (10^6 bytes), `mb_per_s` (since the sample before).
    """

    folder: Path

    def __init__(self, folder: Path, cards: Cards) -> None:
        """Prepare sampling; the first rates are measured from here.

        Args:
            folder: A folder on the disk whose space is of interest.
            cards: The graphics cards.
        """
        import psutil

        self._psutil = psutil
        self.folder = folder
        self._cards = cards
        self._process = psutil.Process()
        self._totals: dict[str, float] = {}
        self._when = time.monotonic()
        self.sample()

    def sample(self) -> dict[str, float]:
        """One sample: `cpu/percent`, `process/memory_mb`, `network/sent_mb_per_s`, `gpu.0/percent` and so on."""
        values = _known((self._processor, self._memory, self._own, self._space, self._cards.sample))
        return values | self._rates(_known((self._disk, self._network)))

    def _processor(self) -> dict[str, float]:
        return {"cpu/percent": float(self._psutil.cpu_percent())}

    def _memory(self) -> dict[str, float]:
        memory = self._psutil.virtual_memory()
        return {
            "memory/percent": float(memory.percent),
            "memory/used_mb": round(memory.used / MEGABYTE, 1),
        }

    def _own(self) -> dict[str, float]:
        with self._process.oneshot():
            return {
                "process/cpu_percent": float(self._process.cpu_percent()),
                "process/memory_mb": round(self._process.memory_info().rss / MEGABYTE, 1),
                "process/threads": float(self._process.num_threads()),
            }

    def _space(self) -> dict[str, float]:
        return {"disk/percent": float(self._psutil.disk_usage(str(self.folder)).percent)}

    def _disk(self) -> dict[str, float]:
        counted: Any = self._psutil.disk_io_counters()
        return {"disk/read_mb_per_s": counted.read_bytes, "disk/write_mb_per_s": counted.write_bytes}

    def _network(self) -> dict[str, float]:
        counted: Any = self._psutil.net_io_counters()
        return {"network/sent_mb_per_s": counted.bytes_sent, "network/received_mb_per_s": counted.bytes_recv}

    def _rates(self, totals: dict[str, float]) -> dict[str, float]:
        """Bytes since the machine started to megabytes per second since the sample before."""
        now = time.monotonic()
        passed, self._when = now - self._when, now
        before, self._totals = self._totals, totals
        if passed <= 0:
            return {}
        return {
            key: round((total - before[key]) / MEGABYTE / passed, 4)
            for key, total in totals.items()
            if key in before and total >= before[key]
        }


def _known(questions: Iterable[Callable[[], dict[str, float]]]) -> dict[str, float]:
    """What the system answers; containers and odd systems hide some of it."""
    values: dict[str, float] = {}
    for question in questions:
        try:
            values.update(question())
        except Exception:
            continue
    return values
