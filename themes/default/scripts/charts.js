/* What is set once for all charts of a page: smoothing, the horizontal axis, the zoom, the run that stands out. */
(() => {
  'use strict';
  const { on, emit, state } = reportgen;

  const WORDS = { own: 'By the axes that the runs define', step: 'By step', relative: 'By time since each run began', wall: 'By time of day' };

  const current = () => document.querySelector('.page.current');

  const axisWords = axis => WORDS[axis] ?? `By ${axis.slice('metric:'.length)}`;

  /** What a page's controls say becomes what its charts do: pages of a single file each keep their own. */
  const take = page => {
    const slider = page.querySelector('[data-smoothing]'), axis = page.querySelector('[data-axis]');
    if (slider && Number(slider.value) !== state.smoothing) emit('smoothing', Number(slider.value));
    if (axis && axis.value !== state.axis) emit('axis', axis.value);
  };

  const smooth = slider => {
    slider.parentElement.querySelector('output').textContent = Number(slider.value).toFixed(2);
    slider.setAttribute('aria-valuetext', Number(slider.value) ? Number(slider.value).toFixed(2) : 'off');
    emit('smoothing', Number(slider.value));
  };

  const turn = select => {
    const note = select.closest('.section').querySelector('[data-axis-note]');
    if (note) note.textContent = axisWords(select.value);
    zooms.clear(state.page); // a range of steps says nothing of times
    offerReset();
    emit('axis', select.value);
  };

  // ---- the zoom

  /**
   * What readers zoomed, by place: a page and its axis have a range of x, which all charts with that axis share; with a
   * panel behind it, a range of y of its own. @type {Map<string, number[]>}
   */
  const ranges = new Map();
  const rangesOf = page => [...ranges.keys()].filter(place => place.startsWith(`${page}|`));

  const zooms = {
    at: place => ranges.get(place) ?? null,
    put(place, range) { if (range) ranges.set(place, range); else ranges.delete(place); },
    /** Whether some chart of a page is zoomed. */
    any: page => rangesOf(page).length > 0,
    /** All charts of a page show everything again. */
    clear(page) { rangesOf(page).forEach(place => ranges.delete(place)); },
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
      const slider = current()?.querySelector('[data-smoothing]'), axis = current()?.querySelector('[data-axis]');
      if (slider && Number(slider.value) !== state.smoothing) smooth(slider);
      if (axis && axis.value !== state.axis) turn(axis);
    };
    addEventListener('pageshow', restore);
    restore();
  });
})();
