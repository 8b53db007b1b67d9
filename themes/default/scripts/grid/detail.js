/* One row, all of it: every column under the other, pictures large. */
(() => {
  'use strict';
  const { make, button, textOf, wordOf, bars, picture, same } = reportgen.grid;

  const valueOf = (column, row, options) => {
    const made = make('dd', column.numeric ? 'number' : ''), word = column.media ? wordOf(column, row) : null;
    if (column.was && !same(column, row)) made.append(make('del', '', textOf(column.was.column, column.was.rows[row])), ' ', make('ins', '', textOf(column, row)));
    else if (!word) made.textContent = textOf(column, row);
    else {
      made.append(...(word.thumbs ?? []).map(thumb => picture(thumb, word.text || `${column.name}, row ${row + 1}`, column, options(column), true)));
      if (word.bars) made.append(bars([word.bars], 'cell-bars'));
      const text = make(word.file === undefined ? 'p' : 'a', '', word.text);
      if (word.file !== undefined) { text.download = ''; reportgen.link(text, word.file); }
      if (word.text) made.append(text);
    }
    return made;
  };

  /**
   * Opens a row over the page; arrows go to the rows before and after it as they are shown.
   * @param {any} grid @param {number} position Its place among the rows that are shown.
   */
  const open = (grid, position) => {
    const dialog = make('dialog', 'row-detail'), line = make('div', 'detail-head'), title = make('h4'), list = make('dl'), tools = make('div', 'joined');
    let at = position;
    const release = () => list.querySelectorAll('.thumb').forEach(stage => stage.attached?.destroy?.());
    const show = () => {
      const row = grid.rows[at];
      release();
      title.textContent = `Row ${reportgen.format.count(row + 1)} of ${grid.key}`;
      back.disabled = at === 0;
      forth.disabled = at === grid.rows.length - 1;
      if (document.activeElement?.disabled) (back.disabled ? forth : back).focus(); // keys go nowhere from a disabled button
      list.replaceChildren(...grid.columns().map(column => {
        const pair = make('div');
        pair.append(make('dt', '', column.name), valueOf(column, row, grid.overlay));
        return pair;
      }));
      dialog.scrollTop = 0;
    };
    const go = by => { if (grid.rows[at + by] === undefined) return; at += by; show(); reportgen.announce(title.textContent); };
    const back = button('Previous row', () => go(-1)), forth = button('Next row', () => go(1));
    tools.append(back, forth);
    line.append(title, tools, button('Close', () => dialog.close()));
    if (grid.only) line.append(button('Only these rows', () => { dialog.close(); grid.only(at); }));
    dialog.setAttribute('aria-label', `One row of ${grid.key}`);
    dialog.append(line, list);
    dialog.addEventListener('keydown', event => {
      if (event.target.matches('input') || (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight')) return;
      event.preventDefault();
      go(event.key === 'ArrowLeft' ? -1 : 1);
    });
    dialog.addEventListener('click', event => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener('close', () => { release(); dialog.remove(); grid.back(at); });
    grid.host.append(dialog);
    show();
    dialog.showModal();
  };

  reportgen.grid.detail = open;
})();
