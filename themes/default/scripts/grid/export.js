/* Rows to take along: the rows that are found, in their order, and the columns in sight, as CSV, JSON, LaTeX or Markdown.
   Pictures are named by their files in the report; where two tables are compared, a changed column stands twice. */
(() => {
  'use strict';
  const { isMissing, textOf, wordOf, take, valuesOf } = reportgen.grid, { offer, fileName, field } = reportgen.taken;

  /** Rows between which a page stays awake. */
  const STRIDE = 20_000;

  /** A number with all of its digits, as programs read it; null for other values. */
  const digits = (column, row) => {
    const word = wordOf(column, row);
    if (!column.codes) return String(column.numbers[row]);
    if (typeof word === 'number') return String(word);
    return word.number ?? (column.type === 'number' && typeof word === 'string' ? word.replace('\u2212', '-') : null);
  };

  /** The files of a cell's media. Those of a report in one file have no names: it tells how large pictures are. */
  const filesOf = word => {
    const named = file => file !== undefined && !file.startsWith('#');
    const pictureOf = ([{ show }, width, height]) => show.lost ? `lost: ${show.lost}` : named(show.file) ? show.file : `picture, ${width} × ${height} pixels`;
    return [...(word.thumbs ?? []).map(pictureOf), ...named(word.file) ? [word.file] : []];
  };

  const isMedia = word => typeof word === 'object' && word !== null && !!(word.thumbs || word.bars || word.file !== undefined);

  /** A cell as it is shown, with the files of its media. */
  const shown = (column, row) => {
    const word = wordOf(column, row), files = isMedia(word) ? filesOf(word).join(' ') : '', text = textOf(column, row);
    return files && text ? `${text} (${files})` : files || text;
  };

  /** A cell of a CSV file: nothing for a missing value, quotes alone for a text without letters. */
  const cell = (column, row) => {
    if (isMissing(column, row)) return '';
    const exact = digits(column, row), word = wordOf(column, row);
    return exact !== null ? exact : field(word?.json ?? shown(column, row)) || '""';
  };

  const csv = (columns, rows) => {
    const line = cells => `${cells.join()}\r\n`;
    return lines(columns, rows, { head: line(columns.map(c => field(c.name))), row: row => line(columns.map(c => cell(c, row))) });
  };

  /** A value as JSON. Whole numbers keep all digits, also those that a browser's numbers do not have. */
  const value = (column, row) => {
    if (isMissing(column, row)) return 'null';
    const exact = digits(column, row), word = wordOf(column, row);
    if (exact !== null) return /^-?[\d.]+(e[+-]?\d+)?$/.test(exact) ? exact : JSON.stringify(exact);
    if (!isMedia(word)) return word.json ?? JSON.stringify(word.text ?? word);
    const files = filesOf(word);
    return JSON.stringify({ ...word.text ? { text: word.text } : {}, ...files.length ? { files } : {}, ...word.bars ? { bars: word.bars } : {} });
  };

  const pair = (column, row) => `${JSON.stringify(column.name)}: ${value(column, row)}`;

  const json = (columns, rows) => {
    const row = (one, last) => `{${columns.map(c => pair(c, one)).join(', ')}}${last ? '\n' : ',\n'}`;
    return lines(columns, rows, { head: '[\n', row, foot: ']\n' });
  };

  const LATEX = { '\\': '\\textbackslash{}', '{': '\\{', '}': '\\}', '$': '\\$', '&': '\\&', '#': '\\#', '_': '\\_', '%': '\\%', '~': '\\textasciitilde{}', '^': '\\textasciicircum{}', '\u2212': '$-$', '\u202f': '\\,', '–': '--', '∞': '$\\infty$', '<': '\\textless{}', '>': '\\textgreater{}' };
  const tex = text => text.replace(/\s*\n\s*/g, ' ').replace(/[\\{}$&#_%~^\u2212\u202f–∞<>]/g, found => LATEX[found]);

  /** A number as a formula, where its text alone would not do: a minus, an infinity, a power of ten. */
  const formula = (column, row) => {
    if (isMissing(column, row) || digits(column, row) === null) return null;
    const text = textOf(column, row), [, sign, size, power, unit] = /^(\u2212?)([\d.]+|∞)(?:e(-?\d+))?(.*)$/su.exec(text) ?? [];
    if (!size || !sign && size !== '∞' && power === undefined) return null;
    const raised = power === undefined ? '' : ` \\times 10^{${power}}`;
    return `$${sign ? '-' : ''}${size === '∞' ? '\\infty' : size}${raised}$${tex(unit)}`;
  };

  const latex = (columns, rows) => lines(columns, rows, {
    head: `\\begin{tabular}{${columns.map(c => c.numeric ? 'r' : 'l').join('')}}\n\\toprule\n${columns.map(c => tex(c.name)).join(' & ')} \\\\\n\\midrule\n`,
    row: row => `${columns.map(c => formula(c, row) ?? tex(shown(c, row))).join(' & ')} \\\\\n`,
    foot: '\\bottomrule\n\\end{tabular}\n',
  });

  const mark = text => text.replace(/[\\|`*_{}[\]<>#~$&]/g, found => `\\${found}`).replace(/\r?\n/g, '<br>');

  const markdown = (columns, rows) => lines(columns, rows, {
    head: `| ${columns.map(c => mark(c.name)).join(' | ')} |\n|${columns.map(c => c.numeric ? ' ---: ' : ' --- ').join('|')}|\n`,
    row: row => `| ${columns.map(c => mark(shown(c, row))).join(' | ')} |\n`,
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

  /** The columns, each that changed in one of the rows after what it was. */
  const both = (columns, rows) => columns.flatMap(c => {
    if (!c.was || !rows.some(row => valuesOf(c, row).length > 1)) return [c];
    const names = columns.map(other => other.name);
    let name = `${c.name} before`;
    while (names.includes(name)) name += ' ';
    return [{ ...take(c.was.column, c.was.rows), name, was: undefined }, c];
  });

  const save = async (form, key, columns, rows) => {
    const { ending, type, write, mark: first } = FORMS[form];
    offer(fileName(key, ending, 'table'), [first ?? '', ...await write(both(columns, rows), rows)], type);
  };

  const copy = async (form, columns, rows) => reportgen.taken.copy((await FORMS[form].write(both(columns, rows), rows)).join(''));

  Object.assign(reportgen.grid, { FORMS, save, copy });
})();
