/* The drawing of a line chart: uPlot holds the canvas and its series, `curve.trace` makes the strokes. Labels are HTML. */
(() => {
  'use strict';
  const { trace } = reportgen.curve;

  /** What is left of a line's colour while another run is pointed at; of logged values behind a smoothed line. */
  const DIM = 0.22, RAW = 0.28;

  /**
   * @typedef {{run: any, xs: Float64Array, ys: Float64Array, raw: Float64Array}} Line  `ys` is drawn; `raw` is as logged,
   *   the same array unless smoothed.
   * @typedef {{lines: (Line|null)[], x: any, y: any, yTicks: {at: number}[]}} Picture  One entry per series of the panel,
   *   null when it is not shown; the axes, and the ticks of the values.
   */

  // ---- colours and dashes: the theme's, read from its tokens

  let tokens = null;
  reportgen.on('theme', () => { tokens = null; });

  /** The theme's values that a canvas needs. */
  const ink = () => {
    if (tokens) return tokens;
    const style = getComputedStyle(document.documentElement), read = name => style.getPropertyValue(name).trim();
    const dash = n => read(`--dash-${n}`).split(/[\s,]+/).map(parseFloat).filter(v => v >= 0);
    const eight = [1, 2, 3, 4, 5, 6, 7, 8];
    tokens = {
      series: [read('--ink-3'), ...eight.map(n => read(`--series-${n}`))],
      dash: [[], ...eight.map(dash)],
      grid: read('--grid'), base: read('--edge'), ink: read('--ink'), quiet: read('--ink-3'), ground: read('--bg'), face: read('--font-ui'),
      stroke: parseFloat(read('--stroke')) || 1.75, faint: parseFloat(read('--stroke-faint')) || 1,
    };
    return tokens;
  };

  /** A path for a canvas, and the points that stand alone. */
  const sink = () => {
    const path = new Path2D();
    return { path, moveTo: (x, y) => path.moveTo(x, y), lineTo: (x, y) => path.lineTo(x, y), dots: [], dot(x, y) { this.dots.push(x, y); } };
  };

  const dotted = (context, dots, radius) => {
    context.beginPath();
    for (let i = 0; i < dots.length; i += 2) {
      context.moveTo(dots[i] + radius, dots[i + 1]);
      context.arc(dots[i], dots[i + 1], radius, 0, 2 * Math.PI);
    }
    context.fill();
  };

  /** Strokes one run's line, and behind a smoothed one its logged values, faint. */
  const stroke = (u, line, picture, faded) => {
    const { left, top, width, height } = u.bbox, context = u.ctx, { series, dash, stroke: thick, faint } = ink();
    const toX = v => left + picture.x.place(v) * width, toY = v => top + (1 - picture.y.place(v)) * height;
    const draw = (ys, thickness, dashes, alpha) => {
      const into = sink();
      trace(line.xs, ys, toX, toY, left + width, into);
      context.lineWidth = thickness * devicePixelRatio;
      context.globalAlpha = alpha;
      context.setLineDash(dashes.map(d => d * devicePixelRatio)); // as in the key, however noisy the line is
      context.stroke(into.path);
      context.setLineDash([]);
      dotted(context, into.dots, thickness * devicePixelRatio * 1.6);
    };
    context.save();
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    context.lineJoin = 'round';
    context.strokeStyle = context.fillStyle = series[line.run.colour];
    if (line.ys !== line.raw) draw(line.raw, faint, [], faded ? RAW * DIM : RAW);
    draw(line.ys, thick, dash[line.run.dash] ?? [], faded ? DIM : 1);
    context.restore();
  };

  /** Grid lines at the ticks of the values, and the base line. */
  const grid = (u, ticks) => {
    const { left, top, width, height } = u.bbox, context = u.ctx, thin = Math.max(1, Math.round(devicePixelRatio));
    context.save();
    context.fillStyle = ink().grid;
    for (const { at } of ticks) context.fillRect(left, Math.min(top + height - thin, Math.round(top + (1 - at) * height)), width, thin);
    context.fillStyle = ink().base;
    context.fillRect(left, top + height - thin, width, thin);
    context.restore();
  };

  /**
   * A live drawing that fills `host` and follows its size.
   * @param {HTMLElement} host @param {{width: number, height: number}} size The size that it has now.
   * @param {number} count How many series the panel has.
   */
  const plot = (host, size, count) => {
    /** @type {Picture} */
    let picture = { lines: [], x: null, y: null, yTicks: [] }, hot = null;
    /** The run that is pointed at comes last, over all others. */
    const order = () => [...picture.lines].sort((a, b) => Number(a?.run.index === hot) - Number(b?.run.index === hot));
    const paths = (u, i) => {
      const line = (hot === null ? picture.lines : order())[i - 1];
      if (line) stroke(u, line, picture, hot !== null && line.run.index !== hot);
      return null;
    };
    const facets = [{ scale: 'x', auto: false }, { scale: 'y', auto: false }];
    const data = [null, ...Array.from({ length: count }, () => [[0, 1], [0, 1]])];
    const fixed = { time: false, auto: false, range: [0, 1] };
    const u = new uPlot({
      mode: 2, ...size, padding: [0, 0, 0, 0],
      legend: { show: false }, cursor: { show: false }, select: { show: false },
      axes: [{ show: false }, { show: false }], scales: { x: fixed, y: fixed },
      series: [{}, ...Array.from({ length: count }, () => ({ facets, paths, points: { show: false } }))],
      hooks: { drawClear: [self => grid(self, picture.yTicks)] },
    }, data, host);
    const resized = new ResizeObserver(() => {
      const width = host.clientWidth, height = host.clientHeight;
      // in the next frame: a size that changes while sizes are observed would be observed again at once
      if (width && height && (width !== u.width || height !== u.height)) requestAnimationFrame(() => u.setSize({ width, height }));
    });
    resized.observe(host);
    return {
      /** @param {Picture} next */
      show(next) { picture = next; u.redraw(); },
      /** Dims all runs but one; null brings all back. @param {number|null} run */
      highlight(run) { if (run !== hot) { hot = run; u.redraw(); } },
      end() { resized.disconnect(); u.destroy(); },
    };
  };

  reportgen.plot = { plot, ink };
})();
