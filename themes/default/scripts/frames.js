/* Panels whose content changes from step to step: they show the last frame at or before the page's cursor. */
(() => {
  'use strict';
  const { on, state } = reportgen;
  const { count } = reportgen.format;

  /**
   * Index of the last frame at or before `step`; the first one when all are later.
   * @param {any[]} frames In the order of their steps. @param {number} step @param {(frame: any) => number} [stepOf]
   */
  const frameAt = (frames, step, stepOf = frame => frame.step) => {
    let low = 0, high = frames.length;
    while (low < high) { const middle = (low + high) >> 1; if (stepOf(frames[middle]) <= step) low = middle + 1; else high = middle; }
    return Math.max(0, low - 1);
  };

  const arrow = (name, words) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'icon plain frame-go';
    button.setAttribute('aria-label', words);
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg'), use = document.createElementNS(svg.namespaceURI, 'use');
    svg.setAttribute('aria-hidden', 'true');
    use.setAttribute('href', `#i-${name}`);
    svg.append(use);
    button.append(svg);
    return button;
  };

  /**
   * Lets a panel follow the cursor, and adds two buttons that move the cursor to its own previous and next frame.
   * @param {HTMLElement} element @param {any} entry The panel. @param {any} page
   * @param {(frame: any) => void} draw Called with the frame to show, only when it is another one.
   * @returns {{go: (by: number) => void, at: number}} Moves the cursor by frames of the panel; index of the one shown.
   */
  const follow = (element, entry, page, draw) => {
    const { signal, data: { frames } } = entry, value = element.querySelector('.panel-head .value');
    if (!frames.length) return { go: () => {} };
    let shown = frames.length - 1; // the page opens with the last
    const back = arrow('previous', 'Previous frame'), forth = arrow('next', 'Next frame');

    const show = index => {
      back.disabled = index === 0;
      forth.disabled = index === frames.length - 1;
      if (index === shown) return;
      shown = index;
      if (value) { const step = document.createElement('b'); step.textContent = count(frames[index].step); value.replaceChildren('step ', step); }
      draw(frames[index]);
    };

    const go = index => {
      if (index < 0 || index >= frames.length) return;
      show(index);
      reportgen.emit('step', frames[index].step, page.id);
    };

    if (value && frames.length > 1) {
      back.addEventListener('click', () => go(shown - 1));
      forth.addEventListener('click', () => go(shown + 1));
      value.before(back);
      value.after(forth);
      signal.addEventListener('abort', () => { back.remove(); forth.remove(); }, { once: true });
    }
    on('step', (step, where) => { if (where === page.id) show(frameAt(frames, step)); }, signal);
    // a panel that wakes again may hold an older frame: the one shown last is on the element
    if (element.shownFrame !== undefined) shown = element.shownFrame;
    signal.addEventListener('abort', () => { element.shownFrame = shown; }, { once: true });
    show(state.steps[page.id] === undefined ? frames.length - 1 : frameAt(frames, state.steps[page.id]));
    return { go: by => go(shown + by), get at() { return shown; } };
  };

  reportgen.frames = { follow, frameAt };
})();
