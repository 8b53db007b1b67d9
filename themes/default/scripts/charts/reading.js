/* Reading a chart by pointer and by keys: tooltip, cursor, zoom. */
(() => {
  'use strict';
  const { tip, curve, on, emit } = reportgen;
  const { number } = reportgen.format;

  /** Pixels that a pointer may move within a click; rows that a tooltip has room for. */
  const STILL = 4, ROWS = 12, DOUBLE = 500;

  const part = (host, name) => {
    const made = document.createElement('div');
    made.className = name;
    made.hidden = true;
    host.append(made);
    return made;
  };

  /** What the shown lines have nearest to `x`: one hit per line that reaches there. */
  const hitsAt = (picture, x, width) => {
    const at = picture.x.place(x), hits = [];
    for (const line of picture.lines) {
      if (!line) continue;
      const j = curve.nearest(line.xs, x);
      if (j < 0) continue;
      const place = picture.x.place(line.xs[j]);
      const inside = line.xs[0] <= x && x <= line.xs[line.xs.length - 1];
      if (!inside && Math.abs(place - at) * width > 12) continue;
      hits.push({ line, j, at: place, height: heightOf(picture, line.ys[j]) });
    }
    return hits.sort((a, b) => b.height - a.height);
  };

  /** 0 at the bottom, 1 at the top; what has no place goes to the edge that its sign names. */
  const heightOf = (picture, y) => {
    const place = picture.y.place(y);
    return Number.isFinite(place) ? place : y === Infinity ? 2 : -1;
  };

  /** Tooltip text: the x of the nearest point, then a row per line from the top down. `height` chooses among too many. */
  const textOf = (chart, hits, x, height) => {
    const nearest = hits.reduce((a, b) => Math.abs(b.line.xs[b.j] - x) < Math.abs(a.line.xs[a.j] - x) ? b : a);
    const step = nearest.line.points.s[nearest.j];
    let rows = hits;
    if (hits.length > ROWS) {
      const close = new Set([...hits].sort((a, b) => Math.abs(a.height - height) - Math.abs(b.height - height)).slice(0, ROWS));
      rows = hits.filter(hit => close.has(hit));
    }
    return {
      caption: chart.xWords(nearest.line, nearest.j),
      rows: rows.map(({ line, j }) => ({
        run: line.run, name: line.run.name, value: number(line.raw[j]),
        note: line.points.s[j] === step ? '' : `at ${chart.counted} ${reportgen.format.count(line.points.s[j])}`,
      })),
      more: hits.length > ROWS ? `${hits.length - ROWS} more` : '',
    };
  };

  /**
   * Makes a drawing readable.
   * @param {HTMLElement} area @param {any} chart @param {() => any} picture The picture as drawn now.
   * @param {{zoom: (x: number[]|null, y: number[]|null) => void, stretch: (range: [number, number]) => void, choose: (step: number) => void}} act
   * @param {AbortSignal} signal Ends it.
   * @returns {() => void} To be called when the axes have changed.
   */
  const reading = (area, chart, picture, act, signal) => {
    const hair = part(area, 'cursor hover'), box = part(area, 'zoom-box');
    const live = part(area.parentElement, 'hidden-text');
    live.hidden = false;
    live.setAttribute('aria-live', 'polite');
    let start = null, drawing = false, read = NaN;
    /** The page's step before the last click, and when that was: a double click is no choice of a step. */
    let before = { step: undefined, when: -Infinity };

    const placeOf = event => {
      const { left, top, width, height } = area.getBoundingClientRect();
      return { x: (event.clientX - left) / width, y: 1 - (event.clientY - top) / height };
    };

    const stand = at => { hair.hidden = !(at >= 0 && at <= 1); hair.style.setProperty('--at', String(at)); };
    const hide = () => { hair.hidden = true; tip.hide(); emit('cursor', { from: area }); };

    const show = (x, point) => {
      const drawn = picture(), { left, top, width, height } = area.getBoundingClientRect();
      const hits = hitsAt(drawn, x, width);
      if (!hits.length) { hide(); return null; }
      const text = textOf(chart, hits, x, point ? point.y : 0.5);
      const nearest = hits.reduce((a, b) => Math.abs(b.line.xs[b.j] - x) < Math.abs(a.line.xs[a.j] - x) ? b : a);
      stand(nearest.at);
      emit('cursor', { from: area, axis: chart.view.axis, x: nearest.line.xs[nearest.j] });
      const place = point ?? { x: nearest.at, y: 0.75 };
      tip.show(text, left + place.x * width, top + (1 - place.y) * height, area, !point);
      return { text, step: nearest.line.points.s[nearest.j] };
    };

    const hover = event => {
      const point = placeOf(event);
      return show(picture().x.value(point.x), point);
    };

    const outline = (from, to, both) => {
      const clip = v => Math.min(1, Math.max(0, v));
      const [x0, x1] = [clip(Math.min(from.x, to.x)), clip(Math.max(from.x, to.x))];
      const [y0, y1] = both ? [clip(Math.min(from.y, to.y)), clip(Math.max(from.y, to.y))] : [0, 1];
      Object.assign(box.style, { left: `${x0 * 100}%`, width: `${(x1 - x0) * 100}%`, bottom: `${y0 * 100}%`, height: `${(y1 - y0) * 100}%` });
      return { x0, x1, y0, y1 };
    };

    const cancel = () => { start = null; drawing = false; box.hidden = true; };

    const busy = reportgen.zoom.pinch(area, picture, act.stretch, () => { cancel(); hide(); }, signal);

    const moved = event => {
      if (busy()) return;
      if (!start || event.pointerType === 'touch') { hover(event); return; }
      if (!drawing && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) < STILL) return;
      drawing = true;
      hide();
      box.hidden = false;
      outline(start.point, placeOf(event), event.shiftKey);
    };

    const released = event => {
      if (!start) return;
      const wasDrawing = drawing, from = start.point;
      cancel();
      if (!wasDrawing) {
        const hit = hover(event);
        if (event.timeStamp - before.when > DOUBLE) before = { step: reportgen.state.steps[reportgen.state.page], when: event.timeStamp };
        if (hit && !event.shiftKey) act.choose(hit.step);
        return;
      }
      const { x0, x1, y0, y1 } = outline(from, placeOf(event), event.shiftKey), { x, y } = picture();
      if ((x1 - x0) * area.clientWidth < STILL) return;
      act.zoom([x.value(x0), x.value(x1)], event.shiftKey ? [y.value(y0), y.value(y1)] : null);
    };

    const listen = (name, handle) => area.addEventListener(name, handle, { signal });
    listen('pointermove', moved);
    listen('pointerdown', event => {
      if (event.button !== 0 || busy()) return;
      start = { clientX: event.clientX, clientY: event.clientY, point: placeOf(event) };
      if (event.pointerType === 'mouse') area.setPointerCapture(event.pointerId);
      else hover(event);
    });
    listen('pointerup', released);
    listen('pointercancel', cancel);
    listen('pointerleave', event => { if (event.pointerType === 'mouse' && !start) hide(); });
    listen('dblclick', () => {
      if (before.step !== undefined) reportgen.emit('step', before.step);
      act.zoom(null, null);
    });
    listen('blur', hide);

    // ---- keys

    const near = (x, count) => {
      const all = picture().lines.filter(line => line).flatMap(line => {
        const j = curve.nearest(line.xs, x), reach = Math.abs(count) + 1;
        return j < 0 ? [] : [...line.xs.subarray(Math.max(0, j - reach), j + reach + 1)];
      });
      const next = [...new Set(all)].filter(v => count > 0 ? v > x : v < x).sort((a, b) => count > 0 ? a - b : b - a);
      return next[Math.min(Math.abs(count), next.length) - 1] ?? x;
    };

    const goTo = x => {
      const range = picture().x;
      read = Math.min(range.high, Math.max(range.low, x));
      area.scrollIntoView({ block: 'nearest' }); // so that the tooltip stands at its own chart
      const shown = show(read, null);
      if (!shown) return;
      const { caption, rows, more } = shown.text;
      const values = rows.map(row => `${row.name} ${row.value}`);
      live.textContent = `${caption}: ${[...values, more].filter(Boolean).join(', ')}`;
    };

    const zoomBy = factor => {
      const { low, high } = picture().x, middle = Number.isFinite(read) ? read : low + (high - low) / 2;
      act.stretch([middle - (middle - low) * factor, middle + (high - middle) * factor]);
    };

    const keys = {
      ArrowLeft: () => goTo(near(read, -1)), ArrowRight: () => goTo(near(read, 1)),
      PageUp: () => goTo(near(read, 10)), PageDown: () => goTo(near(read, -10)),
      Home: () => goTo(picture().x.low), End: () => goTo(picture().x.high),
      Enter: () => { const shown = show(read, null); if (shown) act.choose(shown.step); },
      '+': () => zoomBy(0.5), '-': () => zoomBy(2), 0: () => act.zoom(null, null),
    };

    listen('keydown', event => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === 'Escape') {
        if (drawing) cancel(); else if (tip.open) hide(); else if (chart.view.x || chart.view.y) act.zoom(null, null); else return;
        event.stopPropagation();
        event.preventDefault();
        return;
      }
      const press = keys[event.key];
      if (!press) return;
      event.preventDefault();
      if (!Number.isFinite(read)) { const { low, high } = picture().x; read = event.key === 'ArrowRight' ? low : high; }
      press();
    });
    addEventListener('keydown', event => { if (event.key === 'Escape') { if (drawing) cancel(); hide(); } }, { signal });
    /* What is read in one chart is marked in all that have the same axis. */
    on('cursor', ({ from, axis, x }) => { if (from !== area) stand(axis === chart.view.axis ? picture()?.x.place(x) : NaN); }, signal);
    /** The picture is another one: what was read is no longer there. */
    const renew = () => { if (!start) { hide(); live.textContent = ''; read = NaN; } };
    signal.addEventListener('abort', () => { hide(); hair.remove(); box.remove(); live.remove(); }, { once: true });
    return renew;
  };

  reportgen.reading = reading;
})();
