"""`init`, and `log` and `finish` with no run in hand. Holds the project's only global: what this process has open."""

from __future__ import annotations

import functools
import operator
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, cast

from reportgen.errors import InputTypeError, InputValueError, ReportgenError, UsageError
from reportgen.log.background import SECONDS
from reportgen.log.compat import variables
from reportgen.log.compat.wishes import wished
from reportgen.log.manifest import Manifest
from reportgen.log.notice import say, warn
from reportgen.log.opening import PROJECT, Opened, Start, Wanted, checked_name, checked_resume, disabled, opened
from reportgen.log.processes import ranks
from reportgen.log.processes.attached import Packed
from reportgen.log.processes.process import Process
from reportgen.log.processes.ranks import Rank
from reportgen.log.run import Run
from reportgen.log.values import config as configs
from reportgen.log.values.config import Config
from reportgen.media import tensors
from reportgen.rundir import leftovers
from reportgen.rundir.writer import unwritable

if TYPE_CHECKING:
    from reportgen.rundir.metrics import Definition

Mode = Literal["online", "offline", "disabled", "dryrun"]
Resume = bool | Literal["allow", "must", "never", "auto"]
Reinit = bool | Literal["default", "finish_previous", "return_previous", "create_new"]
Ranks = Literal["zero", "all", "each"]

_REINITS: Final = (None, True, False, "default", "finish_previous", "return_previous", "create_new")
_RANKS: Final = (None, "zero", "all", "each")
_WANDB: Final = "magic resume_from fork_from"
"""Keywords of W&B without a meaning here."""
_INDEPENDENT: Final = (
    "task 0 of this SLURM step logs, its {} tasks are taken as the ranks of one training; if they are trainings of "
    'their own: init(ranks="each") or REPORTGEN_RANKS=each'
)


_process: Final = Process()


class Asked(NamedTuple):
    """The arguments of `init`, as they were given."""

    project: str | None
    name: str | None
    id: str | None
    dir: str | os.PathLike[str] | None
    config: Any
    described: Mapping[str, Any]
    resume: Resume | None
    mode: Mode | None
    reinit: Reinit | None
    system_metrics: bool | float
    seeds: int | Mapping[str, int] | None
    strict: bool
    ranks: Ranks | None
    others: Mapping[str, Any]


def init(
    project: str | None = None,
    name: str | None = None,
    id: str | None = None,
    dir: str | os.PathLike[str] | None = None,
    config: Any = None,
    group: str | None = None,
    job_type: str | None = None,
    tags: Sequence[str] | str | None = None,
    notes: str | None = None,
    resume: Resume | None = None,
    mode: Mode | None = None,
    reinit: Reinit | None = None,
    system_metrics: bool | float = True,
    seeds: int | Mapping[str, int] | None = None,
    strict: bool = False,
    ranks: Ranks | None = None,
    **others: Any,
) -> Run:
    """Begin a run in the folder `<dir>/<project>/<id>`. While one is open, it is returned, unless `id` is another.

    In a notebook the open run is finished first, unless `id` is its own: a cell that is run again begins a new run.
    Arguments that are not given come from the environment: `REPORTGEN_PROJECT`, else `WANDB_PROJECT`; `…_NAME`,
    `…_RUN_ID` (once per process), `…_DIR`, `…_RUN_GROUP`, `…_JOB_TYPE`, `…_TAGS`, `…_NOTES`, `…_RESUME`, `…_MODE`.

    The run ends with the process, if not before. Its exit code is that of an uncaught exception or of `sys.exit`;
    after `raise SystemExit(...)` without `sys.exit` it is unknown, and the run counts as finished.

    Args:
        project: A folder of runs. Default "uncategorized".
        name: What reports call the run. Default: its id.
        id: Name of the run directory. Default: the name, or the time, and six random characters.
        dir: Folder of all projects. Default "runs".
        config: Hyperparameters: a mapping, `argparse.Namespace`, dataclass, or the path of a YAML file.
        group: Runs of a group belong together, such as the seeds of one setting.
        job_type: The kind of work: "train", "eval".
        tags: Words to find the run by.
        notes: A description, in Markdown.
        resume: "must" continues the run `id`, "allow" or True if it is there; "never" or None is an error then.
            "auto", or True without `id`: the newest of the project (and `name`) that crashed or failed.
        mode: "disabled" stores nothing. "online", "offline" (default): both the same.
        reinit: While a run is open: True finishes it first, "return_previous" returns it, "create_new" leaves it open
            and current.
        system_metrics: Sample the machine every 5 seconds, or as many as this number says. False: not at all.
        seeds: Random seeds, by name or as one number, for the record. They are not set.
        strict: Raise when the disk fails. By default training goes on, and the run says that it is incomplete.
        ranks: Of the processes of a distributed training, which log: "zero" (default, or `REPORTGEN_RANKS`): rank 0,
            the others get a run that stores nothing. "all": each writes its rows into a file of its own in the same
            run. "each": every process begins a run of its own.
        **others: `config_include_keys`, `config_exclude_keys`; `allow_val_change`: True lets config values change later
            without a word, as in notebooks; with False, `config` may not differ from a continued run's. Of W&B:
            `sync_tensorboard`, `monitor_gym`, `save_code`, `settings`, `entity`; a warning names others that have no
            effect here (RG113).

    Raises:
        UsageError: (RG118) No folder can have such a name. (RG121) A run with this id is there, or (RG122) is
            not. (RG361) Another process writes it. (RG125) The config of a continued run would change. (RG134, RG135)
            A rank finds no run of rank 0.
        InputTypeError: (RG126) `config` is no mapping. (RG132) Another argument has a wrong type.
        InputValueError: (RG127) A YAML file is broken. (RG130) An argument has an unknown value.
        WriteError: (RG362) The folder cannot be written.
    """
    texts = {"group": group, "job_type": job_type, "notes": notes}
    described = {"tags": _words(tags)} | {key: None if text is None else str(text) for key, text in texts.items()}
    asked = (project, name, id, dir, config, described, resume, mode, reinit, system_metrics, seeds, strict, ranks)
    remaining = dict(others)
    wishes = wished(remaining)
    run = _begin(_completed(wishes.heeded(Asked(*asked, remaining))))
    wishes.carry_out(run)
    return run


def _begin(asked: Asked) -> Run:
    _check("reinit", asked.reinit, _REINITS)
    storing = _check("mode", asked.mode or variables.mode() or "offline", variables.MODES) != "disabled"
    which = _check("ranks", asked.ranks or os.environ.get("REPORTGEN_RANKS") or "zero", _RANKS)
    rank = ranks.here() if storing and which != "each" else None
    if rank is not None and rank.rank and which == "zero":
        storing = False
    sampling = _seconds(asked.system_metrics)
    others = dict(asked.others)
    changeable = others.pop("allow_val_change", None) is not False
    include, exclude = others.pop("config_include_keys", None), others.pop("config_exclude_keys", None)
    values = configs.plain(asked.config, include=include or (), exclude=exclude or ())
    _tell_useless(others)
    known = _process.current if _process.current in _process.runs else None
    seeds = _seeds(asked.seeds)
    if known is not None and asked.reinit != "create_new" and asked.id in (None, known.id):
        if asked.reinit in (True, "finish_previous") or _begins_anew(asked):
            known.finish()
            known = None
        elif storing or known.disabled:
            return _returned(known, values, asked, changeable=changeable)
    wanted = Wanted(
        root=variables.root(asked.dir),
        project=checked_name("the project", PROJECT if asked.project in (None, "") else asked.project),
        id=checked_name("the id", asked.id) if asked.id is not None else "",
        name=None if asked.name is None else str(asked.name),
        described=asked.described,
        seeds=seeds,
        resume=checked_resume(asked.resume, asked.id or ""),
        launch=rank.launch if rank is not None and which == "all" else "",
        ranks=rank.size if rank is not None and which == "all" else 1,
    )
    if rank is not None and which == "zero" and rank.rank == 1 and not rank.sure:
        say(_INDEPENDENT.format(rank.size))
    place, kind, sampling = _place(wanted, rank, storing=storing, sampling=sampling)
    try:
        if not changeable:
            Config(place.config, _nothing).update(values)
        run = kind(place, {**place.config, **values}, strict=asked.strict, sampling=sampling, on_finish=_process.remove)
    except BaseException as fault:
        if place.writer is not None:
            place.writer.close()
            if place.made:
                leftovers.withdraw(place.folder)
        if isinstance(fault, OSError) and not isinstance(fault, ReportgenError):
            raise unwritable(place.folder, fault) from fault
        raise
    # Who goes on with a run may give other values, as he may in `init(config=...)`.
    if asked.others.get("allow_val_change") or _in_notebook() or (run.resumed and changeable):
        run.config._allow_changes()
    _process.add(run, current=known is None or asked.reinit != "create_new")
    return run


def _place(wanted: Wanted, rank: Rank | None, *, storing: bool, sampling: float) -> tuple[Opened, type[Run], float]:
    """Where the rows of this process go, the class of its run, and the seconds between samples of its machine."""
    if not storing:
        from reportgen.log.disabled import DisabledRun

        return disabled(wanted), DisabledRun, 0.0
    if rank is None or not rank.rank:
        return opened(wanted), Run, sampling
    from reportgen.log.processes.joining import joined

    # One process per machine takes samples; that of rank 0 has its own.
    return joined(wanted, rank), Run, sampling if rank.local == 0 else 0.0


def _completed(asked: Asked) -> Asked:
    """With what the environment says where the call says nothing."""
    known = _process.current.id if _process.current in _process.runs and _process.current is not None else None
    id = asked.id
    if id is None and (given := variables.variable("RUN_ID")) is not None:
        id = given if given == known or given not in _process.ids else None
    described = dict(asked.described)
    for name, variable in (("group", "RUN_GROUP"), ("job_type", "JOB_TYPE"), ("notes", "NOTES")):
        if described[name] is None:
            described[name] = variables.variable(variable)
    if described["tags"] is None:
        described["tags"] = variables.tags()
    return asked._replace(
        project=asked.project if asked.project is not None else variables.variable("PROJECT"),
        name=asked.name if asked.name is not None else variables.variable("NAME"),
        id=id,
        described=described,
        resume=asked.resume if asked.resume is not None else cast("Resume | None", variables.resume()),
    )


def _begins_anew(asked: Asked) -> bool:
    """Whether `init` finishes the open run because a cell of a notebook calls it once more."""
    return asked.reinit in (None, "default") and asked.id is None and _in_notebook()


def _in_notebook() -> bool:
    if "IPython" not in sys.modules:
        return False
    from reportgen.log.hooks import notebook

    return notebook.is_here()


def attached(packed: Packed) -> Run:
    """The run that another process has sent: this process's own where it has it. See `attached.unpacked`."""
    for run in (*_process.runs, *_process.attached, *([_process.current] if _process.current else [])):
        if str(run.path) == packed.folder and run.disabled == (packed.closed == "disabled"):
            return run
    runtime = packed.runtime + max(0.0, time.time() - packed.when)
    start = Start(step=packed.step, runtime=runtime, summary=packed.summary, resumed=packed.resumed)
    place = Opened(Path(packed.folder), None, Manifest(packed.values, None), packed.config, start)
    kind = Run
    if packed.closed == "disabled":
        from reportgen.log.disabled import DisabledRun

        kind = DisabledRun
    run = kind(place, packed.config, strict=packed.strict, on_finish=_process.remove)
    if not run.disabled or packed.closed != "disabled":
        run.settle_as(packed.closed)
    _process.attach(run)
    return run


def log(data: Mapping[str, Any] | None = None, step: int | None = None, commit: bool | None = None) -> None:
    """Store values in the current run. See `Run.log`.

    Raises:
        UsageError: (RG101) There is no run yet. (RG102) It is finished.
    """
    _current("log").log(data, step, commit)


def define_metric(
    name: str,
    step_metric: str | Definition | None = None,
    step_sync: bool | None = None,
    hidden: bool | None = None,
    summary: str | None = None,
    goal: str | None = None,
    overwrite: bool | None = None,
    **others: Any,
) -> Definition:
    """Say what charts and summary are to make of a metric of the current run. See `Run.define_metric`.

    Raises:
        UsageError: (RG101) There is no run yet. (RG102) It is finished.
    """
    run = _current("define_metric")
    return run.define_metric(name, step_metric, step_sync, hidden, summary, goal, overwrite, **others)


def finish(exit_code: int | None = None, quiet: bool | None = None) -> None:
    """Finish the current run, if there is one. See `Run.finish`."""
    if _process.current is not None:
        _process.current.finish(exit_code, quiet)


def open_run(use: str) -> Run:
    """The run that is open.

    Args:
        use: What it is wanted for, for the message.

    Raises:
        UsageError: (RG101) There is none yet. (RG102) It is finished.
    """
    return _current(use)


def open_writer() -> Any:
    """What stores the files of the open run; None when none is open, or it stores nothing."""
    run = _process.current
    return None if run is None or run.state != "running" else run._writer


def of_run(name: str) -> Any:
    """A method of `Run` as a function that acts on the current one: `reportgen.watch(model)`.

    Args:
        name: The method's name.
    """
    method = getattr(Run, name)

    @functools.wraps(method, assigned=("__doc__", "__name__", "__annotations__"))
    def call(*arguments: Any, **options: Any) -> Any:
        return getattr(_current(name), name)(*arguments, **options)

    call.__qualname__ = name
    return call


def present(name: str) -> Any:
    """What a name of `reportgen` means at this moment.

    Args:
        name: "run": the run that was opened last and is not finished, or None. "config" and "summary": those of
            this run, or before `init` a stand-in that becomes them.
    """
    if name == "run":
        return _process.current
    return getattr(_process.current, name) if _process.current is not None else Ahead(name)


def _current(use: str) -> Run:
    run = _process.current
    if run is None and _process.ended:
        raise UsageError(
            "RG102",
            f"reportgen.{use} was used after the run {_process.ended} was finished",
            remedy='Use it before finish(), begin another run, or continue it with init(id=..., resume="must")',
        )
    if run is None:
        raise UsageError(
            "RG101", f"reportgen.{use} was used before init()", remedy="Call reportgen.init(project=...) first"
        )
    return run


class Ahead:
    """What `from reportgen import config` gives ahead of `init`: it is the current run's, once there is one."""

    def __init__(self, use: str) -> None:
        object.__setattr__(self, "_use", use)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # so that tools can look at the module
            raise AttributeError(name)
        return getattr(self._real(), name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._real(), name, value)

    def __getitem__(self, key: str) -> Any:
        return self._real()[key]

    def __setitem__(self, key: str, value: object) -> None:
        self._real()[key] = value

    def __delitem__(self, key: str) -> None:
        del self._real()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._real())

    def __len__(self) -> int:
        return len(self._real())

    def __contains__(self, key: object) -> bool:
        return key in self._real()

    def _real(self) -> Any:
        use: str = object.__getattribute__(self, "_use")
        return getattr(_current(use), use)


def _returned(run: Run, values: Mapping[str, Any], asked: Asked, *, changeable: bool) -> Run:
    """The open run again. What was asked for besides is not dropped without a word."""
    wishes = {"project": asked.project, "name": asked.name, **asked.described}
    there = {what: getattr(run, what) for what in wishes} | {"tags": list(run.tags)}
    other = [f"{what}={wish!r}" for what, wish in wishes.items() if wish is not None and wish != there[what]]
    if asked.dir is not None and variables.root(asked.dir) != run.path.parent.parent:
        other.append(f"dir={os.fspath(asked.dir)!r}")
    if asked.resume not in (None, False, "never") and asked.id is None:
        other.append(f"resume={asked.resume!r}")
    if asked.mode not in (None, "disabled") and run.disabled:
        other.append(f"mode={asked.mode!r}")
    if asked.system_metrics is not True and _seconds(asked.system_metrics) != run.sampling:
        other.append(f"system_metrics={asked.system_metrics!r}")
    if asked.seeds is not None and not _seeds(asked.seeds).items() <= run.seeds.items():
        other.append(f"seeds={asked.seeds!r}")
    if asked.strict and not run.strict:
        other.append("strict=True")
    if other:
        warn(
            "RG131",
            f"init was called while the run {run.name} is open, and returned it; {', '.join(other)} had no effect",
            remedy="Finish it first, or use reinit=True",
        )
    run.config.update(values, allow_val_change=changeable)
    return run


def _check(what: str, value: Any, known: Iterable[Any]) -> Any:
    if not any(value is choice or (isinstance(choice, str) and value == choice) for choice in known):
        words = ", ".join(repr(choice) for choice in known if isinstance(choice, str))
        raise InputValueError("RG130", f"{what}={value!r} is unknown", remedy=f"Use one of {words}")
    return value


def _nothing() -> None:
    """What a configuration that is only asked does when it changes."""


def _words(tags: Sequence[str] | str | None) -> list[str] | None:
    if tags is None:
        return None
    if not isinstance(tags, Iterable):
        raise InputTypeError("RG132", f"tags is {tensors.named(tags)}, not words", remedy='Write tags=["a", "b"]')
    return [tags] if isinstance(tags, str) else [str(tag) for tag in tags]


def _seeds(seeds: int | Mapping[str, int] | None) -> dict[str, Any]:
    """Seeds by name; a bare number is called "seed"."""
    if seeds is None:
        return {}
    if isinstance(seeds, Mapping):
        return configs.plain(seeds)
    try:
        return {"seed": operator.index(seeds)}
    except TypeError:
        raise InputTypeError(
            "RG132",
            f"seeds is {tensors.named(seeds)}, neither a whole number nor a mapping: {seeds!r}",
            remedy='Write seeds=7 or seeds={"numpy": 7}',
        ) from None


def _seconds(system_metrics: bool | float) -> float:
    """Seconds between samples; 0 for none."""
    if isinstance(system_metrics, bool) or system_metrics is None:
        return SECONDS if system_metrics else 0.0
    if not isinstance(system_metrics, (int, float)) or not 0 <= system_metrics < float("inf"):
        raise InputValueError(
            "RG130", f"system_metrics={system_metrics!r} is unknown", remedy="Use True, False or seconds"
        )
    return float(system_metrics)


def _tell_useless(others: Mapping[str, Any]) -> None:
    """One warning about keywords that do nothing here; those that ask for nothing are not mentioned."""
    useless = [name for name, value in others.items() if value not in (None, False, "", ())]
    if not useless:
        return
    import difflib  # only a typing error needs it

    ours = init.__code__.co_varnames[: init.__code__.co_argcount]
    guesses = {name: difflib.get_close_matches(name, ours, 1) for name in useless if name not in _WANDB.split()}
    meant = [f"{name} (did you mean {guess[0]}?)" for name, guess in guesses.items() if guess]
    named = [name for name in useless if not guesses.get(name)]
    warn("RG113", f"init: no effect in a local run: {', '.join(meant + named)}")
