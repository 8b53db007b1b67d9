/* What the head of a column tells of its rows: how often numbers lie in each bin, how often each of the commonest words
   occurs. `panels/columns.py` does the same for all rows. */
(() => {
  'use strict';

  /** Bars of numbers; words that are counted, and how much of the rows they have to be: one third. */
  const BINS = 20, COMMON = 12, TELLING = 3;

  /** How many of a column's numbers lie in each bin; `panels/columns.py` chooses the bins by the same rule. */
  const binned = ({ numbers }, rows, low, high, bins) => {
    const counts = new Array(bins).fill(0), scale = bins > 1 ? bins / (high - low) : 0;
    const last = bins - 1;
    for (let i = 0; i < rows.length; i++) {
      const value = numbers[rows[i]];
      if (value >= low && value <= high) counts[Math.min(last, Math.floor((value - low) * scale))]++;
    }
    return counts;
  };

  const wholeBins = (column, low, high) => column.whole && high - low < BINS;

  const numberHead = (column, rows) => {
    let low = Infinity, high = -Infinity, missing = 0, nan = 0, inf = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i], value = column.numbers[row];
      if (column.missing?.[row]) missing++;
      else if (value !== value) nan++;
      else if (value === Infinity || value === -Infinity) inf++;
      else { if (value < low) low = value; if (value > high) high = value; }
    }
    return low > high ? { missing, nan, inf } : { missing, nan, inf, low, high };
  };

  /** Numbers lie in the bins of all rows, so that the two can be compared. */
  const bins = (column, rows, { low, high, bins: all }) => {
    if (low === undefined) return [];
    const whole = wholeBins(column, low, high);
    const span = high - low, count = all?.length ?? (!span || !Number.isFinite(span) ? 1 : whole ? span + 1 : BINS);
    return binned(column, rows, low, whole ? high + 1 : high, count);
  };

  const wordCounts = ({ codes, words }, rows) => {
    const counts = new Uint32Array(words.length);
    let missing = 0;
    for (let i = 0; i < rows.length; i++) { const code = codes[rows[i]]; if (code < 0) missing++; else counts[code]++; }
    return { counts, missing };
  };

  const wordHead = (column, rows) => {
    const { counts, missing } = wordCounts(column, rows), falling = [...counts.keys()].filter(code => counts[code]).sort((a, b) => counts[b] - counts[a] || a - b);
    const common = falling.slice(0, COMMON), repeats = !column.media && counts[common[0]] > 1 && common.reduce((sum, code) => sum + counts[code], 0) * TELLING >= rows.length - missing;
    return { missing, distinct: falling.length, top: repeats ? common.map(code => [code, counts[code]]) : [] };
  };

  /** What stands over a column for these rows, as the build tells it for all. */
  const headOf = (column, rows) => {
    if (!column.numbers) return wordHead(column, rows);
    const head = numberHead(column, rows);
    return { ...head, bins: bins(column, rows, head) };
  };

  /** The bars and words of some rows, in the bins or for the words of `all`. */
  const partOf = (column, rows, all) => {
    if (column.numbers) return { ...numberHead(column, rows), bins: all.low === undefined ? [] : bins(column, rows, all) };
    const { counts, missing } = wordCounts(column, rows);
    let distinct = 0;
    for (const count of counts) if (count) distinct++;
    return { missing, distinct, top: all.top.map(([code]) => [code, code < 0 ? 0 : counts[code]]) };
  };

  Object.assign(reportgen.grid, { headOf, partOf, wordCounts });
})();
