/* One canvas over a picture: as many pixels as the screen has there, drawn when it comes near the window, anew after every
   change of size, view or choice. */
(() => {
  'use strict';
  const { overlays } = reportgen;
  const { choiceOf, listen, layerShown, classShown, nameOf } = overlays;
  const { pixelsOf, pixelsFor, put, sample, table, paint, compare, boxesOf, drawBoxes, boxesAt, detailOf, textOf, close } = overlays;

  /** How far outside the window a picture is drawn; boxes that are listed for those who do not see them. */
  const NEAR = '600px', LISTED = 60;
  /** Canvas, and stage, to what draws it. */
  const drawn = new WeakMap();
  const sizes = new ResizeObserver(seen => {
    for (const { target, devicePixelContentBoxSize: told, contentBoxSize: [box] } of seen) {
      const overlay = drawn.get(target);
      if (!overlay) continue;
      if (target === overlay.stage) { overlay.moved(); continue; }
      // the browser knows where it rounded; an emulated screen, and Safari, do not tell
      overlay.exact = !!told && Math.abs(told[0].inlineSize - box.inlineSize * devicePixelRatio) <= 1;
      sizes.unobserve(target);
      sizes.observe(overlay.stage);
    }
  });

  const places = new IntersectionObserver(seen => {
    for (const { isIntersecting, target } of seen) drawn.get(target)?.near(isIntersecting);
  }, { rootMargin: NEAR, scrollMargin: NEAR });

  /** What changed, or was moved: it is looked after in the next frame. */
  const waiting = new Set();
  let frame = 0;
  const flush = () => {
    frame = 0;
    const now = [...waiting];
    waiting.clear();
    for (const overlay of now) overlay.measure(); // all of them before the first is changed
    for (const overlay of now) if (overlay.changed) overlay.paint();
  };

  const schedule = overlay => {
    waiting.add(overlay);
    frame ||= requestAnimationFrame(flush);
  };

  class Overlay {
    constructor(stage, image, { key, layers, view, eager = false }) {
      Object.assign(this, { stage, image, layers, view, key, choice: choiceOf(key), close: eager, eager, hot: null });
      this.masks = (image.masks ?? []).map(entry => ({ entry, layer: layers[entry.layer], pixels: null, sampled: null }));
      this.boxes = [];
      this.counts = { shown: 0, all: (image.boxes ?? []).reduce((sum, { count }) => sum + count, 0) };
      this.canvas = document.createElement('canvas');
      this.canvas.className = 'overlay';
      this.canvas.width = this.canvas.height = 0;
      this.canvas.setAttribute('aria-hidden', 'true');
      this.context = this.canvas.getContext('2d');
      this.done = new Promise(resolve => { this.first = resolve; });
      stage.append(this.canvas);
      drawn.set(this.canvas, this);
      drawn.set(stage, this);
      if (eager) close.add(this);
      this.unlisten = listen(key, () => this.draw());
      try { sizes.observe(this.canvas, { box: 'device-pixel-content-box' }); } catch { sizes.observe(this.canvas); }
      if (eager) this.load();
      else places.observe(this.canvas);
    }

    /** Brings in what the picture's payloads hold. A layer that does not arrive leaves the others as they are. */
    load() {
      this.loading ??= (async () => {
        const masks = this.masks.map(async mask => { mask.pixels = await pixelsOf(mask.entry.data); mask.sampled = null; });
        const boxes = await Promise.allSettled((this.image.boxes ?? []).map(entry => boxesOf(entry, this.layers[entry.layer])));
        this.boxes = boxes.filter(one => one.value).map(one => one.value);
        this.fault = [...boxes, ...await Promise.allSettled(masks)].find(one => one.reason)?.reason;
        this.loaded = true;
        this.list();
        this.draw();
      })();
      return this.loading;
    }

    near(near) {
      this.close = near;
      if (near) { close.add(this); this.load(); this.area = null; this.draw(); return; }
      close.delete(this);
      // out of sight: nothing of it stays in memory but what the boxes are; on paper is what the page holds without script
      for (const mask of this.masks) mask.pixels = mask.sampled = null;
      this.loading = undefined;
      this.loaded = this.seen = false;
      this.canvas.width = this.canvas.height = 0;
      this.stage.querySelector('.overlay-still')?.removeAttribute('hidden');
    }

    /** The stage has another size or place: where the canvas lies is measured anew. */
    moved() {
      this.area = null;
      if (this.close && !this.ended) schedule(this);
    }

    measure() {
      if (this.area || this.exact === undefined || this.ended) return;
      const area = overlays.snap(this.stage, this.exact), at = JSON.stringify(area);
      this.area = area;
      if (at === this.laid) return;
      Object.assign(this, { laid: at, unlaid: true, changed: true, width: area.x.pixels, height: area.y.pixels, ratio: area.ratio, placed: null });
    }

    draw() {
      this.changed = true;
      if (this.close && !this.ended) schedule(this);
    }

    /** How the canvas lies on the image: `image = (screen + ½) · by + from`; `at` tells one place from another. */
    place() {
      const { width, height, image, ratio, area } = this;
      if (this.placed && !this.view) return this.placed;
      const view = this.view?.(), by = view && 1 / (view.scale * ratio);
      const on = (side, size, shift) => view ? { by, from: -(side.from / ratio + shift) / view.scale } : { by: size / side.size, from: -side.from * size / side.size };
      const x = on(area.x, image.width, view?.x), y = on(area.y, image.height, view?.y);
      const place = { width, height, x, y, reach: Math.max(1, Math.round(1.25 * ratio)), at: [width, height, x.by, x.from, y.by, y.from].join() };
      this.placed = { ...place, clip: this.clip(place) };
      return this.placed;
    }

    paint() {
      if (!this.width || !this.height || !this.loaded || !this.close || this.ended) return;
      this.changed = false;
      const { canvas, context, width, height } = this, place = this.place();
      if (this.unlaid) { overlays.lay(canvas, this.area); this.unlaid = false; }
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      else if (!this.paintsAll(place)) context.clearRect(0, 0, width, height);
      this.paintMasks(place);
      if (this.boxes.length) this.counts = drawBoxes(context, this.choice, this.boxes, place, this.ratio, this.hot);
      if (!this.seen) this.stage.querySelector('.overlay-still')?.setAttribute('hidden', '');
      this.seen = true;
      this.first(this);
      overlays.painted?.(this);
    }

    /** Whether a mask is put on each pixel: then nothing has to be cleared before. */
    paintsAll({ clip, width, height }) {
      const whole = clip[0] === 0 && clip[1] === 0 && clip[2] === width && clip[3] === height;
      return whole && !this.choice.view && this.masks.some(mask => mask.pixels && layerShown(this.choice, mask.layer));
    }

    sampled(mask, place) {
      if (!mask.sampled || mask.at !== place.at) { mask.sampled = sample(mask.pixels, mask.layer, this.image, place); mask.at = place.at; }
      return mask.sampled;
    }

    paintMasks(place) {
      const { choice, context, width, height } = this, { clip } = place, ready = this.masks.filter(mask => mask.pixels);
      if (!ready.length || clip[2] <= 0 || clip[3] <= 0) return;
      const { data, words } = pixelsFor(context, width, height);
      if (choice.view) {
        const pair = overlays.pairOf(choice, this.layers).map(layer => ready.find(mask => overlays.layerId(mask.layer) === overlays.layerId(layer)));
        if (!pair[0] || !pair[1]) return;
        compare(words, pair.map(mask => this.sampled(mask, place)), choice, pair.map(mask => mask.layer));
        put(context, data, clip, false);
        return;
      }
      ready.filter(mask => layerShown(choice, mask.layer)).forEach((mask, number) => {
        paint(words, this.sampled(mask, place), table(choice, mask.layer));
        put(context, data, clip, number > 0);
      });
    }

    /** The part of the canvas whose pixels have their middles on the picture. */
    clip({ x, y, width, height }) {
      const from = axis => Math.max(0, Math.ceil(-axis.from / axis.by - 0.5));
      const end = (axis, size, most) => Math.min(most, Math.ceil((size - axis.from) / axis.by - 0.5));
      const left = from(x), top = from(y);
      return [left, top, end(x, this.image.width, width) - left, end(y, this.image.height, height) - top];
    }

    /** What lies at a point of the picture: classes of masks, then boxes, the smallest first. */
    at(x, y) {
      const column = Math.floor(x), row = Math.floor(y), { image, choice } = this;
      if (column < 0 || row < 0 || column >= image.width || row >= image.height) return [];
      const found = [];
      for (const { layer, pixels } of this.masks) {
        const one = pixels && layerShown(choice, layer) && layer.classes.find(([number]) => number === pixels[row * image.width + column]);
        if (one && classShown(choice, one)) found.push({ layer: layer.name, kind: 'mask', id: one[0], name: nameOf(one), colour: one[2], text: '' });
      }
      const slack = this.area ? 2 * this.place().x.by : 0;
      this.under = boxesAt(choice, this.boxes, x, y, slack);
      return [...found, ...this.under.map(({ boxes, index }) => detailOf(boxes, index))];
    }

    /** Marks the smallest box at a point, so that it can be told from those around it. */
    mark(on) {
      const hot = on ? this.under?.[0] ?? null : null;
      if (hot?.boxes === this.hot?.boxes && hot?.index === this.hot?.index) return;
      this.hot = hot;
      this.draw();
    }

    /** The boxes in words, for screen readers and for the browser's search. */
    list() {
      this.words?.remove();
      const count = this.boxes.reduce((sum, { edges }) => sum + edges.length / 4, 0);
      if (!count || this.ended) return;
      const list = this.words = document.createElement('ul');
      list.className = 'hidden-text';
      list.setAttribute('aria-label', `${count} ${count === 1 ? 'box' : 'boxes'}`);
      const items = this.boxes.flatMap(boxes => [...boxes.order.subarray(0, LISTED)].map(i => `${boxes.layer.name}: ${textOf(boxes, i) || 'box'}, ${detailOf(boxes, i).place}`));
      const shown = items.slice(0, LISTED), rest = count - shown.length;
      list.append(...[...shown, ...rest ? [`and ${rest} more`] : []].map(text => { const item = document.createElement('li'); item.textContent = text; return item; }));
      this.stage.after(list);
    }

    destroy() {
      this.ended = true;
      this.unlisten();
      sizes.unobserve(this.canvas);
      if (drawn.get(this.stage) === this) { sizes.unobserve(this.stage); drawn.delete(this.stage); }
      close.delete(this);
      places.unobserve(this.canvas);
      waiting.delete(this);
      this.canvas.width = this.canvas.height = 0;
      this.canvas.remove();
      this.words?.remove();
      for (const mask of this.masks) mask.pixels = mask.sampled = null;
      this.stage.querySelector('.overlay-still')?.removeAttribute('hidden');
      overlays.gone?.(this);
    }
  }

  /**
   * Lays a canvas with masks and boxes over a picture.
   * @param {HTMLElement} stage Holds the `<img>`; what is positioned in it is placed by its edges.
   * @param {{width: number, height: number, masks?: any[], boxes?: any[]}} image The picture as the panel's data has it.
   * @param {{key: string, layers: any[], view?: () => {scale: number, x: number, y: number}, hover?: boolean,
   *   eager?: boolean}} options `view` says how a zoomed picture lies: CSS pixels per pixel of the image, and where its
   *   corner is in the stage; without it the picture fills the stage. `hover: false` shows no tooltip. `eager` draws
   *   also what is far from the window.
   * @returns {{draw: () => void, at: (x: number, y: number) => any[], destroy: () => void, canvas: HTMLCanvasElement}|null}
   *   None for a picture over which nothing lies.
   */
  const attach = (stage, image, options) => {
    if (!options.layers?.length || !(image.masks?.length || image.boxes?.length)) return null;
    const overlay = new Overlay(stage, image, options), unhover = options.hover === false ? () => {} : overlays.hover(overlay);
    return {
      draw: () => overlay.draw(),
      at: (x, y) => overlay.at(x, y),
      destroy: () => { unhover(); overlay.destroy(); },
      canvas: overlay.canvas,
      overlay,
    };
  };

  /** A promise that is kept once an overlay has been drawn for the first time. */
  const ready = attached => attached?.overlay.done ?? Promise.resolve();

  Object.assign(overlays, { attach, ready });
})();
