/* One row, all of it: every column under the other, pictures large. */
(() => {
  'use strict';
  const { make, button } = reportgen;
  const { textOf, wordOf, bars, picture, valuesOf, rich, altOf } = reportgen.grid;

  const pressable = (stage, work) => {
    stage.tabIndex = 0;
    stage.setAttribute('role', 'button');
    stage.setAttribute('aria-label', `Enlarge: ${stage.querySelector('img')?.alt ?? ''}`);
    stage.addEventListener('click', work);
    stage.addEventListener('keydown', event => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); work(); } });
    return stage;
  };

  /** One value in full. @param {any} value As `valuesOf` gives it. @param {any} options @param {(stage: HTMLElement) => HTMLElement} press */
  const inFull = (value, options, press) => {
    const { column, row } = value, word = wordOf(column, row);
    if (!rich(value)) return [textOf(column, row)];
    const parts = (word.thumbs ?? []).map(thumb => press(picture(thumb, altOf(value), column, options, true)));
    if (word.bars) parts.push(bars([word.bars], 'cell-bars'));
    const text = make(word.file === undefined ? 'p' : 'a', '', textOf(column, row));
    if (word.file !== undefined) { text.download = ''; reportgen.link(text, word.file); }
    return textOf(column, row) ? [...parts, text] : parts;
  };

  const valueOf = (column, row, options, look) => {
    const made = make('dd', column.numeric ? 'number' : ''), values = valuesOf(column, row);
    let number = 0;
    const press = stage => { const own = number++; return look ? pressable(stage, () => look(column, own)) : stage; };
    for (const value of values) {
      const parts = inFull(value, options(column), press), box = values.length > 1 ? make(value.was ? 'del' : 'ins') : made;
      if (box !== made && rich(value)) box.append(make('p', 'note', value.was ? 'before' : 'now'));
      box.append(...parts);
      if (box !== made) made.append(box, ' ');
    }
    made.classList.toggle('changed', values.length > 1);
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
        pair.append(make('dt', '', column.name), valueOf(column, row, grid.overlay, reportgen.grid.look && enlarge));
        return pair;
      }));
      dialog.scrollTop = 0;
    };
    /** The viewer goes through all rows: this one follows to where it ends. */
    const enlarge = (column, number) => reportgen.grid.look(grid, at, column, number, last => {
      at = last.position;
      show();
      list.children[grid.columns().indexOf(last.column)]?.querySelectorAll('.thumb')[last.number]?.focus();
    });
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
