"""What is wrong with a run directory or a built site: everything that a build or a reader would trip over."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from reportgen.errors import Problem, ReportgenError, RunDirError
from reportgen.panels.numerals import plural, size
from reportgen.rundir.reader import StoredRun, find_runs, read_run
from reportgen.rundir.verify import changed_media
from reportgen.site.build import twins
from reportgen.site.deliver import MARKER
from reportgen.site.draw import draw
from reportgen.site.options import BuildOptions
from reportgen.site.plan import located, plan
from reportgen.site.run_page import lacking

REBUILD = "Build the report again"


def check(path: Path) -> tuple[str, list[Problem]]:
    """Look at one path.

    Args:
        path: A run directory, a folder that holds some, a built site's folder, or a single-file report.

    Raises:
        RunDirError: (RG350, RG351, RG352) There is nothing to look at.

    Returns:
        What it was ("site of 12 files, 3.4 MB", "3 runs"), and what is wrong with it.
    """
    if path.suffix.lower() in (".html", ".htm") and path.is_file():
        return f"report of {size(path.stat().st_size)}", list(_document(path, path.parent, single=True))
    if (path / MARKER).is_file():
        return _site(path)
    folders, problems = find_runs([path])
    if not folders:
        first = problems[0]
        raise RunDirError(first.code, first.what, where=first.where, remedy=first.remedy)
    stored: list[StoredRun] = []
    for folder in folders:
        try:
            stored.append(read_run(folder))
        except ReportgenError as fault:
            problems.append(located(fault.problem, folder))
    report = plan(stored, BuildOptions())
    for run, page in zip(report.runs, report.pages[1:], strict=True):
        problems += (located(problem, run.stored.path) for problem in run.stored.problems)
        if run.stored.info.incomplete:
            what = f"the run is incomplete: {lacking(run.stored.info)}"
            problems.append(Problem("RG319", what, str(run.stored.path), "Nothing brings it back; all else is there"))
        problems += (problem for task in page.tasks for problem in draw(task).problems)
        problems += (_changed(name, run.stored.path) for name in changed_media(run.stored.path))
    return plural(len(folders), "run"), [*problems, *twins(report)]


def _changed(name: str, folder: Path) -> Problem:
    what = "a media file is not what was stored: its content does not fit its name"
    return Problem("RG324", what, str(folder / name), "Copy the run directory again")


def _site(root: Path) -> tuple[str, list[Problem]]:
    problems: list[Problem] = []
    try:
        listed = [str(name) for name in json.loads((root / MARKER).read_text(encoding="utf-8"))["files"]]
    except (OSError, ValueError, KeyError, TypeError):
        return "site", [Problem("RG440", "the list of the site's files cannot be read", str(root / MARKER), REBUILD)]
    total = 0
    for name in listed:
        path = root / name
        if not path.is_file():
            problems.append(Problem("RG441", "a file of the site is missing", str(path), REBUILD))
            continue
        total += path.stat().st_size
        length = {"assets": 16, "media": 24}.get(Path(name).parts[0])
        if length and not path.name.startswith(_digest(path)[:length]):
            problems.append(Problem("RG446", "a file of the site was changed after the build", str(path), REBUILD))
        if path.suffix == ".html":
            problems += _document(path, root, single=False)
    return f"site of {plural(len(listed), 'file')}, {size(total)}", problems


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Reader(HTMLParser):
    """Collects what a document names: addresses, its manifest, its text blocks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.addresses: list[tuple[str, str]] = []
        self.policy = ""
        self.manifest = ""
        self.blocks: dict[str, list[str]] = {}
        self._inside: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "meta" and values.get("http-equiv", "").lower() == "content-security-policy":
            self.policy = values.get("content", "")
        for name in ("src", "data-src", "poster") + (("href",) if tag == "link" else ()):
            if values.get(name):
                self.addresses.append((tag, values[name]))
        if tag == "script" and "id" in values:
            self._inside = values["id"]
            if values.get("type") == "text/plain":
                self.blocks[values["id"]] = []

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._inside = None

    def handle_data(self, data: str) -> None:
        if self._inside == "reportgen-page":
            self.manifest += data
        elif self._inside in self.blocks:
            self.blocks[self._inside].append(data)


def _document(path: Path, root: Path, *, single: bool) -> Iterator[Problem]:
    reader = _Reader()
    try:
        reader.feed(path.read_text(encoding="utf-8"))
        manifest = json.loads(reader.manifest)
    except (OSError, ValueError) as fault:
        yield Problem("RG442", f"the page cannot be read: {fault}", str(path), REBUILD)
        return
    if not reader.policy:
        yield Problem("RG443", "the page carries no content security policy", str(path), "Mend base.html of the theme")
    for tag, address in reader.addresses:
        if address.startswith(("#", "data:")):
            continue
        if ":" in address or address.startswith("//"):
            yield Problem("RG444", f"<{tag}> asks the network for {address!r}", str(path), "Mend the theme")
        elif not (path.parent / address).is_file():
            yield Problem("RG441", f"<{tag}> names a missing file {address!r}", str(path), REBUILD)
    for reference in sorted(set(_references(manifest))):
        if reference.startswith("#"):
            if reference[1:] not in reader.blocks:
                yield Problem("RG445", f"the text block {reference!r} is missing", str(path), REBUILD)
        elif not single and not (root / reference).is_file():
            yield Problem("RG441", f"a panel names a missing file {reference!r}", str(path), REBUILD)
    for name, pieces in reader.blocks.items():
        try:
            base64.b64decode("".join(pieces), validate=True)
        except (binascii.Error, ValueError):
            yield Problem("RG445", f"the text block '#{name}' is damaged", str(path), REBUILD)


def _references(value: Any) -> Iterator[str]:
    """The references that a manifest's panels and libraries carry, wherever they stand."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key in ("columns", "src") and isinstance(item, str):
                yield item
            elif key == "libraries" and isinstance(item, Mapping):
                yield from (v for v in item.values() if isinstance(v, str))
            else:
                yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)
