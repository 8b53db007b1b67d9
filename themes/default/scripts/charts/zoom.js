/* Zooming a chart along x without drawing a box: by two fingers, and by buttons for those who use neither. */
(() => {
  'use strict';

  /** Pixels between two fingers below which they only move the range; and how near they may come. */
  const APART = 24, NEAREST = 8;

  /** Part of the range that a button moves it by; how much of it a button leaves or adds. */
  const STEPS = { in: [0.5, 0], out: [2, 0], back: [1, -0.5], forth: [1, 0.5] };
  const WORDS = [['back', '←', 'Earlier'], ['out', '−', 'Zoom out'], ['in', '+', 'Zoom in'], ['forth', '→', 'Later']];

  /** The range that a button asks for, `low` to `high` being shown. @returns {[number, number]} */
  const moved = ({ low, high }, name) => {
    const [factor, shift] = STEPS[name], middle = low + (high - low) * (0.5 + shift), half = (high - low) / 2 * factor;
    return [middle - half, middle + half];
  };

  /** The buttons, for an enlarged chart; its menu has them from the build. */
  const buttons = () => {
    const row = document.createElement('div');
    row.className = 'zoom-go';
    row.setAttribute('role', 'group');
    row.setAttribute('aria-label', 'Zoom');
    const button = text => Object.assign(document.createElement('button'), { type: 'button', textContent: text });
    const reset = button('Reset zoom');
    reset.dataset.zoom = 'reset';
    row.append(...WORDS.map(([name, sign, title]) => {
      const made = Object.assign(button(sign), { title });
      made.setAttribute('aria-label', title);
      made.dataset.zoom = name;
      return made;
    }), reset);
    return row;
  };

  /** A range as far as there is something to see: [from, to], or null for all of it. */
  const within = ([low, high], [first, last]) => {
    const all = last - first, width = Math.max(high - low, all * 1e-7);
    if (!(width < all * 0.999)) return null;
    const from = Math.min(Math.max(low, first), last - width);
    return [from, from + width];
  };

  /**
   * Two fingers: what they hold stays under them. One finger scrolls the page, as everywhere.
   * @param {HTMLElement} area @param {() => any} picture @param {(range: [number, number]) => void} stretch
   * @param {() => void} begin Called when the second finger comes down. @param {AbortSignal} signal
   * @returns {() => boolean} Whether fingers are at work.
   */
  const pinch = (area, picture, stretch, begin, signal) => {
    /** @type {Map<number, number>} */
    const fingers = new Map();
    let held = null, frame = 0;

    const grip = () => {
      const { left, width } = area.getBoundingClientRect(), [a, b] = [...fingers.values()].sort((p, q) => p - q);
      return { middle: ((a + b) / 2 - left) / width, apart: b - a, width };
    };

    const hold = () => {
      const { middle, apart } = grip(), { x } = picture();
      held = { value: x.value(middle), apart, extent: x.high - x.low };
      begin();
    };

    const follow = () => {
      frame = 0;
      if (!held || fingers.size < 2) return;
      const { middle, apart } = grip(), extent = held.apart < APART ? held.extent : held.extent * held.apart / Math.max(apart, NEAREST);
      const low = held.value - middle * extent;
      stretch([low, low + extent]);
    };

    const listen = (name, handle, more = {}) => area.addEventListener(name, handle, { signal, ...more });
    listen('pointerdown', event => {
      if (event.pointerType !== 'touch' || fingers.size > 1) return;
      fingers.set(event.pointerId, event.clientX);
      if (fingers.size === 2) hold();
    });
    listen('pointermove', event => {
      if (!fingers.has(event.pointerId)) return;
      fingers.set(event.pointerId, event.clientX);
      if (held) frame ||= requestAnimationFrame(follow);
    });
    for (const name of ['pointerup', 'pointercancel']) {
      listen(name, event => { fingers.delete(event.pointerId); if (!fingers.size) setTimeout(() => { if (!fingers.size) held = null; }); });
    }
    // two fingers do not scroll the page meanwhile
    listen('touchmove', event => { if (event.touches.length > 1 && event.cancelable) event.preventDefault(); }, { passive: false });
    return () => held !== null;
  };

  reportgen.zoom = { moved, within, buttons, pinch };
})();
