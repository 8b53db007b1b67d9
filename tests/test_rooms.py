"""The house keeps its order: who may import whom, what an import costs, how long things may get."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "reportgen"
THEMES = ROOT / "themes"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] != "themes")
SCRIPTS = sorted(path for path in THEMES.rglob("*.js") if "vendor" not in path.parts)
STYLES = sorted(THEMES.rglob("*.css"))
TEMPLATES = sorted(THEMES.rglob("*.html"))

LONGEST_FUNCTION = 60
LONGEST_FILE = 500
HEAVY = ("numpy", "jinja2", "yaml", "markdown", "plotly", "PIL", "rdkit")
NETWORK = {"socket", "socketserver", "ssl", "http", "urllib", "ftplib", "smtplib", "asyncio", "requests", "xmlrpc"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def each(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=name_of)


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(path: Path) -> Iterator[str]:
    """Every module that a file names in an import, at any depth."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


# ---- imports


def test_import_contracts() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@each(MODULES)
def test_modules_are_imported_by_name_in_three_places_only(path: Path) -> None:
    if path in (PACKAGE / "__init__.py", PACKAGE / "kinds.py", PACKAGE / "optional.py"):
        return
    calls = [ast.unparse(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    assert not [call for call in calls if call.endswith("import_module") or call == "__import__"]


@each([path for path in MODULES if path.relative_to(PACKAGE).parts[0] in ("log", "media", "rundir", "plot")])
def test_the_logger_names_no_network_module(path: Path) -> None:
    assert not NETWORK & {module.partition(".")[0] for module in imported(path)}


def heavy_modules_after(code: str, folder: Path) -> list[str]:
    probe = f"{code}\nimport sys, json\nprint(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", probe], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_import_loads_nothing_heavy(tmp_path: Path) -> None:
    assert heavy_modules_after("import reportgen", tmp_path) == []


def test_command_line_loads_nothing_heavy_to_say_its_version(tmp_path: Path) -> None:
    code = "import reportgen.cli\ntry: reportgen.cli.main(['--version'])\nexcept SystemExit: pass"
    assert heavy_modules_after(code, tmp_path) == []


def test_logging_numbers_loads_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import reportgen as rg\n"
        "with rg.init(project='p', config={'lr': 0.1}) as run:\n"
        "    run.log({'loss': 1})\n"
        "    run.log({'note': 'text', 'loss': 0.5})\n"
    )
    assert heavy_modules_after(code, tmp_path) == []


def test_a_whole_run_opens_no_socket(tmp_path: Path) -> None:
    code = """
import sys
events = []
sys.addaudithook(lambda event, args: events.append(event) if event.startswith(("socket.", "urllib.")) else None)
import reportgen as rg
import numpy as np
with rg.init(project="p", config={"lr": 0.1}, notes="x") as run:
    for step in range(50):
        run.log({"loss": 1 / (step + 1), "text": "t"})
    run.log({"image": rg.Image(np.zeros((4, 5), np.uint8))})
    run.summary["best"] = 1
own = list(events)
import socket
socket.socket().close()
print(own, "socket.__new__" in events)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[] True"  # the second word: the hook does see a socket


# ---- sizes and names


@each(MODULES + SCRIPTS)
def test_no_file_is_too_long(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@each(MODULES)
def test_no_function_is_too_long(path: Path) -> None:
    functions = [n for n in ast.walk(tree(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert {f.name: size for f in functions if (size := length(f)) > LONGEST_FUNCTION} == {}


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function, its docstring left out: explaining arguments well must not cost anything."""
    first = function.body[0]
    explained = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and first.end_lineno
    docstring = explained - first.lineno + 1 if explained else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - docstring


@each(SCRIPTS)
def test_no_script_function_is_too_long(path: Path) -> None:
    long = [
        f"{size} lines from line {first}"
        for first, size in script_functions(path.read_text(encoding="utf-8"))
        if size > LONGEST_FUNCTION
    ]
    assert long == []


TOKENS = re.compile(
    r"""//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`"""
    r"""|(?:(?<=[=(,:!&|?;\[{}\n])|(?<=return))\s*/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+/[a-z]*""",
    re.DOTALL,
)
"""What braces may hide in: comments, strings, regular expressions."""


def script_functions(text: str) -> Iterator[tuple[int, int]]:
    """First line and length of every function; lines of functions inside it count for those, not for it.

    A closure that holds a component's state and functions is what a class is elsewhere, and as long as it needs.
    """
    bare = TOKENS.sub(lambda found: "".join(c if c == "\n" else " " for c in found[0]), text)
    opened: list[tuple[int, bool, int]] = []  # place of the brace, whether it opens a function, lines of those inside
    for at, character in enumerate(bare):
        if character == "{":
            before = bare[:at].rstrip()
            opened.append((at, before.endswith("=>") or is_function_head(before), 0))
        elif character == "}":
            start, is_function, inside = opened.pop()
            lines = bare.count("\n", start, at) + 1
            if is_function:
                yield bare.count("\n", 0, start) + 1, lines - inside
            if opened:
                outer = opened[-1]
                opened[-1] = (*outer[:2], outer[2] + (lines if is_function else inside))
    assert not opened, "braces do not match"


def is_function_head(before: str) -> bool:
    """Whether what stands before a brace ends in the parameters of a function or method."""
    if not before.endswith(")"):
        return False
    depth = 0
    for at in range(len(before) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(before[at], 0)
        if depth == 0:
            word = re.search(r"([\w$]*)\s*$", before[:at])
            return word is not None and word[1] not in {"if", "for", "while", "switch", "catch", "with"}
    return False


def test_the_measure_of_script_functions_works() -> None:
    text = (
        "(function () {\n  'use strict';\n  const a = (x) => {\n    if (x) {\n      return /[{/]/;\n    }\n  };\n})();"
    )
    assert list(script_functions(text)) == [(3, 5), (1, 3)]
    assert list(script_functions("function f(a, {b}) {\n}\n")) == [(1, 2)]


@each(MODULES)
def test_no_drawer_for_odds_and_ends(path: Path) -> None:
    assert path.stem not in {"utils", "util", "helpers", "common", "misc", "base", "manager", "handler", "tools"}


def test_every_module_has_a_test_of_its_name() -> None:
    missing = []
    for path in MODULES:
        if path.stem in ("__init__", "__main__"):
            continue
        inside = path.relative_to(PACKAGE)
        wanted = ROOT / "tests" / inside.with_name(f"test_{inside.name}")
        if not wanted.exists():
            missing.append(name_of(wanted))
    assert not missing, "these tests are missing:\n" + "\n".join(missing)


# ---- safe by construction


@each([path for path in MODULES if name_of(path) not in ("reportgen/site/deliver.py", "reportgen/site/prose.py")])
def test_only_two_modules_declare_text_safe(path: Path) -> None:
    """`Markup` may stand in a type elsewhere; only two files may make one."""
    made = [
        node.lineno
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Call) and ast.unparse(node.func).partition(".")[0] == "Markup")
        or (isinstance(node, ast.Attribute) and ast.unparse(node) == "markupsafe.Markup")
    ]
    assert made == []


@each(TEMPLATES)
def test_templates_never_switch_escaping_off(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\|\s*safe\b|autoescape\s+false|Markup", text)
    assert not re.search(r"<[a-z][^>]*\son[a-z]+\s*=", text), "an inline handler"


UNSAFE = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|setHTMLUnsafe|createContextualFragment"
    r"|eval\(|new Function|fetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|import\()"
)


@each(SCRIPTS)
def test_scripts_parse_no_html_and_make_no_request(path: Path) -> None:
    bare = re.sub(r"//[^\n]*|/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert UNSAFE.findall(bare) == []


# ---- one fact, one home


def test_the_only_global_is_the_current_run() -> None:
    found = {name_of(p) for p in MODULES for node in ast.walk(tree(p)) if isinstance(node, ast.Global)}
    assert found <= {"reportgen/log/current.py"}


@each([path for path in MODULES if path.relative_to(PACKAGE).parts[0] in ("site", "panels", "rundir")])
def test_the_builder_reads_no_environment_variable(path: Path) -> None:
    assert not re.search(r"os\.(environ|getenv)", path.read_text(encoding="utf-8"))


COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b(?!\s*[{,.>:\[])|\b(?:rgba?|hsla?|oklch|oklab|lab|lch)\(")


@each([path for path in STYLES + SCRIPTS if path.name != "tokens.css" and "vendor" not in path.parts])
def test_colours_stand_in_tokens_only(path: Path) -> None:
    text = re.sub(r"//[^\n]*|/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert COLOUR.findall(text) == []
