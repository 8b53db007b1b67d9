"""The overview with 100 metrics of 10 runs of 1,000 points, against the leanest page that draws the same lines.

    python -m benchmarks.browser_charts [--metrics 100] [--runs 10] [--points 1000] [--rounds 7]

The lean page holds the same numbers in the same chunks, has bare canvases instead of panels, and strokes their lines
as they come near the window: no axes, no labels, no first frames, no table, no library. Measured is the time from the
start of navigation until every chart in the first window is seen (the report's first frames are in its file, the lean
page has none), and until it is live, drawn by the script. Both pages are opened in turn, each in a fresh context;
medians count. Goals: at most 1.3 times the lean page; scripts at most 150 kB, 60 kB packed.
Needs Playwright and Chromium.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import statistics
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, sync_playwright

from benchmarks.browser import launch
from reportgen.site.build import build
from reportgen.site.options import BuildOptions

GOAL = 1.3
SCRIPT_GOALS = (150_000, 60_000)

LEAN = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>lean</title><style>
body { margin: 0; font: 14px sans-serif; } .head { height: HEADpx; }
.grid { display: grid; grid-template-columns: repeat(3, 1fr); gap: 32px; padding: 0 40px; }
canvas { width: 100%; height: 176px; display: block; margin: 44px 0 64px; }
</style></head><body><div class="head"></div><div class="grid"></div><script>
'use strict';
const REFS = REFERENCES;
const COLOURS = ['#1e6dbd', '#b84b33', '#1f8071', '#64298e', '#bf7f02', '#1897c1', '#d84990', '#383d44'];
const waiting = new Map();
window.reportgen = { put: (id, text) => waiting.get(id)(Uint8Array.from(atob(text), c => c.charCodeAt(0))) };
const load = ref => new Promise(done => {
  waiting.set(ref.slice(5, -3), done);
  const script = document.createElement('script');
  script.src = ref;
  document.head.append(script);
});
const SIZES = { i8: 1, i16: 2, i32: 4, f32: 4, f64: 8 };
const TYPES = { i8: Int8Array, i16: Int16Array, i32: Int32Array, f32: Float32Array, f64: Float64Array };
const column = (c, body) => {
  if (c.code === 'range') return Float64Array.from({ length: c.n }, (_, i) => c.start + c.step * i);
  const size = SIZES[c.type], n = c.code === 'delta' ? c.n - 1 : c.n, bytes = new Uint8Array(n * size);
  for (let p = 0; p < size; p++) for (let i = 0; i < n; i++) bytes[i * size + p] = body[c.at + p * n + i];
  const plain = new TYPES[c.type](bytes.buffer);
  if (c.code !== 'delta') return plain;
  const whole = new Float64Array(c.n);
  whole[0] = c.start;
  for (let i = 1; i < c.n; i++) whole[i] = whole[i - 1] + plain[i - 1];
  return whole;
};
const columns = async ref => {
  const stream = new Blob([await load(ref)]).stream().pipeThrough(new DecompressionStream('gzip'));
  const all = new Uint8Array(await new Response(stream).arrayBuffer());
  const length = new DataView(all.buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(all.subarray(4, 4 + length)));
  const body = all.subarray(Math.ceil((4 + length) / 8) * 8);
  return Object.fromEntries(head.columns.filter(c => c.name[0] !== 't').map(c => [c.name, column(c, body)]));
};
const draw = async canvas => {
  const data = await columns(canvas.dataset.ref), context = canvas.getContext('2d');
  canvas.width = canvas.clientWidth * devicePixelRatio;
  canvas.height = canvas.clientHeight * devicePixelRatio;
  let x0 = Infinity, x1 = -Infinity, y0 = Infinity, y1 = -Infinity;
  for (let r = 0; data['x' + r]; r++) {
    for (const x of data['x' + r]) { if (x < x0) x0 = x; if (x > x1) x1 = x; }
    for (const y of data['y' + r]) { if (y < y0) y0 = y; if (y > y1) y1 = y; }
  }
  context.lineWidth = 1.75;
  for (let r = 0; data['x' + r]; r++) {
    const xs = data['x' + r], ys = data['y' + r];
    context.strokeStyle = COLOURS[r % 8];
    context.beginPath();
    for (let i = 0; i < xs.length; i++) {
      context.lineTo((xs[i] - x0) / (x1 - x0) * canvas.width, (1 - (ys[i] - y0) / (y1 - y0)) * canvas.height);
    }
    context.stroke();
  }
  canvas.dataset.drawn = '1';
};
const near = new IntersectionObserver(seen => seen.forEach(s => {
  if (s.isIntersecting) { near.unobserve(s.target); draw(s.target); }
}), { rootMargin: '600px 0px' });
for (const ref of REFS) {
  const canvas = document.createElement('canvas');
  canvas.dataset.ref = ref;
  document.querySelector('.grid').append(canvas);
  near.observe(canvas);
}
</script></body></html>
"""

WATCH = """
(() => {
  const inside = e => {
    const box = e.getBoundingClientRect();
    return box.width > 0 && box.top < innerHeight && box.bottom > 0;
  };
  const times = {};
  const frame = () => {
    const places = [...document.querySelectorAll('.plot, .grid > canvas')].filter(inside);
    // what stands there in this frame is on the screen with the next one
    const note = (name, chosen) => {
      if (!times[name] && places.length && places.every(e => e.matches(chosen))) {
        requestAnimationFrame(() => { times[name] = performance.now(); });
      }
    };
    note('seen', '.plot:has(svg path), canvas[data-drawn]');
    note('live', '.plot.drawn, canvas[data-drawn]');
    if (times.seen && times.live) window.firstView = { ...times, count: places.length };
    else requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})();
"""


def write_runs(folder: Path, metrics: int, runs: int, points: int) -> None:
    """Runs of noisy falling curves, as the logger writes them."""
    noise = np.random.default_rng(0)
    for r in range(runs):
        run = folder / "bench" / f"run-{r}"
        run.mkdir(parents=True)
        about = {
            "format": 1, "writer": "benchmark", "id": f"run-{r}", "name": f"run-{r}", "project": "bench",
            "created": f"2026-11-21T09:{r:02}:00Z", "state": "finished", "duration": points * 0.1,
            "sessions": [{"started": 1795252260.5, "runtime": 0}],
        }  # fmt: skip
        (run / "run.json").write_text(json.dumps(about))
        steps = np.arange(points)
        values = np.exp(-steps / 200)[:, None] + noise.normal(0, 0.05, (points, metrics)) + r * 0.1
        keys = [f"{'train' if m % 2 else 'val'}/metric_{m:03}" for m in range(metrics)]
        with (run / "history.jsonl").open("w") as file:
            for step, row in enumerate(values.tolist()):
                file.write(
                    json.dumps({"_step": step, "_runtime": step * 0.1, **dict(zip(keys, row, strict=True))}) + "\n"
                )


def manifest(index: Path) -> tuple[list[str], list[Path]]:
    """The chunks of the overview's panels, in the order of the page, and the scripts that it loads."""
    text = index.read_text(encoding="utf-8")
    found = json.loads(text.split('id="reportgen-page">')[1].split("</script>")[0])
    scripts = [*re.findall(r'<script src="([^"]+)"', text), *found["libraries"].values()]
    return [p["data"]["columns"] for p in found["pages"]["overview"]["panels"]], [index.parent / s for s in scripts]


def first_view(browser: Browser, url: str) -> dict[str, float]:
    """Milliseconds until all charts in the first window are seen, and live, and how many there are."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.add_init_script(WATCH + AT_CHARTS)
    page.goto(url)
    page.wait_for_function("() => window.firstView", timeout=60_000)
    found: dict[str, float] = page.evaluate("() => window.firstView")
    context.close()
    return found


AT_CHARTS = """addEventListener('DOMContentLoaded', () =>
    document.querySelector('.grid').scrollIntoView(), { once: true, capture: true });"""
"""Both pages open at their first chart: that is what is compared, not the table above it."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("metrics", 100), ("runs", 10), ("points", 1000), ("rounds", 7)):
        parser.add_argument(f"--{name}", type=int, default=value)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_runs(folder / "runs", options.metrics, options.runs, options.points)
        index = build([folder / "runs"], BuildOptions(output=str(folder / "site"))).path
        chunks, scripts = manifest(index)
        lean = index.with_name("lean.html")
        lean.write_text(LEAN.replace("REFERENCES", json.dumps(chunks)).replace("HEAD", "1000"), encoding="utf-8")
        found: dict[str, list[dict[str, float]]] = {"report": [], "lean": []}
        with sync_playwright() as playwright:
            browser = launch(playwright)
            for number in range(options.rounds + 1):
                for name, path in (("report", index), ("lean", lean))[:: 1 if number % 2 else -1]:
                    view = first_view(browser, path.as_uri())
                    if number:  # the first round warms the caches of disk and browser
                        found[name].append(view)
            browser.close()
        raw = sum(path.stat().st_size for path in scripts)
        packed = sum(len(gzip.compress(path.read_bytes())) for path in scripts)
    size = f"{options.metrics} metrics x {options.runs} runs x {options.points:,} points"
    print(f"{size}, median of {options.rounds} rounds, {found['report'][0]['count']:.0f} charts in the window")
    lean_time = show("the lean page's lines drawn", [view["live"] for view in found["lean"]])
    for name, words in (("seen", "the report's charts seen"), ("live", "the report's charts live")):
        took = show(words, [view[name] for view in found["report"]])
        print(f"    {took / lean_time:.2f} times the lean page (goal: at most {GOAL})")
    goals = " and ".join(f"{goal // 1000} kB" for goal in SCRIPT_GOALS)
    print(f"  scripts {raw / 1000:.1f} kB, {packed / 1000:.1f} kB packed (goal: at most {goals})")


def show(what: str, times: list[float]) -> float:
    """Print the median of some milliseconds with their spread, and give it."""
    middle = statistics.median(times)
    print(f"  {what:28} {middle:6.0f} ms ({min(times):.0f} to {max(times):.0f})")
    return middle


if __name__ == "__main__":
    main()
