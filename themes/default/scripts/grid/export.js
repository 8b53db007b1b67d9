/* Rows to take along: the rows that are found, in their order, and the columns in sight, as CSV, JSON, LaTeX or Markdown. */
(() => {
  'use strict';
  const { isMissing, textOf, wordOf } = reportgen.grid;

  /** Rows between which a page stays awake. */
  const STRIDE = 20_000;

  const number = column => column.type === 'number' || column.type === 'duration';

  /** A value with all of its digits, as programs read it; '' for none. */
  const plain = (column, row) => {
    if (isMissing(column, row)) return '';
    if (column.codes) {
      const word = wordOf(column, row), text = typeof word === 'number' ? String(word) : word?.json ?? textOf(column, row);
      return number(column) ? text.replace('\u2212', '-') : text;
    }
    return String(column.numbers[row]);
  };

  /** One field of a CSV file. A text that a spreadsheet would take for a formula gets an apostrophe in front. */
  const field = (text, number) => {
    const safe = !number && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };

  const csv = (columns, rows) => lines(columns, rows, {
    head: `${columns.map(c => field(c.name)).join()}\r\n`,
    row: row => `${columns.map(c => field(plain(c, row), number(c))).join()}\r\n`,
  });

  const value = (column, row) => {
    if (isMissing(column, row)) return null;
    const word = wordOf(column, row);
    if (word === null) return Number.isFinite(column.numbers[row]) ? column.numbers[row] : String(column.numbers[row]);
    if (number(column)) { const text = plain(column, row); return Number.isSafeInteger(Number(text)) ? Number(text) : text; }
    if (typeof word !== 'object') return word;
    if (word.json === undefined) return word.text;
    // whole numbers that JSON holds and this browser's numbers do not stay as they are
    try { const parsed = JSON.parse(word.json); return typeof parsed === 'number' && String(parsed) !== word.json ? word.json : parsed; } catch { return word.json; }
  };

  const json = (columns, rows) => lines(columns, rows, {
    head: '[\n',
    row: (row, last) => `${JSON.stringify(Object.fromEntries(columns.map(c => [c.name, value(c, row)])))}${last ? '\n' : ',\n'}`,
    foot: ']\n',
  });

  const LATEX = { '\\': '\\textbackslash{}', '{': '\\{', '}': '\\}', '$': '\\$', '&': '\\&', '#': '\\#', '_': '\\_', '%': '\\%', '~': '\\textasciitilde{}', '^': '\\textasciicircum{}', '\u2212': '$-$', '\u202f': '\\,', '–': '--', '∞': '$\\infty$', '<': '\\textless{}', '>': '\\textgreater{}' };
  const tex = text => text.replace(/\s*\n\s*/g, ' ').replace(/[\\{}$&#_%~^\u2212\u202f–∞<>]/g, found => LATEX[found]);

  const latex = (columns, rows) => lines(columns, rows, {
    head: `\\begin{tabular}{${columns.map(c => c.numeric ? 'r' : 'l').join('')}}\n\\toprule\n${columns.map(c => tex(c.name)).join(' & ')} \\\\\n\\midrule\n`,
    row: row => `${columns.map(c => tex(textOf(c, row))).join(' & ')} \\\\\n`,
    foot: '\\bottomrule\n\\end{tabular}\n',
  });

  const mark = text => text.replace(/[\\|`*_{}[\]<>#]/g, found => `\\${found}`).replace(/\r?\n/g, '<br>');

  const markdown = (columns, rows) => lines(columns, rows, {
    head: `| ${columns.map(c => mark(c.name)).join(' | ')} |\n|${columns.map(c => c.numeric ? ' ---: ' : ' --- ').join('|')}|\n`,
    row: row => `| ${columns.map(c => mark(textOf(c, row))).join(' | ')} |\n`,
  });

  /** All lines, in parts; between them the page stays awake. */
  const lines = async (columns, rows, { head, row, foot = '' }) => {
    const parts = [head];
    for (let from = 0; from < rows.length; from += STRIDE) {
      let text = '';
      for (let i = from; i < Math.min(rows.length, from + STRIDE); i++) text += row(rows[i], i === rows.length - 1);
      parts.push(text);
      if (from + STRIDE < rows.length) await new Promise(done => setTimeout(done));
    }
    parts.push(foot);
    return parts;
  };

  const FORMS = {
    csv: { name: 'CSV', ending: '.csv', type: 'text/csv', write: csv, mark: '\ufeff' },
    json: { name: 'JSON', ending: '.json', type: 'application/json', write: json },
    latex: { name: 'LaTeX', ending: '.tex', type: 'application/x-tex', write: latex },
    markdown: { name: 'Markdown', ending: '.md', type: 'text/markdown', write: markdown },
  };

  const fileName = (key, ending) => `${key.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|[-.]+$/g, '').slice(0, 80) || 'table'}${ending}`;

  const save = async (form, key, columns, rows) => {
    const { ending, type, write, mark: first } = FORMS[form], link = document.createElement('a');
    const address = URL.createObjectURL(new Blob([first ?? '', ...await write(columns, rows)], { type }));
    link.href = address;
    link.download = fileName(key, ending);
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  };

  const copy = async (form, columns, rows) => {
    const text = (await FORMS[form].write(columns, rows)).join('');
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement('textarea'), held = document.activeElement;
      area.value = text;
      (held?.closest('dialog') ?? document.body).append(area);
      area.select();
      document.execCommand('copy');
      area.remove();
      held?.focus?.({ preventScroll: true });
    }
  };

  Object.assign(reportgen.grid, { FORMS, save, copy });
})();
