/* The colours of classes, as the theme's tokens have them. */
(() => {
  'use strict';
  const { on, overlays } = reportgen;

  const DASHES = Array.from({ length: 8 }, (_, i) => `--dash-${i + 1}`);
  const NAMES = ['--label-ink', ...Array.from({ length: 8 }, (_, i) => `--series-${i + 1}`), '--label-bg'];
  let known = null;

  /** A colour as bytes, however CSS writes it. */
  const bytesOf = (context, colour) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return context.getImageData(0, 0, 1, 1).data;
  };

  /**
   * The colours of classes (0 for none, 1 to 8) as CSS and as bytes, the ground of labels, their font, and the dashes of
   * lines (at 1 to 8) in CSS pixels.
   * @returns {{css: string[], bytes: Uint8ClampedArray[], ground: string, font: string, dashes: number[][]}}
   */
  const palette = () => {
    if (known) return known;
    const style = getComputedStyle(document.documentElement), { fontFamily } = getComputedStyle(document.body);
    const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }), context = canvas.getContext('2d', { willReadFrequently: true });
    const css = NAMES.map(name => style.getPropertyValue(name).trim());
    const dashes = [[], ...DASHES.map(name => style.getPropertyValue(name).split(/[\s,]+/).map(Number).filter(n => n > 0))];
    known = { dashes, css, bytes: css.map(colour => bytesOf(context, colour)), ground: css[9], font: fontFamily };
    return known;
  };

  on('theme', () => { known = null; });

  /** A square in the colour of a class. @param {number} colour 0 to 8. */
  const square = colour => {
    const mark = document.createElement('span');
    mark.className = `square s${colour}`;
    return mark;
  };

  const SVG = 'http://www.w3.org/2000/svg';

  /** A line as the boxes of a layer have it. @param {number} dash 1 to 8. */
  const line = dash => {
    const mark = document.createElementNS(SVG, 'svg'), path = document.createElementNS(SVG, 'path');
    mark.setAttribute('class', `swatch d${dash}`);
    mark.setAttribute('viewBox', '0 0 28 12');
    mark.setAttribute('aria-hidden', 'true');
    path.setAttribute('d', 'M0 6h28');
    mark.append(path);
    return mark;
  };

  Object.assign(overlays, { palette, square, line });
})();
