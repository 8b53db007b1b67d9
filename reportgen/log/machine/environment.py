"""What a run was made with: command, versions, machine, code. Public facts and private ones are kept apart.

Facts that take long (git, hardware) are asked for in the background; see `background.py`.
"""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from reportgen.log.machine import redact

GIT_SECONDS: Final = 5.0
"""How long git may take to answer one question; large work trees on network disks take longer."""

_TELLING: Final = [
    "CUDA_VISIBLE_DEVICES",
    "HIP_VISIBLE_DEVICES",
    "CUBLAS_WORKSPACE_CONFIG",
    "CONDA_DEFAULT_ENV",
    "VIRTUAL_ENV",
    "PYTHONPATH",
    "PYTHONHASHSEED",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "RANK",
    "LOCAL_RANK",
    "WORLD_SIZE",
    "MASTER_ADDR",
    "SLURM_JOB_ID",
    "SLURM_JOB_NAME",
    "SLURM_PROCID",
    "SLURM_NTASKS",
    "SLURM_JOB_NODELIST",
    "SLURM_ARRAY_TASK_ID",
    "PBS_JOBID",
    "LSB_JOBID",
    "XLA_FLAGS",
    "PYTORCH_CUDA_ALLOC_CONF",
    "NCCL_DEBUG",
    "REPORTGEN_DIR",
    "REPORTGEN_MODE",
]
"""The environment variables that are kept, in the private part. All others are nobody's business."""


_UNQUOTED: Final = frozenset("_…@%+=:,./[]-")


def public(seeds: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that a report shows, as far as they cost nothing.

    Args:
        seeds: Random seeds by name, as the user gave them.
    """
    return {
        "command": command(),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.release()} {platform.machine()}",
        "packages": {},
        "git": None,
        "cpu": {"model": "", "cores": None, "threads": os.cpu_count()},
        "memory": None,
        "gpu": [],
        "seeds": dict(seeds),
    }


def private() -> dict[str, Any]:
    """The facts that a build leaves out: who, where, and with which paths. Secrets are hidden all the same."""
    return {
        "user": _attempt(_user),
        "host": _attempt(platform.node),
        "cwd": _attempt(os.getcwd),
        "executable": sys.executable or "",
        "argv": redact.arguments(_arguments()),
        "script": _script(),
        "git_remote": "",
        "env": {name: redact.text(os.environ[name]) for name in _TELLING if name in os.environ},
    }


def _user() -> str:
    """The name of the account, as `getpass.getuser` finds it, which loads what it takes to ask for a password."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if given := os.environ.get(name):
            return given
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name


def command() -> str:
    """The command line without secrets and absolute paths: `python train.py --lr 0.1`."""
    folder = _attempt(os.getcwd)
    words = [redact.paths(word, folder) for word in redact.arguments(_arguments())]
    return " ".join(_quoted(word) for word in ["python", *words]) if words else ""


def _quoted(word: str) -> str:
    """As a shell needs it; the marks that stand for something left out need no quotes."""
    if word and all(letter.isalnum() or letter in _UNQUOTED for letter in word):
        return word
    import shlex

    return shlex.quote(word)


def _arguments() -> list[str]:
    """The words after the interpreter: `-m package.train --lr 0.1` for a module, the cell's for a notebook: none."""
    if "ipykernel" in sys.modules:
        return []
    words = [str(word) for word in getattr(sys, "orig_argv", [])[1:]]
    if not words:
        words = [str(word) for word in sys.argv]
    if "-c" in words:
        words = words[: words.index("-c") + 1]  # the program text itself may be long and holds anything
    return words


def _script() -> str:
    main = sys.modules.get("__main__")
    path = getattr(main, "__file__", None)
    return str(Path(path).absolute()) if isinstance(path, str) else ""


def packages() -> dict[str, str]:
    """The installed distributions, name to version, sorted by name.

    They are taken from the names of their folders, which costs a hundredth of reading each one's metadata.
    """
    found: dict[str, str] = {}
    for folder in sys.path:
        for name, version in _distributions(folder or "."):
            found.setdefault(name, version)  # the first on the path is the one that imports find
    return dict(sorted(found.items()))


def _distributions(folder: str) -> Iterator[tuple[str, str]]:
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.name.endswith((".dist-info", ".egg-info"))]
    except OSError:
        return
    for entry in names:
        name, _, rest = entry.rpartition(".")[0].partition("-")
        version = rest.partition("-py")[0]
        if name and version:
            plain = name.lower().replace("_", "-").replace(".", "-")
            yield re.sub("-+", "-", plain) if "--" in plain else plain, version


def git() -> tuple[dict[str, Any] | None, str]:
    """Commit, branch and whether tracked files were changed, of the code's repository; and its remote.

    Returns:
        `{"commit", "branch", "dirty"}`, or None when this is no repository, there is no git or it takes too
        long; and the address of the remote without its password, which is private.
    """
    if not may_be_repository():
        return None, ""
    folder = _code_folder()
    # Untracked files are left out: in a folder with a million images, looking for them takes minutes.
    status = _git(folder, "status", "--porcelain=v2", "--branch", "--untracked-files=no")
    if status is None:  # a work tree so large that it takes too long, or an old git
        commit = _git(folder, "rev-parse", "HEAD") or ""
        branch = (_git(folder, "rev-parse", "--abbrev-ref", "HEAD") or "") if commit else ""
    else:
        told = dict(line[2:].split(" ", 1) for line in status.splitlines() if line.startswith("# branch."))
        commit, branch = told.get("branch.oid", ""), told.get("branch.head", "")
    if not commit or commit == "(initial)":
        return None, ""
    remote = _git(folder, "config", "--get", "remote.origin.url")
    facts = {
        "commit": commit,
        "branch": "" if branch in ("HEAD", "(detached)") else branch,
        "dirty": None if status is None else any(not line.startswith("#") for line in status.splitlines()),
    }
    return facts, redact.text(remote or "")


def may_be_repository() -> bool:
    """Whether the code may lie in a repository. Most short scripts that do not are spared the start of a git."""
    if "GIT_DIR" in os.environ:
        return True
    folder = Path(_code_folder() or ".")
    return any(_attempt((place / ".git").exists, True) for place in (folder, *folder.parents))


def _code_folder() -> str:
    return str(Path(_script()).parent) if _script() else str(_attempt(os.getcwd))


def _git(folder: str, *words: str) -> str | None:
    """What git answers; None when it does not. It is never let to ask, to lock or to run on."""
    import subprocess

    asking = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        answer = subprocess.run(
            ["git", "-C", folder, *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=GIT_SECONDS,
            env={**os.environ, **asking},
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.decode("utf-8", "replace").strip() if answer.returncode == 0 else None


def hardware() -> dict[str, Any]:
    """`cpu` (model, cores, threads) and `memory` (bytes); what cannot be found out is "" or None."""
    return {
        "cpu": {"model": _cpu_model(), "cores": _cores() or None, "threads": os.cpu_count()},
        "memory": _memory() or None,
    }


def _cores() -> int:
    """Physical cores. Linux tells them in files, and psutil takes 20 ms to load."""
    places = _attempt(lambda: sorted(Path("/sys/devices/system/cpu").glob("cpu[0-9]*/topology/core_cpus_list")), ())
    found = {_attempt(place.read_text) for place in places} - {""}
    return len(found) or int(_attempt(lambda: _psutil().cpu_count(logical=False)) or 0)


def _memory() -> int:
    """Bytes of memory."""
    for line in _attempt(lambda: Path("/proc/meminfo").read_text(encoding="utf-8")).splitlines():
        label, _, value = line.partition(":")
        if label == "MemTotal" and value.endswith(" kB"):
            return int(value.removesuffix(" kB")) * 1024
    return int(_attempt(lambda: _psutil().virtual_memory().total) or 0)


def _psutil() -> Any:
    import psutil

    return psutil


def _cpu_model() -> str:
    if sys.platform.startswith("linux"):
        text = _attempt(lambda: Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace"))
        for line in text.splitlines():
            label, _, value = line.partition(":")
            if label.strip() in ("model name", "Hardware", "cpu model"):
                return str(value.strip())
    if sys.platform == "darwin":
        import subprocess

        asked = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
        answer = _attempt(lambda: subprocess.run(asked, capture_output=True, timeout=2, check=False).stdout, b"")
        if answer:
            return str(answer.decode("utf-8", "replace").strip())
    return platform.processor()


def _attempt(question: Any, otherwise: Any = "") -> Any:
    """The answer, or a stand-in: no fact is worth an exception in somebody's training."""
    try:
        return question()
    except Exception:
        return otherwise
