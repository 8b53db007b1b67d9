/* Which rows of a table are shown, and in which order. */
(() => {
  'use strict';
  const { wordText, numberText } = reportgen.grid;

  // ---- order: by digits of 16 bits, the last key first, so that rows that are equal keep the order they have

  const DIGIT = 16, SIZE = 1 << DIGIT, MASK = SIZE - 1;

  /** Orders rows by 16 bits of a key per row of the table. */
  const pass = (rows, keys, shift) => {
    const places = new Uint32Array(SIZE + 1), target = new Uint32Array(rows.length);
    for (let i = 0; i < rows.length; i++) places[(keys[rows[i]] >>> shift & MASK) + 1]++;
    if (rows.length && places[(keys[rows[0]] >>> shift & MASK) + 1] === rows.length) return rows;
    for (let i = 1; i < SIZE; i++) places[i] += places[i - 1];
    for (let i = 0; i < rows.length; i++) target[places[keys[rows[i]] >>> shift & MASK]++] = rows[i];
    return target;
  };

  /** Orders rows by a key per row of the table. */
  const passes = (rows, keys, bits) => { for (let shift = 0; shift < bits; shift += DIGIT) rows = pass(rows, keys, shift); return rows; };

  /** By words: by their places. What is missing comes last, whichever way. */
  const byWords = (rows, { codes, words }, down) => {
    const keys = new Uint32Array(codes.length), last = words.length;
    for (let i = 0; i < codes.length; i++) keys[i] = codes[i] < 0 ? last : down ? last - 1 - codes[i] : codes[i];
    return passes(rows, keys, last < SIZE ? DIGIT : 32);
  };

  /** One half of the bits of numbers, so turned that they rise with them. NaN comes last. */
  const halves = (numbers, half, down) => {
    const keys = new Uint32Array(numbers.length), bits = new Uint32Array(numbers.buffer, numbers.byteOffset, 2 * numbers.length);
    for (let i = 0; i < numbers.length; i++) {
      const value = numbers[i], sign = bits[2 * i + 1] >>> 31;
      if (value !== value) { keys[i] = 0xffffffff; continue; }
      const own = value ? bits[2 * i + half] : 0, turned = value && sign ? ~own : half ? own | 0x80000000 : own;
      keys[i] = down ? ~turned : turned;
    }
    return keys;
  };

  /** How many rows stand beside one whose upper half is the same, and whose number is another one. */
  const unsettled = (rows, keys, numbers) => {
    let count = 0;
    for (let i = 1; i < rows.length; i++) {
      const a = rows[i - 1], b = rows[i];
      if (keys[a] === keys[b] && numbers[a] !== numbers[b] && numbers[a] === numbers[a]) count++;
    }
    return count;
  };

  /** Puts rows in order whose upper halves are the same: few, and each near its place. */
  const settle = (rows, keys, numbers, down) => {
    for (let i = 1; i < rows.length; i++) {
      const row = rows[i], value = numbers[row];
      let j = i;
      for (; j > 0 && keys[rows[j - 1]] === keys[row] && (down ? numbers[rows[j - 1]] < value : numbers[rows[j - 1]] > value); j--) rows[j] = rows[j - 1];
      rows[j] = row;
    }
    return rows;
  };

  /** By numbers: their upper halves tell nearly all of them apart; the lower ones are looked at where they do not. */
  const byNumbers = (rows, { numbers }, down) => {
    const keys = halves(numbers, 1, down), found = passes(rows, keys, 32), count = unsettled(found, keys, numbers);
    if (!count) return found;
    if (count < rows.length / 4) return settle(found.slice(), keys, numbers, down);
    return passes(passes(rows, halves(numbers, 0, down), 32), keys, 32);
  };

  /**
   * Rows in order.
   * @param {any} data @param {Uint32Array} rows @param {[number, boolean][]} sorts Columns and whether they fall, the first decides.
   */
  const order = (data, rows, sorts) => [...sorts].reverse().reduce((found, [place, down]) => {
    const column = data.columns[place];
    return (column.codes ? byWords : byNumbers)(found, column, down);
  }, rows);

  // ---- filters

  const LOWER = new WeakMap(), NUMBERS = new WeakMap();
  /** Texts of a list of words in small letters, made once. */
  const lower = words => {
    if (!LOWER.has(words)) LOWER.set(words, words.map(word => wordText(word).toLowerCase()));
    return LOWER.get(words);
  };

  /** Texts of a column's numbers, made once, when a reader looks for a number. */
  const shown = column => {
    if (!NUMBERS.has(column.numbers)) NUMBERS.set(column.numbers, Array.from(column.numbers, value => numberText(value, column.decimals).toLowerCase()));
    return NUMBERS.get(column.numbers);
  };

  /** Lets only those rows stay in the mask whose word passes. */
  const keepWords = (mask, { codes, words }, passes) => {
    const good = Uint8Array.from(words, (word, i) => passes(word, i) ? 1 : 0);
    for (let i = 0; i < mask.length; i++) if (codes[i] < 0 || !good[codes[i]]) mask[i] = 0;
  };

  const keepRange = (mask, numbers, low, high) => {
    for (let i = 0; i < mask.length; i++) if (!(numbers[i] >= low && numbers[i] <= high)) mask[i] = 0;
  };

  /** Whole numbers with more digits than a browser's numbers are words. They are compared digit by digit. */
  const exact = text => /^-?\d+$/.test(text) ? BigInt(text) : Number(text);
  const keepExact = (mask, column, low, high) => {
    const from = low === undefined ? -Infinity : exact(String(low)), to = high === undefined ? Infinity : exact(String(high));
    keepWords(mask, column, word => { const value = exact(wordText(word).replace('\u2212', '-')); return value >= from && value <= to; });
  };

  const keepMissing = (mask, { codes, numbers, missing }, wanted) => {
    for (let i = 0; i < mask.length; i++) {
      const without = codes ? codes[i] < 0 : missing?.[i] === 1 || Number.isNaN(numbers[i]);
      if (without !== wanted) mask[i] = 0;
    }
  };

  /** @param {{low?: number, high?: number, only?: string[], not?: string[], has?: string, missing?: 'only' | 'no'}} filter */
  const applyFilter = (mask, column, filter) => {
    const { low, high, only, not, has, missing } = filter;
    if (column.codes && column.type === 'number' && (low !== undefined || high !== undefined)) keepExact(mask, column, low, high);
    else if (column.numbers && (low !== undefined || high !== undefined)) keepRange(mask, column.numbers, low ?? -Infinity, high ?? Infinity);
    if (column.codes && only) { const chosen = new Set(only); keepWords(mask, column, word => chosen.has(wordText(word))); }
    if (column.codes && not) { const left = new Set(not); keepWords(mask, column, word => !left.has(wordText(word))); }
    if (column.codes && has) { const texts = lower(column.words), part = has.toLowerCase(); keepWords(mask, column, (_, i) => texts[i].includes(part)); }
    if (missing) keepMissing(mask, column, missing === 'only');
  };

  /** Adds to the mask the rows in which a column has a part of a text. */
  const mark = (mask, column, part) => {
    if (column.codes) {
      const { codes, words } = column, good = Uint8Array.from(lower(words), text => text.includes(part) ? 1 : 0);
      if (good.includes(1)) for (let i = 0; i < mask.length; i++) if (codes[i] >= 0 && good[codes[i]]) mask[i] = 1;
    } else if (/[\d∞]|nan/.test(part)) {
      const texts = shown(column), wanted = part.replace(/^-/, '\u2212');
      for (let i = 0; i < mask.length; i++) if (!mask[i] && texts[i].includes(wanted)) mask[i] = 1;
    }
  };

  /** The numbers of all rows. */
  const allRows = count => {
    const rows = new Uint32Array(count);
    for (let i = 0; i < count; i++) rows[i] = i;
    return rows;
  };

  /**
   * The rows that pass all filters and hold every word that is looked for.
   * @param {any} data @param {Map<string, any>} filters By name of the column. @param {string} search
   * @returns {Uint32Array}
   */
  const found = (data, filters, search) => {
    const chosen = data.columns.filter(column => filters.has(column.name)), parts = search.toLowerCase().split(/\s+/).filter(Boolean);
    if (!chosen.length && !parts.length) return allRows(data.rows);
    const mask = new Uint8Array(data.rows).fill(1);
    for (const column of chosen) applyFilter(mask, column, filters.get(column.name));
    for (const part of parts) {
      const held = new Uint8Array(data.rows);
      for (const column of data.columns) mark(held, column, part);
      for (let i = 0; i < mask.length; i++) mask[i] &= held[i];
    }
    const rows = new Uint32Array(data.rows);
    let count = 0;
    for (let i = 0; i < mask.length; i++) if (mask[i]) rows[count++] = i;
    return rows.slice(0, count);
  };

  Object.assign(reportgen.grid, { order, found, allRows });
})();
