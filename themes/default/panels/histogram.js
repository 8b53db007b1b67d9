/* A histogram panel: the bars of the step under the page's cursor. Pointer and keys read the bins. */
(() => {
  'use strict';
  const { axis, tip } = reportgen;
  const { number, count, plural } = reportgen.format;

  /** The drawing's own width and height, and how much higher it is than its highest bar; as in `panels/histogram.py`. */
  const FRAME = 1000, ROOM = 1.06;
  const APART = [['nan', 'NaN'], ['inf', '∞'], ['minus_inf', '−∞'], ['outside', 'outside of the edges']];

  /**
   * @typedef {{edges: number[], counts: Float64Array, uneven: boolean, apart: [string, string, number][]}} Histogram
   */

  /** All histograms of a panel, in order. @returns {Histogram[]} */
  const unpacked = columns => {
    let count = 0, edge = 0;
    return Array.from(columns.bins, (bins, i) => {
      const counts = columns.counts.subarray(count, count += bins), low = columns.low[i], high = columns.high[i];
      const uneven = columns.uneven[i] === 1, width = (high - low) / bins;
      const even = k => Number.isFinite(width) ? low + width * k : low * (1 - k / bins) + high * (k / bins);
      const edges = uneven ? [...columns.edges.subarray(edge, edge += bins + 1)] : [...Array.from({ length: bins }, (_, k) => even(k)), high];
      return { edges, counts, uneven, apart: APART.map(([name, word]) => [name, word, columns[name][i]]) };
    });
  };

  const isWhole = counts => counts.every(Number.isInteger);

  /** What a histogram holds, in the words that the build uses. @param {Histogram} one */
  const words = one => {
    const parts = [plural(one.counts.length, 'bin')];
    if (isWhole(one.counts)) parts.push(plural(one.counts.reduce((a, b) => a + b, 0), 'value'));
    for (const [name, word, n] of one.apart) if (n) parts.push(name === 'outside' ? `${count(n)} ${word}` : `${count(n)} × ${word}`);
    if (one.uneven) parts.push('bins of different width');
    return parts.join(', ');
  };

  /** The axes of a histogram. @param {Histogram} one */
  const axesOf = one => {
    const low = Math.min(0, Math.min(...one.counts) * ROOM), high = Math.max(...one.counts) * ROOM;
    return {
      x: axis.exactAxis(one.edges[0], one.edges[one.edges.length - 1]),
      y: axis.exactAxis(low, high > low ? high : 1, false, isWhole(one.counts)),
    };
  };

  /** The outline of neighbouring bars in one stroke; bins that hold nothing break it. */
  const outline = (one, { x, y }) => {
    const base = FRAME * (1 - y.place(0)), parts = [], digits = value => String(Number(value.toPrecision(5)));
    let inside = false;
    one.counts.forEach((n, k) => {
      const [left, right] = [one.edges[k], one.edges[k + 1]].map(edge => digits(FRAME * x.place(edge)));
      const height = FRAME * (1 - y.place(n)), empty = height === base;
      if (empty && inside) parts.push(`V${digits(base)}z`);
      if (!empty) parts.push(inside ? '' : `M${left} ${digits(base)}`, `V${digits(height)}H${right}`);
      inside = !empty;
    });
    return parts.join('') + (inside ? `V${digits(base)}z` : '');
  };

  const label = (ticks, ends) => ticks.map(({ at, text }) => {
    const made = document.createElement('span');
    if (ends) made.className = at < 0.04 ? 'first' : at > 0.96 ? 'last' : '';
    made.style.setProperty('--at', at.toFixed(4));
    made.textContent = text;
    return made;
  });

  /** Puts a histogram into the place of another one. @param {Element} host @param {Histogram} one @param {string} key */
  const draw = (host, one, key) => {
    const axes = axesOf(one), yTicks = axis.numberTicks(axes.y), about = words(one), plot = host.querySelector('.plot');
    const longest = Math.max(0, ...yTicks.map(tick => tick.text.length));
    if (longest > 6) plot.style.setProperty('--ticks', String(longest)); else plot.style.removeProperty('--ticks');
    host.querySelector('.plot-y').replaceChildren(...label(yTicks, false));
    host.querySelector('.plot-x').replaceChildren(...label(axis.numberTicks(axes.x, 5), true));
    host.querySelector('.gridline').setAttribute('d', yTicks.map(({ at }) => `M0 ${Math.round(FRAME * (1 - at))}h${FRAME}`).join(''));
    host.querySelector('.bars').setAttribute('d', outline(one, axes));
    host.querySelector('.base').setAttribute('d', `M0 ${Math.round(FRAME * (1 - axes.y.place(0)))}h${FRAME}`);
    host.querySelector('svg').setAttribute('aria-label', `Histogram of ${key}: ${about}`);
    host.querySelector('[data-about]').textContent = about;
  };

  /** The bin that holds a value. @param {Histogram} one */
  const binAt = (one, value) => {
    const k = one.edges.findIndex(edge => edge > value) - 1;
    return k < 0 ? (value >= one.edges[one.edges.length - 1] ? one.counts.length - 1 : 0) : k;
  };

  const part = (host, name, hidden) => {
    const made = document.createElement('div');
    made.className = name;
    made.hidden = hidden;
    host.append(made);
    return made;
  };

  /**
   * Makes a histogram readable: by pointer, and by the arrow keys.
   * @param {HTMLElement} host @param {() => Promise<Histogram|null>} one What it shows now. @param {() => string} step
   */
  const reading = (host, one, step, key, signal) => {
    const area = host.querySelector('.plot-area'), bar = part(area, 'bin', true), live = part(host, 'hidden-text', false);
    let at = -1;
    live.setAttribute('aria-live', 'polite');
    area.tabIndex = 0;
    area.setAttribute('role', 'group');
    area.setAttribute('aria-label', `Bins of ${key}: left and right read them`);

    const hide = () => { bar.hidden = true; at = -1; tip.hide(); };
    const read = (shown, k, x, y) => {
      at = k;
      const { x: axisX } = axesOf(shown), left = axisX.place(shown.edges[k]), right = axisX.place(shown.edges[k + 1]);
      const range = `${number(shown.edges[k])} to ${number(shown.edges[k + 1])}`, value = number(shown.counts[k]);
      Object.assign(bar.style, { left: `${left * 100}%`, width: `${(right - left) * 100}%` });
      bar.hidden = false;
      const box = area.getBoundingClientRect();
      tip.show({ caption: step(), rows: [{ name: range, value }] }, x ?? box.left + right * box.width, y ?? box.top + box.height / 4, area);
      return `${range}: ${value}`;
    };

    const listen = (name, handle) => area.addEventListener(name, handle, { signal });
    const moved = async event => {
      const { clientX, clientY } = event, shown = await one();
      if (!shown || signal.aborted || !area.matches(':hover')) return;
      const { left, width } = area.getBoundingClientRect();
      read(shown, binAt(shown, axesOf(shown).x.value((clientX - left) / width)), clientX, clientY);
    };
    listen('pointermove', moved);
    listen('pointerdown', moved);
    listen('pointerleave', hide);
    listen('blur', hide);
    listen('keydown', async event => {
      const by = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
      if (event.key === 'Escape' && tip.open) { hide(); event.stopPropagation(); event.preventDefault(); }
      if (!by) return;
      event.preventDefault();
      const shown = await one();
      if (!shown || signal.aborted) return;
      const last = shown.counts.length - 1;
      const next = Math.min(last, Math.max(0, at < 0 && by < 0 ? last : at + by));
      live.textContent = read(shown, next);
    });
    signal.addEventListener('abort', () => { hide(); bar.remove(); live.remove(); }, { once: true });
    return hide;
  };

  reportgen.panel('histogram', (element, entry, page) => {
    const { signal, data: { frames, columns } } = entry;
    if (!frames.length) return;
    let loading = null, frame = frames[element.shownFrame ?? frames.length - 1], turn = 0;
    /** Frame to the number of its first histogram. */
    const firsts = new Map();
    frames.reduce((n, one) => { firsts.set(one, n); return n + (one.items ?? 1); }, 0);

    const all = () => {
      loading ??= reportgen.columns(columns).then(unpacked).catch(fault => { loading = null; throw fault; });
      return loading;
    };
    const hosts = () => [...element.querySelectorAll(':scope > .counted')];
    const step = () => `step ${count(frame.step)}`;
    const hiders = new Map();
    const arm = host => {
      const one = () => all().then(
        found => found[firsts.get(frame) + hosts().indexOf(host)],
        fault => { reportgen.fail(element, fault); return null; },
      );
      hiders.set(host, reading(host, one, step, entry.key, signal));
    };

    /** As many places as the step has histograms. */
    const makeRoom = wanted => {
      const there = hosts();
      for (const more of there.slice(wanted)) { hiders.get(more)?.(); hiders.delete(more); more.remove(); }
      for (let i = there.length; i < wanted; i++) {
        const made = there[0].cloneNode(true);
        made.querySelectorAll('.bin, .hidden-text').forEach(one => one.remove());
        hosts()[i - 1].after(made);
        arm(made);
      }
    };

    hosts().forEach(arm);
    reportgen.frames.follow(element, entry, page, async next => {
      const mine = ++turn;
      frame = next;
      hiders.forEach(hide => hide());
      try {
        const found = await all();
        if (mine !== turn || signal.aborted) return;
        makeRoom(next.items ?? 1);
        hosts().forEach((host, i) => draw(host, found[firsts.get(next) + i], entry.key));
      } catch (fault) {
        reportgen.fail(element, fault);
      }
    });
    return () => { loading = null; };
  });
})();
