/* One table on the page: what a reader chose of it, and the rows and columns that follow from it. */
(() => {
  'use strict';
  const grid = reportgen.grid;
  const { make, button } = reportgen;
  const { order, found, allRows, view, head, chart, noteOf, whole, partOf, filterWords, textOf, wordOf, picturesWide, USUAL } = grid;
  const { count, plural } = reportgen.format;

  /** Milliseconds after which what was typed is looked for, and after which heads follow; values that are few enough for groups. */
  const TYPED = 120, LATER = 80, GROUPS = 1000;

  /** Menus, groups, comparisons, exports and rows over the page: loaded when a reader first asks for one of them. */
  const tools = () => reportgen.library('table');
  const later = work => tools().then(work).catch(fault => { reportgen.announce(`This does not respond: ${fault.message}`); console.error(fault); });

  const fresh = () => ({
    sort: [], filters: new Map(), search: '', hidden: new Set(), order: [], pinned: null, widths: new Map(), group: [], sums: ['mean'], height: null, compare: null,
  });

  // ---- what was chosen, as text in the address

  const encode = state => {
    const plain = {
      s: state.sort, f: [...state.filters], q: state.search, h: [...state.hidden], o: state.order, p: state.pinned && [...state.pinned],
      g: state.group, a: state.sums.join() === 'mean' ? [] : state.sums, c: state.compare && Object.values(state.compare),
      w: [...state.widths], r: state.height ? [state.height] : [],
    };
    for (const name of Object.keys(plain)) if (!plain[name]?.length) delete plain[name];
    return Object.keys(plain).length ? JSON.stringify(plain) : '';
  };

  const decode = (text, state) => {
    let told;
    try { told = JSON.parse(text || '{}'); } catch { told = {}; }
    const within = (value, low, high) => value ? Math.max(low, Math.min(high, Math.round(Number(value)))) || null : null;
    const list = value => Array.isArray(value) ? value : [], pairs = value => list(value).filter(pair => Array.isArray(pair) && typeof pair[0] === 'string');
    Object.assign(state, {
      sort: pairs(told.s), filters: new Map(pairs(told.f).filter(([, filter]) => filter && typeof filter === 'object')), search: String(told.q ?? ''), hidden: new Set(list(told.h).map(String)),
      order: list(told.o).map(String), pinned: told.p ? new Set(list(told.p).map(String)) : null, group: list(told.g).map(String), sums: told.a ? list(told.a).map(String) : ['mean'],
      compare: told.c ? Object.fromEntries(['mode', 'from', 'with', 'by'].map((name, i) => [name, String(list(told.c)[i] ?? '')])) : state.compare,
      widths: new Map(pairs(told.w).map(([name, width]) => [name, within(width, 48, 1200)]).filter(([, width]) => width)), height: within(list(told.r)[0], 28, 320),
    });
    return state;
  };

  /** Names in the order that a reader gave them; others stay behind the column they were logged after. */
  const ordered = (names, wanted) => {
    const known = wanted.filter(name => names.includes(name)), rest = names.filter(name => !known.includes(name));
    return wanted.length ? [...known, ...rest] : names;
  };

  /** Pixels that a column needs: higher rows have wider pictures. */
  const widthOf = (column, height) => {
    if (!height || !column.media) return column.width;
    return Math.max(column.width, column.width + (picturesWide(column, height) - picturesWide(column)) * (column.was ? 2 : 1));
  };

  /** Columns in sight, pinned ones first. */
  const visible = (state, data, narrow) => {
    const names = data.columns.map(c => c.name), places = new Map(names.map((name, i) => [name, i]));
    const chosen = ordered(names, state.order).filter(name => !state.hidden.has(name));
    const first = data.columns[places.get(chosen[0])];
    const pins = state.pinned ?? new Set(narrow && first && !first.media && first.width <= 170 ? [first.name] : []);
    const entry = name => ({ place: places.get(name), width: state.widths.get(name) ?? widthOf(data.columns[places.get(name)], state.height), pinned: pins.has(name) });
    return [...chosen.filter(name => pins.has(name)), ...chosen.filter(name => !pins.has(name))].map(entry);
  };

  /** What is done to one table of the panel: the rows that are found, their groups, their order. */
  const pipeline = (pane, state) => {
    const { data } = pane;
    pane.found = found(data, state.filters, state.search);
    const group = state.group.filter(name => data.columns.some(c => c.name === name));
    pane.shown = group.length ? grid.grouped(data, pane.found, group, state.sums, [...state.hidden]) : data;
    const places = new Map(pane.shown.columns.map((c, i) => [c.name, i]));
    const sorts = state.sort.filter(([name]) => places.has(name)).map(([name, down]) => [places.get(name), !!down]);
    pane.rows = order(pane.shown, group.length ? allRows(pane.shown.rows) : pane.found, sorts);
  };

  /**
   * Brings a table to life.
   * @param {HTMLElement} host @param {any} context `key`, `signal`, `address` in the fragment, `versions` ({id, label, load}),
   *   `what` they are ("step", "run"), `several` runs, `saved` state. @returns {any}
   */
  const table = (host, context) => {
    const { signal, key, address } = context, scroller = host.querySelector('.rows'), about = host.querySelector('[data-about]');
    const chips = host.querySelector('[data-grid-chips]'), search = host.querySelector('[data-grid-find]'), slider = host.querySelector('[data-grid-height]');
    const narrow = matchMedia('(max-width: 40rem)');
    const state = context.saved ?? decode(reportgen.fragment?.get(address), fresh());
    /** @type {any[]} */
    const panes = [];
    let version = null, turn = 0, typing = 0, telling = 0, tooled = '';
    /** The tools over the pictures of a column, by its name. */
    const overlaid = new Map();

    const self = {
      host, key, state, context, panes,
      get filters() { return state.filters; },
      get data() { return panes[0].data; },
      get shown() { return panes[0].shown; },
      get rows() { return panes[0].rows; },
      get grouped() { return panes[0].shown !== panes[0].data; },
      columns: () => visible(state, panes[0].shown, narrow.matches).map(s => panes[0].shown.columns[s.place]),
      every: () => allRows(panes[0].data.rows),
      overlay: column => ({ key: `${key}/${column.name}`, layers: column.layers, tools: overlaid.get(column.name)?.tools }),
      sorted: name => { const known = state.sort.filter(([other]) => panes[0].shown.columns.some(c => c.name === other)), place = known.findIndex(([other]) => other === name); return { place, down: place >= 0 && known[place][1], several: known.length > 1 }; },
      canGroup: column => column.codes ? !column.media && column.words.length <= Math.max(20, Math.min(GROUPS, panes[0].data.rows / 2)) : column.whole && whole(panes[0].data, column).low !== undefined && column.head.high - column.head.low < GROUPS,
    };

    // ---- drawing

    /** The pictures of a column in all rows that are found, for the tools over them. */
    const picturesOf = name => panes.flatMap(({ data, found: rows }) => {
      const column = data.columns.find(c => c.name === name), pictures = [];
      if (!column) return pictures;
      for (const row of rows) for (const [, width, height, over] of wordOf(column, row)?.thumbs ?? []) if (over !== undefined) pictures.push({ width, height, ...column.overlays?.[over] });
      return pictures;
    });

    /** Bars over the columns follow the rows that are found, a column at a time, after the rows are drawn. */
    const retell = () => {
      const mine = ++telling;
      const next = (work, pause = 16) => setTimeout(() => { if (mine === telling && !signal.aborted) work(); }, pause);
      const tell = (pane, cells) => {
        const cell = cells.shift(), column = pane.shown.columns.find(c => c.name === cell.dataset.col), all = whole(pane.shown, column);
        const part = pane.shown === pane.data && pane.found.length < pane.data.rows ? partOf(column, pane.found, all) : null;
        pane.parts.set(column.name, part);
        const known = pane.heads.get(column.name);
        if (known) known.part = part;
        cell.querySelector('.head-bars').replaceWith(chart(all, part, 'head-bars'));
        cell.querySelector('.head-note').textContent = noteOf(column, part ?? all);
        if (cells.length) next(() => tell(pane, cells));
      };
      if (overlaid.size) next(() => { for (const [name, { show: showAll }] of overlaid) showAll(picturesOf(name)); }, LATER);
      for (const pane of panes) {
        const cells = [...pane.view.scroller.querySelectorAll('th[data-col]')];
        if (cells.length) next(() => tell(pane, cells), LATER);
      }
    };

    const draw = () => {
      for (const pane of panes) {
        pane.view.set(pane.shown, pane.rows, visible(state, pane.shown, narrow.matches));
      }
      describe();
    };

    const say = () => {
      if (panes.length > 1) return panes.map(({ label, found: rows, data }) => `${label}: ${rows.length < data.rows ? count(rows.length) + ' of ' : ''}${plural(data.rows, 'row')}`).join('; ');
      const [{ data, found: rows, shown }] = panes, parts = [], all = data.words ?? version?.size ?? '';
      if (shown !== data) parts.push(plural(shown.rows, 'group'));
      if (rows.length === data.rows) return [...parts, all].filter(Boolean).join('; ');
      const of = plural(data.rows, 'row'), [first, ...rest] = all.split('; '), known = first.startsWith(of); // what is said already
      return [`${count(rows.length)} of ${known ? first : of} found`, ...parts, ...known ? rest : [all]].filter(Boolean).join('; ');
    };

    const chip = (words, title, remove) => {
      const made = button('', remove, 'chip');
      made.append(make('b', '', title), ` ${words} `, make('span', '', '×'));
      made.setAttribute('aria-label', `Remove: ${title} ${words}`);
      return made;
    };

    const describe = () => {
      const words = say();
      if (about.textContent !== words) about.textContent = words;
      const { columns } = panes[0].data, made = [...state.filters].filter(([name]) => columns.some(c => c.name === name))
        .map(([name, filter]) => chip(filterWords(columns.find(c => c.name === name), filter), name, () => self.filter(name, null)));
      if (state.group.length) made.push(chip(state.group.join(', '), 'grouped by', () => self.group([])));
      if (state.hidden.size) made.push(chip(plural(state.hidden.size, 'column'), 'hidden:', () => self.hideAll([])));
      if (made.length || chips.childElementCount) chips.replaceChildren(...made);
      host.querySelector('[data-grid-none]').hidden = panes[0].rows.length > 0 || !panes[0].data.rows;
      if (search.value !== state.search) search.value = state.search;
    };

    const keep = () => reportgen.fragment?.set(address, encode(state));

    /** Everything that follows from what was chosen. @param {boolean} [counts] Whether other rows are found than before. */
    const refresh = (counts = true) => {
      if (!panes.length) return;
      // heads in sight follow a little later, others when they come into sight
      if (counts) for (const pane of panes) {
        pane.inSight = new Set(Array.from(pane.view.scroller.querySelectorAll('th[data-col]'), cell => cell.dataset.col));
        for (const name of pane.parts.keys()) if (!pane.inSight.has(name)) pane.parts.delete(name);
        for (const name of pane.inSight) if (!pane.parts.has(name)) pane.parts.set(name, null);
      }
      try { for (const pane of panes) pipeline(pane, state); } catch (fault) { state.group = []; for (const pane of panes) pipeline(pane, state); reportgen.announce(fault.message); }
      draw();
      if (counts) retell();
      keep();
    };

    const layout = () => { draw(); retell(); keep(); };

    const hooksOf = pane => {
      const own = Object.create(self, { data: { get: () => pane.data }, shown: { get: () => pane.shown }, rows: { get: () => pane.rows } });
      return {
        head: ({ place }) => {
          const column = pane.shown.columns[place], { name } = column, known = pane.heads.get(name);
          const filtered = pane.shown === pane.data && pane.found.length < pane.data.rows;
          if (filtered && !pane.parts.has(name)) pane.parts.set(name, partOf(column, pane.found, whole(pane.data, column)));
          const looks = JSON.stringify([self.sorted(name), state.filters.has(name)]);
          if (known?.column === column && known.looks === looks && (known.part === pane.parts.get(name) || pane.inSight.has(name))) return known.cell;
          const cell = head(own, column, pane.parts.get(name) ?? null);
          pane.heads.set(name, { column, looks, part: pane.parts.get(name), cell });
          return cell;
        },
        sort: (place, add) => self.sort(pane.shown.columns[place].name, add),
        menu: (place, cell) => later(() => grid.columnMenu(own, pane.shown.columns[place], cell)),
        open: position => later(() => grid.detail(Object.create(own, { back: { value: at => pane.view.focus(at, 0) }, only: { value: self.grouped ? at => self.only(pane, at) : null } }), position)),
        look: (position, place, number) => !!grid.look?.(own, position, pane.shown.columns[place], number, ({ position: at, column }) => pane.view.focus(at, self.names().indexOf(column.name) + 1)),
        overlay: self.overlay,
      };
    };

    // ---- what a reader does

    const begin = () => {
      Object.assign(self, {
        sort(name, add = false, down) {
          const known = state.sort.find(([other]) => other === name), column = panes[0].shown.columns.find(c => c.name === name);
          const falls = down ?? (known && (add || state.sort.length === 1) ? !known[1] : false);
          if (down === undefined && known?.[1] && (add || state.sort.length === 1)) state.sort = state.sort.filter(([other]) => other !== name); // the third time as logged
          else state.sort = add ? (known ? state.sort.map(s => s[0] === name ? [name, falls] : s) : [...state.sort, [name, falls]]) : [[name, falls]];
          refresh(false);
          const words = state.sort.map(([other, d]) => `${other}, ${d ? 'descending' : 'ascending'}`);
          reportgen.announce(column && words.length ? `Sorted by ${words.join(', then ')}` : 'In the order as logged');
        },
        filter(name, filter) {
          if (filter) state.filters.set(name, filter); else state.filters.delete(name);
          refresh();
          reportgen.announce(say());
        },
        menu(name, cell) { later(() => grid.columnMenu(self, panes[0].shown.columns.find(c => c.name === name), cell)); },
        resize(name, width, moving = false) {
          state.widths.set(name, width);
          if (moving) for (const pane of panes) pane.view.widen(visible(state, pane.shown, narrow.matches)); else { draw(); keep(); }
        },
        fitting(name) {
          const column = panes[0].shown.columns.find(c => c.name === name), longest = panes[0].rows.slice(0, 500).reduce((most, row) => Math.max(most, textOf(column, row).length), name.length + 4);
          return Math.min(640, Math.round(longest * 7.2 + 26));
        },
        pinned: name => visible(state, panes[0].shown, narrow.matches).some(s => s.pinned && panes[0].shown.columns[s.place].name === name),
        names: () => visible(state, panes[0].shown, narrow.matches).map(s => panes[0].shown.columns[s.place].name),
        move(name, to) {
          const names = ordered(panes[0].shown.columns.map(c => c.name), state.order), from = names.indexOf(name), target = names.indexOf(to);
          names.splice(from, 1);
          names.splice(target, 0, name);
          state.order = names;
          layout();
          reportgen.announce(`${name} is column ${self.names().indexOf(name) + 1}`);
        },
        step(name, by) { const names = self.names(), to = names[names.indexOf(name) + by]; if (to) self.move(name, to); },
        hide(name, on) { if (on) state.hidden.add(name); else state.hidden.delete(name); if (state.group.length) refresh(); else layout(); },
        hideAll(names) { state.hidden = new Set(names); if (state.group.length) refresh(); else layout(); },
        asLogged() { state.hidden.clear(); state.order = []; state.pinned = null; state.widths.clear(); layout(); },
        pin(name, on) {
          state.pinned ??= new Set(visible(state, panes[0].shown, narrow.matches).filter(s => s.pinned).map(s => panes[0].shown.columns[s.place].name));
          if (on) state.pinned.add(name); else state.pinned.delete(name);
          layout();
        },
        group(names) { state.group = names; refresh(); panes[0].view.at = { top: 0, side: 0 }; reportgen.announce(say()); },
        sums(names) { state.sums = names; refresh(); },
        /** The rows of one group. */
        only(pane, at) { for (const [name, filter] of grid.groupFilters(pane.shown, pane.rows[at])) state.filters.set(name, filter); state.group = []; refresh(); },
        refocus(name) { const at = self.names().indexOf(name); if (document.activeElement === document.body) panes[0]?.view.focus(-1, at + 1); },
      });
    };

    // ---- versions

    const comparison = () => state.compare ?? { mode: '', from: version?.id ?? '', with: '', by: '' };

    /** The tables that are shown side by side: one as a rule. */
    const compared = async () => {
      const now = comparison(), mine = context.several ? context.versions.find(v => v.id === now.from) ?? context.versions[0] : version;
      if (now.mode || state.group.length) await tools();
      return now.mode ? grid.compared(self, now, mine) : [{ data: await mine.load(), label: mine.label }];
    };

    /** As many places on the page as tables are shown. */
    const makeRoom = tables => {
      while (panes.length > tables.length) { const pane = panes.pop(); pane.view.end(); pane.ends.abort(); pane.box?.remove(); }
      while (panes.length < tables.length) {
        const box = panes.length ? make('div', 'pane') : null, ends = new AbortController();
        if (box) { box.append(scroller.cloneNode(true)); scroller.closest('.pane').after(box); box.querySelector('tbody').replaceChildren(); }
        signal.addEventListener('abort', () => ends.abort(), { once: true });
        const pane = { box, ends, heads: new Map(), parts: new Map(), inSight: new Set(), data: null };
        pane.view = view(box?.querySelector('.rows') ?? scroller, hooksOf(pane), ends.signal);
        panes.push(pane);
      }
      host.querySelector('.panes').classList.toggle('beside', tables.length > 1);
      tables.forEach(({ data, label }, i) => {
        Object.assign(panes[i], { data, label, parts: new Map() });
        const place = panes[i].view.scroller.closest('.pane');
        place.querySelector('.pane-name')?.remove();
        if (tables.length > 1) place.prepend(make('p', 'pane-name', label));
      });
      for (const pane of panes) if (state.height || pane.tall) pane.view.height = pane.tall = state.height;
      if (panes.length > 1) grid.linkScrolls(panes.map(pane => pane.view.scroller), panes[1].ends.signal);
    };

    /** Shows a version: that of the step under the cursor. What was chosen stays, and so does the place that was scrolled to. */
    const show = async next => {
      const mine = ++turn;
      version = next;
      const tables = await compared();
      if (mine !== turn || signal.aborted) return;
      const at = panes[0]?.view.at ?? context.at;
      makeRoom(tables);
      const media = tables.some(({ data }) => data.columns.some(c => c.media));
      scroller.querySelector('table').classList.toggle('media', media);
      slider.value = String(state.height ?? (media ? USUAL : 28));
      host.classList.toggle('bare', tables.every(({ data }) => !data.columns.length));
      overlayTools(tables);
      refresh();
      if (at) panes[0].view.at = at;
      host.dataset.grid = 'live';
    };

    /** The tools over pictures stand once for each column. */
    const overlayTools = tables => {
      const columns = tables.flatMap(t => t.data.columns).filter((c, i, all) => c.layers && all.findIndex(d => d.name === c.name) === i), names = columns.map(c => c.name).join('\n');
      if (names === tooled || !context.controls) return;
      tooled = names;
      const place = host.querySelector('[data-grid-overlays]');
      place.replaceChildren();
      overlaid.clear();
      for (const column of columns) overlaid.set(column.name, context.controls(place, column, self.overlay(column)));
    };

    const finish = () => {
      Object.assign(self, {
        show,
        comparison,
        keys: () => panes[0].data.keys ?? [],
        async compare(next) {
          state.compare = next.mode || context.several ? next : null;
          if (next.mode !== 'join') state.filters.delete('change');
          else if (!state.filters.has('change')) state.filters.set('change', { not: ['same'] });
          await show(version);
          reportgen.announce(say());
        },
        /** What is kept while the panel sleeps. */
        sleep() { const at = panes[0]?.view.at; for (const pane of panes) pane.view.end(); return { saved: state, at }; },
      });
    };

    const listen = () => {
      search.addEventListener('input', () => { clearTimeout(typing); typing = setTimeout(() => { state.search = search.value; refresh(); reportgen.announce(say()); }, TYPED); }, { signal });
      slider.addEventListener('input', () => { state.height = Number(slider.value); for (const pane of panes) pane.view.height = pane.tall = state.height; draw(); keep(); }, { signal });
      host.querySelector('[data-grid-clear]').addEventListener('click', () => { state.filters.clear(); state.search = ''; refresh(); search.focus(); }, { signal });
      for (const menu of host.querySelectorAll('[data-grid-menu]')) {
        const fill = () => { if (menu.open) later(() => { if (panes.length) grid.fillMenu(self, menu.dataset.gridMenu, menu.lastElementChild); }); };
        menu.addEventListener('toggle', fill, { signal });
        fill();
      }
      reportgen.fragment?.on(address, text => { decode(text, state); if (version) show(version); }, signal);
    };

    begin();
    finish();
    listen();
    if (search.value && !state.search) state.search = search.value;
    return self;
  };

  grid.table = table;
})();
