"""A gallery of 5,000 pictures in one key: its first viewport against a bare page of 24 `<img>`, scrolling, memory.

    python -m benchmarks.browser_gallery [--pictures 5000] [--rounds 15] [--site FOLDER]

The bare page shows the same thumbnails at the same size. Both are opened from disk in turn, each first in every other
round; medians and lowest values count. Goals: the first viewport within 1.5 times the bare page's; 50 frames a second
while scrolling, beside a page that holds an `<img loading="lazy">` for every picture. Chromium keeps up to a thousand
decoded pictures, so memory grows with what was seen until then. Needs Playwright and Chromium.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import re
import statistics
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.browser import compare, launch
from benchmarks.browser_media import renderer_bytes
from reportgen.site.build import build
from reportgen.site.options import BuildOptions

SIZES = ((640, 480), (480, 640), (512, 512), (900, 300), (64, 64))
BARE = 24
SEEN = """
(() => {
  const look = () => {
    const images = [...document.images].filter(image => {
      const box = image.getBoundingClientRect();
      return box.width && box.top < innerHeight && box.bottom > 0;
    });
    if (images.length > 5 && images.every(image => image.complete && image.naturalWidth)) {
      requestAnimationFrame(() => { window.seen = performance.now(); window.seenImages = images.length; });
    } else {
      requestAnimationFrame(look);
    }
  };
  requestAnimationFrame(look);
})();
"""
"""Tells when all pictures in the window are there: `seen`, in milliseconds from the start of the navigation."""

SCROLL = """
seconds => new Promise(resolve => {
  const place = document.querySelector('.gallery.windowed'), frames = [], end = place.scrollHeight - place.clientHeight;
  let last = 0, begin = 0, down = 1;
  const step = now => {
    if (last) frames.push(now - last);
    begin ||= now;
    last = now;
    if (place.scrollTop >= end - 1) down = -1;
    if (place.scrollTop <= 0) down = 1;
    place.scrollTop += 45 * down;
    if (now - begin < seconds * 1000) requestAnimationFrame(step);
    else resolve(frames);
  };
  requestAnimationFrame(step);
})
"""


def write_run(folder: Path, count: int) -> None:
    """A run with `count` pictures of mixed sizes in one key; waves, which pack about as photographs do."""
    dice = np.random.default_rng(0)
    records: list[dict[str, Any]] = []
    for i in range(count):
        width, height = SIZES[i % len(SIZES)]
        x, y = np.meshgrid(np.linspace(0, 9, width), np.linspace(0, 9, height))
        waves = [np.sin(x * a + b) + np.cos(y * c + b) for a, b, c in dice.uniform(0.2, 3, (3, 3))]
        pixels = (60 * np.stack(waves, -1) + 128 + dice.normal(0, 6, (height, width, 1))).clip(0, 255).astype(np.uint8)
        data = io.BytesIO()
        Image.fromarray(pixels).save(data, "PNG", compress_level=1)
        digest = hashlib.sha256(data.getvalue()).hexdigest()
        name = f"media/{digest[:2]}/{digest}.png"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data.getvalue())
        record = {"_type": "image", "file": name, "width": width, "height": height, "format": "png"}
        records.append(record | {"caption": f"prediction {i}"})
    about = {"format": 1, "id": "many", "name": "many", "project": "bench", "state": "finished", "duration": 1.0}
    (folder / "run.json").write_text(json.dumps(about | {"created": "2026-01-01T00:00:00Z"}))
    (folder / "history.jsonl").write_text(json.dumps({"_step": 0, "_runtime": 0.0, "val/samples": records}) + "\n")


def write_bare(page: Path, site: Path) -> None:
    """A page of nothing but the first pictures of the gallery, as large as they are there."""
    text = page.read_text()
    images = re.findall(r'<img src="\.\./([^"]+)" width="(\d+)" height="(\d+)"', text)[:BARE]
    rows = "".join(f'<img src="{src}" width="{176 * int(w) // int(h)}" height="176">\n' for src, w, h in images)
    (site / "bare.html").write_text(f"<!DOCTYPE html><html><body>\n{rows}</body></html>\n")
    files = (file.relative_to(site) for file in sorted((site / "media").rglob("*.jpg")))
    every = "".join(f'<img loading="lazy" decoding="async" src="{file}" width="200" height="176">\n' for file in files)
    window = f'<div class="gallery windowed" style="height: 720px; overflow: auto">\n{every}</div>'
    (site / "lazy.html").write_text(f"<!DOCTYPE html><html><body>\n{window}</body></html>\n")


def first_viewport(browser: Browser, address: str) -> float:
    """Milliseconds from the start of the navigation until every picture in the window is there."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.add_init_script(SEEN)
    page.goto(address, wait_until="commit")
    page.wait_for_function("() => window.seen", timeout=60_000)
    value = float(page.evaluate("window.seen"))
    page.close()
    return value


def scroll(lazy: Page, gallery: Page) -> None:
    """Print the frames a second while each scrolls in turn, and the memory of the largest renderer after each pass."""
    gallery.wait_for_selector(".gallery.windowed .shot")
    gallery.wait_for_timeout(1000)
    rates: dict[Page, list[float]] = {lazy: [], gallery: []}
    sizes = [renderer_bytes()]
    for _ in range(4):
        for page in (lazy, gallery):
            page.bring_to_front()
            frames = [float(t) for t in page.evaluate(SCROLL, 6)]
            rates[page].append(1000 * len(frames) / sum(frames))
        sizes.append(renderer_bytes())
    theirs, ours = (statistics.median(rates[page]) for page in (lazy, gallery))
    print(f"  scrolling: {ours:.1f} frames a second (goal 50); one page of all {theirs:.1f}: {ours / theirs:.2f} x")
    words = ", ".join(f"{size / 1e6:.0f}" for size in sizes)
    print(f"  largest renderer before and after each pass: {words} MB")
    print(f"  pictures in the document: {gallery.locator('.gallery.windowed img').count()}")


def main() -> None:
    """Build the site, alternate between it and the bare page, scroll it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--site", type=Path, help="an earlier site of this benchmark, or the place to keep one")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        site = given.site or Path(name, "site")
        page = site / "runs" / "many.html"
        if not page.exists():
            write_run(Path(name, "run"), given.pictures)
            build([Path(name, "run")], BuildOptions(output=str(site), max_bytes=10**12, jobs=0))
            write_bare(page, site)
        browser = launch(playwright)
        print(f"{given.pictures:,} pictures, a page of {page.stat().st_size / 1e3:.0f} kB")
        gallery = page.as_uri() + "#r0-val-samples"
        pages = [(site / "bare.html").as_uri(), gallery]
        compare(first_viewport, browser, pages, given.rounds, "first viewport", "gallery")
        opened = [browser.new_page(viewport={"width": 1440, "height": 900}) for _ in range(2)]
        for tab, address in zip(opened, ((site / "lazy.html").as_uri(), gallery), strict=True):
            tab.goto(address, wait_until="load")
        scroll(*opened)
        browser.close()


if __name__ == "__main__":
    main()
