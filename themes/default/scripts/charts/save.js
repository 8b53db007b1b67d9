/* A chart to take along: its drawing as SVG, its numbers as CSV. */
(() => {
  'use strict';
  const { node, pathOf } = reportgen.still, { offer, fileName, field } = reportgen.taken;

  const ROWS = 50_000;

  /** All points of the runs that are shown, not only those drawn. @param {any} chart */
  const csv = async chart => {
    const parts = [`run,${chart.counted},seconds,${field(chart.entry.key)}\r\n`];
    for (const [i, { look }] of chart.series.entries()) {
      if (!chart.isShown(i)) continue;
      const run = field(look.name);
      for await (const { s, t, y } of chart.everything(i)) {
        for (let from = 0; from < y.length; from += ROWS) {
          let text = '';
          for (let j = from; j < Math.min(y.length, from + ROWS); j++) text += `${run},${s[j]},${t[j]},${y[j]}\r\n`;
          parts.push(text);
        }
      }
    }
    offer(fileName(chart.entry.key, '.csv', 'chart'), parts, 'text/csv');
  };

  const GLYPHS = { nan: '×', inf: '▲', '-inf': '▼' };
  const WIDTH = 720, PLOT = { left: 64, top: 44, width: 632, height: 300 };

  const text = (words, x, y, colour, size, anchor = 'start') => {
    const made = node('text', { x, y, fill: colour, 'font-size': size, 'text-anchor': anchor });
    made.textContent = words;
    return made;
  };

  /** The whole key, for those who point at the drawing or have it read; a long one has no room in its heading. */
  const titleOf = key => { const made = node('title', {}); made.textContent = key; return made; };
  const short = key => key.length > 80 ? `${key.slice(0, 50)} … ${key.slice(-24)}` : key;

  const lineOf = (line, picture, ink) => {
    const dash = ink.dash[line.run.dash] ?? [], look = { fill: 'none', stroke: ink.series[line.run.colour], 'stroke-linejoin': 'round' };
    const draw = (ys, width, opacity, dashes) => node('path', {
      ...look, 'stroke-width': width, opacity, 'stroke-dasharray': dashes.join(' ') || 'none', d: pathOf(line, ys, picture, PLOT.width, PLOT.height),
    });
    return [
      ...line.ys === line.raw ? [] : [draw(line.raw, ink.faint, 0.28, [])],
      draw(line.ys, ink.stroke, 1, dash),
    ];
  };

  /** Values that are no finite numbers; where many follow one another, both ends and a line between them. */
  const markOf = ({ run, sign, at, to }, ink) => {
    const { left, top, width, height } = PLOT, y = sign === 'inf' ? top + 10 : top + height - 2, colour = ink.series[run.colour];
    const ends = [...new Set([at, to])].map(place => text(GLYPHS[sign], left + place * width, y, colour, 11, 'middle'));
    return to > at ? [...ends, node('path', { d: `M${left + at * width + 6} ${y - 4}H${left + to * width - 6}`, stroke: colour, 'stroke-width': 6, 'stroke-dasharray': '1 3' })] : ends;
  };

  /** The runs' names under the drawing, in as many rows as they need. */
  const legend = (lines, ink, top) => {
    const items = [];
    let x = PLOT.left, y = top;
    for (const { run } of lines) {
      const width = 44 + run.name.length * 7;
      if (x > PLOT.left && x + width > WIDTH) { x = PLOT.left; y += 20; }
      items.push(
        node('path', { d: `M${x} ${y - 4}h24`, stroke: ink.series[run.colour], 'stroke-width': 2.5, 'stroke-dasharray': (ink.dash[run.dash] ?? []).join(' ') || 'none' }),
        text(run.name, x + 30, y, ink.ink, 12),
      );
      x += width;
    }
    return { items, bottom: y };
  };

  /** The chart as a drawing that stands alone. @param {any} chart @param {any} picture @param {string[]} notes */
  const svg = (chart, picture, notes) => {
    const ink = reportgen.plot.ink(), { left, top, width, height } = PLOT, lines = picture.lines.filter(line => line);
    const rows = picture.yTicks.map(({ at }) => `M0 ${((1 - at) * height).toFixed(1)}h${width}`).join('');
    const names = legend(lines, ink, top + height + 52), bottom = names.bottom + 28;
    const whole = node('svg', { width: WIDTH, height: bottom + 16, viewBox: `0 0 ${WIDTH} ${bottom + 16}`, 'font-family': 'Helvetica, Arial, sans-serif' },
      node('rect', { width: '100%', height: '100%', fill: ink.ground }),
      titleOf(chart.entry.key), text(short(chart.entry.key), left, 26, ink.ink, 15),
      text(picture.nothing, left + width / 2, top + height / 2, ink.ink, 13, 'middle'),
      node('svg', { x: left, y: top, width, height, overflow: 'hidden' },
        node('path', { d: rows, stroke: ink.grid }), node('path', { d: `M0 ${height}h${width}`, stroke: ink.base, 'stroke-width': 2 }),
        ...lines.flatMap(line => lineOf(line, picture, ink))),
      ...picture.marks.flatMap(mark => markOf(mark, ink)),
      ...picture.yTicks.map(tick => text(tick.text, left - 8, top + (1 - tick.at) * height + 4, ink.quiet, 12, 'end')),
      ...picture.xTicks.map(tick => text(tick.text, left + tick.at * width, top + height + 20, ink.quiet, 12, 'middle')),
      ...names.items, text(notes.join('  ·  '), left, bottom, ink.quiet, 11));
    offer(fileName(chart.entry.key, '.svg', 'chart'), [new XMLSerializer().serializeToString(whole)], 'image/svg+xml');
  };

  reportgen.save = { csv, svg };
})();
