/* The tooltip that all charts share: a caption, then one row per line. It never covers the pointer nor traps it. */
(() => {
  'use strict';

  const SVG = 'http://www.w3.org/2000/svg';
  const GAP = 16, EDGE = 8;
  /** Milliseconds within which a page that is scrolled to a chart has told so. */
  const HELD = 250;
  let held = 0;

  /** A short line that shows a run's colour and dash. @param {{colour: number, dash: number}} run */
  const swatch = run => {
    const svg = document.createElementNS(SVG, 'svg'), line = document.createElementNS(SVG, 'path');
    svg.setAttribute('class', `swatch s${run.colour} d${run.dash}`);
    svg.setAttribute('viewBox', '0 0 28 12');
    svg.setAttribute('aria-hidden', 'true');
    line.setAttribute('d', 'M0 6h28');
    svg.append(line);
    return svg;
  };

  const box = document.createElement('div');
  box.className = 'tip';
  box.hidden = true;
  box.setAttribute('aria-hidden', 'true'); // what it shows is read out through the chart's own live text

  const row = ({ run, mark, name, value, note }) => {
    const line = document.createElement('tr');
    const cells = [0, 1, 2].map(() => line.insertCell());
    if (run) cells[0].append(swatch(run));
    if (mark) cells[0].append(mark);
    cells[1].append(name);
    if (note) {
      const small = document.createElement('small');
      small.textContent = ` ${note}`;
      cells[1].append(small);
    }
    cells[2].textContent = value;
    return line;
  };

  /**
   * Shows the tooltip beside a point of the window.
   * @param {{caption: string, rows: {run?: any, mark?: Element, name: string, value: string, note?: string}[], more?: string}} text
   * @param {number} x @param {number} y @param {Element} near The chart: an open dialog around it holds the tooltip.
   * @param {boolean} [hold] Whether it outlasts a scrolling that brought the chart into sight.
   */
  const show = (text, x, y, near, hold = false) => {
    held = hold ? performance.now() + HELD : 0;
    const host = near.closest('dialog[open]') ?? document.body;
    if (box.parentNode !== host) host.append(box);
    const table = document.createElement('table');
    table.createCaption().textContent = text.caption;
    const body = table.createTBody();
    body.append(...text.rows.map(row));
    if (text.more) {
      const cell = body.insertRow().insertCell();
      cell.colSpan = 3;
      cell.textContent = text.more;
    }
    box.replaceChildren(table);
    box.hidden = false;
    Object.assign(box.style, { left: '0', top: '0', maxHeight: '' }); // where it stood before, it may have had less room
    const { width, height } = box.getBoundingClientRect();
    const right = x + GAP + width <= innerWidth - EDGE;
    const left = right ? x + GAP : x - GAP - width >= EDGE ? x - GAP - width : EDGE;
    box.style.left = `${left}px`;
    if (right || left + width + GAP <= x) {
      box.style.top = `${Math.max(EDGE, Math.min(y + GAP / 2, innerHeight - height - EDGE))}px`;
      return;
    }
    // no room beside the pointer: above it or below it, where more is, and no further than the window
    const above = y - GAP - EDGE, below = innerHeight - y - GAP - EDGE, up = above >= Math.min(height, below);
    box.style.maxHeight = `${up ? above : below}px`;
    box.style.top = `${up ? Math.max(EDGE, y - GAP - height) : y + GAP}px`;
  };

  const hide = () => { box.hidden = true; };
  addEventListener('scroll', () => { if (performance.now() > held) hide(); }, { passive: true, capture: true });

  reportgen.tip = { show, hide, swatch, get open() { return !box.hidden; } };
})();
