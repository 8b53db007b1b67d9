"""Here, in a pool, on a cluster: the only file that knows executors."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from multiprocessing import get_context
from typing import Any, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

AHEAD = 4
"""Tasks in flight per worker: enough to keep it busy, few enough to keep memory flat."""


def pool(jobs: int) -> AbstractContextManager[Executor | None]:
    """Processes to work in; none for one job.

    Args:
        jobs: How many; 0 means one per core.
    """
    count = jobs or os.cpu_count() or 1
    if count == 1:
        return nullcontext(None)
    # spawn, on every system: a fork would copy the caller's threads, locks and open run
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"))


def results(
    function: Callable[[Task], Result], tasks: Sequence[Task], executor: Executor | None, *, workers: int = 1
) -> Iterator[Result]:
    """Apply `function` to each task and give the results in the order of the tasks.

    Args:
        function: A module-level function.
        tasks: Picklable arguments.
        executor: Anything with the `submit` of `concurrent.futures.Executor` (a process pool, dask's
            `Client.get_executor()`, `mpi4py.futures.MPIPoolExecutor`); None works here.
        workers: How many run side by side, to bound what is in flight.
    """
    if executor is None:
        yield from map(function, tasks)
        return
    waiting: deque[Future[Result]] = deque()
    for task in tasks:
        waiting.append(executor.submit(function, task))
        if len(waiting) > AHEAD * workers:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def watched(items: Iterable[Result], total: int, label: str, bar: Callable[..., Any] | None) -> Iterable[Result]:
    """The same items, with a progress bar while they come.

    Args:
        items: What is waited for.
        total: How many there will be.
        label: What they are: "panels".
        bar: tqdm or the like; None for silence.
    """
    return items if bar is None else bar(items, total=total, desc=label, unit="", leave=False)
