"""Toggling a class of the masks over 50 pictures of 1024 x 1024, against the barest loop that does the same.

    python -m benchmarks.browser_overlays [--pictures 50] [--rounds 40]

Both run in one page, in turn, and both are on the screen. The bare loop looks each class number up in a table of 256
colours and puts the pixels on a canvas of the same size; ours also tells inside from edge and follows what was chosen.
Goal: at most 1.2 times. Also told: from payload to class numbers against PNG files that the browser decodes, and 1,000
boxes with their labels, drawn anew as a threshold moves. Needs Playwright and Chromium.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import hashlib
import io
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from playwright.sync_api import sync_playwright

from benchmarks.browser import launch
from reportgen.site.build import build
from reportgen.site.options import BuildOptions

SIDE = 1024
GOAL = 1.2

MEASURE = """async ([rounds, payloads]) => {
  const { overlays, gunzip } = reportgen;
  const middle = list => [...list].sort((a, b) => a - b)[list.length >> 1];
  const frame = () => new Promise(done => requestAnimationFrame(done));
  const found = [];
  const collect = value => {
    if (!value || typeof value !== 'object') return;
    if (value.masks || value.boxes) found.push(value);
    else Object.values(value).forEach(collect);
  };
  const grid = document.createElement('div');
  grid.style.cssText = 'display: flex; flex-wrap: wrap; gap: 8px; position: absolute; inset: 0; background: #888';
  document.body.append(grid);
  const attach = async (key, layers, picture) => {
    const stage = document.createElement('div');
    stage.className = 'stage';
    stage.style.cssText = `--ratio: 1; width: ${picture.masks ? 176 : 960}px`;
    grid.append(stage);
    const attached = overlays.attach(stage, picture, { key, layers, eager: true });
    await overlays.ready(attached);
    return attached.canvas;
  };
  const masks = [];
  for (const { key, data: { layers, ...rest } } of Object.values(reportgen.manifest.pages)[0].panels) {
    found.length = 0;
    collect(rest);
    const boxes = key === 'boxes', tools = document.createElement('div');
    grid.append(tools);
    overlays.controls(tools, { key: boxes ? 'boxes' : 'masks' }, null, layers, tools);
    for (const picture of [...found]) {
      const canvas = await attach(boxes ? 'boxes' : 'masks', layers, picture);
      if (!boxes) masks.push(canvas);
    }
  }
  const bare = masks.map(({ width, height }) => {
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const context = canvas.getContext('2d');
    grid.append(canvas);
    const data = context.createImageData(width, height), classes = new Uint8Array(width * height);
    for (let i = 0; i < classes.length; i++) classes[i] = i * 7 / width & 7;
    return { context, data, words: new Uint32Array(data.data.buffer), classes };
  });
  const table = new Uint32Array(256).fill(0x64aa5500);
  const loop = () => {
    for (const { context, data, words, classes } of bare) {
      for (let i = 0; i < classes.length; i++) words[i] = table[classes[i]];
      context.putImageData(data, 0, 0);
    }
  };
  /** Work that a call asks for: the call itself, and what it has drawn in the next frame. */
  const timed = async call => {
    let from = 0, to = 0;
    requestAnimationFrame(() => { from = performance.now(); });
    const began = performance.now();
    call();
    const asked = performance.now() - began;
    requestAnimationFrame(() => { to = performance.now(); });
    await frame();
    await frame();
    return asked + to - from;
  };
  const toggle = on => overlays.change('masks', { flipped: new Set(on ? ['1:class_1'] : []) });
  const threshold = at => overlays.change('boxes', { scores: new Map([['score', { at, most: false }]]) });
  const times = { ours: [], bare: [], boxes: [] };
  for (let i = 0; i < rounds; i++) {
    table[1] = i % 2 ? 0 : 0x64aa5500;
    const ways = [
      async () => times.ours.push(await timed(() => toggle(i % 2 === 0))),
      async () => times.bare.push(await timed(() => requestAnimationFrame(loop))),
    ];
    for (const way of i % 2 ? ways : ways.reverse()) await way();
    times.boxes.push(await timed(() => threshold(i / rounds)));
  }
  const decoders = {
    gzip: async bytes => new Uint8Array(await gunzip(bytes)),
    png: async bytes => {
      const file = new Blob([bytes], { type: 'image/png' });
      const picture = await createImageBitmap(file, { colorSpaceConversion: 'none' }), { width, height } = picture;
      const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
      context.drawImage(picture, 0, 0);
      const { data } = context.getImageData(0, 0, width, height), classes = new Uint8Array(data.length / 4);
      for (let i = 0, j = 0; i < classes.length; i++, j += 4) classes[i] = data[j];
      return classes;
    },
  };
  const decoding = { gzip: [], png: [] };
  for (let i = 0; i < 15; i++) {
    for (const [name, decode] of Object.entries(decoders)) {
      const bytes = reportgen.fromBase64(payloads[name]), began = performance.now();
      await decode(bytes);
      decoding[name].push(performance.now() - began);
    }
  }
  const [{ width, height }] = masks;
  return {
    count: masks.length, size: [width, height], ours: middle(times.ours), bare: middle(times.bare),
    ratio: middle(times.ours.map((time, i) => time / times.bare[i])),
    low: [Math.min(...times.ours), Math.min(...times.bare)], boxes: middle(times.boxes),
    gzip: middle(decoding.gzip), png: middle(decoding.png),
  };
}"""


def png(pixels: npt.NDArray[np.uint8]) -> bytes:
    """Pixels as a PNG file."""
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG")
    return data.getvalue()


def stored(folder: Path, data: bytes) -> str:
    """A media file of the run; gives its name."""
    digest = hashlib.sha256(data).hexdigest()
    path = folder / f"media/{digest[:2]}/{digest}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path.relative_to(folder).as_posix()


def areas(number: int) -> npt.NDArray[np.uint8]:
    """(1024, 1024) classes 0 to 7 in smooth areas, other ones for each number."""
    y, x = np.mgrid[:SIDE, :SIDE] / 97.0
    waves = np.sin(x + number) + np.cos(y * 1.3 - number) + np.sin((x + y) / 3 + number / 7)
    found: npt.NDArray[np.uint8] = ((waves + 3) * 8 / 6).clip(0, 7).astype(np.uint8)
    return found


def write_run(folder: Path, pictures: int) -> None:
    """A run with pictures under masks, and one under 1,000 boxes."""
    plain = {"_type": "image", "width": SIDE, "height": SIDE, "format": "png"}
    flat = stored(folder, png(np.full((SIDE, SIDE), 90, np.uint8)))
    row: dict[str, Any] = {"_step": 0, "_runtime": 0.0}
    for i in range(pictures):  # few under one key: more would not stand in the page itself
        mask = {"name": "found", "file": stored(folder, png(areas(i)))}
        row.setdefault(f"masks/{i // 25}", []).append(plain | {"file": flat, "masks": [mask]})
    dice = np.random.default_rng(0)
    corners = dice.uniform(0, SIDE - 60, (1000, 2))
    boxes = np.hstack([corners, corners + dice.uniform(8, 60, (1000, 2))]).round(1).tolist()
    values = {"box": boxes, "class_id": [1] * 1000, "scores": {"score": dice.random(1000).round(4).tolist()}}
    row["boxes"] = plain | {"file": flat, "boxes": [{"name": "found", "count": 1000, "values": values}]}
    about = {"format": 1, "id": "masks", "name": "masks", "project": "bench", "state": "finished", "duration": 1.0}
    (folder / "run.json").write_text(json.dumps(about | {"created": "2026-01-01T00:00:00Z"}))
    (folder / "history.jsonl").write_text(json.dumps(row) + "\n")


def main() -> None:
    """Build the report, toggle in turn, print ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=40)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        write_run(folder / "run", given.pictures)
        build([folder / "run"], BuildOptions(output=str(folder / "site")))
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1440, "height": 3800})
        page.goto((folder / "site/runs/masks.html").as_uri())
        page.wait_for_timeout(2000)
        bytes_of = {"gzip": gzip.compress(areas(0).tobytes(), 6, mtime=0), "png": png(areas(0))}
        payloads = {way: base64.b64encode(data).decode() for way, data in bytes_of.items()}
        found = page.evaluate(MEASURE, [given.rounds, payloads])
        browser.close()
    size = " x ".join(map(str, found["size"]))
    print(f"{found['count']} masks of {SIDE} x {SIDE}, each drawn on {size} pixels")
    low = found["low"][0] / found["low"][1]
    print(f"  a class toggled: {found['ours']:.1f} ms, bare loop {found['bare']:.1f} ms")
    print(f"  {found['ratio']:.2f} x in the middle of all rounds, of the lowest times {low:.2f} x (goal {GOAL})")
    kilobytes = {way: f"{len(data) / 1e3:.0f} kB" for way, data in bytes_of.items()}
    print(f"  from payload to classes: {found['gzip']:.1f} ms for {kilobytes['gzip']} of gzip, ", end="")
    print(f"{found['png']:.1f} ms for {kilobytes['png']} of PNG: {found['gzip'] / found['png']:.2f} x")
    print(f"  a threshold moved over 1,000 boxes with labels: {found['boxes']:.1f} ms")


if __name__ == "__main__":
    main()
