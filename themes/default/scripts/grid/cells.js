/* One cell of a table: its text, its pictures with what lies over them, its file, its bars. */
(() => {
  'use strict';
  const { NONE, textOf, isMissing, wordOf } = reportgen.grid;

  /** Characters of a text that a cell holds: its row shows all of it. */
  const LONG = 600;
  const SMALL = 96;
  const SVG = 'http://www.w3.org/2000/svg';

  /** @param {string} name @param {string} [className] @param {string} [text] @returns {any} */
  const make = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  const button = (words, work, className) => {
    const made = make('button', className, words);
    made.type = 'button';
    made.addEventListener('click', work);
    return made;
  };

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
  const picture = ([{ file, thumb, lost }, width, height, over], alt, column, options, large) => {
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

  /** What a cell with media holds. @param {any} word @param {any} column @param {number} row @param {any} options For overlays. */
  const media = (word, column, row, options) => {
    const parts = [];
    if (word.thumbs) {
      const thumbs = make('div', 'thumbs');
      thumbs.append(...word.thumbs.map(thumb => picture(thumb, word.text || `${column.name}, row ${row + 1}`, column, options)));
      parts.push(thumbs);
    }
    if (word.bars) parts.push(bars([word.bars], 'cell-bars'));
    if (word.file !== undefined) parts.push(link(word.text, word.file));
    else if (word.text) parts.push(make('span', word.thumbs ? 'cell-words' : '', word.text));
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

  /** Puts the value of a row into a cell. @param {HTMLElement} cell It holds one element. @param {any} column @param {number} row */
  const fill = (cell, column, row, options) => {
    const inner = cell.firstChild, word = column.media ? wordOf(column, row) : null;
    const changed = column.was && !same(column, row);
    if (cell.plain === false) { release(cell); inner.replaceChildren(''); }
    cell.plain = !changed && !(word && typeof word === 'object');
    cell.classList.toggle('changed', !!changed);
    if (changed) {
      inner.replaceChildren(make('del', '', textOf(column.was.column, column.was.rows[row]).slice(0, LONG)), ' ', make('ins', '', textOf(column, row).slice(0, LONG)));
    } else if (cell.plain) {
      const text = textOf(column, row);
      inner.firstChild.data = text.length > LONG ? `${text.slice(0, LONG)}…` : text;
    } else {
      inner.replaceChildren(...media(word, column, row, options));
    }
  };

  Object.assign(reportgen.grid, { make, button, bars, picture, media, release, fill, same, NONE });
})();
