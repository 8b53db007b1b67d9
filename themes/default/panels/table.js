/* A table panel: the rows of the step under the page's cursor, more of them when a reader asks. */
(() => {
  'use strict';
  const { count } = reportgen.format;

  /** Rows that are shown at first, as the build does; how many follow at a time; when a text is folded. */
  const FIRST = 100, MORE = 500, LONG = 300, HEAD = 120, SMALL = 96;

  const make = (name, text, className) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  };

  const folded = text => {
    const made = make('details');
    made.append(make('summary', `${text.slice(0, HEAD)}…`), text);
    return made;
  };

  const thumb = ([file, width, height], files, text) => {
    const img = make('img', undefined, width <= SMALL ? 'small' : '');
    Object.assign(img, { width, height, alt: text, decoding: 'async' });
    reportgen.picture(img, files[file]);
    return img;
  };

  const link = (text, ref) => {
    const made = make('a', text);
    made.download = '';
    reportgen.link(made, ref);
    return made;
  };

  /** One cell, as the template draws it. `cell` is its text, or what it holds besides; `row` counts from 1. */
  const cellOf = (cell, [name, numeric], row, files) => {
    const made = make('td', undefined, numeric ? 'num' : ''), text = cell.text ?? cell;
    if (cell.thumbs) {
      const thumbs = make('div', undefined, 'thumbs');
      thumbs.append(...cell.thumbs.map(one => thumb(one, files, text || `${name}, row ${row}`)));
      made.append(thumbs);
    }
    made.append(cell.file !== undefined ? link(text, files[cell.file]) : text.length > LONG ? folded(text) : text);
    return made;
  };

  /** Numbers of the parts that make a table, the first rows first. */
  const chain = (parts, last) => {
    const found = [];
    for (let number = last; number !== undefined; number = parts[number].before) found.unshift(number);
    return found;
  };

  reportgen.panel('table', (element, entry, page) => {
    const { signal, data: { frames, parts } } = entry;
    if (!frames.length) return;
    let frame = frames[element.shownFrame ?? frames.length - 1], turn = 0;
    const hosts = () => [...element.querySelectorAll(':scope > .table')];

    /** The rows of a table from one number up to another, each with the files that its cells name. */
    const rowsOf = async (table, from, to) => {
      const found = [];
      let at = 0;
      for (const number of chain(parts, table.part)) {
        const part = parts[number], first = Math.max(0, from - at), last = Math.min(part.rows, to - at);
        at += part.rows;
        if (first >= last) continue;
        const rows = await reportgen.values(part.values);
        found.push(...rows.slice(first, last).map(cells => ({ cells, files: part.files ?? [] })));
      }
      return found;
    };

    const append = (host, table, rows) => {
      const body = host.querySelector('tbody'), before = body.rows.length;
      body.append(...rows.map(({ cells, files }, number) => {
        const row = make('tr');
        row.append(...cells.map((cell, i) => cellOf(cell, table.columns[i], before + number + 1, files)));
        return row;
      }));
      const shown = body.rows.length, all = shown === (table.stored ?? table.rows);
      host.querySelector('[data-about]').textContent = all ? table.size : `${count(shown)} of ${table.size}`;
      host.querySelector('[data-more-rows]').hidden = shown >= table.rows;
    };

    const more = async event => {
      const host = event.target.closest?.('[data-more-rows]')?.closest('.table');
      if (!host) return;
      const mine = turn, table = frame.tables[hosts().indexOf(host)], shown = host.querySelector('tbody').rows.length;
      try {
        const rows = await rowsOf(table, shown, shown + MORE);
        if (mine !== turn || signal.aborted || host.querySelector('tbody').rows.length !== shown) return;
        append(host, table, rows);
        reportgen.announce(`${count(rows.length)} more rows`);
      } catch (fault) {
        reportgen.fail(element, fault);
      }
    };

    /** As many places as the step has tables. */
    const makeRoom = wanted => {
      const there = hosts();
      there.slice(wanted).forEach(host => host.remove());
      for (let i = there.length; i < wanted; i++) hosts()[i - 1].after(there[0].cloneNode(true));
    };

    const draw = (host, table, rows) => {
      const head = make('tr');
      head.append(...table.columns.map(([name, numeric]) => {
        const cell = make('th', name, numeric ? 'num' : '');
        cell.scope = 'col';
        return cell;
      }));
      host.querySelector('thead').replaceChildren(head);
      host.querySelector('tbody').replaceChildren();
      host.querySelector('.rows').scrollTop = 0;
      append(host, table, rows);
    };

    element.addEventListener('click', more, { signal });
    reportgen.frames.follow(element, entry, page, async next => {
      const mine = ++turn;
      frame = next;
      try {
        const all = await Promise.all(next.tables.map(table => rowsOf(table, 0, FIRST)));
        if (mine !== turn || signal.aborted) return;
        makeRoom(next.tables.length);
        hosts().forEach((host, i) => draw(host, next.tables[i], all[i]));
      } catch (fault) {
        reportgen.fail(element, fault);
      }
    });
  });
})();
