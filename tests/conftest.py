"""What all tests share: where the checkout is, its sample runs, and repeatable property tests."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent

# The same examples every time, and no verdict by the clock: a busy machine must not turn a test red.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def sample_runs() -> Path:
    """The runs that are committed with the project. Tests read them and never write there."""
    return ROOT / "sample_runs"


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of whoever runs the tests must not reach into them."""
    for name in ("REPORTGEN_DIR", "REPORTGEN_MODE", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
