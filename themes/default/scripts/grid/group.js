/* Rows that share values become one row: how many they are, their share, and what their numbers come to. */
(() => {
  'use strict';
  const { column, take, isMissing } = reportgen.grid;

  /** What can be said of the numbers of a group. */
  const SUMS = { mean: 'Mean', min: 'Lowest', max: 'Highest', sum: 'Sum', share: 'Share of the sum' };

  /** Groups of more values than this are no groups. */
  const MOST = 50_000;

  /** For each row the place of its value among those of the column; the last place is for none. */
  const places = (c, rows) => {
    if (c.codes) return { of: row => c.codes[row] < 0 ? c.words.length : c.codes[row], size: c.words.length + 1 };
    const values = Float64Array.from(new Set(Float64Array.from(rows, row => c.numbers[row]))).sort(), known = new Map();
    values.forEach((value, i) => known.set(value, i));
    return { of: row => isMissing(c, row) ? values.length : known.get(c.numbers[row]), size: values.length + 1 };
  };

  /** Sums over the numbers of each group; `n` is of how many, `not` of how many values that are no number. */
  const summed = (c, rows, groups, size) => {
    const sum = new Float64Array(size), n = new Float64Array(size), not = new Float64Array(size), min = new Float64Array(size).fill(Infinity), max = new Float64Array(size).fill(-Infinity);
    for (let i = 0; i < rows.length; i++) {
      const value = c.numbers[rows[i]], g = groups[i];
      if (value !== value) { if (!isMissing(c, rows[i])) not[g]++; continue; }
      sum[g] += value;
      n[g]++;
      if (value < min[g]) min[g] = value;
      if (value > max[g]) max[g] = value;
    }
    const total = sum.reduce((a, b) => a + b, 0), none = (value, g) => n[g] ? value : NaN;
    return {
      n, not, total, mean: sum.map((value, g) => none(value / n[g], g)), min: min.map(none), max: max.map(none), sum: sum.map(none),
      share: sum.map((value, g) => none(100 * value / total, g)),
    };
  };

  /** Decimals for four digits of the largest number, unless they would hide the smallest. */
  const decimalsOf = numbers => {
    const sizes = numbers.map(Math.abs).filter(size => size > 0 && size < Infinity), largest = sizes.reduce((a, b) => Math.max(a, b), 0);
    if (!largest || largest >= 1e15) return null;
    const decimals = Math.max(0, 3 - Math.floor(Math.log10(largest)));
    return decimals > 6 || sizes.some(size => size < 10 ** -decimals) ? null : decimals;
  };

  /**
   * One row per group.
   * @param {any} data @param {Uint32Array} rows @param {string[]} names Columns whose values make a group. @param {string[]} wanted Sums.
   * @param {string[]} hidden Columns of numbers that are left out.
   * @returns {any} The table; `members` gives the rows of a group.
   */
  const grouped = (data, rows, names, wanted, hidden) => {
    const sums = wanted.filter(sum => SUMS[sum]), by = names.map(name => data.columns.find(c => c.name === name)).filter(Boolean), ranks = by.map(c => places(c, rows));
    const keys = Float64Array.from(rows, row => ranks.reduce((key, { of, size }) => key * size + of(row), 0));
    const known = new Map([...new Set(keys)].sort((a, b) => a - b).map((key, i) => [key, i])), size = known.size;
    if (size > MOST) throw new Error(`these columns make ${reportgen.format.count(size)} groups`);
    const groups = Uint32Array.from(keys, key => known.get(key)), firsts = new Int32Array(size).fill(-1), counts = new Float64Array(size);
    for (let i = 0; i < rows.length; i++) { if (firsts[groups[i]] < 0) firsts[groups[i]] = rows[i]; counts[groups[i]]++; }
    const columns = by.map(c => take(c, firsts));
    columns.push(column({ name: 'rows', numbers: counts, decimals: 0, whole: true, width: 104 }));
    columns.push(column({ name: 'share', numbers: counts.map(n => 100 * n / rows.length), decimals: 1, unit: '\u202f%', width: 104 }));
    for (const c of data.columns) {
      if (!c.numbers || c.codes || by.includes(c) || hidden.includes(c.name)) continue;
      const found = summed(c, rows, groups, size), wide = name => Math.max(112, c.width, Math.min(196, name.length * 7.2 + 76));
      const add = (name, more) => columns.push(column({ name, width: wide(name), ...more }));
      // of how many of its rows, where some have no number
      if (sums.length && found.n.some((n, g) => n < counts[g])) add(`n of ${c.name}`, { numbers: found.n, decimals: 0, whole: true });
      for (const sum of sums) {
        // there is no share of a sum that is infinite or nothing; a group without a value has none, one of NaN alone is NaN
        const shareless = sum === 'share' && !(Number.isFinite(found.total) && found.total), missing = Uint8Array.from(found.n, (n, g) => shareless || !n && !found.not[g] ? 1 : 0);
        add(`${sum} of ${c.name}`, { numbers: found[sum].map((value, g) => missing[g] ? NaN : value), missing, decimals: decimalsOf(found[sum]), unit: sum === 'share' ? '\u202f%' : c.unit });
      }
    }
    return { rows: size, columns, firsts, by };
  };

  /** The filters that leave the rows of one group. */
  const filtersOf = ({ by, firsts }, group) => by.map(c => {
    const row = firsts[group];
    if (isMissing(c, row)) return [c.name, { missing: 'only' }];
    return [c.name, c.codes ? { only: [reportgen.grid.textOf(c, row)] } : { low: c.numbers[row], high: c.numbers[row] }];
  });

  Object.assign(reportgen.grid, { SUMS, grouped, groupFilters: filtersOf });
})();
