"""`init`, and `log` and `finish` with no run in hand. Holds the project's only global: what this process has open."""

from __future__ import annotations

import atexit
import operator
import os
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Final, Literal, NamedTuple, NoReturn

from reportgen.errors import InputTypeError, InputValueError, ReportgenError, UsageError
from reportgen.log import config as configs
from reportgen.log.background import SECONDS
from reportgen.log.config import Config
from reportgen.log.ending import UnknownExit
from reportgen.log.notice import warn
from reportgen.log.opening import PROJECT, Wanted, checked_name, checked_resume, disabled, opened
from reportgen.log.run import Run
from reportgen.media import tensors
from reportgen.rundir.writer import unwritable

ROOT: Final = "runs"
"""The folder of all projects, unless `dir` or the environment variable `REPORTGEN_DIR` names another."""

Mode = Literal["online", "offline", "disabled", "dryrun"]
Resume = bool | Literal["allow", "must", "never", "auto"]
Reinit = bool | Literal["default", "finish_previous", "return_previous", "create_new"]

_MODES: Final = ("online", "offline", "disabled", "dryrun")
_REINITS: Final = (None, True, False, "default", "finish_previous", "return_previous", "create_new")
_WANDB: Final = (
    "entity settings save_code sync_tensorboard tensorboard monitor_gym magic anonymous force resume_from fork_from"
)
"""Keywords of W&B without a meaning here."""


class Process:
    """What this process has open, and how it notices its end.

    Attributes:
        current: The run that `log` and `finish` mean; it may be finished.
        runs: All open runs, the latest last.
        ended: Name of the run that was current last, and is finished; "" when there was none.
    """

    def __init__(self) -> None:
        self.current: Run | None = None
        self.runs: list[Run] = []
        self.ended = ""
        self._hooked = False
        self._main: FrameType | None = None
        self._exit: SystemExit | None = None
        self._shown = False

    def add(self, run: Run, *, current: bool) -> None:
        """A run was opened.

        Args:
            run: The run.
            current: It becomes the current one.
        """
        self.runs.append(run)
        if current:
            self.current = run
        if not self._hooked:
            self._hooked = True
            self._hook()

    def remove(self, run: Run) -> None:
        """A run has ended."""
        if run in self.runs:
            self.runs.remove(run)
        if self.current is run:
            self.current = self.runs[-1] if self.runs else None
            self.ended = run.name

    def _hook(self) -> None:
        """Learn how the process ends, and when it is forked. Each hook calls the one that it found."""
        self._main = _main_frame()
        atexit.register(self._end)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forked)
        show, leave = sys.excepthook, sys.exit

        def failed(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
            self._shown = True
            self._fail(fault)
            show(kind, fault, trace)

        def exited(status: Any = None, /) -> NoReturn:
            # The code of an exit reaches neither `excepthook` nor `atexit`. Whether this is one, `_ending` sees.
            if threading.current_thread() is threading.main_thread():
                self._exit = SystemExit(status)
            leave(status)

        sys.excepthook, sys.exit = failed, exited

    def _fail(self, fault: BaseException) -> None:
        for run in list(self.runs):
            run.fail(fault)

    def _end(self) -> None:
        fault = self._ending()
        for run in list(self.runs):
            if fault is not None:
                run.fail(fault)
            run.finish()

    def _ending(self) -> BaseException | None:
        """The exception that ended the script, unless `excepthook` has told already; None when it ran to its end.

        A `SystemExit` that is raised by hand is gone by now, and its code with it: it is known that there was one.
        """
        if self._shown or self._main is None or _returned_from(self._main):
            return None
        last: BaseException | None = getattr(sys, "last_value", None)  # whoever has replaced `excepthook` since
        return last or self._exit or UnknownExit()

    def _forked(self) -> None:
        for run in self.runs:
            run.leave_to_parent()
        self.runs = []
        self._main, self._exit = _main_frame(), None


def _main_frame() -> FrameType | None:
    """The outermost frame of the main thread. It can be asked how it ended after it did."""
    frame = sys._current_frames().get(threading.main_thread().ident or 0)
    while frame is not None and frame.f_back is not None:
        frame = frame.f_back
    return frame


def _returned_from(frame: FrameType) -> bool:
    """Whether a frame that has ended returned, instead of letting an exception through."""
    from opcode import opname  # only the end of a process needs it

    return opname[frame.f_code.co_code[frame.f_lasti]].startswith("RETURN")


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
    **others: Any,
) -> Run:
    """Begin a run in the folder `<dir>/<project>/<id>`. While one is open, it is returned, unless `id` is another.

    The run ends with the process, if not before. Its exit code is that of an uncaught exception or of `sys.exit`;
    after `raise SystemExit(...)` without `sys.exit` it is unknown, and the run counts as finished.

    Args:
        project: A folder of runs. Default "uncategorized".
        name: What reports call the run. Default: its id.
        id: Name of the run directory. Default: the name, or the time, and six random characters.
        dir: Folder of all projects. Default: the environment variable `REPORTGEN_DIR`, or "runs".
        config: Hyperparameters: a mapping, `argparse.Namespace`, dataclass, or the path of a YAML file.
        group: Runs of a group belong together, such as the seeds of one setting.
        job_type: The kind of work: "train", "eval".
        tags: Words to find the run by.
        notes: A description, in Markdown.
        resume: "must" continues the run `id`, "allow" or True if it is there; "never" or None is an error then.
            "auto", or True without `id`: the newest of the project (and `name`) that crashed or failed.
        mode: "disabled" stores nothing. "online", "offline" (default, or `REPORTGEN_MODE`): both the same.
        reinit: While a run is open: True finishes it first, "create_new" leaves it open and current.
        system_metrics: Sample the machine every 5 seconds, or as many as this number says. False: not at all.
        seeds: Random seeds, by name or as one number, for the record. They are not set.
        strict: Raise when the disk fails. By default training goes on, and the run says that it is incomplete.
        **others: `config_include_keys`, `config_exclude_keys`; `allow_val_change=False`, so that `config` may not
            differ from a continued run's. A warning names keywords of W&B that have no effect here (RG113).

    Raises:
        UsageError: (RG118) No folder can have such a name. (RG121) A run with this id is there, or (RG122) is
            not. (RG361) Another process writes it. (RG125) The config of a continued run would change.
        InputTypeError: (RG126) `config` is no mapping. (RG132) Another argument has a wrong type.
        InputValueError: (RG127) A YAML file is broken. (RG130) An argument has an unknown value.
        WriteError: (RG362) The folder cannot be written.
    """
    texts = {"group": group, "job_type": job_type, "notes": notes}
    described = {"tags": _words(tags)} | {key: None if text is None else str(text) for key, text in texts.items()}
    asked = (project, name, id, dir, config, described, resume, mode, reinit, system_metrics, seeds, strict, others)
    return _begin(Asked(*asked))


def _begin(asked: Asked) -> Run:
    _check("reinit", asked.reinit, _REINITS)
    mode = asked.mode or os.environ.get("REPORTGEN_MODE") or "offline"
    storing = _check("mode", mode, _MODES) != "disabled"
    sampling = _seconds(asked.system_metrics)
    others = dict(asked.others)
    changeable = others.pop("allow_val_change", None) is not False
    include, exclude = others.pop("config_include_keys", None), others.pop("config_exclude_keys", None)
    values = configs.plain(asked.config, include=include or (), exclude=exclude or ())
    _tell_useless(others)
    known = _process.current if _process.current in _process.runs else None
    seeds = _seeds(asked.seeds)
    if known is not None and asked.reinit != "create_new" and asked.id in (None, known.id):
        if asked.reinit in (True, "finish_previous"):
            known.finish()
            known = None
        elif storing or known.disabled:
            return _returned(known, values, asked, changeable=changeable)
    wanted = Wanted(
        root=_root(asked.dir),
        project=checked_name("the project", PROJECT if asked.project in (None, "") else asked.project),
        id=checked_name("the id", asked.id) if asked.id is not None else "",
        name=None if asked.name is None else str(asked.name),
        described=asked.described,
        seeds=seeds,
        resume=checked_resume(asked.resume, asked.id or ""),
    )
    place = opened(wanted) if storing else disabled(wanted)
    try:
        if not changeable:
            Config(place.config, _nothing).update(values)
        run = Run(place, {**place.config, **values}, strict=asked.strict, sampling=sampling, on_finish=_process.remove)
    except BaseException as fault:
        if place.writer is not None:
            place.writer.close()
        if isinstance(fault, OSError) and not isinstance(fault, ReportgenError):
            raise unwritable(place.folder, fault) from fault
        raise
    _process.add(run, current=known is None or asked.reinit != "create_new")
    return run


def log(data: Mapping[str, Any] | None = None, step: int | None = None, commit: bool | None = None) -> None:
    """Store values in the current run. See `Run.log`.

    Raises:
        UsageError: (RG101) There is no run yet. (RG102) It is finished.
    """
    _current("log").log(data, step, commit)


def finish(exit_code: int | None = None) -> None:
    """Finish the current run, if there is one. See `Run.finish`."""
    if _process.current is not None:
        _process.current.finish(exit_code)


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
    if asked.dir is not None and _root(asked.dir) != run.path.parent.parent:
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


def _root(dir: str | os.PathLike[str] | None) -> Path:
    """The folder of all projects, absolute."""
    return Path(dir or os.environ.get("REPORTGEN_DIR") or ROOT).expanduser().absolute()


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
