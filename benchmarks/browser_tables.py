"""A table of 100,000 rows and 10 columns, against the leanest page that shows the same numbers.

    python -m benchmarks.browser_tables [--rows 100000] [--rounds 7] [--tabulator FOLDER]

The lean page reads the same chunks, and has nothing but the rows in sight as elements of one height: no head, no menu,
no keyboard. It sorts places of words, and numbers, as typed arrays with a comparison, and filters with one loop. With
--tabulator (a folder with tabulator.min.js and tabulator.min.css, from its npm package) the same rows are shown by
Tabulator too. Measured is the time from the start of navigation until the first rows are seen, and until they can be
sorted; then for sorting by numbers, sorting by words and filtering by a range, the time from the input to the second
frame after it. The pages are opened in turn, each in a fresh context; medians count. Goal: at most 1.2 times the best.
Needs Playwright and Chromium.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.browser import launch
from reportgen.rundir.records.table import TableColumn
from reportgen.rundir.tables import column_line, pack_table
from reportgen.site.build import build
from reportgen.site.options import BuildOptions

GOAL = 1.2

READING = """
const waiting = new Map();
window.reportgen = { put: (id, text) => waiting.get(id)(Uint8Array.from(atob(text), c => c.charCodeAt(0))) };
if (Uint8Array.fromBase64) window.reportgen.put = (id, text) => waiting.get(id)(Uint8Array.fromBase64(text));
const plain = async ref => {
  const bytes = await new Promise(done => {
    waiting.set(ref.slice(ref.lastIndexOf('/') + 1, -3), done);
    const script = document.createElement('script');
    script.src = '../' + ref;
    document.head.append(script);
  });
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
};
const SIZES = { i8: 1, i16: 2, i32: 4, f32: 4, f64: 8 };
const TYPES = { i8: Int8Array, i16: Int16Array, i32: Int32Array, f32: Float32Array, f64: Float64Array };
const column = (c, body) => {
  if (c.code === 'range') return Float64Array.from({ length: c.n }, (_, i) => c.start + c.step * i);
  const size = SIZES[c.type], n = c.code === 'delta' ? c.n - 1 : c.n, bytes = new Uint8Array(n * size);
  for (let p = 0; p < size; p++) for (let i = 0; i < n; i++) bytes[i * size + p] = body[c.at + p * n + i];
  const found = new TYPES[c.type](bytes.buffer);
  if (c.code !== 'delta') return found;
  const whole = new Float64Array(c.n);
  whole[0] = c.start;
  for (let i = 1; i < c.n; i++) whole[i] = whole[i - 1] + found[i - 1];
  return whole;
};
const read = async () => {
  const [all, text] = await Promise.all([plain(PART.columns), plain(PART.values)]);
  const length = new DataView(all.buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(all.subarray(4, 4 + length)));
  const body = all.subarray(Math.ceil((4 + length) / 8) * 8), told = JSON.parse(new TextDecoder().decode(text));
  const arrays = Object.fromEntries(head.columns.map(c => [c.name, column(c, body)]));
  return NAMES.map((name, i) => ({ name, words: told[i].words, values: arrays['c' + i] ?? arrays['n' + i] }));
};
const text = (c, row) => c.words ? String(c.words[c.values[row]]) : String(c.values[row]);
const done = () => requestAnimationFrame(() => { window.live = window.seen = performance.now(); });
"""

LEAN = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>lean</title><style>
body { margin: 0; font: 13px sans-serif; } .rows { height: 528px; overflow: auto; }
.inner { position: relative; } .row { position: absolute; display: flex; height: 28px; }
.row div { width: 110px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
</style></head><body><div class="rows"><div class="inner"></div></div><script>
'use strict';
const PART = REFERENCE, NAMES = COLUMNS;
READING
const rows = document.querySelector('.rows'), inner = rows.firstChild, lines = [];
let columns, order;
const draw = () => {
  inner.style.height = order.length * 28 + 'px';
  const first = Math.max(0, Math.floor(rows.scrollTop / 28) - 6), last = Math.min(order.length, first + 32);
  for (let i = 0; i < 32; i++) {
    const line = lines[i] ??= inner.appendChild(document.createElement('div')), row = order[first + i];
    line.className = 'row';
    line.hidden = first + i >= last;
    if (line.hidden) continue;
    line.style.top = (first + i) * 28 + 'px';
    columns.forEach((c, j) => {
      const cell = line.children[j] ?? line.appendChild(document.createElement('div'));
      cell.textContent = text(c, row);
    });
  }
};
rows.addEventListener('scroll', draw);
const all = () => Uint32Array.from({ length: columns[0].values.length }, (_, i) => i);
const of = name => columns.find(c => c.name === name).values;
window.sort = name => { const values = of(name); order = order.slice().sort((a, b) => values[a] - values[b]); draw(); };
window.filter = (name, low) => { const values = of(name); order = all().filter(row => values[row] >= low); draw(); };
window.reset = () => { order = all(); draw(); };
read().then(found => { columns = found; order = all(); draw(); done(); });
</script></body></html>
"""

TABULATOR = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>tabulator</title>
<link rel="stylesheet" href="tabulator.min.css"><script src="tabulator.min.js"></script></head><body><div id="t"></div>
<script>
'use strict';
const PART = REFERENCE, NAMES = COLUMNS;
READING
let table;
window.sort = name => table.setSort(name, 'asc');
window.filter = (name, low) => table.setFilter(name, '>=', low);
window.reset = () => { table.clearFilter(); table.clearSort(); };
read().then(columns => {
  const data = [];
  for (let row = 0; row < columns[0].values.length; row++) {
    const made = { id: row };
    for (const c of columns) made[c.name] = c.words ? c.words[c.values[row]] : c.values[row];
    data.push(made);
  }
  const heads = NAMES.map(name => ({ title: name, field: name, width: 110 }));
  table = new Tabulator('#t', { data, height: 528, columns: heads });
  table.on('tableBuilt', done);
});
</script></body></html>
"""

WATCH = """
(() => {
  if (!location.href.includes('/runs/')) return;
  const frame = () => {
    const host = document.querySelector('[data-kind=table] .table');
    if (host && !window.seen) requestAnimationFrame(() => { window.seen ??= performance.now(); });
    if (host?.dataset.grid) {
      window.live = performance.now();
      const head = name => host.querySelector(`th[data-col="${name}"]`);
      window.sort = name => head(name).querySelector('.sort').click();
      window.filter = (_, low) => {
        const field = host.querySelector('.grid-menu input');
        field.value = low;
        field.dispatchEvent(new Event('input'));
      };
      window.ready = name => head(name).querySelector('.head-menu').click();
      window.reset = () => { window.sort('note'); window.sort('note'); }; // the third press brings back the first order
    } else requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})();
addEventListener('DOMContentLoaded', () =>
  document.querySelector('[data-kind=table]')?.scrollIntoView(), { once: true, capture: true });
"""

TIMED = """work => new Promise(resolve => {
  const [name, ...given] = work, start = performance.now();
  window[name](...given);
  requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - start)));
})"""

NAMES = ("id", "name", "class", "score", "loss", "n", "ok", "note", "x", "y")


def write_run(folder: Path, rows: int) -> None:
    """A run with one table, as the logger writes it."""
    draw = random.Random(0)
    words = [f"item {i}" for i in range(5000)]
    values: list[tuple[str, list[object]]] = [
        ("number", list(range(rows))),
        ("text", [draw.choice(words) for _ in range(rows)]),
        ("text", [draw.choice(("cat", "dog", "bird", "fish")) for _ in range(rows)]),
        ("number", [draw.random() for _ in range(rows)]),
        ("number", [draw.expovariate(1) for _ in range(rows)]),
        ("number", [draw.randint(0, 9) for _ in range(rows)]),
        ("bool", [draw.random() > 0.5 for _ in range(rows)]),
        ("text", [f"sentence {i} of {draw.choice(words)}" for i in range(rows)]),
        ("number", [draw.gauss(0, 1) for _ in range(rows)]),
        ("number", [draw.gauss(5, 2) for _ in range(rows)]),
    ]
    columns = [TableColumn(name, kind) for name, (kind, _) in zip(NAMES, values, strict=True)]
    name = f"media/ab/{'ab' * 32}.table.jsonl.gz"
    (folder / "media" / "ab").mkdir(parents=True)
    (folder / name).write_bytes(pack_table(columns, [column_line(kind, given) for kind, given in values], rows))
    record = {"_type": "table", "columns": [c.to_json() for c in columns], "rows": rows, "file": name}
    about = {
        "format": 1, "writer": "benchmark", "id": "run", "name": "run", "project": "bench",
        "created": "2026-11-21T09:00:00Z", "state": "finished", "duration": 1.0,
        "sessions": [{"started": 1795252260.5, "runtime": 0}],
    }  # fmt: skip
    (folder / "run.json").write_text(json.dumps(about))
    (folder / "history.jsonl").write_text(json.dumps({"_step": 0, "_runtime": 0.5, "table": record}) + "\n")


def pages(site: Path, tabulator: Path | None) -> dict[str, Path]:
    """The report's page of the run, and beside it those that show the same chunks."""
    page = site / "runs" / "run.html"
    found = json.loads(page.read_text(encoding="utf-8").split('id="reportgen-page">')[1].split("</script>")[0])
    (part,) = next(p for p in found["pages"]["run/0"]["panels"] if p["kind"] == "table")["data"]["parts"]
    made = {"reportgen": page}
    for name, text in (("lean", LEAN), ("tabulator", TABULATOR)):
        if name == "tabulator" and tabulator is None:
            continue
        path = site / "runs" / f"{name}.html"
        filled = text.replace("READING", READING).replace("REFERENCE", json.dumps(part))
        path.write_text(filled.replace("COLUMNS", json.dumps(NAMES)), encoding="utf-8")
        made[name] = path
    if tabulator is not None:
        for name in ("tabulator.min.js", "tabulator.min.css"):
            shutil.copy(next(tabulator.rglob(name)), page.parent / name)
    return made


def measure(browser: Browser, name: str, path: Path) -> dict[str, float]:
    """Milliseconds of each thing that a reader does first."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    if name == "reportgen":
        page.add_init_script(WATCH)
    page.goto(path.as_uri())
    page.wait_for_function("() => window.live && window.seen", timeout=120_000)
    found = {"first rows seen": page.evaluate("window.seen"), "first rows live": page.evaluate("window.live")}
    page.wait_for_timeout(700)
    for what, column in (("sort by numbers", "score"), ("sort by words", "name"), ("sort by texts", "note")):
        found[what] = page.evaluate(TIMED, ["sort", column])
        page.wait_for_timeout(300)
    page.evaluate("window.reset()")
    page.wait_for_timeout(300)
    page.evaluate("window.ready?.('x')")
    page.wait_for_timeout(200)
    found["filter by a range"] = page.evaluate(TIMED, ["filter", "x", 0.5])
    page.wait_for_timeout(300)
    context.close()
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--tabulator", type=Path, default=None)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = Path(scratch)
        write_run(folder / "run", options.rows)
        build([folder / "run"], BuildOptions(output=str(folder / "site"), max_rows=options.rows, max_bytes=10**12))
        known = pages(folder / "site", options.tabulator)
        times: dict[str, list[dict[str, float]]] = {name: [] for name in known}
        browser = launch(playwright)
        for number in range(options.rounds + 1):
            for name, path in list(known.items())[:: 1 if number % 2 else -1]:
                found = measure(browser, name, path)
                if number:  # the first round warms the caches of disk and browser
                    times[name].append(found)
        browser.close()
    print(f"{options.rows:,} rows of {len(NAMES)} columns, median of {options.rounds} rounds, milliseconds")
    for what in times["reportgen"][0]:
        middle = {name: statistics.median(found[what] for found in all_) for name, all_ in times.items()}
        best = min(value for name, value in middle.items() if name != "reportgen")
        shown = "  ".join(f"{name} {value:6.0f}" for name, value in middle.items())
        print(f"  {what:18} {shown}   {middle['reportgen'] / best:.2f} times the best (goal: at most {GOAL})")


if __name__ == "__main__":
    main()
