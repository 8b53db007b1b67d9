"""Which of several processes of one training this is, as its launcher says it.

Asked are `torch.distributed` when it is set up, then the environment variables of torchrun, Accelerate, DeepSpeed,
Lightning, Horovod, MPI, SLURM, Flux and LSF. Nothing is imported and nothing is sent.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

_TORCH: Final = "torch.distributed"
_SLURM: Final = "SLURM"

_VARIABLES: Final = (
    ("torchrun", "RANK", "WORLD_SIZE", "LOCAL_RANK"),
    ("Horovod", "HOROVOD_RANK", "HOROVOD_SIZE", "HOROVOD_LOCAL_RANK"),
    ("MPI", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK"),
    ("MPI", "MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE", "MV2_COMM_WORLD_LOCAL_RANK"),
    ("MPI", "PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID"),
    ("LSF", "JSM_NAMESPACE_RANK", "JSM_NAMESPACE_SIZE", "JSM_NAMESPACE_LOCAL_RANK"),
    ("Flux", "FLUX_TASK_RANK", "FLUX_JOB_SIZE", "FLUX_TASK_LOCAL_ID"),
    (_SLURM, "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID"),
    (_SLURM, "SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID"),
)
"""Launcher, and its variables for the rank, for the number of ranks, and for the rank on this machine.

A rank counts only together with its number of ranks: `RANK=16` alone is somebody's hyperparameter.
"""

_SAME: Final = (
    ("TORCHELASTIC_RUN_ID", "TORCHELASTIC_RESTART_COUNT"),
    ("MASTER_ADDR", "MASTER_PORT"),
    ("PMIX_NAMESPACE",),
    ("OMPI_MCA_ess_base_jobid",),
    ("SLURM_JOB_ID", "SLURM_STEP_ID"),
    ("FLUX_JOB_ID",),
    ("LSB_JOBID",),
    ("PBS_JOBID",),
)
"""Variables that are the same in all ranks of one launch, and in those of no other that runs at the same time."""

_ONE_TRAINING: Final = ("MASTER_ADDR", "MASTER_PORT", "WORLD_SIZE", "RANK", "PMI_RANK", "PMIX_RANK")
_DISTRIBUTED: Final = ("lightning", "pytorch_lightning", "deepspeed", "accelerate", "horovod", "mpi4py.MPI")
"""Signs that the tasks of a SLURM step are the ranks of one training, not trainings of their own."""


class Rank(NamedTuple):
    """The place of this process among those of one training.

    Attributes:
        rank: From 0.
        size: How many there are, 2 or more.
        local: The rank on this machine; None where the launcher does not say.
        launcher: What said so, in words.
        launch: The same text in all ranks of this launch; "" where the launcher names nothing of that kind.
        sure: Whether the processes surely belong together. The tasks of a SLURM step may as well be independent.
    """

    rank: int
    size: int
    local: int | None
    launcher: str
    launch: str
    sure: bool = True


def here(environment: Mapping[str, str] | None = None) -> Rank | None:
    """The place of this process; None when it is alone.

    Args:
        environment: Variables to look at; by default those of this process.
    """
    given = os.environ if environment is None else environment
    found = _by_torch() or _by_variables(given) or _by_local_rank(given)
    if found is None:
        return None
    launcher, rank, size, local = found
    if size < 2 or not 0 <= rank < size:
        return None
    sure = launcher != _SLURM or any(given.get(name) for name in _ONE_TRAINING) or _imported()
    return Rank(rank, size, local, launcher, launch(given), sure)


def launch(given: Mapping[str, str]) -> str:
    """A text that all ranks of a launch have in common, as a hash: addresses and job names stay private.

    Args:
        given: Environment variables.

    Returns:
        16 hexadecimal digits, or "" when no variable tells launches apart.
    """
    for names in _SAME:
        values = [given.get(name, "") for name in names]
        if values[0] not in ("", "none") and (all(values) or names[0] == "TORCHELASTIC_RUN_ID"):
            import hashlib  # it loads OpenSSL, which a process that is alone need not

            return hashlib.sha256("\n".join((*names, *values)).encode()).hexdigest()[:16]
    return ""


_Found = tuple[str, int, int, int | None]


def _by_torch() -> _Found | None:
    """What `torch.distributed` says, once it is set up: it outranks whatever variables were left behind."""
    distributed: Any = sys.modules.get(_TORCH)
    try:
        if distributed is None or not distributed.is_available() or not distributed.is_initialized():
            return None
        rank, size = int(distributed.get_rank()), int(distributed.get_world_size())
    except Exception:  # a module that only looks like it, or is half imported
        return None
    return _TORCH, rank, size, _number(os.environ, "LOCAL_RANK")


def _by_variables(given: Mapping[str, str]) -> _Found | None:
    for launcher, *names in _VARIABLES:
        rank, size, local = (_number(given, name) for name in names)
        if rank is None or size is None:
            continue
        if launcher == _SLURM and rank == 0 and not given.get("SLURM_STEP_ID"):
            continue  # the shell of a batch job or of an allocation: one process, whatever was asked for
        return launcher, rank, size, local
    return None


def _by_local_rank(given: Mapping[str, str]) -> _Found | None:
    """What Lightning tells the processes that it starts: a rank on this machine, and the number of the machine."""
    local, size = _number(given, "LOCAL_RANK"), _number(given, "WORLD_SIZE")
    if local is None or size is None:
        return None
    node = _number(given, "NODE_RANK") or _number(given, "GROUP_RANK") or 0
    if node == 0:
        return "LOCAL_RANK", local, size, local
    nodes = _number(given, "NUM_NODES") or _number(given, "SLURM_NNODES") or _number(given, "SLURM_JOB_NUM_NODES")
    each = size // nodes if nodes and size % nodes == 0 else 1
    return "LOCAL_RANK", node * each + local, size, local


def _number(given: Mapping[str, str], name: str) -> int | None:
    text = given.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _imported() -> bool:
    return any(name in sys.modules for name in _DISTRIBUTED)
