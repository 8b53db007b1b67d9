/* What is set once for all charts of a page: smoothing, the horizontal axis, the zoom, the run that stands out. */
(() => {
  'use strict';
  const { on, emit, state, fragment } = reportgen;

  const WORDS = { own: 'By the axes that the runs define', step: 'By step', relative: 'By time since each run began', wall: 'By time of day' };

  const current = () => document.querySelector('.page.current');

  const axisWords = axis => WORDS[axis] ?? `By ${axis.slice('metric:'.length)}`;

  /** What a page's controls say becomes what its charts do: pages of a single file each keep their own. */
  const take = page => {
    const slider = page.querySelector('[data-smoothing]'), axis = page.querySelector('[data-axis]');
    if (slider && Number(slider.value) !== state.smoothing) emit('smoothing', Number(slider.value));
    if (axis && axis.value !== state.axis) emit('axis', axis.value);
  };

  /** The name in the address for what a control of a page says. */
  const nameOf = (control, name) => `${control.closest('.page').dataset.page}.${name}`;

  const saySmoothing = slider => {
    slider.parentElement.querySelector('output').textContent = Number(slider.value).toFixed(2);
    slider.setAttribute('aria-valuetext', Number(slider.value) ? Number(slider.value).toFixed(2) : 'off');
  };

  const sayAxis = select => {
    const note = select.closest('.section').querySelector('[data-axis-note]');
    if (note) note.textContent = axisWords(select.value);
  };

  const smooth = slider => {
    saySmoothing(slider);
    fragment.set(nameOf(slider, 'smoothing'), Number(slider.value) ? slider.value : '');
    emit('smoothing', Number(slider.value));
  };

  const turn = select => {
    sayAxis(select);
    fragment.set(nameOf(select, 'x'), select.selectedIndex ? select.value : '');
    zooms.clear(state.page); // a range of steps says nothing of times
    offerReset();
    emit('axis', select.value);
  };

  /** The controls of all pages say what the address says. @param {boolean} whole Also where it says nothing. */
  const recall = whole => {
    for (const slider of document.querySelectorAll('[data-smoothing]')) {
      const smoothing = fragment.get(nameOf(slider, 'smoothing'));
      if (whole || smoothing) slider.value = smoothing || '0';
    }
    for (const select of document.querySelectorAll('[data-axis]')) {
      const axis = fragment.get(nameOf(select, 'x'));
      if (whole || axis) select.selectedIndex = Math.max(0, [...select.options].findIndex(option => option.value === axis));
    }
    zooms.recall();
  };

  // ---- the zoom

  /**
   * What readers zoomed, by place: a page and its axis have a range of x, which all charts with that axis share; with a
   * panel behind it, a range of y of its own. @type {Map<string, number[]>}
   */
  const ranges = new Map();
  /** What a range's name in the address begins with, and the digits of its ends: enough for milliseconds of a date. */
  const ZOOM = 'zoom|', DIGITS = 15;
  const rangesOf = page => [...ranges.keys()].filter(place => place.startsWith(`${page}|`));

  const zooms = {
    at: place => ranges.get(place) ?? null,
    put(place, range) {
      if (range) ranges.set(place, range); else ranges.delete(place);
      fragment.set(ZOOM + place, range ? range.map(end => Number(end.toPrecision(DIGITS))).join() : '');
    },
    /** Whether some chart of a page is zoomed. */
    any: page => rangesOf(page).length > 0,
    /** All charts of a page show everything again. */
    clear(page) { rangesOf(page).forEach(place => zooms.put(place, null)); },
    /** All charts show the ranges that the address has. */
    recall() {
      ranges.clear();
      for (const [name, text] of fragment.named(ZOOM)) {
        const range = text.split(',').map(Number);
        if (range.length === 2 && range.every(Number.isFinite) && range[0] < range[1]) ranges.set(name.slice(ZOOM.length), range);
      }
    },
  };

  /** The button beside the controls is there while some chart of its page is zoomed. */
  const offerReset = () => {
    for (const button of document.querySelectorAll('[data-unzoom]')) button.hidden = !zooms.any(button.closest('.page').dataset.page);
  };

  const reset = () => { zooms.clear(state.page); emit('zoom', null); };

  // ---- the key: pointing at a name lets it stand out, choosing it holds it

  let held = null;
  const runOf = event => {
    const item = event.target.closest?.('[data-key-bar] [data-key]');
    return item ? Number(item.dataset.key) : null;
  };
  const point = run => { if ((run ?? held) !== state.highlight) emit('highlight', run ?? held); };

  const hold = run => {
    held = held === run ? null : run;
    point(held);
    for (const item of document.querySelectorAll('[data-key-bar] [data-key]')) {
      item.querySelector('button').setAttribute('aria-pressed', String(Number(item.dataset.key) === held));
    }
  };

  /** Charts that no script has drawn yet follow too. */
  const dim = run => {
    for (const plot of current()?.querySelectorAll('.plot') ?? []) {
      plot.classList.toggle('dim', run !== null);
      for (const line of plot.querySelectorAll('.line[data-run]')) line.classList.toggle('hot', Number(line.dataset.run) === run);
    }
  };

  on('highlight', dim);
  on('zoom', offerReset);
  on('runs', runs => { if (held !== null && !runs.has(held)) hold(held); });
  on('page', () => { if (held !== null) hold(held); const page = current(); if (page) take(page); });
  reportgen.zooms = zooms;
  on('ready', () => {
    document.addEventListener('click', event => { if (event.target.closest?.('[data-unzoom]')) reset(); });
    document.addEventListener('input', event => { if (event.target.matches?.('[data-smoothing]')) smooth(event.target); });
    document.addEventListener('change', event => { if (event.target.matches?.('[data-axis]')) turn(event.target); });
    for (const bar of document.querySelectorAll('[data-key-bar]')) {
      bar.addEventListener('pointerover', event => point(runOf(event)));
      bar.addEventListener('pointerleave', () => point(null));
      bar.addEventListener('focusin', event => point(runOf(event)));
      bar.addEventListener('focusout', () => point(null));
      bar.addEventListener('click', event => { const run = runOf(event); if (run !== null) hold(run); });
    }
    // a browser restores what was set when a reader comes back to the page, after its scripts began
    const restore = () => {
      document.querySelectorAll('[data-smoothing]').forEach(saySmoothing);
      document.querySelectorAll('[data-axis]').forEach(sayAxis);
      const page = current();
      if (page) take(page);
    };
    addEventListener('pageshow', restore);
    fragment.on('*', () => { recall(true); restore(); emit('zoom', null); });
    recall(false);
    restore();
    offerReset();
  });
})();
