"""`wandb.gym.monitor()` asks for videos after `init`."""

from __future__ import annotations

import pytest

from reportgen import Run
from reportgen.errors import UsageError
from reportgen.integration import gym
from reportgen.log.hooks.gym import monitor


def test_the_open_run_gets_the_videos_until_it_ends(run: Run) -> None:
    gym.monitor()
    gym.monitor()
    assert monitor.runs == [run]
    run.finish()
    assert monitor.runs == []


def test_without_a_run() -> None:
    with pytest.raises(UsageError, match=r"RG101: reportgen\.gym\.monitor was used before init"):
        gym.monitor()
