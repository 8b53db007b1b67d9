"""A single file with 100 MB of pictures, against the barest page that holds the same bytes as text blocks.

    python -m benchmarks.browser_media [--megabytes 100] [--rounds 15]

Both pages are opened in turn, each first in every other round; medians and lowest values count. Goals: first paint
within 1.5 times the bare page's; memory flat while scrolling. Needs Playwright and Chromium.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import tempfile
from pathlib import Path

import numpy as np
import psutil
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.browser import compare, launch
from reportgen.site.build import build
from reportgen.site.options import BuildOptions

SIDE = 512
PER_KEY = 16

BARE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>bare</title></head><body>
<h1>Bare page</h1><div id="grid"></div>
<script>
addEventListener('DOMContentLoaded', () => {
  for (const block of [...document.querySelectorAll('script[type="text/plain"]')].slice(0, %d)) {
    const bytes = Uint8Array.from(atob(block.textContent), c => c.charCodeAt(0));
    const img = new Image(%d, %d);
    img.src = URL.createObjectURL(new Blob([bytes], {type: 'image/png'}));
    document.getElementById('grid').append(img);
  }
});
</script>
"""


def write_run(folder: Path, megabytes: int) -> list[Path]:
    """A run of noise pictures, `PER_KEY` to a key; gives their files."""
    dice = np.random.default_rng(0)
    files: list[Path] = []
    rows: dict[str, list[object]] = {}
    written = 0
    while written < megabytes * 10**6:
        part = folder / "new.png"
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(dice.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)).save(part, compress_level=1)
        digest = hashlib.sha256(part.read_bytes()).hexdigest()
        name = f"media/{digest[:2]}/{digest}.png"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        part.rename(folder / name)
        record = {"_type": "image", "file": name, "width": SIDE, "height": SIDE, "format": "png"}
        rows.setdefault(f"images/{len(files) // PER_KEY:02}", []).append(record)
        files.append(folder / name)
        written += (folder / name).stat().st_size
    about = {"format": 1, "id": "noise", "name": "noise", "project": "bench", "state": "finished", "duration": 1.0}
    (folder / "run.json").write_text(json.dumps(about | {"created": "2026-01-01T00:00:00Z"}))
    (folder / "history.jsonl").write_text(json.dumps({"_step": 0, "_runtime": 0.0} | rows) + "\n")
    return files


def write_bare(path: Path, files: list[Path]) -> None:
    """The barest page with the same bytes: one script, and a text block per picture."""
    with path.open("w") as page:
        page.write(BARE % (PER_KEY, SIDE, SIDE))
        for i, file in enumerate(files):
            page.write(f'<script type="text/plain" id="b{i}">{base64.b64encode(file.read_bytes()).decode()}</script>\n')
        page.write("</body></html>")


def first_paint(browser: Browser, address: str) -> float:
    """Milliseconds from the start of the navigation to the first contentful paint."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(address, wait_until="commit")
    page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length", timeout=120_000)
    value = float(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
    page.close()
    return value


def renderer_bytes() -> int:
    """Resident memory of the largest renderer process below this one."""
    sizes = [
        child.memory_info().rss
        for child in psutil.Process().children(recursive=True)
        if "--type=renderer" in " ".join(child.cmdline())
    ]
    return max(sizes, default=0)


def scroll(page: Page) -> list[int]:
    """Memory of the page while it is scrolled to its end and back, twice."""
    sizes: list[int] = []
    for _ in range(2):
        height = int(page.evaluate("document.documentElement.scrollHeight"))
        for top in [*range(0, height, 700), *range(height, 0, -1400)]:
            page.evaluate(f"scrollTo(0, {top})")
            page.wait_for_timeout(60)
        sizes.append(renderer_bytes())
    return sizes


def main() -> None:
    """Build both pages, alternate between them, print ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        files = write_run(folder / "run", given.megabytes)
        write_bare(folder / "bare.html", files)
        report = folder / "report.html"
        build([folder / "run"], BuildOptions(output=str(report), single_file=True, max_bytes=10**12))
        browser = launch(playwright)
        addresses = [(folder / "bare.html").as_uri(), report.as_uri() + "#run/0"]
        print(f"{len(files)} pictures, single file of {report.stat().st_size / 1e6:.0f} MB")
        compare(first_paint, browser, addresses, given.rounds, "first paint", "reportgen")
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(addresses[1], wait_until="load")
        before = renderer_bytes()
        sizes = scroll(page)
        print(f"  renderer memory: {before / 1e6:.0f} MB loaded, {sizes[0] / 1e6:.0f} MB after scrolling once,")
        print(f"  {sizes[1] / 1e6:.0f} MB after scrolling twice: {sizes[1] / sizes[0]:.2f} x (flat: about 1)")
        browser.close()


if __name__ == "__main__":
    main()
