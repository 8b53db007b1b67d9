/* One step cursor for a whole page: buttons, track and keys move it, every panel follows. */
(() => {
  'use strict';
  const { on, emit, state, manifest, fragment } = reportgen;
  const { count } = reportgen.format;

  /** Time that playing stays on each step. */
  const PAUSE = 900;

  /** Steps at which a page's media panels have something, in order. */
  const stopsOf = page => {
    const steps = new Set();
    for (const panel of page.panels) for (const frame of panel.data?.frames ?? []) steps.add(frame.step);
    return [...steps].sort((a, b) => a - b);
  };

  /** Page id to what moves its cursor. */
  const bars = new Map();

  /** @param {HTMLElement} bar @param {any} page Its page in the manifest. */
  const attach = (bar, page) => {
    const track = bar.querySelector('[data-step-range]'), words = bar.querySelector('[data-step-now]');
    const button = name => bar.querySelector(`[data-step-go="${name}"]`);
    const first = Number(track.min), last = Number(track.max);
    const end = words?.textContent; // in its own digits: a step of 2⁶² has more than a number here
    let stops = stopsOf(page), timer = 0, axis = null;
    const rounds = !stops.length; // without media, the buttons go through the run in twenty strides
    if (rounds) stops = Array.from({ length: 21 }, (_, i) => Math.round(first + (last - first) * i / 20));
    stops = [...new Set(stops)].filter(step => step >= first && step <= last);

    /** The cursor's name in the address. */
    const name = `${page.id}.step`;
    const now = () => state.steps[page.id] ?? last;
    /** The stop that lies `by` further in the order of the axis. */
    const beside = by => axis.order[axis.order.indexOf(axis.held(now())) + by];
    const after = () => axis ? beside(1) : stops.find(step => step > now());
    const before = () => axis ? beside(-1) : stops.findLast(step => step < now());

    const halt = () => {
      clearInterval(timer);
      timer = 0;
      button('play')?.setAttribute('aria-pressed', 'false');
      button('play')?.setAttribute('aria-label', 'Play');
    };

    const go = step => {
      if (step === undefined || !Number.isFinite(step)) return;
      emit('step', Math.min(last, Math.max(first, Math.round(step))), page.id);
    };

    const play = () => {
      if (timer) { halt(); return; }
      if (after() === undefined) go(stops[0]);
      button('play')?.setAttribute('aria-pressed', 'true');
      button('play')?.setAttribute('aria-label', 'Stop');
      timer = setInterval(() => { go(after()); if (after() === undefined) halt(); }, PAUSE);
    };

    const follow = (step, where) => {
      if (where !== page.id) return;
      fragment.set(name, step >= last ? '' : String(step));
      const label = axis?.label(axis.held(step));
      track.value = String(axis ? axis.place(axis.held(step)) : step);
      track.setAttribute('aria-valuetext', label ? `${label}, step ${count(step)}` : `Step ${count(step)}`);
      if (words) words.textContent = step >= last ? end : count(step);
      if (button('previous')) button('previous').disabled = before() === undefined;
      if (button('next')) button('next').disabled = after() === undefined;
    };

    for (const [name, word] of rounds ? [['previous', 'Back'], ['next', 'Forward']] : []) button(name)?.setAttribute('aria-label', word);
    /** Another axis under the track, from `steps.js`; null for the steps themselves. */
    const use = other => {
      halt();
      axis = other;
      Object.assign(track, axis ? { min: '0', max: '1000' } : { min: String(first), max: String(last) });
      go(now());
    };

    track.addEventListener('input', () => { halt(); go(axis ? axis.nearest(Number(track.value)) : Number(track.value)); });
    bar.addEventListener('click', event => {
      const name = event.target.closest?.('[data-step-go]')?.dataset.stepGo;
      if (name === 'play') play();
      else if (name) { halt(); go(name === 'next' ? after() : before()); }
    });
    on('step', follow);
    on('page', halt);
    bars.set(page.id, { bar, use, stops, rounds, back: () => { halt(); go(before()); }, forth: () => { halt(); go(after()); } });
    // a browser restores the place on the track when a reader comes back to the page, after its scripts began
    addEventListener('pageshow', () => { if (!axis && Number(track.value) !== now()) go(Number(track.value)); });
    fragment.on(name, text => { halt(); go(Number(text || last)); });
    go(Number(fragment.get(name) || track.value));
  };

  /** Keys that a field for text needs itself. */
  const types = element => element?.matches?.('input:not([type=range]):not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable]');

  const pressed = event => {
    if (types(event.target) || event.metaKey || event.ctrlKey || event.altKey) return;
    const bar = bars.get(state.page);
    if (event.key === '[') bar?.back();
    if (event.key === ']') bar?.forth();
  };

  on('ready', () => {
    for (const bar of document.querySelectorAll('[data-step-bar]')) {
      const id = bar.closest('[data-page]')?.dataset.page, page = manifest.pages[id];
      if (page) attach(bar, page);
    }
    if (bars.size) document.addEventListener('keydown', pressed);
    emit('bars', bars);
  });
})();
