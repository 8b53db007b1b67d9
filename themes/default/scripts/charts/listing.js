/* The numbers of a chart as a table: a row per step, a column per run, all of it as logged. */
(() => {
  'use strict';
  const { count, plural, number } = reportgen.format;

  /** Rows that a table shows; all others are in the file that a reader saves. */
  const ROWS = 500;

  const cell = (row, text, head) => {
    const made = row.appendChild(document.createElement(head ? 'th' : 'td'));
    if (head) made.scope = head;
    made.className = row.children.length > 1 ? 'num' : 'fix';
    made.textContent = text;
  };

  /** The place of the table: a summary that folds it, and an area that scrolls. */
  const place = (element, entry) => {
    const host = document.createElement('details'), scroll = document.createElement('div'), table = document.createElement('table');
    host.className = 'numbers';
    scroll.className = 'scroll';
    scroll.tabIndex = 0;
    scroll.setAttribute('role', 'region');
    scroll.setAttribute('aria-label', `Values of ${element.querySelector('h4')?.textContent ?? entry.key}`);
    table.className = 'data';
    scroll.append(table);
    host.append(document.createElement('summary'), scroll);
    element.querySelector('.plot').after(host);
    return host;
  };

  /** The distinct steps in view, ascending; and per line the values of the first of them. */
  const stepsOf = (lines, x) => {
    const inside = lines.map(({ xs, points }) => points.s.filter((_, j) => { const at = x.place(xs[j]); return at >= -1e-9 && at <= 1 + 1e-9; }));
    const all = new Float64Array(inside.reduce((n, steps) => n + steps.length, 0));
    inside.reduce((at, steps) => { all.set(steps, at); return at + steps.length; }, 0);
    const steps = all.sort().filter((step, i) => i === 0 || step !== all[i - 1]), last = steps[Math.min(ROWS, steps.length) - 1];
    const values = lines.map(({ points, raw }) => new Map([...points.s.keys()].filter(j => points.s[j] <= last).map(j => [points.s[j], raw[j]])));
    return { steps, values };
  };

  const words = (total, noun, zoomed, cut) => {
    const where = zoomed ? ' in view' : '';
    if (cut) return `Values: the first ${count(Math.min(ROWS, total))} ${noun}s${where}; “Save data as CSV” has all`;
    if (total > ROWS) return `Values: the first ${count(ROWS)} of ${plural(total, noun)}${where}; “Save data as CSV” has all`;
    return `Values: ${plural(total, noun)}${where}`;
  };

  /** Which filling of a table is the latest. */
  const turns = new WeakMap();

  /**
   * Fills the table with what was logged in view: a cell is empty only where its run logged nothing at that step.
   * @param {HTMLElement} host @param {any} numbers @param {any} picture @param {AbortSignal} signal
   */
  const fill = async (host, numbers, picture, signal) => {
    const turn = (turns.get(host) ?? 0) + 1, table = host.querySelector('table'), title = host.querySelector('summary');
    turns.set(host, turn);
    title.textContent ||= 'Values';
    const { lines: found, cut } = await numbers.logged();
    if (signal.aborted || turns.get(host) !== turn) return;
    const lines = found.map(line => ({ ...line, raw: line.points.y })), { steps, values } = stepsOf(lines, picture.x);
    const body = document.createElement('tbody'), titles = document.createElement('tr');
    cell(titles, numbers.counted === 'step' ? 'Step' : 'Sample', 'col');
    lines.forEach(line => cell(titles, line.run.name, 'col'));
    table.createTHead().replaceChildren(titles);
    for (const step of steps.subarray(0, ROWS)) {
      const row = body.insertRow();
      cell(row, count(step), 'row');
      values.forEach(of => cell(row, of.has(step) ? number(of.get(step)) : ''));
    }
    for (const old of [...table.tBodies]) old.remove();
    table.append(body);
    title.textContent = words(steps.length, numbers.counted, !!numbers.view.x, cut);
  };

  reportgen.listing = { place, fill };
})();
