/* The heads of a table: sort, the bars over a column, its width, its place. */
(() => {
  'use strict';
  const { make, button } = reportgen;
  const { bars, headOf, numberText, allRows } = reportgen.grid;
  const { number, plural, count } = reportgen.format;

  const NARROWEST = 48, WIDEST = 1200, NEAR = 6;

  const day = seconds => new Date(seconds * 1000).toISOString();

  /** The range of numbers, as `panels/columns.py` says it. */
  const between = (column, low, high) => {
    if (column.type === 'time') {
      const [a, b] = [low, high].map(value => [day(value).slice(0, 10), day(value).slice(11, 16)]);
      if (a[0] !== b[0]) return `${a[0]} to ${b[0]}`;
      return a.join(' ') + (a[1] === b[1] ? '' : ` to ${b[1]}`);
    }
    const say = value => { // three digits stand in a narrow column
      if (column.whole && Math.abs(value) < 10_000) return numberText(value, 0);
      return number(Math.abs(value) < 1000 ? Number(value.toPrecision(3)) : value);
    };
    return (low === high ? say(low) : `${say(low)} to ${say(high)}`) + column.unit;
  };

  /** What stands under the bars. */
  const noteOf = (column, head) => {
    const notes = [];
    if (column.numbers) { if (head.low !== undefined) notes.push(between(column, head.low, head.high)); } else if (head.distinct && !column.media) notes.push(plural(head.distinct, 'value'));
    if (head.nan) notes.push(`${count(head.nan)} NaN`);
    if (head.inf) notes.push(`${count(head.inf)} infinite`);
    if (head.missing) notes.push(`${count(head.missing)} missing`);
    return notes.join('; ');
  };

  const heights = (list, most) => list.map(n => most ? n / most : 0);
  const countsOf = head => head.bins ?? (head.top ?? []).map(([, n]) => n);

  /** Bars of all rows behind those of the rows that are found. */
  const chart = (all, part, className) => {
    const lists = countsOf(all), most = Math.max(1, ...lists);
    return bars(part ? [heights(lists, most), heights(countsOf(part), most)] : [[], heights(lists, most)], className);
  };

  const DAY = 86_400, MICRO = 1e-6;

  /** A bound as a reader writes it. Days need no time of day: the first begins at midnight, the last ends there. */
  const written = (column, value, last) => {
    if (value === undefined) return '';
    if (column.type !== 'time') return String(value);
    const text = new Date(Math.floor(value * 1000)).toISOString(), midnight = value % DAY === 0, whole = last ? !midnight && (value + 2 * MICRO) % DAY < 1e-3 : midnight;
    return whole || column.words.every(word => word.length === 10) ? text.slice(0, 10) : text.slice(0, 19).replace('T', ' ');
  };

  /** What a value without words is called. */
  const wordName = (column, text) => text || (column?.media ? '(no caption)' : '(empty)');

  /** A filter in words: "0.2 to 0.8", "cat, dog", "contains “x”". */
  const filterWords = (column, { low, high, only, not, has, missing }) => {
    const exact = value => typeof value === 'string' || Number.isSafeInteger(value), name = text => wordName(column, text), parts = [];
    const say = (value, last) => column?.type === 'time' ? written(column, value, last) : exact(value) ? String(value).replace('-', '\u2212') : numberText(value, null);
    const [from, to] = [say(low ?? 0), say(high ?? 0, true)];
    if (low !== undefined && high !== undefined) parts.push(low === high || from === to ? from : `${from} to ${to}`);
    else if (low !== undefined) parts.push(`at least ${from}`);
    else if (high !== undefined) parts.push(`at most ${to}`);
    if (has) parts.push(`contains “${has}”`);
    if (only) parts.push(only.length === 0 ? 'no value' : only.length > 3 ? count(only.length) + ' values' : only.map(name).join(', '));
    if (not) parts.push(`not ${not.length > 3 ? count(not.length) + ' values' : not.map(name).join(', ')}`);
    if (missing) parts.push(missing === 'only' ? 'missing' : 'not missing');
    return parts.join('; ');
  };

  /** What a column tells of all rows of its table, made once. */
  const whole = (data, column) => {
    column.head ??= headOf(column, allRows(data.rows));
    return column.head;
  };

  /** Drags from a place until the pointer is let go. */
  const drag = (event, move, end, target = event.currentTarget) => {
    const ends = new AbortController(), { signal } = ends;
    target.setPointerCapture?.(event.pointerId);
    target.addEventListener('pointermove', move, { signal });
    for (const name of ['pointerup', 'pointercancel']) target.addEventListener(name, done => { ends.abort(); end(done); }, { signal });
  };

  /** The edge by which a column gets wider. Its menu does the same for keys. */
  const grip = (grid, name, cell) => {
    const edge = make('span', 'grip');
    edge.addEventListener('pointerdown', event => {
      event.preventDefault();
      event.stopPropagation();
      const x = event.clientX, start = cell.offsetWidth;
      const to = (moved, still) => grid.resize(name, Math.max(NARROWEST, Math.min(WIDEST, Math.round(start + moved.clientX - x))), still);
      drag(event, moved => to(moved, true), moved => to(moved, false));
    });
    edge.addEventListener('dblclick', event => { event.stopPropagation(); grid.resize(name, grid.fitting(name)); });
    return edge;
  };

  /** A head that is pulled over another one takes its place. */
  const movable = (grid, name, cell) => {
    cell.addEventListener('pointerdown', event => {
      if (event.button || event.pointerType === 'touch' || event.target.closest('.head-menu')) return;
      const x = event.clientX;
      let target = null, moving = false;
      const mark = next => {
        target?.classList.remove('drop');
        target = next && next !== cell && next.dataset.col ? next : null;
        target?.classList.add('drop');
      };
      const move = moved => {
        moving ||= Math.abs(moved.clientX - x) > NEAR;
        if (!moving) return;
        cell.classList.add('moving');
        mark(document.elementsFromPoint(moved.clientX, moved.clientY).map(e => e.closest('th[data-col]')).find(Boolean));
      };
      drag(event, move, () => {
        const to = target?.dataset.col;
        cell.classList.remove('moving');
        mark(null);
        if (!moving) return;
        addEventListener('click', click => { click.stopPropagation(); click.preventDefault(); }, { capture: true, once: true });
        setTimeout(() => dispatchEvent(new Event('click')));
        if (to) grid.move(name, to);
      }, window); // a head that held the pointer would take the clicks of its buttons
    });
  };

  /** The head of a column. @param {any} grid @param {any} column @param {any} part What it tells of the rows that are found; null for all. */
  const head = (grid, column, part) => {
    const { name } = column, cell = make('th', column.numeric ? 'num' : ''), line = make('div', 'head-line');
    const sort = button('', event => grid.sort(name, event.shiftKey), 'sort'), words = make('span', '', name);
    const { place, down, several } = grid.sorted(name);
    cell.scope = 'col';
    cell.dataset.col = name;
    if (place >= 0) cell.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    sort.tabIndex = -1;
    sort.title = `${name}\nSort; with the shift key also by this column`;
    sort.append(words);
    if (several && place >= 0) sort.append(make('sup', '', String(place + 1)));
    const menu = button('', event => { event.stopPropagation(); grid.menu(name, cell); }, 'plain icon head-menu');
    menu.tabIndex = -1;
    menu.setAttribute('aria-label', `Filter and more for ${name}`);
    menu.classList.toggle('on', grid.filters.has(name));
    line.append(sort, menu);
    const all = whole(grid.data, column);
    const note = make('span', 'head-note', noteOf(column, part ?? all));
    note.title = note.textContent;
    cell.append(line, chart(all, part, 'head-bars'), note, grip(grid, name, cell));
    movable(grid, name, cell);
    return cell;
  };

  Object.assign(reportgen.grid, { head, whole, chart, noteOf, drag, written, wordName, filterWords, DAY, MICRO });
})();
