"""What templates receive: one frozen dataclass per page. `themes/README.md` lists the fields from here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from reportgen.errors import Problem
from reportgen.panels.view import Shown, View


def _help(text: str) -> Any:
    return field(metadata={"help": text})


def _more(text: str) -> Any:
    return field(default=(), metadata={"help": text})


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value, shown as a pair."""

    label: str = _help('What it is: "Duration".')
    text: str = _help('Its value, ready to read: "4.2 s".')
    title: str = field(default="", metadata={"help": "The exact value, where `text` rounds it."})


@dataclass(frozen=True, slots=True)
class Series:
    """How a run looks wherever it appears."""

    colour: int = _help("1 to 8: class `s1` to `s8`.")
    dash: int = _help("1 to 8: class `d1` to `d8`; the same as `colour` for the first eight runs.")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the table of runs."""

    text: str = _help('What is shown; "–" when the run has no such value.')
    value: float | str | None = _help("What sorting compares; None sorts last.")
    numeric: bool = _help("Whether the text is set flush at the end.")
    best: bool = field(default=False, metadata={"help": "Whether it is the best of its column."})


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table of runs."""

    key: str = _help("The summary or config key.")
    numeric: bool = _help("Whether all its values are numbers.")
    shown: bool = field(default=True, metadata={"help": "Whether the column is shown when the page opens."})
    goal: str = field(default="", metadata={"help": '"lowest" or "highest" when its best value is marked.'})


@dataclass(frozen=True, slots=True)
class Spark:
    """A small line of the main metric."""

    key: str = _help("The metric.")
    d: str = _help("Path data in a viewBox of 100 by 24.")
    dots: str = _help('Path data of the points that stand alone, each a stroke of no length; "" for none.')
    label: str = _help('The same in words: "val/loss, from 2.245 to 0.06327".')


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run in the overview's table and key."""

    index: int = _help("Number of the run in this report, from 0.")
    id: str = _help("The run's id.")
    name: str = _help("Its name as readers know it.")
    href: str = _help("Link to its page.")
    series: Series = _help("Its colour and dash.")
    group: str = _help('Group, or "".')
    shown: bool = _help("Whether it is in the charts when the page opens.")
    state: str = _help("finished, failed, crashed or running.")
    state_text: str = _help('"Finished", "Failed at step 30".')
    duration: Cell = _help("How long it took.")
    created: Cell = _help("When it began.")
    tags: Sequence[str] = _help("Its tags.")
    summary: Sequence[Cell] = _help("One cell per summary column.")
    config: Sequence[Cell] = _help("One cell per config column.")
    sparks: Sequence[Spark | None] = _help("One per main metric.")


@dataclass(frozen=True, slots=True)
class PanelGroup:
    """Panels whose keys share a prefix."""

    id: str = _help("Anchor of the group.")
    title: str = _help('The prefix with its slash: "train/"; "" for keys without one.')
    count: str = _help('"3 metrics".')
    panels: Sequence[View] = _help("The views, in the order of their keys.")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a run page: Charts, Images, Text, System."""

    id: str = _help("Anchor, unique in the report.")
    title: str = _help("Its heading.")
    note: str = _help("What stands at the end of the heading's line.")
    count: int = _help("How many panels it holds.")
    groups: Sequence[PanelGroup] = _help("Its panels.")
    empty: str = field(default="", metadata={"help": 'Why it is empty, in one sentence; "" when it is not.'})
    example: str = field(default="", metadata={"help": "The line of code that would fill it."})


@dataclass(frozen=True, slots=True)
class Tree:
    """A nested mapping for display: config, metadata."""

    label: str = _help("The key.")
    text: str = _help("The value of a leaf.")
    children: Sequence[Tree] = field(default=(), metadata={"help": "The entries of a mapping; empty for a leaf."})


@dataclass(frozen=True, slots=True)
class RunLink:
    """A run that is named."""

    name: str = _help("Its name as readers know it.")
    href: str = _help('Link to its page; "" where it is not part of the report, or this is its page.')


@dataclass(frozen=True, slots=True)
class Notice:
    """An alert that a training gave."""

    level: str = _help('"note", "warning" or "error".')
    word: str = _help('The level as the training said it: "Info", "Warn", "Error".')
    title: str = _help("What it is about.")
    text: str = _help('The whole of it; "" for nothing more.')
    when: str = _help('"step 120, 3.2 s".')
    run: RunLink = _help("The run that gave it.")


@dataclass(frozen=True, slots=True)
class Download:
    """A file that was saved."""

    name: str = _help("Its name, with slashes.")
    size: str = _help('Its size: "4.2 MB".')
    file: Shown | None = _help("The file, for `href`; None where the report does not carry it.")
    note: str = field(default="", metadata={"help": "Why the report does not carry it, or where it lies."})


@dataclass(frozen=True, slots=True)
class ArtifactItem:
    """One version of an artifact."""

    label: str = _help('Name and version: "digits:v3".')
    type: str = _help('The kind of thing: "dataset".')
    verb: str = _help('What the page\'s run did with it: "made", "used"; "" on the overview.')
    aliases: Sequence[str] = _help("Further names.")
    content: str = _help('"3 files, 4.2 MB".')
    digest: str = _help("SHA-256 of the list of files.")
    description: Markup = _help("What it is, rendered from Markdown.")
    metadata: Sequence[Tree] = _help("Free values.")
    files: Sequence[Download] = _help("Its files; the report carries none of them.")
    more: str = _help('What is not listed: "12 more"; "" for nothing.')
    made_by: Sequence[RunLink] = _help("The runs that logged it.")
    used_by: Sequence[RunLink] = _help("The runs that used it.")


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """The first page: all runs."""

    template = "index.html"

    id: str = _help('"overview".')
    title: str = _help("Title of the report.")
    description: str = _help("One sentence for search engines and link previews.")
    lead: Markup = _help("The report's paragraph, rendered from Markdown; empty when none was given.")
    lead_lang: str = _help('Its language if it is "ja", "ko" or "zh"; else "".')
    facts: Sequence[Fact] = _help("Runs, training time, hardware, dates.")
    runs: Sequence[RunRow] = _help("All runs.")
    summary_columns: Sequence[Column] = _help("Columns from the summaries.")
    config_columns: Sequence[Column] = _help("Columns from the configs that differ between runs.")
    spark_keys: Sequence[str] = _help("The metrics drawn as small lines.")
    same: Sequence[Fact] = _help("Config values that are the same in all runs.")
    charts: Section = _help("Charts of all metrics, the runs overlaid.")
    shown_runs: str = _help('"10 of 37 runs in the charts".')
    left_out: str = _help('Why others are not: "lr-30 diverged and is not in the charts at first"; "" when all are.')
    problems: Sequence[Problem] = _help("What was wrong with the input.")
    notices: Sequence[Notice] = _more("Alerts of all runs, the most serious first.")
    artifacts: Sequence[ArtifactItem] = _more("Artifacts of all runs, by name and version.")
    compared: Sequence[Section] = _more("Media that several runs logged under one key, side by side.")
    steps: Steps | None = field(
        default=None, metadata={"help": "The step cursor of the compared media; None when there are none."}
    )


@dataclass(frozen=True, slots=True)
class RunPage:
    """One run."""

    template = "run.html"

    id: str = _help('"run/0": its address in a single file.')
    title: str = _help("The run's name.")
    description: str = _help("One sentence for search engines and link previews.")
    run: RunRow = _help("The run as the overview lists it.")
    facts: Sequence[Fact] = _help("Started, duration, steps, hardware.")
    error: str = _help('Why the run failed, in the words of the exception; "" when it did not.')
    notes: Markup = _help("The run's notes, rendered from Markdown and sanitised.")
    notes_lang: str = _help('Their language if it is "ja", "ko" or "zh"; else "".')
    summary: Sequence[Fact] = _help("The summary.")
    config: Sequence[Tree] = _help("The config.")
    environment: Sequence[Tree] = _help("Command, versions, git, hardware; without private facts.")
    sections: Sequence[Section] = _help("Charts, images, text, system, in this order.")
    steps: Steps | None = _help("The page's step cursor; None when the run logged no step.")
    problems: Sequence[Problem] = _help("What was wrong with this run.")
    notices: Sequence[Notice] = _more("Its alerts, the most serious first.")
    files: Sequence[Download] = _more("Files that were saved in it.")
    more_files: str = field(
        default="", metadata={"help": 'A sentence about files that are not listed; "" when all are.'}
    )
    artifacts: Sequence[ArtifactItem] = _more("Artifacts that it made or used.")


@dataclass(frozen=True, slots=True)
class Steps:
    """The range of the page's one step cursor."""

    first: int = _help("Lowest step.")
    last: int = _help("Highest step.")
    media: Sequence[int] = _help("Steps at which media was logged, ascending.")
    d: str = _help('Path data of the main metric in a viewBox of 1000 by 100; "" for none.')
    main: str = _help("The key of that metric.")


@dataclass(frozen=True, slots=True)
class Site:
    """What every page knows of the whole report."""

    title: str = _help("Title of the report.")
    home: str = _help("Link to the overview.")
    style: str = _help("Name of the theme: `data-style` of the document.")
    single: bool = _help("Whether all pages are sections of one document.")
    footer: str = _help('"Made with reportgen 0.1.0 from 8 runs."')
    lang: str = field(default="en", metadata={"help": "Language of the interface."})
    cjk: str = field(
        default="",
        metadata={"help": '"ja", "ko" or "zh": whose shapes of Han characters the report uses; "" when it has none.'},
    )
    meta: Mapping[str, Any] = field(default_factory=dict, metadata={"help": "Free values of `theme.yml`."})
