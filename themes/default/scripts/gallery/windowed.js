/* A gallery of many pictures: a window that scrolls, and of its rows only those in sight. */
(() => {
  'use strict';
  const { shot, arm, release, clamped, make, headed, PLAIN, FLAT, LOW, GAP } = reportgen.gallery;

  /** In columns, no cell is higher than this part of its width asks for. */
  const TALLEST = 0.5;
  /** Rows out of sight that are kept. */
  const SPARE = 40;

  // ---- which pictures share a row

  /** Rows of pictures: `{from, to, top, height, title}`; a group begins a row of its own, below its name. */
  const rowsOf = (items, { width, size, columns, caption, line, least }) => {
    const rows = [], grouped = headed(items);
    let top = 0, from = 0;
    while (from < items.length) {
      const { group } = items[from].image, starts = grouped && (!from || items[from - 1].image.group !== group);
      let to = from, used = 0, lowest = FLAT;
      for (; to < items.length; to++) {
        if (grouped && items[to].image.group !== group) break;
        const ratio = clamped(items[to].image), wide = columns ? 0 : Math.min(width, Math.max(least, ratio * size));
        if (to > from && (columns ? to - from >= columns : used + wide > width)) break;
        used += wide + GAP;
        lowest = Math.min(lowest, ratio);
      }
      const cell = columns ? (width - (columns - 1) * GAP) / columns : 0;
      const height = (columns ? cell / Math.max(TALLEST, lowest) : Math.min(size, width / Math.min(lowest, FLAT))) + caption;
      const title = starts && group !== undefined ? `Group ${group}` : starts ? 'Without a group' : '';
      rows.push({ from, to, top, height: height + (title ? line : 0), title, image: height - caption });
      top += rows.at(-1).height + GAP;
      from = to;
    }
    return { rows, height: Math.max(0, top - GAP) };
  };

  /** Index of the last row that begins at or above `y`. */
  const rowAt = (rows, y) => {
    let low = 0, high = rows.length;
    while (low < high) { const middle = (low + high) >> 1; if (rows[middle].top <= y) low = middle + 1; else high = middle; }
    return Math.max(0, low - 1);
  };

  /** A gallery of many pictures: a window that scrolls, and the rows in sight. */
  class Windowed {
    /** @param {HTMLElement} place @param {any} options */
    constructor(place, options) {
      Object.assign(this, { place, options, items: [], rows: [], drawn: new Map(), spare: new Map(), waiting: 0 });
      this.space = make('div', 'gallery-space');
      place.classList.add('windowed');
      place.replaceChildren(this.space);
      place.tabIndex = -1;
      place.setAttribute('role', 'region');
      place.addEventListener('scroll', () => this.soon(), { passive: true, signal: options.signal });
      this.sizes = new ResizeObserver(() => { if (this.space.clientWidth !== this.width) this.lay(); });
      this.sizes.observe(place);
    }

    soon() {
      if (this.waiting) return;
      this.waiting = requestAnimationFrame(() => { this.waiting = 0; this.draw(); });
    }

    /** Other pictures: the window stays where it was. */
    put(items) {
      this.items = items;
      this.clear();
      this.lay();
    }

    clear() {
      for (const at of [...this.drawn.keys()]) this.drop(at);
      this.spare.clear();
    }

    /** A row out of sight leaves the page. The last ones are kept: their pictures need not be decoded again. */
    drop(at) {
      const row = this.drawn.get(at);
      row.querySelectorAll('.shot').forEach(release);
      row.remove();
      this.drawn.delete(at);
      this.spare.set(at, row);
      if (this.spare.size > SPARE) this.spare.delete(this.spare.keys().next().value);
    }

    /** Puts a row on the page, a kept one if there is one. */
    add(at) {
      const row = this.spare.get(at) ?? this.row(at), { from, to } = this.rows[at], figures = row.querySelectorAll('.shot');
      this.spare.delete(at);
      for (let i = from; i < to; i++) arm(figures[i - from], this.items[i], this.options.entry);
      if (this.options.current() >= from && this.options.current() < to) figures[this.options.current() - from].querySelector('.stage').tabIndex = 0;
      this.space.append(row);
      this.drawn.set(at, row);
    }

    /** Where everything stands; the first picture in sight stays in sight. */
    lay() {
      const { place, options } = this, first = this.rows.length ? this.rows[rowAt(this.rows, place.scrollTop)].from : 0;
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize), moved = place.scrollTop > 0;
      this.width = this.space.clientWidth; // without the room for the edges of pictures
      if (!this.width) return;
      const any = test => this.items.some(test) ? 1 : 0, runs = any(item => item.run), notes = any(item => item.image.note || item.image.show.note);
      const told = runs + notes + 2 * any(item => item.image.caption), lines = told ? Math.max(2, told) : 0;
      place.style.setProperty('--lines', String(lines));
      const laid = rowsOf(this.items, {
        width: this.width, size: options.size(), columns: options.columns(), line: 2 * rem,
        caption: lines ? (lines * 1.125 + 0.25) * rem : 0, least: lines ? 5 * rem : LOW,
      });
      this.rows = laid.rows;
      this.space.style.height = `${laid.height}px`;
      this.clear();
      if (moved) place.scrollTop = this.rows[this.rowOf(first)]?.top ?? 0;
      this.draw();
    }

    rowOf(index) { return this.rows.findIndex(row => index < row.to); }

    draw() {
      const { scrollTop: y, clientHeight: tall } = this.place;
      const first = rowAt(this.rows, y - tall), last = rowAt(this.rows, y + 2 * tall);
      for (const at of [...this.drawn.keys()]) if (at < first || at > last) this.drop(at);
      for (let at = first; at <= last && at < this.rows.length; at++) if (!this.drawn.has(at)) this.add(at);
    }

    row(at) {
      const { from, to, top, title, image } = this.rows[at], { entry, columns } = this.options;
      const row = make('div', columns() ? 'gallery-row columns' : 'gallery-row');
      row.style.top = `${top}px`; // not moved by a transform: masks lie on whole pixels of the screen
      row.style.setProperty('--h', `${image}px`);
      if (columns()) row.style.setProperty('--n', String(columns()));
      if (title) row.append(make('p', 'shot-group', title));
      for (let i = from; i < to; i++) row.append(shot(this.items[i], i, entry.key));
      return row;
    }

    /** Brings a picture into sight. @returns {HTMLElement|null} */
    reveal(index) {
      const row = this.rows[this.rowOf(index)], { place } = this;
      if (!row) return null;
      if (row.top < place.scrollTop) place.scrollTop = row.top;
      else if (row.top + row.height > place.scrollTop + place.clientHeight) place.scrollTop = row.top + row.height - place.clientHeight;
      this.draw();
      return place.querySelector(`.shot[data-index="${index}"]`);
    }

    /** Paper holds the first pictures, in the flow of the page. */
    print() {
      this.clear();
      this.place.classList.remove('windowed');
      this.place.replaceChildren(...this.items.slice(0, PLAIN).map((item, i) => shot(item, i, this.options.entry.key)));
    }

    resume() {
      this.place.classList.add('windowed');
      this.place.replaceChildren(this.space);
      this.lay();
    }

    end() {
      this.sizes.disconnect();
      cancelAnimationFrame(this.waiting);
      this.clear();
      this.place.classList.remove('windowed');
    }
  }

  reportgen.gallery.Windowed = Windowed;
})();
