/* One picture in the viewer, and how it is seen: two of them share one zoom and one place. */
(() => {
  'use strict';
  const { url, make } = reportgen;
  const { count } = reportgen.format;

  /** Pictures up to this size are drawn pixel by pixel, larger ones from this zoom on. */
  const SMALL = 256, PIXELS = 2;
  /** The largest zoom, in CSS pixels for one of the picture. */
  const MOST = 96;

  /** A stage with a picture. All panes share one view: the zoom over the fitting size, and the middle as a part of the picture. */
  class Pane {
    constructor(view, settings) {
      Object.assign(this, { view, settings, turn: 0, node: make('div', 'stage pane') });
      this.img = make('img');
      this.img.draggable = false;
      this.label = make('p', 'pane-label');
      this.node.append(this.img, this.label);
    }

    async put(item, key, named) {
      const { image } = item, turn = ++this.turn, over = item.over ?? { key, layers: this.settings.layers };
      this.overlay?.destroy?.();
      Object.assign(this, { item, values: null });
      this.img.alt = reportgen.pictures.named(item, key);
      this.label.textContent = named ?? '';
      this.img.removeAttribute('src');
      this.lay();
      this.overlay = reportgen.overlays?.attach?.(this.node, image, {
        key: over.key, layers: over.layers, eager: true, hover: false, view: () => ({ scale: this.scale, x: this.x, y: this.y }),
      });
      try {
        const address = await url(image.show.file);
        if (turn !== this.turn) return;
        this.img.src = address;
        await this.img.decode();
        if (turn !== this.turn) return;
        this.values = reportgen.pixels.reader(this.img, item, () => { if (turn === this.turn) this.read?.(); });
      } catch { /* what could not be loaded says so by its alternative text */ }
    }

    /** The fitting zoom. */
    get fit() {
      const { width, height } = this.item.image, { clientWidth: w, clientHeight: h } = this.node;
      return Math.min(w / width, h / height) || 1;
    }

    lay() {
      if (!this.item) return;
      const { width, height } = this.item.image, { view, img } = this, scale = this.scale = this.fit * view.zoom;
      this.x = this.node.clientWidth / 2 - view.x * width * scale;
      this.y = this.node.clientHeight / 2 - view.y * height * scale;
      img.style.width = `${width * scale}px`;
      img.style.height = `${height * scale}px`;
      img.style.transform = `translate(${this.x}px, ${this.y}px)`;
      img.classList.toggle('pixels', (width <= SMALL && height <= SMALL) || scale >= PIXELS);
      this.overlay?.draw();
    }

    /** The pixel of the picture under a point of the window. */
    under(clientX, clientY) {
      const box = this.node.getBoundingClientRect();
      return [(clientX - box.left - this.x) / this.scale, (clientY - box.top - this.y) / this.scale];
    }

    clear() {
      this.turn++;
      this.overlay?.destroy?.();
      this.overlay = this.item = null;
      this.img.removeAttribute('src');
    }
  }

  // ---- the view: zoom and middle

  class View {
    constructor() { this.reset(); }

    reset() { Object.assign(this, { zoom: 1, x: 0.5, y: 0.5 }); }

    /** Zooms so that the point under the pointer stays. @param {Pane} pane */
    to(zoom, pane, clientX, clientY) {
      const { width, height } = pane.item.image, box = pane.node.getBoundingClientRect(), fit = pane.fit;
      const next = Math.min(Math.max(zoom, Math.min(1, 1 / fit)), Math.max(MOST / fit, 1));
      const dx = (clientX ?? box.left + box.width / 2) - box.left - box.width / 2, dy = (clientY ?? box.top + box.height / 2) - box.top - box.height / 2;
      this.x += dx / fit / width * (1 / this.zoom - 1 / next);
      this.y += dy / fit / height * (1 / this.zoom - 1 / next);
      this.zoom = next;
      this.hold(pane);
    }

    move(dx, dy, pane) {
      const { width, height } = pane.item.image, scale = pane.fit * this.zoom;
      this.x -= dx / scale / width;
      this.y -= dy / scale / height;
      this.hold(pane);
    }

    /** Some of the picture stays in the window; what fits into it stays in the middle. */
    hold(pane) {
      const { width, height } = pane.item.image, scale = pane.fit * this.zoom;
      const bound = (value, room, size) => {
        const half = room / 2 / scale / size;
        return half >= 0.5 ? 0.5 : Math.min(1 - half, Math.max(half, value));
      };
      this.x = bound(this.x, pane.node.clientWidth, width);
      this.y = bound(this.y, pane.node.clientHeight, height);
    }
  }

  // ---- its words and buttons

  const icon = (name, label, keys = '') => {
    const button = make('button', 'icon', name);
    button.type = 'button';
    button.title = keys ? `${label} (${keys})` : label;
    button.setAttribute('aria-label', label);
    return button;
  };

  /** Where in the run, and in the list, a picture is. */
  const placeOf = (item, key) => [
    key, item.run?.name, item.step === undefined ? '' : `step ${count(item.step)}`,
    item.of > 1 ? `picture ${count(item.at + 1)} of ${count(item.of)}` : '', item.label,
  ].filter(Boolean).join(', ');

  /** Whether what has the focus does something of its own with a key: a list and a field with all, a switch with arrows. */
  const own = (target, key) => target.matches?.('select, input:not([type="radio"], [type="checkbox"], [type="range"])')
    || (target.matches?.('input') && (key.startsWith('Arrow') || key === ' '));

  reportgen.panes = { Pane, View, icon, placeOf, own };
})();
