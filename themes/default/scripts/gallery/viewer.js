/* The viewer: one picture over the whole window, zoomed and moved, its values, and another one beside it.
   compare.js says which other one, and how the two lie. */
(() => {
  'use strict';
  const { link, make } = reportgen;
  const { count } = reportgen.format;
  const { Pane, View, icon, placeOf, own } = reportgen.panes;

  /** The factor of one step of the zoom. */
  const STEP = 1.5;
  /** CSS pixels: a move that is no click; a swipe to the next picture; what the arrow keys move. */
  const STILL = 4, SWIPE = 60, PAN = 80;

  // ---- the dialog

  class Viewer {
    constructor() {
      this.view = new View();
      this.settings = { layers: [] };
      this.panes = [new Pane(this.view, this.settings), new Pane(this.view, this.settings)];
      for (const pane of this.panes) pane.read = () => { if (this.pointed) this.hover(this.pointed); };
      this.build();
      this.listen();
    }

    get first() { return this.panes[0]; }
    get item() { return this.source.items[this.at]; }

    build() {
      const dialog = this.dialog = make('dialog', 'viewer'), head = make('div', 'viewer-head');
      dialog.setAttribute('aria-label', 'Larger picture');
      this.title = make('p', 'viewer-title');
      this.tools = make('div', 'viewer-tools controls');
      this.close = make('button', 'viewer-close', 'Close');
      this.close.type = 'button';
      head.append(this.title, this.tools, this.close);
      this.out = icon('−', 'Zoom out', '-');
      this.into = icon('+', 'Zoom in', '+');
      this.percent = make('button', 'viewer-zoom');
      Object.assign(this.percent, { type: 'button', title: 'Fit into the window (0)' });
      const zoom = make('div', 'joined');
      zoom.append(this.out, this.percent, this.into);
      this.saved = make('a', '', 'Download');
      this.opened = make('a', '', 'Open original');
      this.opened.target = this.saved.target = '_blank'; // a browser that does not save a file from disk opens it: not here
      this.stepper = make('div', 'joined viewer-steps');
      this.earlier = make('button', '', '‹ Step');
      this.later = make('button', '', 'Step ›');
      for (const [button, label, key] of [[this.earlier, 'Previous step', '['], [this.later, 'Next step', ']']]) {
        Object.assign(button, { type: 'button', title: `${label} (${key})` });
        button.setAttribute('aria-label', label);
      }
      this.stepper.append(this.earlier, this.later);
      this.compare = reportgen.compare.tools(this);
      this.tools.append(this.stepper, zoom, this.compare.node);
      this.stage = make('div', 'viewer-stage');
      this.back = icon('‹', 'Previous picture', '←');
      this.forth = icon('›', 'Next picture', '→');
      this.back.className = 'viewer-go back';
      this.forth.className = 'viewer-go forth';
      this.stage.append(this.first.node, this.back, this.forth);
      this.over = make('div', 'viewer-overlays');
      const foot = make('div', 'viewer-foot');
      this.words = make('p', 'viewer-words');
      this.values = make('p', 'viewer-values');
      this.values.setAttribute('aria-live', 'off');
      const links = make('p', 'viewer-links');
      links.append(this.opened, this.saved);
      foot.append(this.words, this.values, links);
      dialog.append(head, this.over, this.stage, foot);
    }

    listen() {
      const { dialog, stage } = this;
      this.back.addEventListener('click', () => this.go(-1));
      this.forth.addEventListener('click', () => this.go(1));
      this.out.addEventListener('click', () => this.zoom(1 / STEP));
      this.into.addEventListener('click', () => this.zoom(STEP));
      this.percent.addEventListener('click', () => this.reset());
      this.earlier.addEventListener('click', () => this.step(-1));
      this.later.addEventListener('click', () => this.step(1));
      this.close.addEventListener('click', () => dialog.close());
      dialog.addEventListener('keydown', event => this.pressed(event));
      dialog.addEventListener('close', () => this.closed());
      stage.addEventListener('wheel', event => this.wheel(event), { passive: false });
      stage.addEventListener('dblclick', event => this.doubled(event));
      for (const type of ['pointerdown', 'pointermove', 'pointerup', 'pointercancel', 'pointerleave']) {
        stage.addEventListener(type, event => this.pointer(event));
      }
      this.sizes = new ResizeObserver(() => { if (this.source) { this.view.hold(this.first); this.lay(); } });
    }

    /** @param {{entry: any, page: any, items: any[], at: number, layers?: any[], overlays?: HTMLElement, steps?: any[],
     *   go?: (by: number) => void, closed?: (at: number) => void}} source What is looked at. */
    open(source) {
      Object.assign(this, { source: { ...source, items: this.sound(source.items) }, at: 0, pointers: new Map(), pointed: null });
      this.at = Math.max(0, this.source.items.indexOf(source.items[source.at]));
      this.settings.layers = source.layers ?? [];
      this.view.reset();
      document.body.append(this.dialog);
      document.documentElement.classList.add('viewing');
      this.stepper.hidden = !(source.go && source.steps?.length > 1);
      this.dialog.showModal();
      this.sizes.observe(this.stage);
      this.compare.begin(source);
      this.look(this.at);
    }

    /** Only what can be shown. */
    sound(items) { return items.filter(item => !item.image.show.lost); }

    /** The tools of the masks and boxes over a picture come along while it is looked at. @param {HTMLElement} [tools] */
    borrow(tools) {
      if (tools === this.lent?.tools) return;
      this.lent?.place.replaceWith(this.lent.tools);
      this.lent = tools ? { tools, place: make('div') } : null;
      if (!tools) return;
      tools.replaceWith(this.lent.place);
      this.over.append(tools);
    }

    closed() {
      const { source, at } = this, index = source?.items[at];
      this.borrow();
      this.sizes.disconnect();
      this.compare.end();
      this.panes.forEach(pane => pane.clear());
      this.dialog.remove();
      document.documentElement.classList.remove('viewing');
      this.source = null;
      source?.closed?.(source.all ? source.all.indexOf(index) : index ? index.shownAt ?? at : at);
    }

    /** Other pictures, of another step: the place in the list stays. */
    update(items) {
      if (!this.source) return;
      this.source.items = this.sound(items);
      if (!this.source.items.length) { this.dialog.close(); return; }
      this.look(Math.min(this.at, this.source.items.length - 1));
    }

    look(at) {
      this.at = at;
      const { item, source } = this, { image } = item, { items, entry } = source, size = `${count(image.width)} × ${count(image.height)} pixels`;
      this.off(this.back, at === 0);
      this.off(this.forth, at === items.length - 1);
      this.back.hidden = this.forth.hidden = items.length < 2;
      const steps = source.steps ?? [], step = item.frame ?? item.step;
      this.off(this.earlier, !steps.length || step <= steps[0].step);
      this.off(this.later, !steps.length || step >= steps.at(-1).step);
      this.borrow(item.over ? item.over.tools : source.overlays);
      this.title.textContent = placeOf(item, entry.key);
      this.words.replaceChildren();
      if (image.caption) this.words.append(make('b', '', image.caption));
      this.words.append(make('span', '', [size, image.note, image.show.note].filter(Boolean).join(' · ')));
      this.values.textContent = '';
      link(this.opened, image.show.file);
      link(this.saved, image.show.file);
      this.saved.download = this.fileName(item);
      this.first.put(item, entry.key, '');
      this.compare.follow(item);
      this.lay();
    }

    fileName(item) {
      const ending = item.image.show.file.startsWith('#') ? '' : item.image.show.file.slice(item.image.show.file.lastIndexOf('.'));
      const parts = [this.source.entry.key, item.run?.name, item.step, item.of > 1 ? item.at + 1 : ''];
      const words = parts.filter(part => part !== undefined && part !== '').join('-');
      return `${words.replace(/[^\p{L}\p{N}._-]+/gu, '-')}${ending}`;
    }

    /** A button that does nothing now keeps the focus. */
    off(button, yes) { button.setAttribute('aria-disabled', String(yes)); }

    lay() {
      for (const pane of this.panes) if (pane.node.isConnected) pane.lay();
      const percent = this.first.scale * 100;
      this.percent.textContent = `${percent < 10 ? percent.toFixed(1) : count(Math.round(percent))}%`;
      this.percent.setAttribute('aria-label', `Zoom ${this.percent.textContent}: fit into the window`);
      this.stage.classList.toggle('grab', this.view.zoom > 1.001);
    }

    go(by) { if (this.source.items[this.at + by]) this.look(this.at + by); }

    step(by) { this.source.go?.(by); }

    zoom(by, x, y) { this.view.to(this.view.zoom * by, this.pane(x, y), x, y); this.lay(); }

    reset() { this.view.reset(); this.lay(); }

    /** One pixel of the picture on one of the screen. */
    actual(x, y) { const pane = this.pane(x, y); this.view.to(1 / pane.fit, pane, x, y); this.lay(); }

    /** The pane under a point of the window. */
    pane(x, y) {
      if (x === undefined) return this.first;
      return this.panes.find(({ node, item }) => {
        if (!item || !node.isConnected) return false;
        const box = node.getBoundingClientRect();
        return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
      }) ?? this.first;
    }

    pressed(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || own(event.target, event.key)) return;
      const arrow = { ArrowLeft: [PAN, 0], ArrowRight: [-PAN, 0], ArrowUp: [0, PAN], ArrowDown: [0, -PAN] }[event.key];
      if (arrow && event.shiftKey) {
        this.view.move(...arrow, this.first);
        this.lay();
      } else {
        const act = {
          ArrowLeft: () => this.go(-1), ArrowRight: () => this.go(1), ArrowUp: () => this.step(-1), ArrowDown: () => this.step(1),
          '+': () => this.zoom(STEP), '=': () => this.zoom(STEP), '-': () => this.zoom(1 / STEP), '0': () => this.reset(), '1': () => this.actual(),
          '[': () => this.step(-1), ']': () => this.step(1), b: () => this.compare.swap(),
        }[event.key];
        if (!act) return;
        act();
      }
      event.stopPropagation(); // the page behind has keys of its own
      event.preventDefault();
    }

    wheel(event) {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : event.deltaMode ? 0.05 : 0.0015)), event.clientX, event.clientY);
      this.hover(event);
    }

    doubled(event) {
      if (event.target.closest('button')) return;
      if (this.view.zoom > 1.001) this.reset();
      else if (this.first.fit < 1) this.actual(event.clientX, event.clientY);
      else this.zoom(4, event.clientX, event.clientY);
    }

    // ---- pointers: drag, pinch, swipe, hover

    pointer(event) {
      const { pointers } = this, known = pointers?.get(event.pointerId);
      if (!this.source || event.target.closest?.('button, .compare-handle')) return;
      if (event.type === 'pointerdown') {
        if (event.button) return;
        pointers.set(event.pointerId, { x: event.clientX, y: event.clientY, from: event.clientX, moved: 0 });
        this.stage.setPointerCapture(event.pointerId);
      } else if (event.type === 'pointermove') {
        if (known) this.dragged(event, known);
        this.hover(event);
      } else if (event.type === 'pointerleave' && !known) {
        this.pointed = null;
        this.values.textContent = '';
      } else if (known) {
        pointers.delete(event.pointerId);
        const by = event.clientX - known.from;
        const swiped = event.pointerType === 'touch' && !pointers.size && !known.pinched && this.view.zoom <= 1.001 && Math.abs(by) > SWIPE;
        if (event.type === 'pointerup' && swiped) this.go(by < 0 ? 1 : -1);
      }
    }

    dragged(event, known) {
      const { pointers } = this, others = [...pointers.values()].filter(one => one !== known);
      const dx = event.clientX - known.x, dy = event.clientY - known.y;
      known.moved += Math.hypot(dx, dy);
      if (others.length) {
        const [other] = others, before = Math.hypot(known.x - other.x, known.y - other.y), now = Math.hypot(event.clientX - other.x, event.clientY - other.y);
        known.pinched = other.pinched = true;
        this.zoom(now / before || 1, (event.clientX + other.x) / 2, (event.clientY + other.y) / 2);
        this.view.move(dx / 2, dy / 2, this.first);
      } else if (known.moved > STILL) {
        this.view.move(dx, dy, this.pane(event.clientX, event.clientY));
      }
      Object.assign(known, { x: event.clientX, y: event.clientY });
      this.lay();
    }

    /** Says what is under a point of the window; once more when the values that it asked for have come. */
    hover({ clientX, clientY }) {
      this.pointed = { clientX, clientY };
      const pane = this.compare.seen(clientX, clientY) ?? this.pane(clientX, clientY), { image } = pane.item, [x, y] = pane.under(clientX, clientY);
      if (x < 0 || y < 0 || x >= image.width || y >= image.height) { this.values.textContent = ''; return; }
      const over = (pane.overlay?.at(x, y) ?? []).map(one => [one.layer, [one.caption || one.name, ...one.scores ?? []].filter(Boolean).join(' ')].join(': '));
      const read = pane.values?.at(x, y) ?? '';
      this.values.textContent = [`x ${count(Math.floor(x))}, y ${count(Math.floor(y))}`, read, ...over.slice(0, 6)].filter(Boolean).join(' · ');
    }
  }

  let viewer = null;

  /** Opens the viewer. It is one for the page. @returns {Viewer} */
  const open = source => {
    viewer ??= new Viewer();
    source.items.forEach((item, i) => { item.shownAt = i; });
    viewer.open(source);
    return viewer;
  };

  reportgen.viewer = { open };
})();
