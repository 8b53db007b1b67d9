/* What the track of the step bar stands for: the steps, a time, or any metric that the run logged. Its stops are the steps
   with media, in the order of their values. */
(() => {
  'use strict';
  const { on, manifest } = reportgen;
  const { number, duration, moment } = reportgen.format;

  /** The length of the track in the units of its slider; stops that are marked on it. */
  const LONG = 1000, MARKED = 200;
  /** Letters of a metric's name. */
  const LETTERS = 40;

  /** Seconds at which each step with media was logged. */
  const timesOf = page => {
    const times = new Map();
    for (const panel of page.panels) for (const { step, t } of panel.data?.frames ?? []) if (t !== undefined && !times.has(step)) times.set(step, t);
    return times;
  };

  /** Moments since 1970: a run that was resumed has several sessions, each with its own clock. */
  const wall = (seconds, run) => {
    const [started, offset] = run.sessions.findLast(session => session[1] <= seconds) ?? run.sessions[0] ?? [NaN, 0];
    return started + seconds - offset;
  };

  /** For each stop the last value that a metric had at or before it. @returns {Promise<Map<number, number>>} */
  const metricAt = async (page, key, stops) => {
    const entry = page.panels.find(panel => panel.kind === 'scalar' && panel.key === key && panel.data.section === 'history');
    const { x0, y0 } = await reportgen.columns(entry.data.columns), values = new Map();
    for (let i = 0, j = -1; i < stops.length; i++) {
      while (j + 1 < x0.length && x0[j + 1] <= stops[i]) j++;
      if (j >= 0 && Number.isFinite(y0[j])) values.set(stops[i], y0[j]);
    }
    return values;
  };

  /** The values of the stops on an axis, and how they are written. */
  const read = async (page, name, stops) => {
    const run = manifest.runs.find(one => one.index === page.run);
    if (name.startsWith('metric:')) return { values: await metricAt(page, name.slice(7), stops), write: number };
    const times = timesOf(page), known = stops.filter(step => times.has(step));
    if (name === 'wall') return { values: new Map(known.map(step => [step, wall(times.get(step), run)])), write: moment };
    return { values: new Map(known.map(step => [step, times.get(step)])), write: duration };
  };

  /** An axis for the bar: the order of its stops, where each lies on the track, and what it is called. */
  const axisOf = ({ values, write }, stops) => {
    const order = [...values.keys()].filter(step => Number.isFinite(values.get(step))).sort((a, b) => values.get(a) - values.get(b) || a - b);
    if (!order.length) return null;
    const low = values.get(order[0]), span = values.get(order.at(-1)) - low || 1;
    const place = step => LONG * (values.get(step) - low) / span;
    return {
      order, place,
      label: step => write(values.get(step)),
      /** The stop that is shown at a step: the last one at or before it. */
      held: step => stops.findLast(stop => stop <= step && values.has(stop)) ?? order[0],
      nearest: at => order.reduce((best, step) => Math.abs(place(step) - at) < Math.abs(place(best) - at) ? step : best),
    };
  };

  const marks = axis => axis.order.filter((_, i) => i % (Math.floor(axis.order.length / MARKED) + 1) === 0).map(step => {
    const mark = document.createElement('i');
    mark.className = 'stop';
    mark.style.setProperty('--at', String(axis.place(step) / LONG));
    return mark;
  });

  const choose = async (page, held, name) => {
    const { bar, use, stops } = held, track = bar.querySelector('.step-track'), curve = track.querySelector('svg');
    held.marks ??= [...track.querySelectorAll('.stop')];
    const turn = held.turn = (held.turn ?? 0) + 1;
    const axis = name === 'step' ? null : await read(page, name, stops).then(found => axisOf(found, stops)).catch(() => null);
    if (turn !== held.turn) return;
    track.querySelectorAll('.stop').forEach(mark => mark.remove());
    track.prepend(...axis ? marks(axis) : held.marks);
    if (curve) { curve.style.display = axis ? 'none' : ''; track.prepend(curve); }
    held.value.textContent = '';
    held.axis = axis;
    use(axis);
    if (name !== 'step' && !axis) held.value.textContent = 'no values';
    reportgen.fragment?.set?.(`${page.id}.axis`, name === 'step' ? '' : name);
  };

  const option = (value, words) => new Option(words, value);

  /** The choice, beside the words of the bar. */
  const offer = (page, held) => {
    const select = document.createElement('select'), label = document.createElement('label'), { bar } = held;
    held.value = document.createElement('output');
    const metrics = page.panels.filter(panel => panel.kind === 'scalar' && panel.data.section === 'history').map(panel => panel.key);
    select.append(option('step', 'step'), option('relative', 'relative time'), option('wall', 'wall time'));
    if (metrics.length) {
      const group = document.createElement('optgroup');
      group.label = 'A logged metric';
      group.append(...metrics.map(key => option(`metric:${key}`, key.length > LETTERS ? `${key.slice(0, LETTERS - 1)}…` : key)));
      select.append(group);
    }
    select.setAttribute('aria-label', 'Axis of the step bar');
    select.addEventListener('change', () => choose(page, held, select.value));
    label.className = 'check step-axis';
    label.append('by ', select, held.value);
    bar.querySelector('.now').after(label);
    bar.classList.add('with-axis');
    on('step', (step, where) => { if (where === page.id && held.axis) held.value.textContent = held.axis.label(held.axis.held(step)); });
    const before = reportgen.fragment?.get?.(`${page.id}.axis`);
    if (before && [...select.options].some(one => one.value === before)) { select.value = before; choose(page, held, before); }
  };

  on('bars', bars => {
    for (const [id, held] of bars) {
      const page = manifest.pages[id];
      if (page.run !== undefined && !held.rounds && held.stops.length > 1) offer(page, held);
    }
  });

  reportgen.steps = { axisOf };
})();
