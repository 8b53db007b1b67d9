"""reportgen: log like W&B, get a file.

    import reportgen as rg

    with rg.init(project="digits", config={"lr": 1e-3}) as run:
        run.log({"loss": 0.5})

    # reportgen build runs -o site

Names are loaded when they are first used, so importing this package costs next to nothing.
"""

__version__ = "0.1.0"

TYPE_CHECKING = False  # `typing` takes longer to load than all of this
if TYPE_CHECKING:
    from reportgen.errors import ReportgenError
    from reportgen.log.config import Config
    from reportgen.log.current import finish, init, log
    from reportgen.log.notice import ReportgenWarning
    from reportgen.log.run import Run
    from reportgen.log.summary import Summary
    from reportgen.media.image import Image
    from reportgen.rundir.reader import read_run

    config: Config
    run: Run | None
    summary: Summary

__all__ = [
    "Config",
    "Image",
    "ReportgenError",
    "ReportgenWarning",
    "Run",
    "Summary",
    "config",
    "finish",
    "init",
    "log",
    "read_run",
    "run",
    "summary",
]

_PLACES = {
    "Config": "reportgen.log.config",
    "Image": "reportgen.media.image",
    "ReportgenError": "reportgen.errors",
    "ReportgenWarning": "reportgen.log.notice",
    "Run": "reportgen.log.run",
    "Summary": "reportgen.log.summary",
    "finish": "reportgen.log.current",
    "init": "reportgen.log.current",
    "read_run": "reportgen.rundir.reader",
}
"""Where each name lives."""

_WANDB = (
    "Api Artifact Audio Graph Histogram Html Molecule Object3D Plotly Settings Table Video agent alert define_metric "
    "link_artifact log_artifact login plot restore save setup sweep unwatch use_artifact watch"
)
"""What W&B has besides."""


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
    if name in _WANDB.split():
        from reportgen.errors import InputAttributeError

        remedy = "Leave it out, or guard it with hasattr(reportgen, ...)"
        raise InputAttributeError("RG133", f"this version has no reportgen.{name}", remedy=remedy)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
