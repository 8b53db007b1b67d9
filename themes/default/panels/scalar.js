/* A line panel: a canvas over its first frame, labels in HTML, and what its menu does. */
(() => {
  'use strict';
  const { on, emit, state, plot, still, save, reading, listing, zooms } = reportgen;
  const { count, exact, number } = reportgen.format;

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
    area.append(...picture.marks.map(({ run, sign, at, to }) => {
      const mark = document.createElement('i');
      mark.className = `odd ${ODD[sign]} s${run.colour}${to > at ? ' many' : ''}`;
      mark.dataset.run = String(run.index);
      mark.style.setProperty('--at', at.toFixed(4));
      if (to > at) mark.style.setProperty('--to', to.toFixed(4));
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
    if (place.textContent !== text) { place.textContent = text; place.title = exact(best); }
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
    const scale = element.querySelector('[data-action="scale"]');
    const words = numbers.view.log ? 'Linear scale' : 'Log scale';
    if (scale && scale.textContent !== words) scale.textContent = words;
    for (const reset of element.querySelectorAll('[data-action="reset"], [data-zoom="reset"]')) reset.disabled = !zooms.any(numbers.page.id);
  };

  /** Whether the page is being printed. */
  const paper = matchMedia('print');

  // ---- the step cursor of a run's page

  const stepCursor = (element, area, numbers, signal) => {
    const line = document.createElement('div'), dot = document.createElement('div');
    line.className = 'cursor step';
    line.hidden = dot.hidden = true;
    area.append(line, dot);
    const value = element.querySelector('.panel-head .value'), built = value && [...value.childNodes].map(node => node.cloneNode(true));
    // on paper and in panels far away stands what the build wrote: there is no cursor
    const back = () => value?.replaceChildren(...built.map(node => node.cloneNode(true)));
    addEventListener('beforeprint', back, { signal });
    signal.addEventListener('abort', back, { once: true });
    const move = picture => {
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
      if (!value || paper.matches) return;
      const number_ = document.createElement('b');
      number_.textContent = number(drawn.raw[j]);
      number_.title = exact(drawn.raw[j]);
      value.replaceChildren(`step ${count(drawn.points.s[j])} `, number_);
    };
    return Object.assign(move, { back });
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
    const follow = page.run === undefined ? () => {} : stepCursor(element, area, numbers, signal);
    let picture = null;
    const trouble = fault => { if (!signal.aborted) reportgen.fail(element, fault); };

    /** For those who do not see it: what it shows, and which keys read it. */
    const describe = () => {
      const value = page.run === undefined ? element.querySelector('.panel-head .value')?.textContent.trim() : '';
      const words = [`${element.querySelector('h4').textContent} by ${reportgen.numbers.axisWords(numbers.view.axis)}`, ...value ? [value] : []].join('; ');
      area.setAttribute('aria-label', `${words}. Left and right arrows read the values, plus and minus zoom, 0 shows all.`);
    };

    const draw = () => {
      const before = picture;
      picture = numbers.picture();
      if (before && ['low', 'high', 'log'].some(name => before.x[name] !== picture.x[name])) renew();
      drawing.show(picture);
      surround(element, numbers, picture);
      follow(picture);
      describe();
      if (table?.open) listing.fill(table, numbers, picture, signal).catch(trouble);
    };
    /** What is at hand first, then all points in view where there are more. */
    const update = async () => {
      try {
        await numbers.load();
        if (signal.aborted) return;
        draw();
        if (await numbers.refine() && !signal.aborted) draw();
      } catch (fault) { trouble(fault); }
    };

    /** This chart first, then all others: they share the range of x. */
    const zoom = (x, y) => { numbers.zoom(x, y); update(); emit('zoom', element, page.id); };
    /** Shows a range of x, as far as there is something; this chart's own range of y stays. */
    const stretch = range => {
      const all = numbers.whole(), part = all && reportgen.zoom.within(range, all);
      if (part || numbers.view.x) zoom(part, part && numbers.view.y);
    };
    const choose = step => { if (page.run !== undefined && numbers.counted === 'step') reportgen.emit('step', step, page.id); };
    const actions = {
      scale() { numbers.rescale(); update(); emit('zoom', element, page.id); },
      reset() { zoom(null, null); },
      table() {
        table ??= listing.place(element, entry);
        table.open = !table.open;
        if (table.open) listing.fill(table, numbers, picture, signal).catch(trouble);
      },
      svg() { save.svg(numbers, picture, numbers.notes(picture)); },
      csv() { save.csv(numbers).catch(trouble); },
    };
    element.addEventListener('click', event => {
      actions[event.target.closest?.('[data-action]')?.dataset.action]?.();
      const name = event.target.closest?.('[data-zoom]')?.dataset.zoom;
      if (name === 'reset') actions.reset();
      else if (name) stretch(reportgen.zoom.moved(picture.x, name));
    }, { signal });
    const renew = reading(area, numbers, () => picture, { zoom, stretch, choose }, signal), row = reportgen.zoom.buttons();
    frame.after(row);
    signal.addEventListener('abort', () => row.remove(), { once: true });
    area.tabIndex = 0;
    area.setAttribute('role', 'img');
    for (const event of ['runs', 'smoothing', 'axis']) on(event, update, signal);
    on('zoom', (from, where) => { if (from !== element && where === page.id) update(); }, signal);
    on('theme', () => drawing.show(picture), signal);
    on('highlight', run => drawing.highlight(run), signal);
    on('step', (_, where) => { if (where === page.id) follow(picture); }, signal);
    const print = () => still.redraw(svg, picture);
    addEventListener('beforeprint', print, { signal });
    addEventListener('afterprint', () => follow(picture), { signal });
    paper.addEventListener('change', ({ matches }) => { // a preview that fires no event of its own
      print();
      if (matches) follow.back?.(); else follow(picture);
    }, { signal });
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
