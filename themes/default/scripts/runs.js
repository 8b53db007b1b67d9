/* The table of runs: sort, find, choose runs and columns, save. */
(() => {
  'use strict';
  const { on, emit, state, manifest, fragment, choice, taken } = reportgen;
  const quoted = taken.field;

  /**
   * @typedef {{name: string, of: string, head: HTMLTableCellElement, place: number, shown: boolean}} Column
   * @typedef {{row: HTMLTableRowElement, run: number, words: string}} Row  `words` of the columns that are shown.
   */

  /** What a cell sorts by: a number, a text, or null for nothing. */
  const valueOf = cell => {
    const text = cell.dataset.v ?? cell.textContent.trim();
    if (text === '' || text === '–') return null;
    const number = Number(text);
    return cell.classList.contains('num') && text !== '' ? (Number.isNaN(number) ? null : number) : text;
  };

  let order; // made when it is first needed: it takes a while

  /** Ascending; nothing comes last whichever way. */
  const compare = (a, b, up) => {
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    const difference = typeof a === 'number' && typeof b === 'number' ? Math.sign(a - b) : (order ??= new Intl.Collator('en', { numeric: true, sensitivity: 'base' })).compare(String(a), String(b));
    return difference * (up ? 1 : -1);
  };

  /** What readers see of a row: what stands in columns that are folded away would be found without a reason. */
  const wordsOf = (row, columns) => columns.filter(column => column.shown)
    .map(({ place }) => (place ? row.cells[place] : row.querySelector('.who a')).textContent).join(' ').toLowerCase();

  /** Gives a cell all digits of a number that is rounded. */
  const exactly = (cell, columns) => { if (cell && columns[cell.cellIndex].of !== 'run') cell.title = cell.dataset.v; };

  /** Which way a press on a head sorts: the other way round, or the way in which the best comes first. */
  const turned = head => {
    const before = head.getAttribute('aria-sort');
    return before ? before === 'descending' : head.dataset.goal !== 'highest';
  };

  /** A column as the address names it. @param {Column} column */
  const pathOf = ({ of, name }) => of ? `${of}.${name}` : name;

  const chosen = ({ row }) => row.querySelector('input').checked;

  const attach = table => {
    const section = table.closest('.section'), body = table.tBodies[0];
    const heads = [...table.tHead.rows[1].cells];
    /** @type {Column[]} */
    const columns = heads.map((head, place) => ({ name: head.dataset.col, of: head.dataset.of ?? '', head, place, shown: !head.classList.contains('x') }));
    /** @type {Row[]} */
    const rows = [...body.rows].map(row => ({ row, run: Number(row.dataset.run), words: '' }));

    // ---- sort

    /** @param {Column} column @param {boolean} up Ascending. */
    const sort = (column, up) => {
      const { head, place, name } = column;
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
      const keyed = rows.map((entry, i) => ({ entry, i, value: valueOf(entry.row.cells[place]) }));
      keyed.sort((a, b) => compare(a.value, b.value, up) || a.i - b.i);
      body.append(...keyed.map(k => k.entry.row));
      fragment.set('sort', (up ? '' : '-') + pathOf(column));
      reportgen.announce(`Sorted by ${name}, ${up ? 'ascending' : 'descending'}`);
    };

    const all = `${reportgen.format.count(rows.length)} run${rows.length === 1 ? '' : 's'}`;

    // ---- runs in the charts: those that are chosen, as far as they are found

    const bar = document.querySelector('[data-key-bar]'), counter = section.querySelector('[data-shown-count]');
    const field = section.querySelector('[data-find-run]'), found = section.querySelector('[data-found]');

    const items = new Map([...bar?.children ?? []].map(item => [Number(item.dataset.key), item]));

    /** The entry of a run in the key, made from its row when it is first shown. */
    const keyOf = ({ row, run }) => {
      if (items.has(run)) return items.get(run);
      const item = document.createElement('li'), button = document.createElement('button'), name = document.createElement('span');
      item.dataset.key = String(run);
      button.type = 'button';
      name.textContent = row.querySelector('a').textContent;
      button.append(row.querySelector('.swatch').cloneNode(true), name);
      item.append(button);
      items.set(run, item);
      return item;
    };

    const draw = () => {
      const shown = rows.filter(entry => state.runs.has(entry.run)).sort((a, b) => a.run - b.run);
      for (const { row, run } of rows) row.classList.toggle('off', !state.runs.has(run));
      bar?.replaceChildren(...shown.map(keyOf));
      if (bar && found?.textContent) { // says so where the charts are, too
        const note = bar.appendChild(document.createElement('li'));
        note.className = 'note';
        note.textContent = found.textContent;
      }
      if (counter) counter.textContent = `${reportgen.format.count(shown.length)} of ${all} in the charts`;
    };

    /** Boxes, words and order are those of the address. @param {boolean} whole Also where it says nothing. */
    const recall = whole => {
      const isChosen = choice.recall(), by = fragment.get('sort');
      if (whole || fragment.get('runs')) for (const { row, run } of rows) row.querySelector('input').checked = isChosen(run);
      if (field && (whole || fragment.get('find'))) field.value = fragment.get('find');
      const column = columns.find(one => pathOf(one) === by.replace(/^-/, ''));
      if (column) sort(column, !by.startsWith('-'));
    };

    const tell = () => {
      choice.keep(new Set(rows.filter(chosen).map(entry => entry.run)));
      fragment.set('find', field?.value.trim() ?? '');
      const runs = rows.filter(entry => !entry.row.hidden && chosen(entry)).map(entry => entry.run);
      // an empty choice is told again: charts say whether the filter is why they are empty
      if (!runs.length || runs.length !== state.runs.size || runs.some(run => !state.runs.has(run))) emit('runs', new Set(runs));
      else draw();
    };

    const choose = (which, on) => {
      for (const { row } of which) row.querySelector('input').checked = on;
      tell();
    };

    // ---- find

    /** The row that stands for all others where none is found. */
    const none = () => {
      const cell = table.createTBody().insertRow().insertCell(), place = document.createElement('div');
      const words = document.createElement('span'), button = document.createElement('button');
      cell.className = 'none';
      cell.colSpan = columns.filter(c => c.shown).length;
      button.type = 'button';
      button.textContent = 'Clear the filter';
      button.addEventListener('click', () => { field.value = ''; find(); field.focus(); });
      place.append(words, button);
      cell.append(place);
      return words;
    };

    const find = () => {
      for (const entry of rows) entry.words ||= wordsOf(entry.row, columns);
      const parts = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const { row, words } of rows) row.hidden = !parts.every(part => words.includes(part));
      const count = rows.filter(({ row }) => !row.hidden).length;
      found.textContent = parts.length ? `${reportgen.format.count(count)} of ${all} found` : '';
      state.filter = parts.length ? { found: count } : null;
      table.tBodies[1]?.remove();
      if (!count) none().textContent = `No run has “${field.value.trim()}” in the columns that are shown.`;
      reportgen.announce(found.textContent);
      tell();
    };

    // ---- columns

    const sheet = document.head.appendChild(document.createElement('style'));
    const bands = [...table.tHead.rows[0].cells].filter(cell => cell.dataset.band);

    /** One rule instead of a mark on every cell: a table may have thousands. */
    const fold = () => {
      const hidden = columns.filter(c => !c.shown).map(c => `.runs.chosen tr:not(.band)>:nth-child(${c.place + 1})`);
      sheet.textContent = hidden.length ? `${hidden.join()}{display:none}` : '';
      table.classList.add('chosen');
      for (const entry of rows) entry.words = '';
      if (field?.value) find();
      for (const band of bands) {
        const count = columns.filter(c => c.shown && c.of === band.dataset.band).length;
        band.hidden = count === 0;
        if (count) band.colSpan = count;
      }
    };

    const boxFor = column => {
      const label = document.createElement('label'), box = document.createElement('input'), name = document.createElement('span');
      label.className = 'check';
      box.type = 'checkbox';
      box.checked = column.shown;
      name.textContent = column.name;
      box.addEventListener('change', () => { column.shown = box.checked; fold(); });
      label.append(box, name);
      return label;
    };

    const menu = section.querySelector('[data-columns]');
    const fillMenu = () => {
      if (menu.childElementCount) return;
      const search = document.createElement('input');
      search.type = 'search'; search.className = 'field'; search.placeholder = 'Find a column';
      search.setAttribute('aria-label', 'Find a column');
      search.addEventListener('input', () => {
        const word = search.value.trim().toLowerCase();
        for (const label of menu.querySelectorAll('label')) label.hidden = !label.textContent.toLowerCase().includes(word);
      });
      if (columns.length > 12) menu.append(search);
      for (const [of, title] of [['summary', 'Summary'], ['run', 'Run'], ['config', 'Config']]) {
        const members = columns.filter(column => column.of === of);
        if (!members.length) continue;
        const set = document.createElement('fieldset'), legend = document.createElement('legend');
        legend.textContent = title;
        set.append(legend, ...members.map(boxFor));
        menu.append(set);
      }
    };

    // ---- save

    const csv = () => {
      const wanted = columns.filter(c => c.shown && !rows[0]?.row.cells[c.place].querySelector('.spark'));
      const lines = [wanted.map(c => quoted(c.name))];
      for (const row of body.rows) {
        if (row.hidden) continue;
        lines.push(wanted.map(({ place }) => {
          const cell = row.cells[place], plain = cell.classList.contains('num');
          if (place === 0) return quoted(row.querySelector('a').textContent);
          if (cell.dataset.v !== undefined) return quoted(cell.dataset.v, plain);
          const text = cell.classList.contains('tags') ? [...cell.querySelectorAll('.tag')].map(t => t.textContent).join('; ') : cell.textContent.trim();
          return text === '–' ? '' : quoted(text, plain);
        }));
      }
      return lines.map(line => line.join()).join('\r\n') + '\r\n';
    };

    // ---- wiring

    table.tHead.addEventListener('click', event => {
      const head = event.target.closest('.sort')?.closest('th');
      if (head) sort(columns[heads.indexOf(head)], turned(head));
    });
    body.addEventListener('pointerover', event => exactly(event.target.closest('td.num[data-v]'), columns));
    body.addEventListener('change', event => choose([rows.find(entry => entry.row.contains(event.target))], event.target.checked));
    section.addEventListener('click', event => {
      const button = event.target.closest('[data-show-runs]');
      if (button) choose(rows.filter(entry => !entry.row.hidden), button.dataset.showRuns === 'all');
      if (event.target.closest('[data-save-csv]')) taken.offer('runs.csv', ['\ufeff', csv()], 'text/csv');
    });
    field?.addEventListener('input', find);
    menu?.closest('details').addEventListener('toggle', fillMenu);
    on('runs', draw);
    fold();
    // a browser restores check boxes and words when a reader comes back to the page, after its scripts began
    const restore = () => { if (field?.value) find(); else tell(); };
    addEventListener('pageshow', restore);
    fragment.on('*', () => { recall(true); restore(); });
    recall(false);
    restore();
  };

  on('ready', () => { if (manifest.runs.length) document.querySelectorAll('[data-runs]').forEach(attach); });
})();
