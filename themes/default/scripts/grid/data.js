/* The values of a table, column by column: numbers, or places in a list of words that the build has put in order. */
(() => {
  'use strict';

  const MINUS = '\u2212', NONE = '–', NARROW = '\u202f', DIGITS = 6, WHOLE = 1e15;

  /**
   * @typedef {{name: string, type: string, width: number, numeric: boolean, numbers: Float64Array | null, missing: Uint8Array | null,
   *   codes: Int32Array | null, words: any[], decimals: number | null, whole: boolean, head: any, unit: string, media: boolean,
   *   layers?: any, was?: {column: Column, rows: Int32Array}}} Column  `was`: what stood there in the table it is compared with.
   * @typedef {{rows: number, columns: Column[]}} Data
   */

  /** A number with `decimals`, or with up to six digits; `panels/cells.py` follows the same rules. */
  const numberText = (value, decimals) => {
    if (Number.isNaN(value)) return 'NaN';
    const sign = value < 0 ? MINUS : '', size = Math.abs(value);
    if (size === Infinity) return `${sign}∞`;
    if (decimals !== null && size < 1e21) return sign + size.toFixed(decimals);
    if (Number.isInteger(size) && size < WHOLE) return sign + size;
    const [mantissa, power] = size.toExponential(DIGITS - 1).split('e'), short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
    return power < -4 || power >= DIGITS ? `${sign}${short}e${Number(power)}` : sign + Number(size.toPrecision(DIGITS));
  };

  /** What a word looks like: itself, a truth, a number, the text or the JSON of what it holds. */
  const wordText = word => typeof word === 'string' ? word : typeof word === 'number' ? numberText(word, null) : typeof word === 'boolean' ? String(word) : word.text ?? word.json;

  /** @param {Column} column @param {number} row */
  const isMissing = (column, row) => column.codes ? column.codes[row] < 0 : column.missing !== null && column.missing[row] === 1;

  /** What a cell holds beside its text: pictures, a file, the bars of a histogram. */
  const wordOf = (column, row) => column.codes && column.codes[row] >= 0 ? column.words[column.codes[row]] : null;

  /** A cell as it is shown. */
  const textOf = (column, row) => {
    if (isMissing(column, row)) return NONE;
    if (column.codes) return wordText(column.words[column.codes[row]]);
    return numberText(column.numbers[row], column.decimals) + column.unit;
  };

  /** A word with the addresses of its files in place of their numbers. */
  const resolved = (word, files, pictures) => {
    if (word === null || typeof word !== 'object' || !(word.thumbs || word.file !== undefined)) return word;
    const made = { ...word };
    if (word.thumbs) made.thumbs = word.thumbs.map(([file, ...rest]) => [pictures[file], ...rest]);
    if (word.file !== undefined) made.file = files[word.file];
    return made;
  };

  /** A column of its own, for tables that are made of others. */
  const column = given => ({
    type: 'number', width: 104, numbers: null, missing: null, codes: null, words: [], decimals: null, whole: false, head: null, unit: '', media: false,
    ...given, numeric: given.numeric ?? ['number', 'duration'].includes(given.type ?? 'number'),
  });

  /**
   * The rows behind a part of a panel's data.
   * @param {any} part @param {any[]} schema Name, type and width of each column. @param {any} layers What lies over pictures, by column.
   * @returns {Promise<Data>}
   */
  const load = async (part, schema, layers) => {
    const [arrays, told, shown] = await Promise.all([reportgen.columns(part.columns), reportgen.values(part.values), part.pictures && reportgen.values(part.pictures)]);
    const files = part.files ?? [], pictures = (shown?.pictures ?? []).map((one, i) => ({ ...one, bytes: () => reportgen.pictures.blobOf(shown, i, one) }));
    const columns = schema.map(([name, type, width], i) => {
      const numbers = arrays[`n${i}`] ?? null, { words = [], decimals = null, head } = told[i];
      let missing = null;
      if (arrays[`m${i}`]) {
        missing = new Uint8Array(part.rows);
        for (const row of arrays[`m${i}`]) { missing[row] = 1; numbers[row] = NaN; }
      }
      const media = words.some(word => word?.thumbs || word?.bars || word?.file !== undefined);
      return column({
        name, type, width, numbers, missing, decimals, head, media, codes: arrays[`c${i}`] ? new Int32Array(arrays[`c${i}`]) : null,
        words: media ? words.map(word => resolved(word, files, pictures)) : words, whole: decimals === 0, unit: type === 'duration' ? `${NARROW}s` : '',
        layers: layers?.[name], overlays: shown?.overlays[name],
      });
    });
    return { rows: part.rows, columns };
  };

  /** The first rows of a table that grew later. @param {Data} data */
  const first = (data, rows) => rows === data.rows ? data : {
    rows,
    columns: data.columns.map(c => ({ ...c, head: null, numbers: c.numbers?.subarray(0, rows) ?? null, missing: c.missing?.subarray(0, rows) ?? null, codes: c.codes?.subarray(0, rows) ?? null })),
  };

  /** A column's values in other rows; -1 for none. */
  const take = (c, rows) => {
    const made = { ...c, head: null, numbers: null, missing: null, codes: null };
    if (c.codes) made.codes = Int32Array.from(rows, row => row < 0 ? -1 : c.codes[row]);
    if (c.numbers) {
      made.numbers = Float64Array.from(rows, row => row < 0 ? NaN : c.numbers[row]);
      made.missing = Uint8Array.from(rows, row => row < 0 || isMissing(c, row) ? 1 : 0);
    }
    return made;
  };

  reportgen.grid = { NONE, numberText, wordText, isMissing, wordOf, textOf, column, load, first, take };
})();
