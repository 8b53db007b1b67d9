/* One run's line as numbers: where its points stand along x, how it is smoothed, which strokes draw it. */
(() => {
  'use strict';

  /**
   * @typedef {{s: Float64Array, t: Float64Array, y: Float64Array}} Points  Steps, seconds since the run began, values as
   *   logged: NaN and infinities are kept. In the order of the steps.
   */

  /**
   * The exponential moving average that TensorBoard and W&B draw, its start corrected for the missing past. What is not a
   * finite number is passed over: the average goes on behind it, and the line keeps its gap.
   * @param {Float64Array} values @param {number} weight 0 to below 1: how much the past counts.
   */
  const smooth = (values, weight) => {
    const smoothed = new Float64Array(values.length);
    let sum = 0, total = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (!Number.isFinite(value)) { smoothed[i] = value; continue; }
      total = total * weight + (1 - weight);
      // as a step towards the value: the sum of two huge numbers would overflow
      sum += (value - sum) * ((1 - weight) / total);
      if (!Number.isFinite(sum)) sum = value;
      smoothed[i] = sum;
    }
    return smoothed;
  };

  /** First index whose value is at least `x`; `xs` ascends. */
  const lowerBound = (xs, x) => {
    let low = 0, high = xs.length;
    while (low < high) { const middle = (low + high) >> 1; if (xs[middle] < x) low = middle + 1; else high = middle; }
    return low;
  };

  /** Whether values ascend: then searches may halve. NaN says no. */
  const ascends = xs => {
    if (!orders.has(xs)) orders.set(xs, xs.every((x, i) => x === x && (i === 0 || x >= xs[i - 1])));
    return orders.get(xs);
  };
  const orders = new WeakMap();

  /** Moments since 1970: a run that was resumed has several sessions, each with its own clock. */
  const wallTimes = (runtimes, sessions) => runtimes.map(runtime => {
    const [started, offset] = sessions.findLast(session => session[1] <= runtime) ?? sessions[0] ?? [NaN, 0];
    return started + runtime - offset;
  });

  /** For each step the last value that another metric had at or before it; NaN before its first. */
  const joined = (steps, other) => {
    const values = new Float64Array(steps.length);
    for (let i = 0, j = -1; i < steps.length; i++) {
      while (j + 1 < other.s.length && other.s[j + 1] <= steps[i]) j++;
      values[i] = j < 0 ? NaN : other.y[j];
    }
    return values;
  };

  /** Index of the point with the largest place up to `x`; -1 when there is none. */
  const upTo = (xs, x) => {
    if (ascends(xs)) return lowerBound(xs, x + Math.max(1e-9, Math.abs(x) * 2 ** -51)) - 1;
    let best = -1;
    for (let i = 0; i < xs.length; i++) if (xs[i] <= x && (best < 0 || xs[i] > xs[best])) best = i;
    return best;
  };

  /**
   * Points in the order of their places, so that a line never turns back; those without a place are left out.
   * @param {Points} points @param {Float64Array} xs Their places. The points themselves come back where nothing changes.
   * @returns {{points: Points, xs: Float64Array, back: boolean, unplaced: number}} `back` when their order is another one.
   */
  const inOrder = (points, xs) => {
    let last = -Infinity, back = false, unplaced = 0;
    for (const x of xs) {
      if (!Number.isFinite(x)) { unplaced++; continue; }
      if (x < last) back = true;
      last = x;
    }
    if (!back && !unplaced) return { points, xs, back, unplaced };
    const order = [...xs.keys()].filter(i => Number.isFinite(xs[i]));
    if (back) order.sort((a, b) => xs[a] - xs[b] || a - b);
    const pick = values => Float64Array.from(order, i => values[i]);
    return { points: { s: pick(points.s), t: pick(points.t), y: pick(points.y) }, xs: pick(xs), back, unplaced };
  };

  /**
   * Lowest and highest drawable value among the points between `from` and `to` on x, and what cannot be drawn. Where no
   * point is between them the line may pass through: then `low` and `high` are of the two points that it connects.
   * @param {ArrayLike<number>} xs Ascending.
   * @returns {{low: number, high: number, n: number, nan: number, up: number, down: number, lost: number}} `low` is
   *   Infinity when there is none; `lost` counts values that a log scale has no place for.
   */
  const extent = (xs, ys, from, to, log) => {
    const found = { low: Infinity, high: -Infinity, n: 0, nan: 0, up: 0, down: 0, lost: 0 };
    const reach = y => { if (y < found.low) found.low = y; if (y > found.high) found.high = y; };
    const drawable = y => Number.isFinite(y) && !(log && y <= 0), first = lowerBound(xs, from);
    for (let i = first; i < xs.length && xs[i] <= to; i++) {
      const y = ys[i];
      found.n++;
      if (drawable(y)) reach(y);
      else if (Number.isNaN(y)) found.nan++;
      else if (y === Infinity) found.up++;
      else if (y === -Infinity) found.down++;
      else found.lost++;
    }
    const around = [ys[first - 1], ys[first]];
    if (!found.n && around.every(drawable)) around.forEach(reach);
    return found;
  };

  const LIMIT = 1e5;
  const held = v => v < -LIMIT ? -LIMIT : v > LIMIT ? LIMIT : v;

  /**
   * Draws points into a sink with `moveTo`, `lineTo` and `dot`. Where several points share a pixel column, the stroke
   * there goes through the first, the lowest, the highest and the last of them, so the picture is that of all points and
   * a spike of one point stands out at any zoom (Jugel et al., "M4", VLDB 2014). Lines break where there is no number; a
   * point alone between two breaks becomes a dot.
   * @param {ArrayLike<number>} xs @param {ArrayLike<number>} ys
   * @param {(x: number) => number} toX To pixels; NaN where there is no place. @param {(y: number) => number} toY
   * @param {number} width Of the drawing, in pixels: points beyond its edges are passed over.
   */
  const trace = (xs, ys, toX, toY, width, sink) => {
    let open = false, run = 0, lastX = 0, lastY = 0;
    let column = NaN, n = 0, x0 = 0, first = 0, low = 0, high = 0, last = 0, lowAt = 0, highAt = 0;
    const to = (x, y) => {
      if (open) sink.lineTo(x, y); else { sink.moveTo(x, y); open = true; }
      lastX = x; lastY = y;
    };
    const flush = () => {
      if (!n) return;
      const x = n > 1 ? column + 0.5 : x0;
      to(x, first);
      if (n > 2) {
        to(x, lowAt < highAt ? low : high);
        to(x, lowAt < highAt ? high : low);
      }
      if (n > 1) to(x, last);
      n = 0; column = NaN;
    };
    const stop = () => {
      flush();
      if (run === 1) sink.dot(lastX, lastY);
      open = false; run = 0;
    };
    const [from, until] = inView(xs, toX, width);
    for (let i = from; i < until; i++) {
      const x = held(toX(xs[i])), y = held(toY(ys[i]));
      if (!Number.isFinite(ys[i]) || x !== x || y !== y) { stop(); continue; }
      run++;
      const at = Math.floor(x);
      if (at !== column) { flush(); column = at; x0 = x; first = low = high = y; lowAt = highAt = i; }
      n++; last = y;
      if (y < low) { low = y; lowAt = i; }
      if (y > high) { high = y; highAt = i; }
    }
    stop();
  };

  /** The points that a drawing shows, and one beyond each edge, so that lines leave through it. */
  const inView = (xs, toX, width) => {
    if (xs.length < 64 || !ascends(xs)) return [0, xs.length];
    let low = 0, high = xs.length;
    while (low < high) { const m = (low + high) >> 1; if (toX(xs[m]) < 0) low = m + 1; else high = m; }
    const from = Math.max(0, low - 1);
    high = xs.length;
    while (low < high) { const m = (low + high) >> 1; if (toX(xs[m]) <= width) low = m + 1; else high = m; }
    return [from, Math.min(xs.length, low + 1)];
  };

  /** Index of the point nearest to `x`; -1 when there is none. */
  const nearest = (xs, x) => {
    if (ascends(xs)) {
      const i = lowerBound(xs, x);
      if (i === 0 || i === xs.length) return Math.min(i, xs.length - 1);
      return x - xs[i - 1] <= xs[i] - x ? i - 1 : i;
    }
    let best = -1;
    for (let i = 0; i < xs.length; i++) {
      if (xs[i] === xs[i] && (best < 0 || Math.abs(xs[i] - x) < Math.abs(xs[best] - x))) best = i;
    }
    return best;
  };

  reportgen.curve = { smooth, lowerBound, ascends, wallTimes, joined, upTo, inOrder, extent, trace, nearest };
})();
