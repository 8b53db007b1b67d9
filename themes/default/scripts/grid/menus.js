/* The tools over a table: which columns, which groups, what it is compared with, and rows to take along. */
(() => {
  'use strict';
  const { make, button } = reportgen;
  const { boxFor, SUMS, FORMS, save, copy } = reportgen.grid;

  /** Columns from which on a field to find one is worth its place. */
  const MANY = 12;

  const set = (title, ...parts) => { const made = make('fieldset'); made.append(make('legend', '', title), ...parts); return made; };

  const columnBox = (grid, column) => boxFor(column.name, '', !grid.state.hidden.has(column.name), on => grid.hide(column.name, !on));

  const columns = (grid, place) => {
    const all = grid.shown.columns, tools = make('div', 'grid-buttons'), list = set('Columns', ...all.map(column => columnBox(grid, column)));
    const now = work => () => {
      work();
      list.querySelectorAll('input').forEach((box, i) => { box.checked = !grid.state.hidden.has(all[i].name); });
    };
    tools.append(button('All', now(() => grid.hideAll([]))), button('None', now(() => grid.hideAll(all.map(c => c.name)))), button('As logged', now(() => grid.asLogged())));
    place.replaceChildren(tools, list);
    if (all.length <= MANY) return;
    const find = make('input', 'field');
    Object.assign(find, { type: 'search', placeholder: 'Find a column' });
    find.setAttribute('aria-label', 'Find a column');
    find.addEventListener('input', () => {
      const word = find.value.trim().toLowerCase();
      for (const label of list.querySelectorAll('label')) label.hidden = !label.textContent.toLowerCase().includes(word);
    });
    place.prepend(find);
  };

  const group = (grid, place) => {
    const { state } = grid, some = grid.data.columns.filter(grid.canGroup);
    const by = some.map(({ name }) => boxFor(name, '', state.group.includes(name), on => grid.group(on ? [...state.group, name] : state.group.filter(other => other !== name))));
    const sums = Object.entries(SUMS).map(([sum, words]) => boxFor(words, '', state.sums.includes(sum), on => grid.sums(Object.keys(SUMS).filter(other => other === sum ? on : state.sums.includes(other)))));
    place.replaceChildren(set('Rows with the same', ...by.length ? by : [make('p', 'note', 'No column has values that repeat.')]), set('Of their numbers', ...sums));
  };

  const choice = (label, options, value, change) => {
    const made = make('label', 'grid-field'), select = make('select');
    select.setAttribute('aria-label', label);
    select.append(...options.map(([key, words]) => { const option = make('option', '', words); option.value = key; return option; }));
    select.value = value;
    select.addEventListener('change', () => change(select.value));
    made.append(make('span', '', label), select);
    return made;
  };

  const compare = (grid, place) => {
    const { what, versions, several } = grid.context, now = grid.comparison(), others = versions.map(v => [v.id, v.label]);
    const change = part => { grid.compare({ ...now, ...part }).then(() => compare(grid, place)); };
    const modes = [['', several ? `One ${what}` : 'Nothing'], ['stack', `One table, with the ${what} as a column`], ['beside', 'Side by side'], ['join', 'Joined by a column: what changed']];
    const parts = [choice('Compare', modes, now.mode, mode => change({ mode }))];
    if (several && now.mode !== 'stack') parts.push(choice(now.mode ? 'First' : 'Run', others, now.from, from => change({ from })));
    if (now.mode) parts.push(choice('With', [...now.mode === 'stack' ? [['all', `all ${what}s`]] : [], ...others.filter(([id]) => id !== now.from || now.mode === 'stack')], now.with, other => change({ with: other })));
    if (now.mode === 'join') parts.push(choice('By', grid.keys().map(name => [name, name]), now.by, by => change({ by })));
    place.replaceChildren(...parts);
  };

  const take = (grid, place) => {
    const done = words => reportgen.announce(words);
    const rows = Object.entries(FORMS).map(([form, { name }]) => {
      const line = make('div', 'take');
      line.append(make('span', '', name),
        button('Copy', () => copy(form, grid.columns(), grid.panes[0].rows).then(() => done(`Copied as ${name}`))),
        button('Save', () => save(form, grid.key, grid.columns(), grid.panes[0].rows).then(() => done(`Saved as ${name}`))));
      return line;
    });
    place.replaceChildren(make('p', 'note', 'The rows that are found, in their order, with the columns in sight.'), ...rows);
  };

  const MENUS = { columns, group, compare, save: take };

  /** Fills a menu. @param {any} grid @param {string} name @param {HTMLElement} place */
  const fill = (grid, name, place) => MENUS[name](grid, place);

  reportgen.grid.fillMenu = fill;
})();
