"""reportgen: log like W&B, get a file.

    import reportgen as rg

    with rg.init(project="digits", config={"lr": 1e-3}) as run:
        run.log({"loss": 0.5})

    # reportgen build runs -o site

Names are loaded when they are first used, so importing this package costs next to nothing.
"""

import sys
from types import ModuleType

__version__ = "0.1.0"

TYPE_CHECKING = False  # `typing` takes longer to load than all of this
if TYPE_CHECKING:
    from typing import Any

    from reportgen.errors import ReportgenError
    from reportgen.log.alerts import AlertLevel
    from reportgen.log.current import define_metric, finish, init, log
    from reportgen.log.files.artifact import Artifact
    from reportgen.log.notice import ReportgenWarning
    from reportgen.log.run import Run
    from reportgen.log.values.config import Config
    from reportgen.log.values.summary import Summary
    from reportgen.media.classes import Classes
    from reportgen.media.figure import Bokeh, Figure, Plotly
    from reportgen.media.histogram import Histogram
    from reportgen.media.image import Image
    from reportgen.media.table import Table
    from reportgen.rundir.reader import read_run

    config: Config
    run: Run | None
    summary: Summary
    alert: Any
    link_artifact: Any
    log_artifact: Any
    log_code: Any
    login: Any
    save: Any
    unwatch: Any
    use_artifact: Any
    watch: Any

__all__ = [
    "AlertLevel",
    "Artifact",
    "Bokeh",
    "Classes",
    "Config",
    "Figure",
    "Histogram",
    "Image",
    "Plotly",
    "ReportgenError",
    "ReportgenWarning",
    "Run",
    "Summary",
    "Table",
    "alert",
    "config",
    "define_metric",
    "finish",
    "init",
    "link_artifact",
    "log",
    "log_artifact",
    "log_code",
    "login",
    "read_run",
    "run",
    "save",
    "summary",
    "unwatch",
    "use_artifact",
    "watch",
]

_PLACES = {
    "Config": "reportgen.log.values.config",
    "Bokeh": "reportgen.media.figure",
    "Classes": "reportgen.media.classes",
    "Figure": "reportgen.media.figure",
    "Histogram": "reportgen.media.histogram",
    "Image": "reportgen.media.image",
    "Plotly": "reportgen.media.figure",
    "Table": "reportgen.media.table",
    "ReportgenError": "reportgen.errors",
    "ReportgenWarning": "reportgen.log.notice",
    "Run": "reportgen.log.run",
    "Summary": "reportgen.log.values.summary",
    "define_metric": "reportgen.log.current",
    "AlertLevel": "reportgen.log.alerts",
    "Artifact": "reportgen.log.files.artifact",
    "CommError": "reportgen.errors",
    "Error": "reportgen.errors",
    "UsageError": "reportgen.errors",
    "finish": "reportgen.log.current",
    "init": "reportgen.log.current",
    "plot_table": "reportgen.plot.chart",
    "read_run": "reportgen.rundir.reader",
}
"""Where each name lives."""

_WANDB = "Audio Graph Html JoinedTable Molecule Object3D PartitionedTable Video box3d"
"""What W&B has besides, and this version has not."""

_CALLS = (
    "alert finish_artifact link_artifact link_model log_artifact log_code log_model mark_preempting restore save "
    "unwatch upsert_artifact use_artifact use_model watch"
)
"""Methods of the current run that are functions too."""

_STAND_INS = (
    "Settings ensure_configured generate_id join login require setup teardown termerror termlog termwarn visualize"
)
"""What scripts written for W&B call, and what needs little or nothing here."""

_UNAVAILABLE = "Api InternalApi PublicApi agent controller launch launch_add sweep sync"
"""What needs a server: such a name is there, and says so when it is called."""

_SUBMODULES = (
    "apis data_types errors gym helper integration keras lightgbm plot plots sb3 sdk sklearn tensorboard util "
    "wandb_run wandb_sdk xgboost"
    " catboost diffusers env fastai langchain metaflow openai prodigy sacred spacy torch ultralytics"
)
"""Submodules of W&B that mean something here; those of the second line say that they do not."""


class _Public(ModuleType):
    """Makes `reportgen.config = {"lr": 0.1}` mean the run's configuration."""

    def __setattr__(self, name: str, value: object) -> None:
        if name in ("config", "run", "summary"):
            from reportgen.log.compat.wishes import assigned

            assigned(self, name, value)
        else:
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Public


def __getattr__(name: str) -> object:
    from reportgen.kinds import load

    if name in _PLACES:
        value: object = load(f"{_PLACES[name]}:{name}")
        globals()[name] = value
        return value
    if name in ("config", "run", "summary"):  # they mean something else after each `init`
        return load("reportgen.log.current:present")(name)
    if name == "log":  # a package that can be called; it says why
        load("reportgen.log.current:log")
        return globals()["log"]
    if name in _CALLS.split():
        globals()[name] = load("reportgen.log.current:of_run")(name)
        return globals()[name]
    if name in _STAND_INS.split():
        globals()[name] = load(f"reportgen.log.compat.stand_ins:{name}")
        return globals()[name]
    if name in _UNAVAILABLE.split():
        globals()[name] = load("reportgen.log.compat.stand_ins:unavailable")(name)
        return globals()[name]
    if name in _SUBMODULES.split():
        return load("reportgen.submodules:attribute")(name)
    if name in _WANDB.split():
        from reportgen.errors import InputAttributeError

        remedy = "Leave it out, or guard it with hasattr(reportgen, ...)"
        raise InputAttributeError("RG133", f"this version has no reportgen.{name}", remedy=remedy)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
