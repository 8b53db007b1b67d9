"""Which process of a training this is: what launchers say, and what only looks like it."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from reportgen.log.processes.ranks import Rank, here, launch

TORCHRUN = {
    "RANK": "3",
    "LOCAL_RANK": "1",
    "WORLD_SIZE": "8",
    "GROUP_RANK": "1",
    "LOCAL_WORLD_SIZE": "2",
    "MASTER_ADDR": "node-1",
    "MASTER_PORT": "29500",
    "TORCHELASTIC_RUN_ID": "f3a1",
    "TORCHELASTIC_RESTART_COUNT": "0",
}
SRUN = {"SLURM_PROCID": "2", "SLURM_NTASKS": "4", "SLURM_LOCALID": "0", "SLURM_JOB_ID": "77", "SLURM_STEP_ID": "0"}

LAUNCHERS = {
    "torchrun": (TORCHRUN, (3, 8, 1)),
    "DeepSpeed": (
        {"RANK": "1", "LOCAL_RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": "a", "MASTER_PORT": "1"},
        (1, 2, 1),
    ),
    "Lightning": ({"LOCAL_RANK": "3", "NODE_RANK": "0", "WORLD_SIZE": "4"}, (3, 4, 3)),
    "Lightning on two machines": (
        {"LOCAL_RANK": "1", "NODE_RANK": "1", "WORLD_SIZE": "4", "NUM_NODES": "2"},
        (3, 4, 1),
    ),
    "Horovod": ({"HOROVOD_RANK": "1", "HOROVOD_SIZE": "2", "HOROVOD_LOCAL_RANK": "0"}, (1, 2, 0)),
    "Open MPI": (
        {"OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_LOCAL_RANK": "1"},
        (1, 2, 1),
    ),
    "MVAPICH2": ({"MV2_COMM_WORLD_RANK": "1", "MV2_COMM_WORLD_SIZE": "2"}, (1, 2, None)),
    "MPICH": ({"PMI_RANK": "0", "PMI_SIZE": "2"}, (0, 2, None)),
    "Intel MPI": ({"PMI_RANK": "1", "PMI_SIZE": "2", "MPI_LOCALRANKID": "1"}, (1, 2, 1)),
    "LSF": ({"JSM_NAMESPACE_RANK": "5", "JSM_NAMESPACE_SIZE": "6"}, (5, 6, None)),
    "Flux": ({"FLUX_TASK_RANK": "1", "FLUX_JOB_SIZE": "4", "FLUX_TASK_LOCAL_ID": "1"}, (1, 4, 1)),
    "srun": (SRUN, (2, 4, 0)),
    "a part of an allocation": ({**SRUN, "SLURM_NTASKS": "16", "SLURM_STEP_NUM_TASKS": "4"}, (2, 4, 0)),
    "torchrun on each machine of a step": ({**SRUN, "SLURM_PROCID": "1", "SLURM_NTASKS": "2", **TORCHRUN}, (3, 8, 1)),
}


@pytest.mark.parametrize("name", LAUNCHERS)
def test_launchers(name: str) -> None:
    variables, expected = LAUNCHERS[name]
    found = here(variables)
    assert found is not None
    assert (found.rank, found.size, found.local) == expected


ALONE = {
    "nothing": {},
    "a hyperparameter": {"RANK": "16"},
    "a size alone": {"WORLD_SIZE": "4"},
    "one rank": {"RANK": "0", "WORLD_SIZE": "1"},
    "a rank that cannot be": {"RANK": "4", "WORLD_SIZE": "4"},
    "words": {"RANK": "first", "WORLD_SIZE": "many"},
    "negative": {"RANK": "-1", "WORLD_SIZE": "4"},
    "empty": {"RANK": "", "WORLD_SIZE": ""},
    "the shell of a batch job": {"SLURM_PROCID": "0", "SLURM_NTASKS": "8", "SLURM_JOB_ID": "77"},
    "an interactive shell": {
        "SLURM_PROCID": "0",
        "SLURM_NTASKS": "8",
        "SLURM_STEP_ID": "0",
        "SLURM_STEP_NUM_TASKS": "1",
    },
    "an allocation": {"SLURM_JOB_ID": "77", "SLURM_NTASKS": "8"},
    "a task of a job array": {
        "SLURM_ARRAY_TASK_ID": "5",
        "SLURM_ARRAY_TASK_COUNT": "9",
        "SLURM_PROCID": "0",
        "SLURM_NTASKS": "1",
        "SLURM_JOB_ID": "82",
        "SLURM_STEP_ID": "0",
    },
}


@pytest.mark.parametrize("name", ALONE)
def test_alone(name: str) -> None:
    assert here(ALONE[name]) is None


def test_tasks_that_may_be_independent() -> None:
    assert [found.sure for found in (here(SRUN), here({**SRUN, "MASTER_ADDR": "a"}), here(TORCHRUN)) if found] == [
        False,
        True,
        True,
    ]


def test_torch_distributed_outranks_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    ready = [False]
    module = SimpleNamespace(
        is_available=lambda: True,
        is_initialized=lambda: ready[0],
        get_rank=lambda: 2,
        get_world_size=lambda: 3,
    )
    monkeypatch.setitem(sys.modules, "torch.distributed", module)
    assert here({}) is None
    ready[0] = True
    assert here({"RANK": "0", "WORLD_SIZE": "8"}) == Rank(2, 3, None, "torch.distributed", "", True)
    module.get_rank = lambda: 1 / 0
    assert here({}) is None


# ---- what the ranks of a launch have in common


def test_ranks_of_a_launch_agree() -> None:
    others = [
        {**TORCHRUN, "RANK": str(rank), "LOCAL_RANK": str(rank % 2), "GROUP_RANK": str(rank // 2)} for rank in range(8)
    ]
    assert len({launch(variables) for variables in others}) == 1
    assert launch(TORCHRUN) != launch({**TORCHRUN, "TORCHELASTIC_RUN_ID": "f3a2"})
    assert launch(TORCHRUN) != launch({**TORCHRUN, "TORCHELASTIC_RESTART_COUNT": "1"})


def test_where_the_run_id_is_the_same_for_all_launches() -> None:
    """`torchrun` without `--rdzv-id` calls itself "none"."""
    none = {**TORCHRUN, "TORCHELASTIC_RUN_ID": "none"}
    assert launch(none) == launch({"MASTER_ADDR": "node-1", "MASTER_PORT": "29500"})
    assert launch(none) != launch({**none, "MASTER_PORT": "29501"})


@pytest.mark.parametrize(
    "variables",
    [
        SRUN,
        {"PMIX_NAMESPACE": "prterun-node-1-123@1"},
        {"OMPI_MCA_ess_base_jobid": "123"},
        {"FLUX_JOB_ID": "f1"},
        {"LSB_JOBID": "9"},
        {"PBS_JOBID": "9.server"},
    ],
    ids=str,
)
def test_what_tells_launches_apart_is_not_told(variables: dict[str, str]) -> None:
    found = launch(variables)
    assert len(found) == 16
    assert all(len(value) < 2 or value not in found for value in variables.values())


@pytest.mark.parametrize(
    "variables", [{}, {"MASTER_ADDR": "a"}, {"SLURM_JOB_ID": "7"}, {"TORCHELASTIC_RUN_ID": "none"}], ids=str
)
def test_nothing_in_common(variables: dict[str, str]) -> None:
    assert launch(variables) == ""
