"""Runs for the browser tests of panels, written so that each number is known."""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Locator, Page

from tests.rundir.directories import write_run

HOSTILE = """<b>&"'</script>"""


def value(number: float) -> Any:
    """A number as format 1 writes it."""
    if math.isfinite(number):
        return number
    return {"_type": "float", "value": "NaN" if math.isnan(number) else f"{number}".replace("inf", "Infinity")}


def rows(keys: Mapping[str, Sequence[float | None]], seconds: float = 0.5) -> list[dict[str, Any]]:
    """One row per step, `seconds` apart; None leaves a key out of its row."""
    count = max(len(values) for values in keys.values())
    return [
        {
            "_step": step,
            "_runtime": step * seconds,
            **{k: value(v[step]) for k, v in keys.items() if step < len(v) and v[step] is not None},
        }
        for step in range(count)
    ]


def run(folder: Path, name: str, keys: Mapping[str, Sequence[float | None]], **more: Any) -> Path:
    """A run that logged `keys`; its id is its name, its place among others is by that."""
    return write_run(folder / name, rows(keys), run={"id": name, "name": more.pop("called", name), **more})


def picture(folder: Path, width: int, height: int, shade: int, **more: Any) -> dict[str, Any]:
    """A picture of one grey in a run's media folder, and the record that names it."""
    data = io.BytesIO()
    Image.new("L", (width, height), shade).save(data, "PNG")
    digest = hashlib.sha256(data.getvalue()).hexdigest()
    path = folder / "media" / digest[:2] / f"{digest}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.getvalue())
    name = path.relative_to(folder).as_posix()
    return {"_type": "image", "file": name, "width": width, "height": height, "format": "png", **more}


def media_run(folder: Path, name: str, frames: Iterable[tuple[int, Mapping[str, Any]]], steps: int = 100) -> Path:
    """A run of `steps` losses that also logged `frames`: (step, what)."""
    history = rows({"loss": [1 / (step + 1) for step in range(steps)]})
    for step, what in frames:
        history[step] |= what
    return write_run(folder / name, history, run={"id": name, "name": name})


def open_run(new_page: Callable[..., Page], report: Path, slug: str, number: int = 0) -> Page:
    """The page of a run of a built report, in either delivery."""
    page = new_page(report)
    if report.name == "index.html":
        page.goto((report.parent / "runs" / f"{slug}.html").as_uri())
    else:
        page.evaluate("number => { location.hash = `#run/${number}`; }", number)
        page.wait_for_function("number => window.reportgen?.state.page === `run/${number}`", arg=number)
    return page


def panel(page: Page, key: str) -> Locator:
    """The panel of a key on the page of the first run, in sight."""
    entry = page.evaluate("key => reportgen.manifest.pages['run/0'].panels.find(p => p.key === key).id", key)
    found = page.locator(f"[id='{entry}']")
    found.scroll_into_view_if_needed()
    return found


def go_to(page: Page, step: int) -> None:
    """Move the page's step cursor."""
    track = page.locator(".page.current [data-step-range]")
    track.evaluate("(t, v) => { t.value = v; t.dispatchEvent(new Event('input', { bubbles: true })); }", step)
