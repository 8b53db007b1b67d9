/* The chart as a vector drawing: what print shows, and what a panel leaves behind that is far from the window. */
(() => {
  'use strict';
  const { trace } = reportgen.curve;
  const SVG = 'http://www.w3.org/2000/svg', SIZE = 1000;

  /** @param {string} name @param {Object<string, string|number>} attributes @param {...SVGElement} children */
  const node = (name, attributes, ...children) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
    made.append(...children);
    return made;
  };

  /** A line's strokes as path data in whole units, in a drawing of `width` by `height`. */
  const pathOf = (line, ys, picture, width = SIZE, height = SIZE) => {
    const parts = [];
    const to = letter => (x, y) => parts.push(letter, Math.round(x), ' ', Math.round(y));
    const sink = { moveTo: to('M'), lineTo: to('L'), dot: (x, y) => parts.push('M', Math.round(x) - 4, ' ', Math.round(y), 'h8') };
    trace(line.xs, ys, v => picture.x.place(v) * width, v => (1 - picture.y.place(v)) * height, width, sink);
    return parts.join('');
  };

  const group = (line, picture) => {
    const { colour, dash, index } = line.run, d = pathOf(line, line.ys, picture);
    const made = node('g', { class: `line s${colour} d${dash}`, 'data-run': index }, node('path', { d }));
    if (line.ys !== line.raw) made.prepend(node('path', { class: 'raw', d: pathOf(line, line.raw, picture) }));
    return made;
  };

  /** Puts the picture in place of the panel's first frame; the CSS stretches it. @param {SVGElement} svg */
  const redraw = (svg, picture) => {
    const rows = picture.yTicks.map(({ at }) => `M0 ${Math.round((1 - at) * SIZE)}h${SIZE}`);
    svg.replaceChildren(
      node('path', { class: 'gridline', d: rows.join('') }),
      node('path', { class: 'base', d: `M0 ${SIZE}h${SIZE}` }),
      ...picture.lines.filter(line => line).map(line => group(line, picture)),
    );
  };

  reportgen.still = { redraw, node, pathOf };
})();
