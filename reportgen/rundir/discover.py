"""Finds the run directories below some folders."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from reportgen.errors import Problem
from reportgen.rundir import layout


def find_runs(paths: Iterable[str | os.PathLike[str]]) -> tuple[list[Path], list[Problem]]:
    """The run directories at and below some paths: one run, a project, a tree of projects.

    Hidden folders are left out, and so is all that lies inside a run. Links to folders are followed, but each folder
    counts once, under the path that needs no link where there is one.

    Args:
        paths: Folders to look at.

    Returns:
        The run directories, absolute, each once, in the order of their paths; and a problem for each path that is
        no run and holds none.
    """
    search = _Search()
    for path in paths:
        search.look(os.path.abspath(path))  # noqa: PTH100  # without following links, and as a str
    return search.result()


class _Search:
    """One search. Links wait until all folders were seen, so that a run is known by its own path."""

    def __init__(self) -> None:
        self._runs: list[str] = []
        self._problems: list[Problem] = []
        self._seen: set[tuple[int, int]] = set()
        self._links: list[tuple[str, str]] = []  # the path that the user named, and a link at or below it
        self._barren: set[str] = set()  # paths that the user named, below which nothing was found yet

    def look(self, root: str) -> None:
        """Look at a path that the user named."""
        if not os.path.lexists(root):
            self._problems.append(Problem("RG350", "there is no such folder", root, "Check the path"))
        elif not os.path.isdir(root):  # noqa: PTH112
            remedy = "Name a run directory or a folder above one"
            self._problems.append(Problem("RG351", "not a folder, so no run", root, remedy))
        else:
            self._barren.add(root)
            if os.path.realpath(root) == root:
                self._walk(root, root)
            else:
                self._links.append((root, root))

    def result(self) -> tuple[list[Path], list[Problem]]:
        """What was found, links included."""
        while self._links:
            links, self._links = sorted(self._links), []
            for root, link in links:
                self._walk(root, link)
        remedy = "Name the folder that reportgen.init wrote to"
        self._problems += [Problem("RG352", "no run below it", root, remedy) for root in sorted(self._barren)]
        return sorted(map(Path, self._runs)), self._problems

    def _walk(self, root: str, top: str) -> None:
        waiting = [top]
        while waiting:
            folder = waiting.pop()
            try:
                status = os.stat(folder)  # noqa: PTH116
                if (status.st_dev, status.st_ino) in self._seen:
                    # Whatever is wrong with it was told where it was seen first.
                    self._barren.discard(root)
                    continue
                self._seen.add((status.st_dev, status.st_ino))
                with os.scandir(folder) as entries:
                    names = sorted(entries, key=lambda entry: entry.name)
            except OSError as fault:
                reason = fault.strerror or type(fault).__name__
                self._problems.append(Problem("RG303", f"the folder cannot be read: {reason}", folder))
                self._barren.discard(root)
                continue
            waiting.extend(self._below(root, folder, names))

    def _below(self, root: str, folder: str, entries: list[os.DirEntry[str]]) -> list[str]:
        """The folders to look at next, last first; none when the folder is a run."""
        names = {entry.name for entry in entries}
        if layout.RUN in names or layout.HISTORY in names:
            self._barren.discard(root)
            if layout.RUN in names:
                self._runs.append(folder)
            else:
                what = f"it looks like a run, but its {layout.RUN} is missing"
                self._problems.append(Problem("RG301", what, folder, "Copy the whole run directory"))
            return []
        folders: list[str] = []
        for entry in entries:
            if entry.name.startswith(".") or not _is_folder(entry):
                continue
            if entry.is_symlink():
                self._links.append((root, entry.path))
            else:
                folders.append(entry.path)
        return folders[::-1]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads in a circle
        return False
