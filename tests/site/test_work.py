"""Whoever works, the results come in the order of the tasks."""

from concurrent.futures import Executor, Future, ThreadPoolExecutor

import pytest

from reportgen.site import work


def square(n):
    return n * n


class Backwards(Executor):
    """Runs nothing until it must, then the last task first."""

    def __init__(self):
        self.waiting = []

    def submit(self, fn, /, *args, **kwargs):
        owner = self

        class Lazy(Future):
            def result(self, timeout=None):
                while owner.waiting:
                    future, call, arguments = owner.waiting.pop()
                    future.set_result(call(*arguments))
                return super().result(timeout)

        future = Lazy()
        self.waiting.append((future, fn, args))
        return future


@pytest.mark.parametrize("executor", [None, "threads", "backwards", "processes"])
def test_the_order_of_results_does_not_depend_on_who_works(executor):
    tasks = list(range(50))
    if executor == "threads":
        with ThreadPoolExecutor(3) as pool:
            found = list(work.results(square, tasks, pool, workers=3))
    elif executor == "processes":
        with work.pool(2) as pool:
            found = list(work.results(square, tasks, pool, workers=2))
    else:
        found = list(work.results(square, tasks, Backwards() if executor else None))
    assert found == [n * n for n in tasks]


def test_one_job_needs_no_processes():
    with work.pool(1) as pool:
        assert pool is None
