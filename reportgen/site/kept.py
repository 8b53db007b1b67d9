"""What runs keep besides what they logged: alerts, files for download, artifacts. As the pages show it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from reportgen.errors import Problem, ReportgenError
from reportgen.panels.numerals import duration, plural, size
from reportgen.panels.view import Shown
from reportgen.rundir import layout
from reportgen.rundir.artifacts import Catalogue, Entry, Told, Version, read_manifest
from reportgen.rundir.events import LOGGED, USED
from reportgen.site import prose
from reportgen.site.context import ArtifactItem, Download, Notice, RunLink
from reportgen.site.options import BuildOptions
from reportgen.site.plan import Plan, PlannedRun, located
from reportgen.site.run_page import tree

SHOWN_FILES = 500
"""Files of a run, and of an artifact, that a page lists; the rest is counted."""

LEVELS: Mapping[str, str] = {"INFO": "note", "WARN": "warning", "ERROR": "error"}
"""How serious an alert looks: the classes of messages."""

BYTES = "application/octet-stream"

Links = Callable[[PlannedRun], str]
"""The address of a run's page, as seen from the page that links to it."""


class Kept:
    """Everything of a report that is kept besides panels.

    Attributes:
        problems: What could not be read of it.
    """

    def __init__(self, report: Plan, options: BuildOptions) -> None:
        """Look through the runs of a report.

        Args:
            report: The report.
            options: `max_file` says which files it carries.
        """
        self.problems: list[Problem] = []
        self._limit = options.max_file
        self._runs = {(run.stored.info.project, run.stored.info.id): run for run in report.runs}
        told = [
            Told(run.stored.path, run.stored.info.project, run.stored.info.id, run.stored.events.artifacts)
            for run in report.runs
        ]
        self._catalogue = Catalogue(told)
        self._entries = {id(version): self._read(version) for version in self._catalogue.versions}

    def _read(self, version: Version) -> tuple[Entry, ...]:
        try:
            return read_manifest(version.folder, version.first.manifest)
        except ReportgenError as fault:
            self.problems.append(located(fault.problem, version.folder))
            return ()

    # ----------------------------------------------------------------- alerts

    def notices(self, run: PlannedRun, href: str = "") -> list[Notice]:
        """The alerts of a run, the most serious first.

        Args:
            run: The run.
            href: Link to its page, where the notices stand elsewhere.
        """
        alerts = sorted(run.stored.events.alerts, key=lambda alert: list(LEVELS)[::-1].index(alert.level))
        return [
            Notice(
                level=LEVELS[alert.level],
                word=alert.level.capitalize(),
                title=alert.title,
                text=alert.text,
                when=", ".join(
                    [*([f"step {alert.step:,}"] if alert.step is not None else []), duration(alert.runtime)]
                ),
                run=self._link(run, href),
            )
            for alert in alerts
        ]

    def all_notices(self, links: Links) -> list[Notice]:
        """The alerts of all runs, the most serious first.

        Args:
            links: Gives the address of a run's page.
        """
        found = [notice for run in self._runs.values() for notice in self.notices(run, links(run))]
        return sorted(found, key=lambda notice: list(LEVELS.values())[::-1].index(notice.level))

    # ------------------------------------------------------------------ files

    def downloads(self, run: PlannedRun) -> list[Download]:
        """The saved files of a run; those above the size limit without the file itself."""
        return [self._download(run, file.name, file.size) for file in run.stored.files[:SHOWN_FILES]]

    def more_files(self, run: PlannedRun) -> str:
        """A sentence about the files that are not listed; "" when all are."""
        more = len(run.stored.files) - SHOWN_FILES
        return f"{more:,} more lie in the folder {layout.FILES} of the run." if more > 0 else ""

    def _download(self, run: PlannedRun, name: str, count: int) -> Download:
        note = ""
        shown = None
        if count > self._limit:
            note = f"above {size(self._limit)}, so not carried: {layout.FILES}/{name} in the run"
        else:
            try:
                shown = Shown(run.stored.saved_path(name), BYTES, PurePosixPath(name).name)
            except ReportgenError as fault:
                note = fault.problem.what
        return Download(name=name, size=size(count), file=shown, note=note)

    # -------------------------------------------------------------- artifacts

    def artifacts(self, run: PlannedRun, links: Links) -> list[ArtifactItem]:
        """The artifacts that a run made or used, in this order.

        Args:
            run: The run.
            links: Gives the address of a run's page.
        """
        key = run.stored.info.project, run.stored.info.id
        made = [(version, "made") for version in self._catalogue.versions if key in version.makers]
        used = [(v, "used") for v in self._catalogue.versions if key in v.users and key not in v.makers]
        known = {(v.project, v.name, v.digest) for v, _ in (*made, *used)}
        items = [self._item(version, links, verb) for version, verb in (*made, *used)]
        for event in run.stored.events.artifacts:  # made by a run that is not in this report
            place = event.project or run.stored.info.project, event.name, event.digest
            if event.action in (USED, LOGGED) and place not in known:
                known.add(place)
                stranger = Version(place[0], event.name, event.version, run.stored.path, event)
                stranger.makers.append((event.project, event.run))
                items.append(replace(self._item(stranger, links, "used"), more="Its run is not part of this report."))
        return items

    def lineage(self, links: Links) -> list[ArtifactItem]:
        """All versions of all artifacts, with the runs that made and used them.

        Args:
            links: Gives the address of a run's page.
        """
        return [self._item(version, links, "") for version in self._catalogue.versions]

    def _item(self, version: Version, links: Links, verb: str) -> ArtifactItem:
        entries = self._entries.get(id(version), ())
        more = len(entries) - SHOWN_FILES
        return ArtifactItem(
            label=version.label,
            type=version.first.type,
            verb=verb,
            aliases=[*version.aliases, *version.links],
            content=f"{plural(version.first.files, 'file')}, {size(version.first.size)}",
            digest=version.digest,
            description=prose.render(version.description),
            metadata=tree(version.metadata),
            files=[_entry(entry) for entry in entries[:SHOWN_FILES]],
            more=f"{more:,} more" if more > 0 else "",
            made_by=[self._known(place, links) for place in version.makers],
            used_by=[self._known(place, links) for place in version.users],
        )

    def _known(self, place: tuple[str, str], links: Links) -> RunLink:
        run = self._runs.get(place)
        return RunLink(place[1] or "a run that is gone", "") if run is None else self._link(run, links(run))

    def _link(self, run: PlannedRun, href: str) -> RunLink:
        return RunLink(run.name, href)


def _entry(entry: Entry) -> Download:
    """A file of an artifact. It stays in the run; references to files of the machine tell no folder."""
    note = ""
    if entry.reference:
        remote = re.match(r"[A-Za-z][\w+.-]+://", entry.reference) and not entry.reference.startswith("file:")
        note = f"at {entry.reference}" if remote else f"elsewhere: …/{Path(entry.reference).name}"
    return Download(name=entry.path, size=size(entry.size), file=None, note=note)
