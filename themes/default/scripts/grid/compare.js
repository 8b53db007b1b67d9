/* Two or more tables of one key: one below the other, or joined by the values of a column. */
(() => {
  'use strict';
  const { column, take, textOf, isMissing, wordText } = reportgen.grid;

  const padded = digits => { const own = digits.replace(/^0+/, ''); return String(own.length).padStart(3, '0') + own; };

  /** A text as it is put in order: without case and accents, digits by their number; `natural` in `panels/columns.py`. */
  const folded = text => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/\p{Nd}+/gu, padded);

  /** What decides the place of a word: numbers, NaN, truths, then all else, as `panels/columns.py` has them. */
  const rankOf = (word, type) => {
    const text = wordText(word), value = type === 'number' || typeof word === 'number' || word?.number ? Number(word?.number ?? text.replace('\u2212', '-')) : undefined;
    if (value !== undefined) return value === value ? [0, value, text] : [1, 0, text];
    return typeof word === 'boolean' ? [2, Number(word), text] : [3, folded(text), text];
  };

  const earlier = (a, b) => {
    for (let i = 0; i < 3; i++) if (a[i] !== b[i]) return a[i] < b[i];
    return false;
  };

  /** What tells a word from others: of media what they show, not where they stand. */
  const identity = (word, overlays) => {
    if (word === null || typeof word !== 'object') return typeof word + word;
    const thumbs = word.thumbs?.map(([{ show }, width, height, over]) => [show.file ?? show.lost, width, height, over === undefined ? 0 : overlays[over]]);
    return `o${JSON.stringify({ ...word, thumbs })}`;
  };

  /** Words of several columns in one order. Each has its own in order already, so only the first of them are compared. */
  const merged = (parts, type, overlays) => {
    const lists = parts.map(c => c?.words ?? []), ranks = lists.map(list => list.map(word => rankOf(word, type)));
    const heads = lists.map(() => 0), places = lists.map(list => new Int32Array(list.length)), words = [], known = new Map();
    for (;;) {
      let best = -1;
      for (let i = 0; i < lists.length; i++) {
        if (heads[i] === lists[i].length) continue;
        if (best < 0 || earlier(ranks[i][heads[i]], ranks[best][heads[best]])) best = i;
      }
      if (best < 0) return { words, places };
      const word = lists[best][heads[best]], key = identity(word, parts[best].overlays);
      if (!known.has(key)) { known.set(key, words.length); words.push(shifted(word, parts[best], overlays)); }
      places[best][heads[best]++] = known.get(key);
    }
  };

  const total = list => list.reduce((sum, n) => sum + n, 0);

  /** The words of a column of numbers, where another table has words under that name: numbers, where that has some. */
  const worded = (c, mixed) => {
    if (!c || c.codes) return c;
    const words = [], known = new Map(), rows = c.numbers.length, codes = new Int32Array(rows).fill(-1);
    const places = [...c.numbers.keys()].filter(row => !isMissing(c, row)).sort((a, b) => c.numbers[a] - c.numbers[b]);
    for (const row of places) {
      const text = mixed ? c.numbers[row] : textOf(c, row);
      if (!known.has(text)) { known.set(text, words.length); words.push(text); }
      codes[row] = known.get(text);
    }
    return { ...c, codes, words, numbers: null, missing: null, decimals: null };
  };

  /** A column of several tables, one below the other; tables without it have no value there. */
  const below = (name, tables) => {
    let parts = tables.map(data => data.columns.find(c => c.name === name));
    const model = parts.find(Boolean), rows = total(tables.map(data => data.rows));
    const mixed = parts.some(c => c?.type === 'mixed');
    if (parts.some(c => c?.codes)) parts = parts.map(c => worded(c, mixed));
    const made = column({ ...model, head: null, was: undefined, overlays: undefined, whole: parts.every(c => !c || c.whole), media: parts.some(c => c?.media), codes: null, numbers: null, missing: null });
    if (mixed) Object.assign(made, { type: 'mixed', numeric: false, unit: '' });
    const different = parts.some(c => c && c.decimals !== model.decimals);
    made.decimals = different ? null : model.decimals;
    if (parts.some(c => c?.codes)) {
      const overlays = [];
      const { words, places } = merged(parts, parts.every(c => !c || c.type === 'number') ? 'number' : '', overlays);
      made.words = words;
      made.overlays = overlays.length ? overlays : undefined;
      made.codes = new Int32Array(rows).fill(-1);
      fillParts(tables, (i, row, at) => { const code = parts[i]?.codes[row] ?? -1; if (code >= 0) made.codes[at] = places[i][code]; });
    }
    if (parts.every(c => !c || c.numbers)) {
      made.numbers = new Float64Array(rows).fill(NaN);
      made.missing = new Uint8Array(rows).fill(1);
      fillParts(tables, (i, row, at) => { const c = parts[i]; if (c) { made.numbers[at] = c.numbers[row]; made.missing[at] = isMissing(c, row) ? 1 : 0; } });
    }
    return made;
  };

  /** A word whose pictures name what lies over them by its place among that of all tables. */
  const shifted = (word, c, overlays) => {
    if (!c.overlays || !word?.thumbs) return word;
    const thumbs = word.thumbs.map(([ref, w, h, over]) => over === undefined ? [ref, w, h] : [ref, w, h, overlays.push(c.overlays[over]) - 1]);
    return { ...word, thumbs };
  };

  const fillParts = (tables, put) => {
    let at = 0;
    tables.forEach((data, i) => { for (let row = 0; row < data.rows; row++) put(i, row, at++); });
  };

  /** Names of all columns, those of the first table first. */
  const names = tables => [...new Set(tables.flatMap(data => data.columns.map(c => c.name)))];

  /** A name that no column has yet. */
  const free = (name, taken) => taken.includes(name) ? free(`${name} `, taken) : name;

  /**
   * Tables one below the other, with a column that tells them apart.
   * @param {{label: string, data: any}[]} tables @param {string} what "step" or "run".
   */
  const stacked = (tables, what) => {
    const all = tables.map(t => t.data), labels = tables.map(t => t.label), columns = names(all).map(name => below(name, all));
    const codes = new Int32Array(total(all.map(d => d.rows)));
    fillParts(all, (i, _, at) => { codes[at] = i; });
    columns.unshift(column({ name: free(what, names(all)), type: 'text', codes, words: labels, width: Math.max(104, Math.min(240, 32 + 8 * Math.max(...labels.map(l => l.length)))), numeric: what === 'step' }));
    return { rows: codes.length, columns };
  };

  const STATES = ['changed', 'added', 'removed', 'same'];

  /** How many values stand in several rows of a table. */
  const repeated = (from, to, idOf) => {
    const seen = new Map();
    for (let row = from; row < to; row++) seen.set(idOf(row), (seen.get(idOf(row)) ?? 0) + 1);
    return [...seen].filter(([, n]) => n > 1).map(([id]) => id);
  };

  /**
   * Two tables joined by the values of one column. A value that occurs several times is matched in the order of its rows.
   * @param {any} before @param {any} after @param {string} key
   * @returns {any} Its cells know what they were; `counts` how many rows are in each state, of the columns that both have,
   *   `only` the names of those that one has, `repeats` how many values of the key stand in several rows of a table.
   */
  const joined = (before, after, key) => {
    const both = names([before, after]), stack = both.map(name => below(name, [before, after])), by = stack[both.indexOf(key)];
    const idOf = row => isMissing(by, row) ? 'none' : by.codes ? by.codes[row] : by.numbers[row], old = new Map();
    for (let row = 0; row < before.rows; row++) { const id = idOf(row); if (old.has(id)) old.get(id).push(row); else old.set(id, [row]); }
    const now = [], was = [], matched = new Uint8Array(before.rows);
    for (const queue of old.values()) queue.reverse();
    for (let row = before.rows; row < before.rows + after.rows; row++) {
      const pair = old.get(idOf(row))?.pop() ?? -1;
      if (pair >= 0) matched[pair] = 1;
      now.push(row);
      was.push(pair);
    }
    for (let row = 0; row < before.rows; row++) if (!matched[row]) { now.push(row); was.push(-2); }
    const rows = Int32Array.from(was, row => Math.max(-1, row));
    const shared = c => [before, after].every(data => data.columns.some(other => other.name === c.name));
    const columns = stack.map(c => ({ ...take(c, now), was: c === by || !shared(c) ? undefined : { column: c, rows } }));
    const { same, picturesWide } = reportgen.grid, changed = new Set();
    const codes = Int32Array.from(was, (row, i) => {
      if (row < 0) return row === -1 ? 1 : 2;
      const others = columns.filter(c => c.was && !same(c, i));
      for (const c of others) changed.add(c);
      return others.length ? 0 : 3;
    });
    for (const c of changed) c.width = c.media ? c.width + picturesWide(c) + 8 : Math.max(c.width, Math.min(360, 2 * c.width - 24)); // both stand in one cell
    const counts = STATES.map((_, state) => codes.reduce((sum, code) => sum + (code === state), 0));
    columns.splice(both.indexOf(key), 1);
    columns.unshift(column({ name: free('change', both), type: 'text', codes, words: STATES, width: 120, numeric: false }), { ...take(by, now) });
    const only = [before, after].map((data, i, [a, b]) => data.columns.filter(c => !(i ? a : b).columns.some(other => other.name === c.name)).map(c => c.name));
    const repeats = new Set([...repeated(0, before.rows, idOf), ...repeated(before.rows, before.rows + after.rows, idOf)]).size;
    return { rows: now.length, columns, counts, only, repeats };
  };

  /** Columns by which two tables can be joined, the best first: one whose values are all different and occur in both. */
  const keys = (before, after) => {
    const common = before.columns.filter(c => !c.media && after.columns.some(d => d.name === c.name));
    const share = c => {
      const d = after.columns.find(other => other.name === c.name);
      const texts = (data, col) => new Set(Array.from({ length: Math.min(data.rows, 2000) }, (_, row) => textOf(col, row)));
      const a = texts(before, c), b = texts(after, d);
      return [...a].filter(text => b.has(text)).length / Math.max(1, Math.min(before.rows, 2000), Math.min(after.rows, 2000)) - (c.numbers && !c.whole ? 0.5 : 0);
    };
    return common.map(c => [c.name, share(c)]).sort((a, b) => b[1] - a[1]).map(([name]) => name);
  };

  Object.assign(reportgen.grid, { stacked, joined, joinKeys: keys, STATES });
})();
