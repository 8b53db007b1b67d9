/* A figure panel: the figure of the step under the page's cursor, its picture or a plain drawing of its data. */
(() => {
  'use strict';
  const SVG = 'http://www.w3.org/2000/svg', FRAME = 1000;

  /** @param {string} name @param {string} [text] @param {string} [className] */
  const make = (name, text, className) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  };

  const shape = (name, attributes, ...children) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  const labels = (name, ticks, ends) => {
    const made = make('div', undefined, name);
    made.setAttribute('aria-hidden', 'true');
    made.append(...ticks.map(([at, text]) => {
      const label = make('span', text, ends ? (at < 0.04 ? 'first' : at > 0.96 ? 'last' : '') : '');
      label.style.setProperty('--at', String(at));
      return label;
    }));
    return made;
  };

  const named = (side, text) => {
    const made = make('p', text, `note axis-name${side === 'x' ? ' end' : ''}`);
    made.dataset.label = side;
    return made;
  };

  const legend = names => {
    const list = make('ul', undefined, 'legend');
    list.append(...names.map(([name, colour]) => {
      const item = make('li');
      item.append(reportgen.tip.swatch({ colour, dash: 1 }), make('span', name));
      return item;
    }));
    return names.length ? [list] : [];
  };

  /** A plain drawing, as the template draws it. */
  const drawing = ({ strokes, names, x, y, labels: [across, up] }, words) => {
    const plot = make('div', undefined, 'plot tall'), area = make('div', undefined, 'plot-area');
    const longest = Math.max(0, ...y.map(([, text]) => text.length));
    if (longest > 6) plot.style.setProperty('--ticks', String(longest));
    area.append(shape('svg', { viewBox: `0 0 ${FRAME} ${FRAME}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': words },
      shape('path', { class: 'gridline', d: y.map(([at]) => `M0 ${Math.round(FRAME * (1 - at))}h${FRAME}`).join('') }),
      shape('path', { class: 'base', d: `M0 ${FRAME}h${FRAME}` }),
      ...strokes.map(([look, colour, d]) => shape('path', { class: `trace ${look} s${colour}`, d }))));
    plot.append(labels('plot-y', y, false), area, labels('plot-x', x, true));
    return [named('y', up), plot, named('x', across), ...legend(names)];
  };

  const traces = (rows, words, open) => {
    const made = make('details', undefined, 'traces'), scroll = make('div', undefined, 'scroll'), table = make('table', undefined, 'data');
    made.open = open;
    scroll.tabIndex = 0;
    scroll.setAttribute('role', 'region');
    scroll.setAttribute('aria-label', `Traces of ${words}`);
    const head = table.createTHead().insertRow(), body = table.createTBody();
    for (const name of ['Name', 'Kind', 'Points']) {
      const cell = make('th', name, name === 'Points' ? 'num' : '');
      cell.scope = 'col';
      head.append(cell);
    }
    for (const row of rows) body.insertRow().append(...row.map((text, k) => make('td', text, k === 2 ? 'num' : '')));
    scroll.append(table);
    made.append(make('summary', 'Traces'), scroll);
    return made;
  };

  const pictureOf = (figure, words) => {
    const img = make('img', undefined, 'figure-picture');
    Object.assign(img, { width: figure.width, height: figure.height, alt: `Figure: ${words}`, decoding: 'async' });
    reportgen.picture(img, figure.picture);
    return img;
  };

  const note = figure => {
    const made = make('p', undefined, 'note figure-note');
    if (figure.note) made.append(make('span', figure.note), ' ');
    if (figure.file) {
      const a = make('a', figure.offer);
      a.download = figure.name;
      reportgen.link(a, figure.file);
      made.append(a);
    }
    return made;
  };

  /** Everything of one figure, in a place of its own. @param {any} figure @param {any} values What the file of it held. */
  const draw = (figure, values, key) => {
    const made = make('div', undefined, 'logged-figure'), words = figure.title || key;
    if (figure.picture) {
      made.append(pictureOf(figure, words));
    } else {
      if (figure.title) made.append(make('p', figure.title, 'figure-title'));
      if (values.strokes) made.append(...drawing(values, `Figure: ${words}`));
      if (values.traces.length) made.append(traces(values.traces, words, !values.strokes));
    }
    made.append(note(figure));
    return made;
  };

  reportgen.panel('figure', (element, entry, page) => {
    let turn = 0;
    reportgen.frames.follow(element, entry, page, async frame => {
      const mine = ++turn;
      try {
        const values = await Promise.all(frame.figures.map(one => one.values ? reportgen.values(one.values) : null));
        if (mine !== turn || entry.signal.aborted) return;
        const before = [...element.querySelectorAll(':scope > .logged-figure')];
        element.style.minHeight = `${element.offsetHeight}px`; // what follows stays in place while pictures load
        before[0].before(...frame.figures.map((one, i) => draw(one, values[i], entry.key)));
        before.forEach(one => one.remove());
        requestAnimationFrame(() => { element.style.minHeight = ''; });
      } catch (fault) {
        reportgen.fail(element, fault);
      }
    });
  });
})();
