"""The command line: arguments to one call each."""

from __future__ import annotations

import argparse
import difflib
import os
import re
import sys
import traceback
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from reportgen import __version__
from reportgen.errors import Problem, ReportgenError, UsageError

if TYPE_CHECKING:
    from reportgen.site.build import BuildResult
    from reportgen.site.options import BuildOptions

DONE, WITH_ERRORS, USAGE, FAILED = 0, 1, 2, 3
EXIT_CODES = """exit codes:
  0  done
  1  done, but something in the input could not be shown or is wrong (listed)
  2  the command line or the options file is wrong
  3  nothing was made: the output cannot be used, or there is nothing to read
  130  interrupted"""

_NAMED = ("RG421",)
"""Errors of the builder that a word on the command line, or in the options file, brings about."""

_COMMANDS = ("build", "check", "ls", "run")


class _Parser(argparse.ArgumentParser):
    """Says what is wrong as every other error is said: in one line, with a code and the nearest name."""

    def error(self, message: str) -> NoReturn:
        """Called by argparse for everything that it does not understand."""
        command = self.prog.partition(" ")[2]
        options = [name for action in self._actions for name in action.option_strings if name.startswith("--")]
        names = options if command else list(_COMMANDS)
        wrong = re.search(r"(?:unrecognized arguments: |argument COMMAND: invalid choice: ')([^\s'=]+)", message)
        near = difflib.get_close_matches(wrong[1], names, n=1) if wrong else []
        if wrong:
            message = f"unknown {'option or argument' if command else 'command'} {wrong[1]!r}"
        remedy = f"Did you mean {near[0]!r}?" if near else f"See {self.prog} --help"
        raise UsageError("RG523", message, remedy=remedy)

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse, but what is left over is a mistake of the command's own parser, which knows its options."""
        given, rest = self.parse_known_args(args, namespace)
        if rest:
            given.parser.error(f"unrecognized arguments: {rest[0]}")
        return given


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code (see `EXIT_CODES`).

    Args:
        arguments: The words after `reportgen`; those of the process when None.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    if words[:1] == ["run"] and words[1:2] in (["-m"], ["-c"]):
        words.insert(1, "--")  # they are Python's
    try:
        given = _parser().parse_args(words)
        code = int(given.command(given))
        sys.stdout.flush()  # here, where a closed pipe is handled, rather than at the interpreter's end
        return code
    except ReportgenError as fault:
        if debug:
            traceback.print_exc()
        print(f"reportgen: {fault}", file=sys.stderr)
        usage = isinstance(fault, UsageError) or fault.code.startswith("RG5") or fault.code in _NAMED
        return USAGE if usage else FAILED
    except KeyboardInterrupt:
        print("reportgen: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # whoever read our output has seen enough; without this, Python complains again at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as fault:
        if debug:
            traceback.print_exc()
        print(
            f"reportgen: RG490: {fault.strerror or fault} ({fault.filename or 'input or output'}). "
            "Name another place, or make this one readable and writable",
            file=sys.stderr,
        )
        return FAILED


def _parser() -> _Parser:
    parser = _Parser(
        prog="reportgen",
        description="Log like W&B, get a file: turn run directories into a self-contained HTML report.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"reportgen {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _build_parser(commands)
    _check_parser(commands)
    _ls_parser(commands)
    _run_parser(commands)
    return parser


def _command(commands: Any, name: str, text: str, function: Any, epilog: str = "") -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=text,
        description=text[0].upper() + text[1:] + ".",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--debug", action="store_true", help="on an error, print the whole traceback")
    parser.set_defaults(command=function, parser=parser)
    return parser


def _build_parser(commands: Any) -> None:
    parser = _command(
        commands,
        "build",
        "build a report from run directories",
        _build,
        "examples:\n"
        "  reportgen build runs -o site                          a folder: open site/index.html\n"
        "  reportgen build runs --single-file -o report.html     one file\n"
        "  reportgen build runs/digits/mlp-64-k3x9qa --theme paper\n\n"
        "Every option can stand in reportgen.yaml too, as in 'max_points: 5000'.\n\n" + EXIT_CODES,
    )
    parser.add_argument("runs", nargs="*", metavar="RUNS", help="run directories, or folders that hold them")
    parser.add_argument(
        "-o", "--output", metavar="PATH", help="folder to write (default: site), or the file (report.html)"
    )
    parser.add_argument(
        "--single-file", action=argparse.BooleanOptionalAction, help="write one .html file with everything in it"
    )
    parser.add_argument("--title", help="title of the report (default: the project's name)")
    parser.add_argument("--description", metavar="TEXT", help="opening paragraph, in Markdown")
    parser.add_argument("--theme", metavar="NAME", help="default, paper, or the path of a theme folder")
    parser.add_argument("--jobs", metavar="N", help="processes that work side by side; 0: one per core (default: 1)")
    parser.add_argument(
        "--max-points", metavar="N", help="points per line that a page carries at first (default: 2000)"
    )
    parser.add_argument("--max-rows", metavar="N", help="rows per table that a page carries (default: 10000)")
    parser.add_argument("--max-bytes", metavar="SIZE", help="warn when the report is larger (default: 100 MB)")
    parser.add_argument("--max-file", metavar="SIZE", help="largest saved file that is carried (default: 10 MB)")
    parser.add_argument(
        "--max-values", metavar="SIZE", help="pictures that a folder carries twice, for pixel values (default: 64 MB)"
    )
    parser.add_argument(
        "--open", action=argparse.BooleanOptionalAction, help="open the report in a browser when it is built"
    )
    parser.add_argument(
        "--config", metavar="FILE", help="options file (default: reportgen.yaml, when there is one here)"
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="print problems only")


def _check_parser(commands: Any) -> None:
    parser = _command(commands, "check", "say what is wrong with a run directory or a built site", _check, EXIT_CODES)
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="run directories, folders that hold them, or built sites"
    )


def _ls_parser(commands: Any) -> None:
    parser = _command(commands, "ls", "list the runs below some folders", _ls, EXIT_CODES)
    parser.add_argument("runs", nargs="*", default=["."], metavar="RUNS", help="folders to search (default: here)")


def _run_parser(commands: Any) -> None:
    parser = _command(
        commands,
        "run",
        "run a script that says 'import wandb', and log to reportgen instead",
        _run,
        "examples:\n"
        "  reportgen run train.py --epochs 3\n"
        "  reportgen run -m package.train\n"
        "  reportgen run torchrun --nproc-per-node 2 train.py\n\n"
        "It holds for the script and for the processes that it starts. The exit code is that of the script.",
    )
    parser.add_argument(
        "words", nargs=argparse.REMAINDER, metavar="SCRIPT ...", help="a Python script, -m MODULE, or a program"
    )


# ---- build


def _build(given: argparse.Namespace) -> int:
    from reportgen.site.build import build

    options = _options(given)
    if not options.runs:
        raise UsageError("RG520", "no runs to build from", remedy="Name a folder: reportgen build runs -o site")
    _checked_output(options)
    result = build(options.runs, options, bar=_bar(given))
    if not given.quiet:
        _say(result)
    _list(result.problems)
    if options.open:
        _open(result.path)
    return _code(result.problems)


def _options(given: argparse.Namespace) -> BuildOptions:
    """Defaults, then the options file, then the command line."""
    from dataclasses import fields

    from reportgen.site.options import FILE, BuildOptions, read_file

    options = BuildOptions()
    file = Path(given.config or FILE)
    if given.config or file.is_file():
        options = options.with_values(read_file(file), str(file))
    names = [f.name for f in fields(BuildOptions)]
    words = {name: value for name in names if (value := getattr(given, name, None)) not in (None, [])}
    return options.with_values(words, "command line")


def _checked_output(options: BuildOptions) -> None:
    """Refuse a name that says one delivery where the other was asked for: a double-click would fail."""
    is_page = Path(options.output).suffix.lower() in (".html", ".htm")
    if options.output and is_page != options.single_file:
        remedy = "Add --single-file, or name a folder" if is_page else "End it with .html, or add --no-single-file"
        what = "an .html name for a folder" if is_page else "the name of a single file does not end with .html"
        raise UsageError("RG521", what, where=options.output, remedy=remedy)


def _bar(given: argparse.Namespace) -> Any:
    """What shows progress: nothing unless a person watches."""
    if given.quiet or not sys.stderr.isatty():
        return None
    from tqdm import tqdm

    return partial(tqdm, file=sys.stderr, delay=0.5)


def _say(result: BuildResult) -> None:
    from reportgen.panels.numerals import plural, size

    print(
        f"{result.path}: {plural(result.pages, 'page')}, {plural(result.panels, 'panel')}, "
        f"{plural(result.files, 'file')}, {size(result.bytes)}, {result.seconds:.1f} s, "
        f"{plural(len(result.problems), 'problem')}"
    )


def _open(path: Path) -> None:
    import webbrowser

    webbrowser.open(path.resolve().as_uri())


# ---- check


def _check(given: argparse.Namespace) -> int:
    from reportgen.site.check import check

    problems: list[Problem] = []
    for path in given.paths:
        looked_at, found = check(Path(path))
        problems += found
        print(f"{path}: {looked_at}, {_counted(found)}")
    _list(problems)
    return _code(problems)


def _counted(problems: Sequence[Problem]) -> str:
    from reportgen.panels.numerals import plural

    return plural(len(problems), "problem") if problems else "nothing wrong"


# ---- ls


def _ls(given: argparse.Namespace) -> int:
    from reportgen.panels.numerals import duration, number
    from reportgen.rundir.reader import find_runs, read_run

    folders, problems = find_runs(given.runs)
    rows = [("RUN", "PROJECT", "STATE", "STEPS", "DURATION", "SUMMARY", "FOLDER")]
    for folder in folders:
        try:
            run = read_run(folder)
        except ReportgenError as fault:
            problems.append(fault.problem)
            continue
        seconds = run.info.duration
        numbers = _numbers(run.summary)
        rows.append(
            (
                run.info.name or run.info.id,
                run.info.project,
                run.info.state,
                f"{len(run.history.steps):,}",
                "" if seconds is None else duration(seconds),
                "  ".join(f"{key} {number(value)}" for key, value in numbers[:3]),
                str(folder),
            )
        )
    _print_table(rows)
    _list(problems)
    return FAILED if not folders else _code(problems)


def _numbers(summary: Mapping[str, Any]) -> list[tuple[str, float]]:
    return [
        (key, value)
        for key, value in summary.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and not key.startswith("_")
    ]


def _print_table(rows: Sequence[Sequence[str]]) -> None:
    if len(rows) == 1:
        return
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


# ---- run


def _run(given: argparse.Namespace) -> int:
    """Become the script, in an environment where `wandb` is reportgen."""
    words = given.words[1:] if given.words[:1] == ["--"] else given.words
    if not words:
        raise UsageError("RG522", "no script to run", remedy="Name one: reportgen run train.py")
    path = [str(Path(__file__).parent / "stand_in"), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(part for part in path if part)}
    command = [sys.executable, *words] if words[0] in ("-m", "-c") or words[0].endswith(".py") else words
    sys.stdout.flush()
    if os.name == "posix":
        os.execvpe(command[0], command, environment)  # no shell: the words are the user's own
    import subprocess

    return subprocess.run(command, env=environment, check=False).returncode


# ---- problems


def _list(problems: Iterable[Problem]) -> None:
    for problem in problems:
        print(f"{problem.severity}: {problem}", file=sys.stderr)


def _code(problems: Iterable[Problem]) -> int:
    return WITH_ERRORS if any(problem.severity == "error" for problem in problems) else DONE
