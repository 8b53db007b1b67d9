"""Views and page contexts through the theme's templates to documents."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError
from markupsafe import Markup

from reportgen import __version__
from reportgen.errors import BuildError, Problem
from reportgen.panels.numerals import plural
from reportgen.panels.series import colour, dash
from reportgen.panels.view import Listing, Originals, Preview, Shown, Values, View
from reportgen.site import payload
from reportgen.site.context import OverviewPage, RunPage, Site
from reportgen.site.deliver import (
    Delivery,
    Document,
    attribute,
    packed_element,
    rendered,
    script_element,
    style_element,
)
from reportgen.site.draw import Chunk, ProblemView
from reportgen.site.kept import Kept
from reportgen.site.options import BuildOptions
from reportgen.site.overview import default_title, overview, run_table
from reportgen.site.pictures import Pictures
from reportgen.site.plan import Plan, PlannedPage, PlannedRun
from reportgen.site.run_page import run_page
from reportgen.site.theme import Theme

BLOCKS = "<!--reportgen:blocks-->"
"""Where a single file's text blocks go: the template says `{{ blocks }}` at the end of the body."""

POLICY = (
    "default-src 'none'; script-src 'self' blob: {hashes}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src blob: data:; worker-src blob:; frame-src 'self'; base-uri 'none'; form-action 'none'"
)
"""The Content-Security-Policy of every page: no request leaves it, no text is run as script."""


class Renderer:
    """Renders one report.

    Args:
        theme: The theme chain.
        delivery: Where files, chunks and documents go.
        plan: The report.
        options: The build's options.
        kept: What the runs keep besides panels.

    Attributes:
        pictures: What became of the pictures that have thumbnails.
    """

    def __init__(self, theme: Theme, delivery: Delivery, plan: Plan, options: BuildOptions, kept: Kept) -> None:
        self._theme, self._delivery, self._plan, self._options, self._kept = theme, delivery, plan, options, kept
        self.pictures = Pictures(delivery, options.max_values)
        self._environment = theme.environment()
        self._table = run_table(plan)
        self._boot = theme.early(single=delivery.single).strip()

    def settle(self, view: View) -> View:
        """Hand a view's chunks and files to the delivery; their references take their place in the view's data.

        Pictures with thumbnails wait for `finish`.
        """
        return self._reading(view, lambda: replace(view, data=self._settled(view.data)))

    def finish(self, view: View) -> View:
        """The same for pictures with thumbnails, once all of them are made, and for lists that hold such pictures."""
        if not any(True for _ in self.pictures.wanted(view.data)):
            return view
        lost = self.pictures.problems(view)
        notes = [*view.notes, *([f"{plural(len(lost), 'file')} could not be read: see Problems"] if lost else [])]
        problems = [*view.problems, *lost]
        return self._reading(
            view, lambda: replace(view, data=self._finished(view.data), problems=problems, notes=notes)
        )

    def _reading(self, view: View, settled: Callable[[], View]) -> View:
        try:
            return settled()
        except OSError as fault:
            problem = Problem(
                "RG413",
                f"a file of the panel cannot be read: {fault.strerror}",
                view.key,
                "Check it with 'reportgen check'",
            )
            return ProblemView(kind="problem", id=view.id, key=view.key, problems=[problem], problem=problem)

    def _settled(self, value: Any) -> Any:
        if isinstance(value, Chunk):
            return self._delivery.chunk(value.data)
        if isinstance(value, Shown):
            return self._delivery.file(value)
        if isinstance(value, Listing):
            return Listing(self._settled(value.value))
        if isinstance(value, Mapping):
            return {key: self._settled(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._settled(item) for item in value]
        return value

    def _finished(self, value: Any) -> Any:
        if isinstance(value, Preview):
            return self.pictures.plain(value)
        if isinstance(value, Originals):
            return self.pictures.originals(value)
        if isinstance(value, Listing):
            return self._delivery.chunk(Values.of(self._finished(value.value)).data)
        if isinstance(value, Mapping):
            return {key: self._finished(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._finished(item) for item in value]
        return value

    def pages(self, views: Mapping[str, View], problems: Sequence[Problem]) -> None:
        """Render every page and hand the documents to the delivery.

        Args:
            views: Settled views by id.
            problems: All that was wrong, for the overview; a run's page shows its own.
        """
        if self._delivery.single:
            bodies = [(page, self._body(page, views, problems)) for page in self._plan.pages]
            self._document("report.html", bodies, views)
            return
        for page in self._plan.pages:
            self._document(self._file_name(page), [(page, self._body(page, views, problems))], views)

    # ---- one page

    def _body(self, page: PlannedPage, views: Mapping[str, View], problems: Sequence[Problem]) -> tuple[Any, str]:
        context = self._context(page, views, problems)
        return context, self._render(context.template, page, context)

    def _context(
        self, page: PlannedPage, views: Mapping[str, View], problems: Sequence[Problem]
    ) -> OverviewPage | RunPage:
        pairs = zip(self._table.rows, self._plan.runs, strict=True)

        def link(run: PlannedRun) -> str:
            return "" if page.run is run else self._link(page, run)

        if page.run is None:
            rows = [replace(row, href=self._link(page, run)) for row, run in pairs]
            first = overview(self._plan, self._table, rows, views, self._options, problems)
            return replace(first, notices=self._kept.all_notices(link), artifacts=self._kept.lineage(link))
        row = replace(self._table.rows[page.run.index], href=self._link(page, page.run))
        own = [*page.run.problems, *(p for task in page.tasks for p in views[task.id].problems)]
        return replace(
            run_page(page, page.run, row, views, own, self._table.spark_keys),
            notices=self._kept.notices(page.run),
            files=self._kept.downloads(page.run),
            more_files=self._kept.more_files(page.run),
            artifacts=self._kept.artifacts(page.run, link),
        )

    def _render(self, template: str, page: PlannedPage, context: OverviewPage | RunPage, **more: Any) -> str:
        root = "" if page.run is None or self._delivery.single else "../"

        def panel(view: View) -> Markup:
            return rendered(self._render(f"panels/{view.kind}.html", page, context, panel=view))

        def src(picture: Shown | Preview) -> Markup:
            known = self.pictures.of(picture).shown if isinstance(picture, Preview) else self._delivery.file(picture)
            return attribute("src", known, root)

        def href(shown: Shown) -> Markup:
            return attribute("href", self._delivery.file(shown), root)

        shown = self.pictures.of
        names = {"site": self._site(page), "page": context, "panel": panel, "src": src, "href": href, "shown": shown}
        return self._filled(template, names | more)

    def _filled(self, template: str, names: Mapping[str, Any]) -> str:
        try:
            return self._environment.get_template(template).render(names)
        except TemplateNotFound as fault:
            raise self._theme.missing(fault) from fault
        except TemplateError as fault:
            place = (
                f"{fault.name or template}, line {fault.lineno}" if isinstance(fault, TemplateSyntaxError) else template
            )
            raise BuildError(
                "RG424",
                f"a template of the theme is wrong: {fault.message}",
                where=place,
                remedy="See themes/README.md",
            ) from fault

    def _site(self, page: PlannedPage) -> Site:
        single = self._delivery.single
        count = len(self._plan.runs)
        return Site(
            title=self._options.title or default_title(self._plan.runs),
            home="#" if single else "index.html" if page.run is None else "../index.html",
            style=self._theme.name,
            single=single,
            footer=f"Made with reportgen {__version__} from {plural(count, 'run')}.",
            meta=self._theme.meta,
            cjk=self._plan.cjk,
        )

    def _file_name(self, page: PlannedPage) -> str:
        return "index.html" if page.run is None else f"runs/{page.run.slug}.html"

    def _link(self, page: PlannedPage, run: PlannedRun) -> str:
        if self._delivery.single:
            return f"#{run.address}"
        return f"runs/{run.slug}.html" if page.run is None else f"{run.slug}.html"

    # ---- one document

    def _document(
        self, name: str, bodies: Sequence[tuple[PlannedPage, tuple[Any, str]]], views: Mapping[str, View]
    ) -> None:
        pages = [page for page, _ in bodies]
        root = "../" if "/" in name else ""
        drawn = [views[task.id] for page in pages for task in page.tasks]
        used = sorted({view.kind for view in drawn})
        needs = sorted({(view.kind, need) for view in drawn for need in view.needs})
        style = self._theme.style(used, needs)
        (_, (context, _)) = bodies[0]
        names = {
            "site": self._site(pages[0]),
            "page": context,
            "title": context.title,
            "description": context.description,
            "pages": [rendered(body) for _, (_, body) in bodies],
            "policy": POLICY.format(hashes=_hash(self._boot)),
            "boot": script_element(self._boot),
            "styles": style_element(style, self._delivery.asset(style, ".css"), root),
            "scripts": self._scripts(used, needs, root),
            "generator": f"reportgen {__version__}",
            "manifest": rendered(payload.script_json(self._manifest(pages, used, views, root))),
            "blocks": rendered(BLOCKS),
        }
        text = self._filled("base.html", names)
        head, _, tail = text.partition(BLOCKS)
        self._delivery.document(Document(name, head, tail + "\n"))

    def _scripts(self, used: Iterable[str], needs: Iterable[tuple[str, str]], root: str) -> Markup:
        """All scripts of a document but the one in its head: a link, or a packed block in a single file."""
        script = self._theme.script(used, needs)
        if self._delivery.single:
            block = packed_element(script)
            self._delivery.asset(block, ".js")
            return block
        return script_element(script, self._delivery.asset(script, ".js"), root)

    def _manifest(
        self, pages: Sequence[PlannedPage], used: Iterable[str], views: Mapping[str, View], root: str
    ) -> Mapping[str, Any]:
        libraries = {
            library.name: self._delivery.library(library.name, self._theme.library(library))
            for library in self._theme.needed(used)
        }
        libraries |= {kind: self._delivery.library(kind, text) for kind in used if (text := self._theme.later(kind))}
        return {
            "version": 1,
            "root": root,
            "single": self._delivery.single,
            "libraries": libraries,
            "runs": [self._run_entry(pages[0], run) for run in self._runs_of(pages)],
            "pages": {page.id: self._page_entry(page, views) for page in pages},
        }

    def _runs_of(self, pages: Sequence[PlannedPage]) -> Sequence[PlannedRun]:
        """The runs that a document speaks of: all where the overview is in it, else its own."""
        own = [page.run for page in pages if page.run is not None]
        return own if len(own) == len(pages) else self._plan.runs

    def _run_entry(self, page: PlannedPage, run: PlannedRun) -> Mapping[str, Any]:
        return {
            "index": run.index,
            "id": run.slug,
            "name": run.name,
            "colour": colour(run.index),
            "dash": dash(run.index),
            "shown": self._table.rows[run.index].shown,
            "href": self._link(page, run),
            "sessions": [[started, runtime] for started, runtime in run.stored.info.sessions],
        }

    def _page_entry(self, page: PlannedPage, views: Mapping[str, View]) -> Mapping[str, Any]:
        drawn = [views[task.id] for task in page.tasks]
        panels = [{"id": v.id, "kind": v.kind, "key": v.key, "data": v.data} for v in drawn]
        return {"panels": panels} if page.run is None else {"run": page.run.index, "panels": panels}


def _hash(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"'sha256-{digest}'"
