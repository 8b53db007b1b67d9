/* An image panel: all pictures of the step under the page's cursor, in a gallery, and a viewer of each. */
(() => {
  'use strict';
  const { on, state } = reportgen;
  const { count } = reportgen.format;
  const { shot, arm, release, clamped, Windowed, sizeSlider, columnsChoice, make, headed, PLAIN, TINY, FEW, GAP } = reportgen.gallery;

  /** CSS pixels: the height of rows before a reader sets another. */
  const USUAL = 176, NARROW = 128, SMALL = 88;
  /** More runs than this are not shown in columns. */
  const BESIDE = 6;

  /** What a reader chose for a key, also after its panel slept. */
  const settings = new Map();

  const remembered = entry => {
    if (!settings.has(entry.id)) settings.set(entry.id, { size: 0, columns: 0 });
    return settings.get(entry.id);
  };

  /** One gallery in its panel. */
  class Panel {
    constructor(element, entry, page) {
      Object.assign(this, { element, entry, page, items: [], current: 0, turn: 0, many: null });
      this.place = element.querySelector('[data-gallery]');
      this.chosen = remembered(entry);
      this.place.addEventListener('click', event => this.open(this.indexOf(event.target)), { signal: entry.signal });
      this.place.addEventListener('keydown', event => this.pressed(event), { signal: entry.signal });
    }

    /** The pictures of a step. @param {boolean} [first] Whether the page holds them already. */
    async show(step, first = false) {
      const turn = ++this.turn;
      try {
        const items = await reportgen.pictures.at(this.entry.data, step);
        if (turn !== this.turn || this.entry.signal.aborted) return;
        this.items = items;
        this.step = step;
        this.current = Math.min(this.current, Math.max(0, items.length - 1));
        this.draw(first);
        this.viewer?.update(items);
        this.controls?.show(items.map(item => item.image));
      } catch (fault) {
        reportgen.fail(this.element, fault);
      }
    }

    draw(first) {
      const { place, items } = this, drawn = items.filter(item => !item.image.show.lost);
      const small = drawn.length > 0 && drawn.every(item => item.image.width <= TINY);
      this.usual = small ? SMALL : matchMedia('(max-width: 40rem)').matches ? NARROW : USUAL;
      place.classList.toggle('small', small);
      place.classList.toggle('few', items.length <= FEW);
      place.style.setProperty('--low', `${drawn.length ? Math.min(...drawn.map(item => item.image.height)) : 0}px`);
      place.hidden = !items.length;
      this.sayNone();
      this.offer();
      if (items.length > PLAIN) { this.drawMany(); return; }
      this.many?.end();
      this.many = null;
      const figures = [...place.querySelectorAll('.shot')];
      if (!first || figures.length !== items.length || this.entry.data.runs.length > 1) {
        place.style.minHeight = `${place.offsetHeight}px`; // what follows stays in place while pictures load
        figures.forEach(release);
        place.replaceChildren(...this.withHeads(items.map((item, i) => shot(item, i, this.entry.key))));
        requestAnimationFrame(() => { place.style.minHeight = ''; });
      }
      place.querySelectorAll('.shot').forEach((figure, i) => { figure.dataset.index = String(i); arm(figure, items[i], this.entry); });
      this.focusable();
      this.size();
    }

    /** What stands in the place of pictures where no run that has some is chosen. */
    sayNone() {
      const none = !this.items.length && this.entry.data.runs.length > 1;
      if (!none) { this.none?.remove(); this.none = null; return; }
      if (this.none) return;
      this.none = make('p', 'note', 'None of the runs that logged this is chosen');
      this.place.after(this.none);
    }

    withHeads(figures) {
      if (!headed(this.items)) return figures;
      const group = i => this.items[i]?.image.group;
      return figures.flatMap((figure, i) => {
        if (i && group(i) === group(i - 1)) return [figure];
        return [make('p', 'shot-group', group(i) === undefined ? 'Without a group' : `Group ${group(i)}`), figure];
      });
    }

    drawMany() {
      const { entry } = this;
      if (!this.many) {
        this.many = new Windowed(this.place, {
          entry, signal: entry.signal, size: () => this.chosen.size || this.usual,
          columns: () => this.columns(), current: () => this.current,
        });
      }
      this.place.setAttribute('aria-label', `${count(this.items.length)} images of ${entry.key}`);
      this.many.put(this.items);
      this.size();
    }

    // ---- size and columns

    /** Columns that a reader chose. A few runs stand side by side: so many columns that each row ends with the last run. */
    columns() {
      const { place, items, chosen, entry } = this, runs = entry.data.runs.length > 1 ? reportgen.pictures.chosen(entry.data).length : 0;
      if (chosen.columns || runs < 2 || runs > BESIDE) return chosen.columns;
      const widest = Math.max(0.5, ...items.map(item => Math.min(2, clamped(item.image))));
      const wide = runs * (widest * (chosen.size || this.usual) + GAP);
      return runs * Math.max(1, Math.floor((place.clientWidth + GAP) / wide));
    }

    offer() {
      if (this.tools || this.items.length <= FEW) return;
      this.tools = make('div', 'controls gallery-tools');
      this.tools.append(
        sizeSlider(this.chosen.size || this.usual, size => {
          Object.assign(this.chosen, { size, columns: 0 });
          this.tools.querySelector('select').value = '0';
          this.resized();
        }),
        columnsChoice(this.chosen.columns, columns => { this.chosen.columns = columns; this.resized(); }),
      );
      this.place.before(this.tools);
    }

    resized() {
      reportgen.fragment?.set?.(`${this.entry.id}.size`, this.chosen.size ? String(this.chosen.size) : '');
      reportgen.fragment?.set?.(`${this.entry.id}.columns`, this.chosen.columns ? String(this.chosen.columns) : '');
      this.size();
      this.many?.lay();
    }

    size() {
      const { place, chosen } = this, columns = this.many ? 0 : this.columns();
      if (chosen.size) place.style.setProperty('--h', `${chosen.size}px`); else place.style.removeProperty('--h');
      place.classList.toggle('columns', columns > 0);
      place.style.setProperty('--n', String(columns || 1));
      const slider = this.tools?.querySelector('.slider'); // rows of columns are as high as columns are wide
      if (slider) slider.hidden = columns > 0 && !place.classList.contains('small');
    }

    // ---- keys and pointer

    indexOf(target) {
      const figure = target.closest?.('.stage')?.closest('.shot');
      return figure && !figure.classList.contains('lost') ? Number(figure.dataset.index) : -1;
    }

    /** One picture can be reached by Tab, the others by arrows. */
    focusable() {
      for (const stage of this.place.querySelectorAll('.stage[role="button"]')) {
        stage.tabIndex = Number(stage.closest('.shot').dataset.index) === this.current ? 0 : -1;
      }
    }

    focus(index) {
      if (index < 0 || index >= this.items.length) return;
      this.current = index;
      const figure = this.many ? this.many.reveal(index) : this.place.querySelector(`.shot[data-index="${index}"]`);
      this.focusable();
      figure?.querySelector('.stage').focus({ preventScroll: !!this.many });
    }

    /** The picture above or below: the one whose middle is nearest in the next row. */
    across(index, by) {
      const row = index => {
        if (this.many) return this.many.rows[this.many.rowOf(index)];
        const all = [...this.place.querySelectorAll('.shot')], top = all[index]?.offsetTop;
        const same = all.map((s, i) => [s.offsetTop === top, i]).filter(([yes]) => yes).map(([, i]) => i);
        return { from: same[0], to: same.at(-1) + 1 };
      };
      const here = row(index), edge = by < 0 ? here.from - 1 : here.to;
      if (edge < 0 || edge >= this.items.length) return index;
      const next = row(edge), part = (index - here.from + 0.5) / (here.to - here.from);
      return Math.min(next.to - 1, next.from + Math.floor(part * (next.to - next.from)));
    }

    pressed(event) {
      const at = this.indexOf(event.target);
      if (at < 0 || event.metaKey || event.ctrlKey || event.altKey) return;
      const to = {
        ArrowLeft: () => at - 1, ArrowRight: () => at + 1, ArrowUp: () => this.across(at, -1), ArrowDown: () => this.across(at, 1),
        Home: () => 0, End: () => this.items.length - 1,
      }[event.key];
      if (to) this.focus(to());
      else if (event.key === 'Enter' || event.key === ' ') this.open(at);
      else return;
      event.preventDefault();
    }

    open(index) {
      if (index < 0) return;
      this.current = index;
      this.viewer = reportgen.viewer.open({
        entry: this.entry, page: this.page, items: this.items, at: index, layers: this.entry.data.layers,
        overlays: this.controls?.node, go: by => this.follower?.go(by), steps: this.entry.data.frames,
        closed: at => { this.viewer = null; this.focus(at); },
      });
    }
  }

  reportgen.panel('image', async (element, entry, page) => {
    const { signal, data: { frames, layers } } = entry;
    if (!frames.length || !element.querySelector('[data-gallery]')) return undefined;
    const panel = new Panel(element, entry, page), last = frames.at(-1).step;
    for (const name of ['size', 'columns']) panel.chosen[name] ||= Number(reportgen.fragment?.get?.(`${entry.id}.${name}`)) || 0;
    if (layers?.length) panel.controls = reportgen.overlays?.controls(element, entry, page, layers);
    element.classList.add('with-gallery');
    let drawn = false;
    panel.follower = reportgen.frames.follow(element, entry, page, frame => { drawn = true; panel.show(frame.step); });
    if (!drawn) await panel.show(frames[element.shownFrame ?? frames.length - 1].step, !element.wokenBefore);
    element.wokenBefore = true;
    on('runs', () => { if (entry.data.runs.length > 1) panel.show(panel.step ?? last); }, signal);
    const print = () => { panel.many?.print(); }, resume = () => { panel.many?.resume(); };
    addEventListener('beforeprint', print, { signal });
    addEventListener('afterprint', resume, { signal });
    return () => {
      panel.tools?.remove();
      panel.none?.remove();
      panel.many?.sizes.disconnect();
      panel.place.querySelectorAll('.shot').forEach(release);
    };
  });
})();
