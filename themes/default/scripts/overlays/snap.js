/* Where a canvas has to lie so that each of its pixels is one of the screen: a browser paints boxes at whole pixels, but
   stretches a canvas that has other pixels than its place. */
(() => {
  'use strict';
  const { overlays } = reportgen;

  /** CSS pixels among which a whole number of screen pixels is looked for, and how far from whole it may be. */
  const MOST = 40, WHOLE = 1e-4;

  /** The fewest CSS pixels that are whole pixels of the screen: 1 at a ratio of 3, 4 at 1.25; 1 where there are none. */
  const unitOf = ratio => {
    for (let n = 1; n <= MOST; n++) if (Math.abs(n * ratio - Math.round(n * ratio)) < WHOLE) return n;
    return 1;
  };

  /** How far what holds an element was scrolled: in CSS pixels, up to what does not move with the page. */
  const scrolled = element => {
    let left = 0, top = 0;
    for (let one = element; one; one = one.parentElement) {
      if (!one.offsetParent && one !== document.body && one !== document.documentElement) break;
      left += one.scrollLeft;
      top += one.scrollTop;
    }
    return [left, top];
  };

  /**
   * One side of the box, as it is painted, and of the canvas over it. All but `shift` and `span` are pixels of the screen.
   * @param {number} at @param {number} size CSS pixels. @param {number} ratio @param {boolean} exact
   * @returns {{pixels: number, from: number, size: number, shift: number, span: number}} The canvas has `pixels`; the box
   *   begins at `from` and has `size`; `shift` and `span` say in CSS pixels where the canvas begins in the box, and its size.
   */
  const side = (at, size, ratio, exact) => {
    const grid = exact ? ratio : 1, low = Math.round(at * grid) / grid, high = Math.round((at + size) * grid) / grid;
    const unit = exact ? 1 / ratio : unitOf(ratio);
    const start = exact ? low : Math.floor(low / unit) * unit, end = exact ? high : Math.ceil(high / unit) * unit;
    return { pixels: Math.round((end - start) * ratio), from: (low - start) * ratio, size: (high - low) * ratio, shift: start - at, span: end - start };
  };

  /**
   * Where a canvas over an element has to lie.
   * @param {HTMLElement} element @param {boolean} exact Whether the browser paints at pixels of the screen; else it does at
   *   CSS pixels, as on an emulated screen: then the canvas begins and ends where both fall together, a little outside.
   */
  const snap = (element, exact) => {
    const box = element.getBoundingClientRect(), ratio = devicePixelRatio, [left, top] = exact ? [0, 0] : scrolled(element);
    return { x: side(box.left + left, box.width, ratio, exact), y: side(box.top + top, box.height, ratio, exact), wide: box.width, tall: box.height, ratio };
  };

  /** Lays a canvas there. In parts of its element, so that it stays there on paper. */
  const lay = (canvas, { x, y, wide, tall }) => {
    const part = (length, whole) => `${100 * length / whole}%`;
    Object.assign(canvas.style, { left: part(x.shift, wide), top: part(y.shift, tall), width: part(x.span, wide), height: part(y.span, tall) });
  };

  /** All overlays that are near the window. What grows above them moves them by parts of pixels. */
  const close = new Set();
  new ResizeObserver(() => { for (const overlay of close) overlay.moved(); }).observe(document.documentElement);

  Object.assign(overlays, { snap, lay, close });
})();
