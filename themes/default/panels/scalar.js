/* A line panel: a canvas over its first frame, labels in HTML, and what its menu does. */
(() => {
  'use strict';
  const { on, emit, state, plot, still, save, reading, zooms } = reportgen;
  const { count, number } = reportgen.format;

  /** Panel element to its numbers and to what the reader chose there: kept while the panel is far from the window. */
  const known = new WeakMap();
  const numbersOf = (element, entry, page) => {
    if (!known.has(element)) known.set(element, reportgen.numbers(entry, page));
    return known.get(element);
  };

  // ---- the labels around a drawing

  /* Nothing is written that stands there already: as a panel wakes its first frame is mostly right, and each write would
     have the page laid out anew before the next panel can measure itself. */

  const labels = (host, ticks, ends) => {
    const same = (label, { at, text }) => label.textContent === text && Math.abs(label.style.getPropertyValue('--at') - at) < 6e-4;
    if (host.children.length === ticks.length && ticks.every((tick, i) => same(host.children[i], tick))) return;
    host.replaceChildren(...ticks.map(({ at, text }) => {
      const label = document.createElement('span');
      if (ends) label.className = at < 0.04 ? 'first' : at > 0.96 ? 'last' : '';
      label.style.setProperty('--at', at.toFixed(4));
      label.textContent = text;
      return label;
    }));
  };

  const ODD = { nan: 'nan', inf: 'high', '-inf': 'low' };

  const marks = (area, picture) => {
    area.querySelectorAll('.odd').forEach(mark => mark.remove());
    area.append(...picture.marks.map(({ run, sign, at }) => {
      const mark = document.createElement('i');
      mark.className = `odd ${ODD[sign]} s${run.colour}`;
      mark.dataset.run = String(run.index);
      mark.style.setProperty('--at', at.toFixed(4));
      return mark;
    }));
  };

  /** Why there is no line, in the middle of the drawing. */
  const explain = (frame, words) => {
    let place = frame.querySelector('.nothing');
    if (!place && words) {
      place = document.createElement('p');
      place.className = 'nothing';
      frame.append(place);
    }
    if (place && place.textContent !== words) place.textContent = words;
  };

  /** Notes of the first frame that only the build knows: all that `numbers.notes` does not say in its own words. */
  const OWN = /^[\d,]+ (of [\d,]+ )?points?$|^lowest and highest|^log scale$| × (NaN|−?∞)$|^by |^sorted by | without a place on this axis$/;

  const footer = (element, words) => {
    let foot = element.querySelector('.panel-foot');
    if (!foot) {
      foot = document.createElement('figcaption');
      foot.className = 'panel-foot';
      element.append(foot);
    }
    const before = [...foot.children].map(note => note.textContent);
    foot.kept ??= before.filter(note => !OWN.test(note));
    const notes = [...words, ...foot.kept];
    if (notes.join('\n') !== before.join('\n')) foot.replaceChildren(...notes.map(text => {
      const note = document.createElement('span');
      note.textContent = text;
      return note;
    }));
  };

  /** The number in the title line: the best of the shown runs, as the label says. */
  const headline = (element, picture) => {
    const value = element.querySelector('.panel-head .value'), label = value?.firstChild?.textContent.trim();
    if (label !== 'lowest' && label !== 'highest') return;
    const pick = label === 'lowest' ? Math.min : Math.max;
    let best = NaN;
    for (const line of picture.lines) {
      for (const y of line?.raw ?? []) if (Number.isFinite(y)) best = Number.isNaN(best) ? y : pick(best, y);
    }
    const text = Number.isNaN(best) ? '–' : number(best), place = value.querySelector('b');
    if (place.textContent !== text) place.textContent = text;
  };

  /** Everything around the drawing, as the picture is now. */
  const surround = (element, numbers, picture) => {
    const frame = element.querySelector('.plot'), longest = Math.max(...picture.yTicks.map(tick => tick.text.length), 6);
    if (longest > 6 || frame.style.getPropertyValue('--ticks')) frame.style.setProperty('--ticks', String(longest));
    labels(element.querySelector('.plot-y'), picture.yTicks, false);
    labels(element.querySelector('.plot-x'), picture.xTicks, true);
    marks(element.querySelector('.plot-area'), picture);
    explain(frame, picture.nothing);
    footer(element, numbers.notes(picture));
    if (!numbers.view.x && numbers.page.run === undefined) headline(element, picture);
    const scale = element.querySelector('[data-action="scale"]'), reset = element.querySelector('[data-action="reset"]');
    const words = numbers.view.log ? 'Linear scale' : 'Log scale';
    if (scale && scale.textContent !== words) scale.textContent = words;
    if (reset) reset.disabled = !zooms.any(numbers.page.id);
  };

  // ---- the numbers as a table

  const TABLE_ROWS = 500;

  const cell = (row, text, head) => {
    const made = row.appendChild(document.createElement(head ? 'th' : 'td'));
    if (head) made.scope = head;
    made.className = row.children.length > 1 ? 'num' : 'fix';
    made.textContent = text;
  };

  /** The place of the table: a summary that folds it, and an area that scrolls. */
  const tablePlace = (element, entry) => {
    const host = document.createElement('details'), scroll = document.createElement('div'), table = document.createElement('table');
    host.className = 'numbers';
    scroll.className = 'scroll';
    scroll.tabIndex = 0;
    scroll.setAttribute('role', 'region');
    scroll.setAttribute('aria-label', `Values of ${entry.key}`);
    table.className = 'data';
    scroll.append(table);
    host.append(document.createElement('summary'), scroll);
    element.querySelector('.plot').after(host);
    return host;
  };

  /** The points in view as a table of steps and runs. */
  const fillTable = (host, numbers, picture) => {
    const table = host.querySelector('table'), lines = picture.lines.filter(line => line), steps = new Map();
    lines.forEach((line, i) => line.points.s.forEach((step, j) => {
      const at = picture.x.place(line.xs[j]);
      if (at < -1e-9 || at > 1 + 1e-9) return;
      if (!steps.has(step)) steps.set(step, []);
      steps.get(step)[i] = line.raw[j];
    }));
    const sorted = [...steps.keys()].sort((a, b) => a - b), head = table.createTHead(), body = document.createElement('tbody');
    const titles = document.createElement('tr');
    cell(titles, numbers.counted === 'step' ? 'Step' : 'Sample', 'col');
    lines.forEach(line => cell(titles, line.run.name, 'col'));
    head.replaceChildren(titles);
    for (const step of sorted.slice(0, TABLE_ROWS)) {
      const row = body.insertRow();
      cell(row, count(step), 'row');
      lines.forEach((_, i) => cell(row, steps.get(step)[i] === undefined ? '–' : number(steps.get(step)[i])));
    }
    for (const old of [...table.tBodies]) old.remove();
    table.append(body);
    host.querySelector('summary').textContent = sorted.length > TABLE_ROWS
      ? `Values: the first ${count(TABLE_ROWS)} of ${count(sorted.length)} rows; “Save data as CSV” has all` : 'Values';
  };

  // ---- the step cursor of a run's page

  const stepCursor = (element, area, numbers) => {
    const line = document.createElement('div'), dot = document.createElement('div');
    line.className = 'cursor step';
    line.hidden = dot.hidden = true;
    area.append(line, dot);
    const value = element.querySelector('.panel-head .value');
    return picture => {
      const step = state.steps[numbers.page.id], drawn = picture.lines[0];
      line.hidden = dot.hidden = true;
      if (step === undefined || !drawn || numbers.counted !== 'step') return;
      const j = reportgen.curve.upTo(drawn.points.s, step);
      if (j < 0) return;
      const x = numbers.view.axis === 'step' ? step : drawn.xs[j], at = picture.x.place(x);
      const height = picture.y.place(drawn.ys[j]), here = picture.x.place(drawn.xs[j]);
      line.hidden = !(at >= 0 && at <= 1);
      line.style.setProperty('--at', String(at));
      dot.className = `dot s${drawn.run.colour}`;
      dot.hidden = !(here >= 0 && here <= 1 && height >= 0 && height <= 1);
      Object.assign(dot.style, { left: `${here * 100}%`, top: `${(1 - height) * 100}%` });
      if (!value) return;
      const number_ = document.createElement('b');
      number_.textContent = number(drawn.raw[j]);
      value.replaceChildren(`step ${count(drawn.points.s[j])} `, number_);
    };
  };

  // ---- the live panel

  const live = async (element, entry, page) => {
    const { signal } = entry, numbers = numbersOf(element, entry, page);
    const frame = element.querySelector('.plot'), area = element.querySelector('.plot-area'), svg = area.querySelector('svg');
    const size = { width: area.clientWidth, height: area.clientHeight }; // now, while the layout is settled
    await Promise.all([reportgen.library('uplot'), numbers.load()]);
    if (signal.aborted) return;
    let table = element.querySelector('details.numbers');
    const canvas = document.createElement('div');
    canvas.className = 'live';
    area.append(canvas);
    const drawing = plot.plot(canvas, size, numbers.series.length);
    const follow = page.run === undefined ? () => {} : stepCursor(element, area, numbers);
    let picture = null;

    const draw = () => {
      const before = picture;
      picture = numbers.picture();
      if (before && ['low', 'high', 'log'].some(name => before.x[name] !== picture.x[name])) renew();
      drawing.show(picture);
      surround(element, numbers, picture);
      follow(picture);
      if (table?.open) fillTable(table, numbers, picture);
    };
    /** What is at hand first, then all points in view where there are more. */
    const update = async () => {
      try {
        await numbers.load();
        if (signal.aborted) return;
        draw();
        if (await numbers.refine() && !signal.aborted) draw();
      } catch (fault) {
        if (!signal.aborted) reportgen.fail(element, fault);
      }
    };

    /** This chart first, then all others: they share the range of x. */
    const zoom = (x, y) => { numbers.zoom(x, y); update(); emit('zoom', element, page.id); };
    const choose = step => { if (page.run !== undefined && numbers.counted === 'step') reportgen.emit('step', step, page.id); };
    const actions = {
      scale() { numbers.rescale(); update(); emit('zoom', element, page.id); },
      reset() { zoom(null, null); },
      table() {
        table ??= tablePlace(element, entry);
        table.open = !table.open;
        if (table.open) fillTable(table, numbers, picture);
      },
      svg() { save.svg(numbers, picture, numbers.notes(picture)); },
      csv() { save.csv(numbers).catch(fault => reportgen.fail(element, fault)); },
    };
    element.addEventListener('click', event => actions[event.target.closest?.('[data-action]')?.dataset.action]?.(), { signal });
    const renew = reading(area, numbers, () => picture, { zoom, choose }, signal);
    area.tabIndex = 0;
    area.setAttribute('role', 'img');
    area.setAttribute('aria-label', `${svg.getAttribute('aria-label') ?? entry.key}. Left and right arrows read the values.`);
    for (const event of ['runs', 'smoothing', 'axis']) on(event, update, signal);
    on('zoom', (from, where) => { if (from !== element && where === page.id) update(); }, signal);
    on('theme', () => drawing.show(picture), signal);
    on('highlight', run => drawing.highlight(run), signal);
    on('step', (_, where) => { if (where === page.id) follow(picture); }, signal);
    const print = () => still.redraw(svg, picture);
    addEventListener('beforeprint', print, { signal });
    matchMedia('print').addEventListener('change', print, { signal }); // a preview that fires no event of its own
    await update();
    if (signal.aborted) { drawing.end(); canvas.remove(); return; }
    frame.classList.add('drawn');
    drawing.highlight(state.highlight);
    return () => {
      still.redraw(svg, picture);
      frame.classList.remove('drawn');
      drawing.end();
      canvas.remove();
      area.querySelectorAll('.cursor, .dot').forEach(mark => mark.remove());
      numbers.rest();
    };
  };

  reportgen.panel('scalar', live);

  // ---- panels out of sight follow what is chosen for the whole page, so that they are right in print

  /** Panels of a page that follow in the background at most; more would keep a slow computer busy. */
  const FOLLOWING = 300;
  let stale = [];

  const idle = globalThis.requestIdleCallback ?? (work => setTimeout(work, 50));

  const next = async () => {
    const one = stale.shift();
    if (!one) return;
    const { element, entry, page } = one, svg = element.querySelector('svg.still, .plot-area > svg');
    if (svg && !element.querySelector('.plot.drawn')) {
      try {
        const numbers = numbersOf(element, entry, page);
        await numbers.load();
        const picture = numbers.picture();
        if (!element.querySelector('.plot.drawn')) {
          still.redraw(svg, picture);
          surround(element, numbers, picture);
          numbers.rest();
        }
      } catch { /* the panel says so itself when it comes near */ }
    }
    idle(next);
  };

  let waiting = 0;
  const refresh = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const busy = stale.length > 0, page = reportgen.manifest.pages[state.page];
      stale = (page?.panels ?? []).filter(entry => entry.kind === 'scalar').slice(0, FOLLOWING)
        .map(entry => ({ element: document.getElementById(entry.id), entry, page })).filter(one => one.element);
      if (!busy) idle(next);
    }, 400);
  };

  /** At once: lines of runs that were taken out go. */
  const hideLines = runs => {
    for (const entry of reportgen.manifest.pages[state.page]?.panels ?? []) {
      if (entry.kind !== 'scalar') continue;
      document.getElementById(entry.id)?.querySelectorAll('.plot:not(.drawn) [data-run]')
        .forEach(line => { line.style.display = runs.has(Number(line.dataset.run)) ? '' : 'none'; });
    }
  };

  on('runs', runs => { if (reportgen.manifest.pages[state.page]?.run === undefined) { hideLines(runs); refresh(); } });
  for (const event of ['smoothing', 'axis', 'zoom']) on(event, refresh);
})();
