/* A table of any size in a window of it: only the rows and columns in sight are in the document, and their cells are used
   again while it scrolls. */
(() => {
  'use strict';
  const { make, button } = reportgen;
  const { fill, release } = reportgen.grid;

  /** Rows that are ready outside of the window; pixels of the tallest element that every browser can scroll; rows on paper. */
  const AHEAD = 6, TALLEST = 8e6, PRINTED = 20;

  /**
   * @typedef {{place: number, width: number, pinned: boolean}} Shown  A column in sight: its place among those of the data.
   * @typedef {{head: (shown: Shown, at: number) => HTMLTableCellElement, sort: (place: number, add: boolean) => void,
   *   menu: (place: number, head: HTMLElement) => void, open: (position: number) => void,
   *   look: (position: number, place: number, number: number) => boolean, overlay: (column: any) => any}} Hooks `look` opens a picture.
   */

  const widthOf = shown => shown.reduce((sum, { width }) => sum + width, 0);

  /** What stands for columns or rows that are out of sight. */
  const gapCell = () => {
    const cell = make('td', 'gap');
    cell.setAttribute('aria-hidden', 'true');
    return cell;
  };

  const gapRow = () => {
    const row = make('tr', 'gap');
    row.setAttribute('aria-hidden', 'true');
    row.append(make('td'));
    return row;
  };

  /** @param {HTMLElement} scroller It holds the table that the build made. @param {Hooks} hooks @param {AbortSignal} signal */
  const view = (scroller, hooks, signal) => {
    const table = scroller.querySelector('table'), head = table.tHead, body = table.tBodies[0];
    const group = table.querySelector('colgroup'), above = gapRow(), below = gapRow();
    let data = { rows: 0, columns: [] }, rows = new Uint32Array(0), shown = /** @type {Shown[]} */ ([]);
    let numbers = 40, height = 28, from = 0, to = 0, pinned = 0, left = 0, right = 0, layout = 0, waiting = 0;
    let lines = /** @type {HTMLTableRowElement[]} */ ([]), stop = { row: -1, col: 0 }, printing = false, drawn = '', styled = '';
    // pixels of the window, and how far it is scrolled, as last seen: to ask while rows are put in makes the browser lay out all
    let wide = 0, high = 0, top = 0, side = 0;

    // ---- where things are

    const tall = () => rows.length * height;
    /** Pixels of the window below the heads. */
    const inside = () => high - head.offsetHeight;
    /** How much slower the bar moves than the rows, of tables taller than browsers scroll. */
    const ratio = () => {
      if (tall() <= TALLEST) return 1;
      const inner = inside();
      return (TALLEST - inner) / (tall() - inner);
    };

    const look = () => {
      wide = scroller.clientWidth;
      high = scroller.clientHeight;
      top = scroller.scrollTop;
      side = scroller.scrollLeft;
    };

    /** Columns in sight: from `left` to `right`, besides those that are pinned. */
    const inSight = () => {
      const free = shown.slice(pinned), fixed = numbers + widthOf(shown.slice(0, pinned));
      if (fixed + widthOf(free) <= wide || free.length <= 12) return [pinned, shown.length];
      const first = side - 200, last = side + wide - fixed + 400;
      let at = 0, a = -1, b = shown.length;
      for (let i = pinned; i < shown.length; i++) {
        if (a < 0 && at + shown[i].width > first) a = i;
        if (at > last) { b = i; break; }
        at += shown[i].width;
      }
      return [a < 0 ? pinned : a, b];
    };

    const inRow = () => [...shown.keys()].filter(i => i < pinned || (i >= left && i < right));

    // ---- cells

    const stick = (cell, at) => {
      if (at >= pinned) return;
      cell.classList.add('pin');
      cell.style.insetInlineStart = `${numbers + widthOf(shown.slice(0, at))}px`;
      if (at === pinned - 1) cell.classList.add('last-pin');
    };

    /** A row of elements: the number, pinned cells, a gap for columns to the left, those in sight, a gap. */
    const lineUp = (line, number, cellOf) => {
      const cells = [number];
      for (const at of inRow()) {
        if (at === left && left > pinned) cells.push(gapCell());
        cells.push(cellOf(at));
      }
      if (left > pinned && left >= shown.length) cells.push(gapCell());
      if (right < shown.length) cells.push(gapCell());
      if (cells.length !== line.children.length || cells.some((cell, i) => cell !== line.children[i])) line.replaceChildren(...cells);
    };

    const cellAt = at => {
      const cell = make('td', data.columns[shown[at].place].numeric ? 'num' : '');
      const inner = make('div', 'cell');
      inner.append('');
      cell.append(inner);
      cell.at = at;
      cell.setAttribute('aria-colindex', String(at + 2));
      stick(cell, at);
      return cell;
    };

    const numberCell = () => {
      const cell = make('th', 'nr pin');
      const open = button('', event => hooks.open(Number(event.target.closest('tr').position)), '');
      open.tabIndex = -1;
      cell.scope = 'row';
      cell.at = -1;
      cell.setAttribute('aria-colindex', '1');
      cell.append(open);
      return cell;
    };

    const fillLine = (line, position) => {
      if (line.layout !== layout) { line.querySelectorAll('td').forEach(release); lineUp(line, numberCell(), cellAt); line.layout = layout; }
      const row = rows[position], words = String(row + 1);
      line.position = position;
      line.setAttribute('aria-rowindex', String(position + 2));
      const number = line.firstChild.firstChild;
      number.textContent = words;
      number.setAttribute('aria-label', `Row ${words}: show all of it`);
      for (const cell of line.children) {
        if (cell.at === undefined || cell.at < 0) continue;
        const column = data.columns[shown[cell.at].place];
        fill(cell, column, row, column.layers && hooks.overlay(column));
      }
      return line;
    };

    const drawHead = () => {
      const line = head.rows[0] ?? head.insertRow(), number = line.firstChild?.at === -1 ? line.firstChild : make('th', 'nr pin');
      number.scope = 'col';
      number.at = -1;
      if (!number.firstChild) number.append(make('span', 'hidden-text', 'Row'));
      number.setAttribute('aria-colindex', '1');
      lineUp(line, number, at => {
        const cell = hooks.head(shown[at], at);
        cell.at = at;
        cell.setAttribute('aria-colindex', String(at + 2));
        cell.classList.remove('pin', 'last-pin');
        cell.style.insetInlineStart = '';
        stick(cell, at);
        return cell;
      });
      line.setAttribute('aria-rowindex', '1');
      line.position = -1;
    };

    const drawWidths = () => {
      const widths = [numbers, ...shown.slice(0, pinned).map(s => s.width)];
      if (left > pinned) widths.push(widthOf(shown.slice(pinned, left)));
      widths.push(...shown.slice(left, right).map(s => s.width));
      if (right < shown.length) widths.push(widthOf(shown.slice(right)));
      group.replaceChildren(...widths.map(size => { const col = make('col'); col.style.width = `${size}px`; return col; }));
      table.style.width = `${numbers + widthOf(shown)}px`;
    };

    // ---- rows

    /** Moves rows that left the window to where others came in. */
    const exchange = (a, b, anew = false) => {
      const held = document.activeElement, kept = [], spare = [];
      lines.forEach((line, i) => { if (from + i >= a && from + i < b) kept.push(line); else spare.push(line); });
      if (held && spare.some(line => line.contains(held))) scroller.focus({ preventScroll: true });
      const made = position => fillLine(spare.pop() ?? make('tr'), position);
      if (anew) kept.forEach((line, i) => fillLine(line, Math.max(a, from) + i));
      const earlier = [], later = [];
      if (!kept.length) {
        for (let p = a; p < b; p++) later.push(made(p));
      } else {
        for (let p = a; p < from; p++) earlier.push(made(p));
        for (let p = to; p < b; p++) later.push(made(p));
      }
      above.after(...earlier);
      below.before(...later);
      for (const line of spare) { line.querySelectorAll('td').forEach(release); line.remove(); }
      lines = [...earlier, ...kept, ...later];
      from = a;
      to = b;
    };

    const gaps = (y, scale) => {
      const start = scale === 1 ? from * height : Math.max(0, top - (y - from * height));
      const end = scale === 1 ? (rows.length - to) * height : Math.max(0, TALLEST - start - (to - from) * height);
      above.firstChild.style.height = `${start}px`;
      below.firstChild.style.height = `${end}px`;
      above.hidden = !start;
      below.hidden = !end;
    };

    const drawRows = force => {
      // fewer rows than before: the browser will scroll back, no further than this
      const scale = ratio(), most = tall() - (scale === 1 ? high : inside()), y = Math.max(0, Math.min(top / scale, most));
      const first = Math.floor(y / height), last = Math.min(rows.length, Math.ceil((y + Math.max(200, high)) / height));
      if (!force && first >= from && last <= to && scale === 1) return;
      exchange(Math.max(0, first - AHEAD), Math.min(rows.length, last + AHEAD), force);
      gaps(y, scale);
      tabStop();
    };

    /** Everything anew: other columns, or other rows. */
    const draw = () => {
      const held = table.contains(document.activeElement);
      pinned = shown.filter(s => s.pinned).length;
      numbers = Math.max(40, String(data.rows).length * 8 + 24);
      [left, right] = inSight();
      // only other rows: nothing is measured anew, which would make the browser lay everything out at once
      const key = JSON.stringify([table.className, numbers, left, right, shown.map(s => [s, data.columns[s.place].name, data.columns[s.place].numeric])]), same = key === drawn && above.parentNode === body;
      drawn = key;
      if (!same) { layout++; drawWidths(); }
      drawHead();
      if (above.parentNode !== body) { body.replaceChildren(above, below); lines = []; from = to = 0; }
      table.setAttribute('aria-rowcount', String(rows.length + 1));
      table.setAttribute('aria-colcount', String(shown.length + 1));
      drawRows(true);
      const style = table.className + table.style.getPropertyValue('--row');
      if (style !== styled && lines.length) { styled = style; requestAnimationFrame(measure); }
      if (held && !table.contains(document.activeElement)) cellOf(stop)?.focus({ preventScroll: true });
    };

    /** How high rows really are: known before they are painted. */
    const measure = () => {
      const real = printing ? 0 : lines[0]?.getBoundingClientRect().height;
      if (!real || Math.abs(real - height) < 0.05) return;
      height = real;
      drawRows(true);
    };

    const scrolled = () => {
      waiting = 0;
      if (printing || !scroller.isConnected || !scroller.clientHeight) return;
      look();
      const [a, b] = inSight();
      if (a < left || b > right) draw(); else drawRows(false);
    };
    const soon = () => { waiting ||= requestAnimationFrame(scrolled); };

    // ---- the keyboard: one cell is a stop of the tab key, arrows move it

    const cellOf = ({ row, col }) => {
      const line = row < 0 ? head.rows[0] : lines[row - from];
      return line && [...line.children].find(cell => cell.at === col - 1);
    };

    const tabStop = () => {
      table.querySelector('[tabindex="0"]')?.setAttribute('tabindex', '-1');
      const cell = cellOf(stop) ?? cellOf({ row: -1, col: 0 });
      if (cell) cell.tabIndex = 0;
    };

    const reveal = ({ row, col }) => {
      if (row >= 0) {
        const scale = ratio(), low = row * height * scale, inner = inside();
        if (low < scroller.scrollTop) scroller.scrollTop = low;
        else if (low + height > scroller.scrollTop + inner) scroller.scrollTop = low + height - inner + 1;
      }
      const at = col - 1;
      if (at >= pinned) {
        const start = widthOf(shown.slice(pinned, at)), inner = wide - numbers - widthOf(shown.slice(0, pinned));
        if (start < scroller.scrollLeft) scroller.scrollLeft = start;
        else if (start + shown[at].width > scroller.scrollLeft + inner) scroller.scrollLeft = start + shown[at].width - inner;
      }
    };

    const focus = (row, col) => {
      stop = { row: Math.max(-1, Math.min(rows.length - 1, row)), col: Math.max(0, Math.min(shown.length, col)) };
      reveal(stop);
      scrolled();
      tabStop();
      cellOf(stop)?.focus({ preventScroll: true });
    };

    /** What keys do, and where the tab key stops after a press of the pointer. */
    const keyboard = () => {
      const page = () => Math.max(1, Math.floor(inside() / height) - 1);

      const moves = {
        ArrowUp: s => [s.row - 1, s.col], ArrowDown: s => [s.row + 1, s.col], ArrowLeft: s => [s.row, s.col - 1], ArrowRight: s => [s.row, s.col + 1],
        PageUp: s => [Math.max(0, s.row - page()), s.col], PageDown: s => [s.row + page(), s.col],
        Home: (s, all) => [all ? -1 : s.row, 0], End: (s, all) => [all ? rows.length - 1 : s.row, shown.length],
      };

      const pressed = event => {
        if (event.target.matches('input, select, textarea') || event.metaKey) return;
        const { key } = event, at = stop.col - 1;
        if (stop.row < 0 && at >= 0 && (event.altKey && key === 'ArrowDown' || key === 'F2')) hooks.menu(shown[at].place, cellOf(stop));
        else if (event.altKey) return;
        else if (moves[key]) focus(...moves[key](stop, event.ctrlKey));
        else if ((key === 'Enter' || key === ' ') && !event.target.closest('button, a')) {
          const pictured = key === 'Enter' && stop.row >= 0 && at >= 0 && hooks.look(stop.row, shown[at].place, 0);
          if (stop.row >= 0) { if (!pictured) hooks.open(stop.row); } else if (at >= 0) hooks.sort(shown[at].place, event.shiftKey);
        } else return;
        event.preventDefault();
      };

      const pointed = event => {
        const cell = event.target.closest?.('td, th'), line = cell?.closest('tr');
        if (!line || line.position === undefined || cell.at === undefined) return;
        stop = { row: line.position, col: cell.at + 1 };
        tabStop();
      };

      /** Keys go on from the cell that was clicked; a picture opens. */
      const clicked = ({ target }) => {
        const cell = target.closest('tbody td, tbody th'), thumb = target.closest('.thumb');
        if (cell?.at === undefined || target.closest('button, a') || !getSelection().isCollapsed) return;
        stop = { row: cell.parentNode.position, col: cell.at + 1 };
        tabStop();
        cell.focus({ preventScroll: true });
        if (thumb) hooks.look(stop.row, shown[cell.at].place, [...cell.querySelectorAll('.thumb')].indexOf(thumb));
      };

      return { pressed, pointed, clicked };
    };

    // ---- paper shows the first rows, wherever the window is

    const print = () => {
      printing = true;
      exchange(0, Math.min(rows.length, PRINTED));
      scroller.toggleAttribute('data-cut', rows.length > PRINTED);
      above.hidden = below.hidden = true;
    };

    const listen = () => {
      const { pressed, pointed, clicked } = keyboard();
      table.setAttribute('role', 'grid');
      look();
      height = body.rows[0]?.getBoundingClientRect().height || height; // as the page has it without script
      scroller.addEventListener('scroll', soon, { passive: true, signal });
      scroller.addEventListener('keydown', pressed, { signal });
      scroller.addEventListener('focusin', pointed, { signal });
      scroller.addEventListener('click', clicked, { signal });
      scroller.addEventListener('dblclick', event => {
        const line = event.target.closest('tbody tr');
        if (line?.position >= 0 && !event.target.closest('button, a, .thumb')) hooks.open(line.position);
      }, { signal });
      addEventListener('beforeprint', print, { signal });
      addEventListener('afterprint', () => { printing = false; if (scroller.isConnected) { draw(); scroller.scrollTop = top; drawRows(false); } }, { signal });
      const sizes = new ResizeObserver(() => {
        const { clientWidth, clientHeight } = scroller;
        if (printing || !clientHeight || (clientWidth === wide && clientHeight === high)) return;
        // a panel that moved into a dialog has lost how far it was scrolled
        if (scroller.scrollTop !== top) scroller.scrollTop = top;
        if (scroller.scrollLeft !== side) scroller.scrollLeft = side;
        look();
        draw();
      });
      sizes.observe(scroller);
      return sizes;
    };

    const sizes = listen();
    const api = () => {
      return {
        /** Shows rows of a table. @param {any} nextData @param {Uint32Array} nextRows @param {Shown[]} nextShown */
        set(nextData, nextRows, nextShown) { data = nextData; rows = nextRows; shown = nextShown; draw(); },
        /** Other widths, while a pointer draws them. @param {Shown[]} nextShown */
        widen(nextShown) { shown = nextShown; drawWidths(); },
        /** Pixels of a row; null for as high as the styles have it. */
        set height(pixels) { if (pixels) table.style.setProperty('--row', `${pixels}px`); else table.style.removeProperty('--row'); height = pixels ?? height; },
        get height() { return height; },
        focus,
        /** How far it is scrolled. */
        get at() { return { top, side }; },
        set at(place) { scroller.scrollTop = place.top; scroller.scrollLeft = place.side; scrolled(); },
        end() { cancelAnimationFrame(waiting); sizes.disconnect(); print(); },
        scroller,
      };
    };
    return api();
  };

  reportgen.grid.view = view;
})();
