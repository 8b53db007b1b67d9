/* The menu of a column: order, filters by range, text and words, its place and width. */
(() => {
  'use strict';
  const { make, button } = reportgen;
  const { chart, noteOf, drag, wordCounts, wordText, whole, written, wordName, DAY, MICRO } = reportgen.grid;
  const { count } = reportgen.format;

  /** Words that are listed; so many that a field to find them is worth its place. */
  const LISTED = 200, MANY = 12;

  const field = (label, value, input, type = 'text') => {
    const made = make('label', 'grid-field'), box = make('input', 'field');
    box.type = type;
    box.value = value;
    box.addEventListener('input', () => input(box.value));
    made.append(make('span', '', label), box);
    return made;
  };

  /** Seconds that a moment lasts as it is written, by its characters: a day, a minute, a second. */
  const LASTS = { 10: DAY, 16: 60, 19: 1 };

  /** The moment that a reader wrote, as an upper bound its end: a day ends at midnight. NaN for none. */
  const moment = (words, last) => {
    const parts = /^(\d{4}(?:-\d\d(?:-\d\d)?)?)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/i.exec(words);
    if (!parts) return NaN;
    const [, day, clock, zone] = parts, start = Date.parse(clock ? `${day}T${clock}${zone ?? 'Z'}` : day) / 1000, { length } = clock ? `${day} ${clock}` : day;
    if (!last || length > 19) return start;
    if (LASTS[length]) return start + LASTS[length] - MICRO;
    const after = new Date(start * 1000); // a month or a year
    if (length === 7) after.setUTCMonth(after.getUTCMonth() + 1); else after.setUTCFullYear(after.getUTCFullYear() + 1);
    return after / 1000 - MICRO;
  };

  /** A bound that a reader wrote: undefined for none, NaN for what is none, text for a whole number of too many digits. */
  const read = (column, text, last) => {
    const words = text.trim().replace('\u2212', '-');
    if (!words) return undefined;
    if (column.type === 'time') return moment(words, last);
    return /^-?\d{16,}$/.test(words) && !Number.isSafeInteger(Number(words)) ? words : Number.isFinite(Number(words)) ? Number(words) : NaN;
  };

  /** A range is chosen with the pointer in the bars, or written. */
  const rangeOf = (grid, column, filter, set) => {
    const all = whole(grid.data, column), box = make('div', 'range'), stage = make('div', 'brush');
    if (all.low === undefined) return box;
    const mark = make('span', 'brushed'), span = all.high - all.low || 1;
    const fault = make('p', 'note fault'), bad = new Map();
    fault.setAttribute('role', 'status');
    const take = (name, text) => {
      const value = read(column, text, name === 'high'), wrong = Number.isNaN(value);
      if (wrong) bad.set(name, text.trim()); else bad.delete(name);
      (name === 'low' ? low : high).lastChild.setAttribute('aria-invalid', String(wrong));
      fault.textContent = [...bad.values()].map(words => `“${words}” is no ${column.type === 'time' ? 'date such as 2024-01-31 or 2024-01-31 12:30' : 'number such as 1.5'}`).join('; ');
      change({ [name]: wrong ? undefined : value });
    };
    const low = field('From', written(column, filter.low), text => take('low', text)), high = field('to', written(column, filter.high, true), text => take('high', text));
    const show = () => {
      const a = Math.max(0, (Number(filter.low ?? all.low) - all.low) / span), b = Math.min(1, (Number(filter.high ?? all.high) - all.low) / span);
      mark.hidden = filter.low === undefined && filter.high === undefined;
      mark.style.insetInlineStart = `${100 * a}%`;
      mark.style.width = `${Math.max(0, 100 * (b - a))}%`;
    };
    const change = part => { Object.assign(filter, part); show(); set(); };
    const at = event => { const r = stage.getBoundingClientRect(); return all.low + span * Math.max(0, Math.min(1, (event.clientX - r.left) / r.width)); };
    const round = value => column.whole || column.type === 'time' && span > 100 ? Math.round(value) : column.type === 'time' ? value : Number(value.toPrecision(6));
    stage.addEventListener('pointerdown', event => {
      event.preventDefault();
      const start = at(event);
      const move = moved => {
        const [a, b] = [start, at(moved)].sort((x, y) => x - y);
        if (a === b) return;
        change({ low: round(a), high: round(b) });
        low.lastChild.value = written(column, filter.low);
        high.lastChild.value = written(column, filter.high, true);
        for (const box of [low, high]) box.lastChild.setAttribute('aria-invalid', 'false');
        bad.clear();
        fault.textContent = '';
      };
      drag(event, move, () => {});
    });
    stage.append(chart(all, null, 'brush-bars'), mark);
    low.lastChild.placeholder = written(column, round(all.low));
    high.lastChild.placeholder = written(column, round(all.high), true);
    const fields = make('div', 'grid-fields');
    fields.append(low, high);
    box.append(stage, make('p', 'note', noteOf(column, all)), fields, fault);
    show();
    return box;
  };

  const boxFor = (text, note, on, change) => {
    const label = make('label', 'check'), box = make('input');
    box.type = 'checkbox';
    box.checked = on;
    box.addEventListener('change', () => change(box.checked));
    label.append(box, make('span', 'check-text', text), ...note ? [make('span', 'note', note)] : []);
    return label;
  };

  /** The commonest words, each with a box: media by their captions, those with the same one together. */
  const wordsOf = (grid, column, filter, set) => {
    const sums = new Map();
    wordCounts(column, grid.every()).counts.forEach((n, place) => { const text = wordText(column.words[place]); if (n) sums.set(text, (sums.get(text) ?? 0) + n); });
    const places = [...sums].sort((a, b) => b[1] - a[1]);
    const box = make('fieldset', 'words'), list = make('div', 'word-list'), chosen = text => !(filter.not ?? []).includes(text) && (filter.only ?? [text]).includes(text);
    const texts = places.slice(0, LISTED);
    const mark = (text, on) => { // as few words as say it: those that are left out, or those that are chosen
      const kept = filter.only !== undefined, now = new Set(kept ? filter.only : filter.not);
      if (on === kept) now.add(text); else now.delete(text);
      if (kept) filter.only = [...now]; else filter.not = now.size ? [...now] : undefined;
      set();
    };
    const fillList = choice => list.replaceChildren(...texts.map(([text, n]) => boxFor(wordName(column, text), count(n), choice(text), on => mark(text, on))));
    fillList(chosen);
    const all = on => { filter.not = undefined; filter.only = on ? undefined : []; fillList(() => on); set(); };
    const tools = make('div', 'grid-buttons');
    tools.append(button('All', () => all(true)), button('None', () => all(false)));
    box.append(make('legend', '', places.length > LISTED ? `${count(LISTED)} of ${count(places.length)} values` : 'Values'), tools, list);
    return box;
  };

  const missingOf = (filter, set) => {
    const label = make('label', 'grid-field'), select = make('select');
    for (const [value, words] of [['', 'all rows'], ['no', 'only rows with a value'], ['only', 'only rows without']]) {
      const option = make('option', '', words);
      option.value = value;
      select.append(option);
    }
    select.value = filter.missing ?? '';
    select.addEventListener('change', () => { filter.missing = select.value || undefined; set(); });
    label.append(make('span', '', 'Missing values'), select);
    return label;
  };

  /** What can be filtered in a column. */
  const filtersOf = (grid, column) => {
    const { name } = column, filter = { ...grid.filters.get(name) }, parts = [];
    const set = () => grid.filter(name, Object.values(filter).some(value => value !== undefined && value !== '') ? { ...filter } : null);
    const { missing, nan, distinct } = whole(grid.data, column);
    if (column.numbers) parts.push(rangeOf(grid, column, filter, set));
    else if (!column.media || column.words.some(wordText)) { // pictures without a caption have no words to choose
      if (column.words.length > MANY) parts.push(field('Contains', filter.has ?? '', text => { filter.has = text || undefined; set(); }));
      if (distinct && (column.words.length <= LISTED || grid.data.rows > 2 * column.words.length)) parts.push(wordsOf(grid, column, filter, set));
    }
    if (missing || nan || column.media) parts.push(missingOf(filter, set));
    return parts;
  };

  /** Opens the menu of a column below its head. */
  const open = (grid, column, cell) => {
    const { name } = column, box = make('div', 'grid-menu'), order = make('div', 'grid-buttons'), look = make('div', 'grid-buttons');
    const act = (words, work) => button(words, () => { close(); work(); });
    const close = () => box.hidePopover();
    box.setAttribute('popover', 'auto');
    box.setAttribute('role', 'dialog');
    box.setAttribute('aria-label', `Column ${name}`);
    order.append(act('Ascending', () => grid.sort(name, false, false)), act('Descending', () => grid.sort(name, false, true)));
    if (grid.state.sort.some(([other]) => other !== name)) order.append(act('Then ascending', () => grid.sort(name, true, false)), act('Then descending', () => grid.sort(name, true, true)));
    const pinned = grid.pinned(name);
    look.append(act(pinned ? 'Unpin' : 'Pin', () => grid.pin(name, !pinned)), act('Hide', () => grid.hide(name, true)), act('Move left', () => grid.step(name, -1)), act('Move right', () => grid.step(name, 1)),
      button('Narrower', () => grid.resize(name, Math.max(48, cell.offsetWidth - 40))), button('Wider', () => grid.resize(name, cell.offsetWidth + 40)));
    if (grid.canGroup(column)) look.append(act('Group by', () => grid.group([name])));
    const clear = button('Clear the filter', () => { grid.filter(name, null); close(); });
    clear.hidden = !grid.filters.has(name);
    box.append(make('h5', '', name), order, ...filtersOf(grid, column), clear, look);
    box.addEventListener('toggle', event => { if (event.newState === 'closed') { box.remove(); grid.refocus(name); } });
    grid.host.append(box);
    box.showPopover();
    const { left, bottom, top } = cell.getBoundingClientRect(), { offsetWidth: w, offsetHeight: h } = box;
    box.style.left = `${Math.max(8, Math.min(left, innerWidth - w - 8))}px`;
    box.style.top = `${bottom + h + 8 <= innerHeight ? bottom : Math.max(8, Math.min(top - h, innerHeight - h - 8), innerHeight - h - 8)}px`;
    box.querySelector('input, button')?.focus();
  };

  Object.assign(reportgen.grid, { columnMenu: open, boxFor });
})();
