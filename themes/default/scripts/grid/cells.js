/* One cell of a table: its text, its pictures with what lies over them, its file, its bars. */
(() => {
  'use strict';
  const { make } = reportgen;
  const { textOf, isMissing, wordOf, wordText } = reportgen.grid;

  /** Characters of a text that a cell holds: its row shows all of it. */
  const LONG = 600;
  const SMALL = 96;
  /** Pixels of a row of pictures, before a reader sets another height. */
  const USUAL = 56;
  const SVG = 'http://www.w3.org/2000/svg';

  /** Bars from 0 to 1, as many drawings as lists: those behind, those in front. */
  const bars = (lists, className) => {
    const svg = document.createElementNS(SVG, 'svg'), count = Math.max(1, ...lists.map(list => list.length));
    svg.setAttribute('class', className);
    svg.setAttribute('viewBox', `0 0 ${count} 1`);
    svg.setAttribute('preserveAspectRatio', 'none');
    svg.setAttribute('aria-hidden', 'true');
    for (const list of lists) {
      const path = document.createElementNS(SVG, 'path');
      path.setAttribute('d', list.map((height, i) => height > 0 ? `M${i + 0.06} 1v${-Math.max(0.04, height)}h.88V1z` : '').join(''));
      svg.append(path);
    }
    return svg;
  };

  /** A picture with what lies over it. @param {any[]} thumb @param {boolean} [large] The picture itself, not its thumbnail. */
  const picture = ([{ show: { file, thumb, lost } }, width, height, over], alt, column, options, large) => {
    const stage = make('div', large ? 'thumb large' : 'thumb');
    if (lost) { stage.append(make('span', 'cell-words', `Cannot be shown: ${lost}`)); return stage; }
    const img = make('img', width <= (large ? 2 * SMALL : SMALL) ? 'small' : '');
    Object.assign(img, { width, height, alt, decoding: 'async' });
    stage.style.setProperty('--ratio', String(width / height));
    reportgen.url(large ? file : thumb ?? file).then(src => { img.src = src; }, fault => { img.alt = `${alt} (${fault.message})`; });
    stage.append(img);
    const layers = over === undefined ? null : column.overlays?.[over];
    if (layers) stage.attached = reportgen.overlays?.attach(stage, { width, height, ...layers }, { ...options, hover: !!large });
    return stage;
  };

  const link = (text, ref) => {
    const made = make('a', '', text);
    made.download = '';
    made.tabIndex = -1;
    reportgen.link(made, ref);
    return made;
  };

  /** What a picture is for those who do not see it. */
  const altOf = ({ column, row, was }) => (was ? 'before: ' : '') + (wordOf(column, row).text || `${column.name}, row ${row + 1}`);

  /** What a cell with media holds. @param {any} value As `valuesOf` gives it. @param {any} options For overlays. */
  const media = (value, options) => {
    const parts = [], { column, row } = value, word = wordOf(column, row);
    if (word.thumbs) {
      const thumbs = make('div', 'thumbs');
      thumbs.append(...word.thumbs.map(thumb => picture(thumb, altOf(value), column, options)));
      parts.push(thumbs);
    }
    if (word.bars) parts.push(bars([word.bars], 'cell-bars'));
    if (word.file !== undefined) parts.push(link(word.text, word.file));
    else if (wordText(word)) parts.push(make('span', word.thumbs ? 'cell-words' : '', wordText(word)));
    return parts;
  };

  /** What lies over pictures is let go of before the cell holds something else. */
  const release = cell => { for (const stage of cell.querySelectorAll('.thumb')) stage.attached?.destroy?.(); };

  const same = (column, row, was) => {
    const { rows } = column.was, before = rows[row];
    if (before < 0) return true;
    const old = column.was.column, none = isMissing(old, before);
    if (none !== isMissing(column, row)) return false;
    if (none) return true;
    return column.codes ? column.codes[row] === old.codes[before] : Object.is(column.numbers[row], old.numbers[before]) || column.numbers[row] === old.numbers[before];
  };

  /** What a cell shows: its value, and before that what it was where tables are compared and it changed. */
  const valuesOf = (column, row) => {
    const now = { column, row, was: false };
    return column.was && !same(column, row) ? [{ column: column.was.column, row: column.was.rows[row], was: true }, now] : [now];
  };

  /** Whether a value is more than text. */
  const rich = ({ column, row }) => column.media && typeof (wordOf(column, row) ?? '') === 'object';

  const short = text => text.length > LONG ? `${text.slice(0, LONG)}…` : text;

  const WIDEST = new WeakMap();
  /** How wide the pictures of a cell are at most, in heights of one, and how many there are. */
  const widest = ({ words }) => {
    if (!WIDEST.has(words)) WIDEST.set(words, words.reduce(([most, n], word) => {
      const ratio = (word?.thumbs ?? []).reduce((sum, [, width, height]) => sum + Math.min(3, Math.max(0.5, width / height)), 0);
      return ratio > most ? [ratio, word.thumbs.length] : [most, n];
    }, [0, 0]));
    return WIDEST.get(words);
  };

  /** Pixels that the pictures of a column take in rows of a height. `panels/columns.py` does so for rows of the usual one. */
  const picturesWide = (column, height = USUAL) => {
    const [ratio, n] = widest(column), picture = height - USUAL + 48;
    return Math.round(Math.min(ratio * picture + 8 * n, 5 * picture));
  };

  /** Puts the value of a row into a cell. @param {HTMLElement} cell It holds one element. @param {any} column @param {number} row */
  const fill = (cell, column, row, options) => {
    const inner = cell.firstChild, values = column.was || column.media ? valuesOf(column, row) : null, changed = !!values && values.length > 1;
    if (cell.plain === false) { release(cell); inner.replaceChildren(''); }
    cell.plain = !changed && !(values && rich(values[0]));
    if (column.was || cell.className) cell.classList.toggle('changed', changed);
    if (cell.plain) {
      const text = short(textOf(column, row));
      if (inner.firstChild.data !== text) inner.firstChild.data = text; // the same text would be laid out again
    } else if (changed) {
      const [was, now] = values.map(value => {
        const made = make(value.was ? 'del' : 'ins');
        made.append(...rich(value) ? media(value, options) : [short(textOf(value.column, value.row))]);
        return made;
      });
      inner.replaceChildren(was, ' ', now);
    } else {
      inner.replaceChildren(...media(values[0], options));
    }
  };

  Object.assign(reportgen.grid, { bars, picture, release, fill, same, valuesOf, rich, altOf, picturesWide, USUAL });
})();
