/* What a line panel shows: its numbers, from few points to all of them, the axes they need, and the words about them. */
(() => {
  'use strict';
  const { curve, axis, state, manifest, zooms } = reportgen;
  const { count, plural, number, duration, moment } = reportgen.format;

  /** Points of one panel that are brought in at once, and of all panels together; beyond that a reader zooms in further. */
  const MOST = 4_000_000, ALL = 12_000_000;
  let held = 0;
  /** Points of one panel over which smoothing runs through all of them, not only through those shown. */
  const SMOOTHED = 1_000_000;

  /** A range in which at least two whole numbers stand, where there is nothing between them. */
  const wide = ([low, high], whole) => whole && high - low < 2 ? [(low + high) / 2 - 1, (low + high) / 2 + 1] : [low, high];

  /**
   * @typedef {{s: Float64Array, t: Float64Array, y: Float64Array, p?: Float64Array}} Points  `p` are places on the axis
   *   that the runs have defined.
   * @typedef {{run: any, xs: Float64Array, ys: Float64Array, raw: Float64Array, points: Points, back: boolean, unplaced: number}} Line
   *   In the order of `xs`; `back` when that is not the order of the steps, `unplaced` counts points that have no place.
   */

  /** The numbers of a page's other metric: run to its points. */
  const metric = async (page, key) => {
    const entry = page.panels.find(p => p.kind === 'scalar' && p.key === key && p.data.section === 'history');
    if (!entry) return null;
    const columns = await reportgen.columns(entry.data.columns);
    return new Map(entry.data.series.map((series, i) => [series.run, { s: columns[`x${i}`], y: columns[`y${i}`], whole: series.whole }]));
  };

  /** Points of several parts as one. @param {Points[]} parts @returns {Points} */
  const together = parts => {
    if (parts.length === 1) return parts[0];
    const whole = {};
    for (const name of ['s', 't', 'y', ...parts.every(part => part.p) ? ['p'] : []]) {
      whole[name] = new Float64Array(parts.reduce((n, part) => n + part[name].length, 0));
      let at = 0;
      for (const part of parts) { whole[name].set(part[name], at); at += part[name].length; }
    }
    return whole;
  };

  const signOf = value => Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';

  const MARKS = 50;

  /**
   * Where a line has values that are no finite numbers: a mark per sign and 2 % of the width, and one for all that follow
   * one another there; `reportgen/panels/scalar.py` follows the same rules.
   */
  const marksOf = (line, x) => {
    const marks = [], groups = { nan: [], inf: [], '-inf': [] };
    for (let i = 0; i < line.raw.length; i++) {
      if (Number.isFinite(line.raw[i])) continue;
      const at = x.place(line.xs[i]), slot = Math.floor(at * MARKS + 0.5), of = groups[signOf(line.raw[i])], last = of.at(-1);
      if (!(at >= 0 && at <= 1)) continue;
      if (!last || slot > last.slot + 1) of.push({ at, to: at, slot, firsts: [at] });
      else {
        if (slot > last.slot) last.firsts.push(at);
        Object.assign(last, { to: at, slot });
      }
    }
    for (const [sign, found] of Object.entries(groups)) {
      for (const { at, to, firsts } of found) {
        const ends = firsts.length > 2 ? [[at, to]] : firsts.map(one => [one, one]);
        marks.push(...ends.map(([from, until]) => ({ run: line.run, sign, at: from, to: until })));
      }
    }
    return marks;
  };

  /** Keeps what `make` made for an object until it is asked for something else. */
  const remembered = make => {
    const kept = new WeakMap();
    return (object, ...rest) => {
      const name = rest.join('|');
      if (kept.get(object)?.name !== name) kept.set(object, { name, value: make(object, ...rest) });
      return kept.get(object).value;
    };
  };
  const smoothed = remembered((points, weight) => curve.smooth(points.y, weight));

  /** What a horizontal axis counts, in words. */
  const axisWords = name => ({ step: 'step', relative: 'relative time', wall: 'wall time' })[name] ?? name.slice('metric:'.length);

  /** Why no run of a page is in a chart. */
  const noRun = page => {
    if (state.filter?.found === 0) return 'No run is found: the filter over the table of runs hides all';
    const which = state.filter ? 'found and chosen' : 'chosen';
    return state.runs.size || page.run !== undefined ? `None of the runs that logged this is ${which}` : `No run is ${which}`;
  };

  /** From the first place to the last one of lines; null when they have none. @param {Float64Array[]} places */
  const reach = places => {
    const ends = places.filter(xs => xs.length).flatMap(xs => [xs[0], xs[xs.length - 1]]);
    return ends.length ? [Math.min(...ends), Math.max(...ends)] : null;
  };

  /** The parts of a series that hold steps from one to another. */
  const partsOf = ({ parts }, [from, to]) => [...parts.keys()].filter(k => parts[k].to >= from && parts[k].from <= to);

  /** Series with how their lines look: as their run, but for those that have a label beside others of the same run. */
  const withLooks = (series, page) => series.map(one => {
    const run = manifest.runs.find(r => r.index === one.run);
    const alone = page.run !== undefined && series.filter(other => !other.old).length === 1; // elsewhere the key shows its dash
    const own = one.label ? { colour: one.colour, dash: one.dash, name: one.label } : {};
    return { ...one, look: { ...run, dash: alone ? 1 : run.dash, old: one.old, ...own } };
  });

  /**
   * The numbers of one panel.
   * @param {any} entry The panel in the manifest. @param {any} page Its page.
   */
  const numbers = (entry, page) => {
    const { data } = entry, counted = data.section === 'history' ? 'step' : 'sample', series = withLooks(data.series, page);
    /** What the reader chose: for this panel, and `x` for all panels of the page. */
    const view = {
      log: data.log, axis: '',
      get x() { return zooms.at(`${page.id}|${view.axis}`); },
      get y() { return zooms.at(`${page.id}|${view.axis}|${entry.id}`); },
    };
    const parts = series.map(() => new Map()); // of each series: number of a part that was brought in to its points
    let all = series.map(() => null); // of each series all its points in view, where they were brought in
    let few = null, other = null, trouble = '', turn = 0, mine = 0;

    const own = data.axis ? `metric:${data.axis}` : ''; // the axis that the runs have defined for this metric
    const isShown = i => page.run !== undefined || state.runs.has(series[i].run);
    /** The axis in force: samples of the machine know the time, but no step and no metric. */
    const axisName = () => {
      if (counted === 'sample') return state.axis === 'wall' ? 'wall' : 'relative';
      return state.axis === 'own' ? own || 'step' : state.axis;
    };

    const along = remembered((points, name, run) => {
      if (name === 'relative') return points.t;
      if (name === 'wall') return curve.wallTimes(points.t, manifest.runs.find(r => r.index === Number(run)).sessions);
      if (name === 'step') return points.s;
      if (name === own && points.p) return points.p;
      const joined = other?.get(Number(run));
      return joined ? curve.joined(points.s, joined) : new Float64Array(points.s.length).fill(NaN);
    });
    const placed = remembered((points, name, run) => curve.inOrder(points, along(points, name, run)));

    /** Brings in what the first picture needs. */
    const load = async () => {
      const name = axisName(), key = name.startsWith('metric:') ? name.slice(7) : '';
      if (!few) {
        const columns = await reportgen.columns(data.columns);
        few = series.map((_, i) => ({ s: columns[`x${i}`], t: columns[`t${i}`], y: columns[`y${i}`], p: columns[`p${i}`] }));
      }
      const places = key && name !== own ? (name === view.axis && other) || (await metric(page, key) ?? new Map()) : null;
      if (name !== axisName()) { await load(); return; } // another axis was chosen meanwhile
      if (name !== view.axis) all = series.map(() => null);
      view.axis = name; // with the places on it, so that no picture is made of one without the other
      other = places;
    };

    /** The steps that are in view, by the points at hand: first and last. */
    const stepsInView = i => {
      const { s } = few[i], xs = along(few[i], view.axis, series[i].run);
      if (!view.x) return [-Infinity, Infinity];
      let first = -1, last = -1;
      for (let j = 0; j < xs.length; j++) {
        if (xs[j] < view.x[0] || xs[j] > view.x[1]) continue;
        if (first < 0) first = j;
        last = j;
      }
      if (first < 0) { first = Math.max(0, curve.lowerBound(xs, view.x[0])); last = first - 1; }
      return [first > 0 ? s[first - 1] : -Infinity, last + 1 < s.length ? s[last + 1] : Infinity];
    };

    /** The parts that the picture needs so that no point in view is left out; null when they are too many. */
    const wanted = () => {
      const chosen = series.map((one, i) => one.parts && isShown(i) ? i : -1).filter(i => i >= 0);
      const whole = state.smoothing > 0 && chosen.reduce((n, i) => n + series[i].n, 0) <= SMOOTHED;
      if (!chosen.length || !(view.x || whole)) return null;
      const found = chosen.map(i => {
        return { i, numbers: partsOf(series[i], whole ? [-Infinity, Infinity] : stepsInView(i)) };
      });
      const points = found.reduce((n, { i, numbers }) => n + numbers.reduce((m, k) => m + series[i].parts[k].n, 0), 0);
      return points <= Math.min(MOST, ALL - held + mine) ? { found, points } : null;
    };

    const partOf = async (i, k) => {
      const { x, t, y, p } = await reportgen.columns(series[i].parts[k].columns);
      return { s: x, t, y, p };
    };

    const hold = points => { held += points - mine; mine = points; };

    /** Brings in all points in view, and lets go of others. @returns {Promise<boolean>} Whether the picture changes. */
    const refine = async () => {
      const now = ++turn, { found, points } = wanted() ?? { found: [], points: 0 }, before = all;
      trouble = '';
      hold(points);
      try {
        for (const { i, numbers } of found) {
          await Promise.all(numbers.filter(k => !parts[i].has(k)).map(async k => {
            parts[i].set(k, await partOf(i, k));
          }));
          if (now !== turn) return false;
        }
      } catch (fault) {
        trouble = `not all points could be loaded: ${fault.message}`;
        return true;
      }
      const needed = new Map(found.map(({ i, numbers }) => [i, numbers]));
      all = series.map((_, i) => {
        const numbers = needed.get(i) ?? [];
        for (const k of [...parts[i].keys()]) if (!numbers.includes(k)) parts[i].delete(k);
        const name = numbers.join();
        if (!name) return null;
        return before[i]?.name === name ? before[i] : Object.assign(together(numbers.map(k => parts[i].get(k))), { name });
      });
      return all.some((points, i) => points !== before[i]);
    };

    /** @returns {Line|null} */
    const lineOf = i => {
      if (!isShown(i)) return null;
      const line = placed(all[i] ?? few[i], view.axis, series[i].run), raw = line.points.y;
      return { run: series[i].look, ...line, raw, ys: state.smoothing > 0 ? smoothed(line.points, state.smoothing) : raw };
    };

    /** The runs that are shown; whether all their values are whole numbers, and all their places along x. */
    const chosen = () => series.filter((_, i) => isShown(i));
    const wholeY = () => chosen().every(one => one.whole);
    const wholeX = () => {
      if (view.axis === 'step') return true;
      if (view.axis === own) return chosen().every(one => one.wholeAxis);
      return !!other && chosen().every(one => !other.has(one.run) || other.get(one.run).whole);
    };

    const ticksAlong = x => (view.axis === 'relative' ? axis.durationTicks : view.axis === 'wall' ? axis.momentTicks : range => axis.apart(axis.numberTicks(range)))(x);

    /** Why the picture holds no line; "" when it does. */
    const nothing = (shown, counts) => {
      if (!shown.length) return noRun(page);
      if (counts.low <= counts.high) return '';
      if (shown.every(line => !line.xs.length && line.unplaced)) return `No value of ${view.axis.slice(7)} to place the points by`;
      if (counts.lost) return 'No value above 0: a log scale has no place for them';
      if (view.x && !counts.n) return 'No point in this range';
      const odd = [[counts.nan, 'NaN'], [counts.up, '∞'], [counts.down, '−∞']].filter(([n]) => n).map(([n, word]) => `${count(n)} ${word}`);
      return odd.length ? `No finite value: ${odd.join(', ')}` : 'No value';
    };

    /** The picture as it is now: lines, axes, ticks, and counts of what is in it. */
    const picture = () => {
      const lines = series.map((_, i) => lineOf(i)), shown = lines.filter(line => line);
      const counts = { low: Infinity, high: -Infinity, n: 0, nan: 0, up: 0, down: 0, lost: 0 };
      let [from, to] = view.x ?? [Infinity, -Infinity];
      if (!view.x) for (const { xs } of shown) if (xs.length) { from = Math.min(from, xs[0]); to = Math.max(to, xs[xs.length - 1]); }
      const current = shown.filter(line => !line.run.old); // values that were taken back, such as a spike, set no scale
      for (const line of current.length ? current : shown) {
        const found = curve.extent(line.xs, line.raw, from, to, view.log);
        counts.low = Math.min(counts.low, found.low);
        counts.high = Math.max(counts.high, found.high);
        for (const name of ['n', 'nan', 'up', 'down', 'lost']) counts[name] += found[name];
      }
      // where there is nothing to measure, an axis has no ticks: a scale that was made up would be read as a measured one
      const placeable = from <= to, x = axis.tightAxis(...placeable ? [from, to] : [0, 1], wholeX()), why = nothing(shown, counts);
      const y = view.y ? axis.exactAxis(...view.y, view.log, wholeY())
        : counts.low <= counts.high ? axis.valueAxis(counts.low, counts.high, view.log, wholeY()) : axis.exactAxis(0, 1);
      return {
        lines, x, y, counts, nothing: why, xTicks: placeable ? ticksAlong(x) : [], yTicks: why ? [] : axis.numberTicks(y),
        marks: shown.flatMap(line => marksOf(line, x)),
      };
    };

    const whole = () => reach(series.flatMap((one, i) => isShown(i) ? [placed(few[i], view.axis, one.run).xs] : []));

    /** Shows a part of x, in all charts of the page that have the same axis, and of y, here. Null and null: everything again. */
    const zoom = (x, y) => {
      if (!x && !y) { zooms.clear(page.id); return; }
      zooms.put(`${page.id}|${view.axis}`, x && wide(x, wholeX()));
      zooms.put(`${page.id}|${view.axis}|${entry.id}`, y && wide(y, !view.log && wholeY()));
    };

    /** Between a linear and a logarithmic scale, which shows all values anew. */
    const rescale = () => { view.log = !view.log; zooms.put(`${page.id}|${view.axis}|${entry.id}`, null); };

    /** An x as readers know it: "step 300", "2 min 3 s". */
    const xWords = (line, j) => {
      const step = `${counted} ${count(line.points.s[j])}`;
      if (view.axis === 'relative') return `${duration(line.xs[j])}, ${step}`;
      if (view.axis === 'wall') return `${moment(line.xs[j])}, ${step}`;
      return view.axis === 'step' ? step : `${view.axis.slice(7)} ${number(line.xs[j])}, ${step}`;
    };

    /** Whether some line is drawn from a choice of its points. */
    const partial = () => series.some((one, i) => one.parts && isShown(i) && !all[i]);

    const countWords = (drawn, total) => {
      const cut = partial() ? [`lowest and highest of each pixel; zoom ${view.x ? 'further ' : ''}for all`] : [];
      if (view.x) return [`${plural(drawn.counts.n, 'point')} in view, of ${count(total)}`, ...cut];
      const points = drawn.lines.reduce((n, line) => n + (line?.raw.length ?? 0), 0);
      return [points < total ? `${count(points)} of ${plural(total, 'point')}` : plural(total, 'point'), ...cut];
    };

    /** The footer: counts first, then scale, then what could not be drawn as it is. @returns {string[]} */
    const notes = drawn => {
      const shown = chosen(), { counts } = drawn, words = [], lines = drawn.lines.filter(line => line);
      if (!shown.length) return [];
      words.push(...countWords(drawn, shown.reduce((n, one) => n + one.n, 0)));
      if (view.log) words.push('log scale');
      if (counts.lost) words.push(`${plural(counts.lost, 'value')} ≤ 0 not drawn on a log scale`);
      for (const [word, name, place] of [['NaN', 'nan', 0], ['∞', 'up', 1], ['−∞', 'down', 2]]) {
        const exact = view.x ? counts[name] : shown.reduce((n, one) => n + (one.odd?.[place] ?? NaN), 0);
        const n = Number.isNaN(exact) ? counts[name] : exact, some = Number.isNaN(exact) && partial();
        if (n) words.push(`${some ? 'at least ' : ''}${count(n)} × ${word}`);
      }
      if (state.smoothing > 0) {
        words.push(`smoothed ${state.smoothing.toFixed(2)}${partial() ? ' over the points shown' : ''}, logged values faint`);
      }
      if (view.axis !== 'step') {
        const name = axisWords(view.axis);
        words.push(lines.some(line => line.back) ? `sorted by ${name}, not by ${counted}` : `by ${name}`);
      }
      const unplaced = lines.reduce((n, line) => n + line.unplaced, 0);
      if (unplaced) words.push(`${plural(unplaced, 'point')} without a place on this axis`);
      if (trouble) words.push(trouble);
      return words;
    };

    /** What the shown runs logged in view, drawn or not; `cut` when that is too much at once: then the beginning of each. */
    const logged = async () => {
      const shown = series.map((_, i) => i).filter(isShown);
      const found = new Map(shown.filter(i => series[i].parts?.length).map(i => [i, partsOf(series[i], stepsInView(i))]));
      const points = [...found].reduce((n, [i, numbers]) => n + numbers.reduce((m, k) => m + series[i].parts[k].n, 0), 0);
      const lines = await Promise.all(shown.map(async i => {
        const numbers = (found.get(i) ?? []).slice(0, points > MOST ? 1 : Infinity);
        const brought = await Promise.all(numbers.map(k => parts[i].get(k) ?? partOf(i, k)));
        return { run: series[i].look, ...placed(brought.length ? together(brought) : few[i], view.axis, series[i].run) };
      }));
      return { lines, cut: points > MOST };
    };

    /** Every point of a series, in order, part by part. */
    const everything = async function* (i) {
      if (!series[i].parts) { yield few[i]; return; }
      for (const k of series[i].parts.keys()) yield await partOf(i, k);
    };

    /** Lets go of all numbers; `load` brings them back. */
    const rest = () => {
      few = other = null;
      all = series.map(() => null);
      parts.forEach(part => part.clear());
      hold(0);
    };

    return { entry, page, series, view, counted, isShown, load, refine, picture, whole, zoom, rescale, xWords, notes, logged, everything, rest };
  };

  reportgen.numbers = Object.assign(numbers, { axisWords });
})();
