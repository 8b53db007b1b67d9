/* Masks: class numbers to pixels. A mask is sampled once for the size it is drawn at, one class per pixel of the screen;
   a toggle then only looks colours up. */
(() => {
  'use strict';
  const { overlays } = reportgen;
  const { classShown, palette } = overlays;

  /** The share of the chosen opacity that the inside of an area has; its edge has all of it. */
  const FILL = 0.65;
  /** Classes of a layer that fit into a byte beside the mark of an edge: a sample of bytes is looked up fastest. */
  const FEW = 127;

  // ---- sampling

  /** The image's column (or row) under the middle of each pixel of the screen, -1 beyond its edges. */
  const places = (count, { by, from }, size) => Int32Array.from({ length: count }, (_, i) => {
    const at = Math.floor((i + 0.5) * by + from);
    return at >= 0 && at < size ? at : -1;
  });

  /** Layer to how its classes stand in samples. */
  const slots = new WeakMap();

  /**
   * How a layer's classes stand in samples: by their place in its list, from 1 on; 0 is what is not listed. `edge` is added
   * at the edge of an area.
   */
  const slotsOf = layer => {
    if (!slots.has(layer)) {
      const of = new Uint16Array(256), few = layer.classes.length <= FEW;
      layer.classes.forEach(([number], i) => { of[number] = i + 1; });
      slots.set(layer, { of, edge: few ? FEW + 1 : 512, Sample: few ? Uint8Array : Uint16Array });
    }
    return slots.get(layer);
  };

  /** Marks in a sample what has another class `reach` pixels away. */
  const markEdges = (sampled, { width, height, reach }, edge) => {
    // in place: what lies ahead has no mark yet, what lies behind is compared without it
    const down = reach * width, bare = edge - 1;
    for (let y = 0, i = 0; y < height; y++) {
      const above = y >= reach, below = y < height - reach;
      for (let x = 0; x < width; x++, i++) {
        const one = sampled[i];
        if (one && ((x >= reach && (sampled[i - reach] & bare) !== one) || (x < width - reach && sampled[i + reach] !== one)
          || (above && (sampled[i - down] & bare) !== one) || (below && sampled[i + down] !== one))) sampled[i] = one | edge;
      }
    }
  };

  /**
   * The classes at the middles of the screen's pixels, as `slotsOf` has them.
   * @param {Uint8Array} pixels @param {any} layer @param {{width: number, height: number}} image
   * @param {{width: number, height: number, x: {by: number, from: number}, y: {by: number, from: number}, reach: number}} place
   *   The canvas, and how its pixels lie on the image's: `image = (screen + ½) · by + from`. Where a pixel `reach` away has
   *   another class, there is an edge.
   */
  const sample = (pixels, layer, image, place) => {
    const { width, height } = place, { of, edge, Sample } = slotsOf(layer), sampled = new Sample(width * height);
    const columns = places(width, place.x, image.width), rows = places(height, place.y, image.height);
    for (let y = 0, to = 0; y < height; y++) {
      if (rows[y] < 0) { to += width; continue; }
      const start = rows[y] * image.width;
      for (let x = 0; x < width; x++, to++) if (columns[x] >= 0) sampled[to] = of[pixels[start + columns[x]]];
    }
    markEdges(sampled, place, edge);
    return sampled;
  };

  // ---- colours

  const word = (colour, alpha) => ((Math.round(alpha * 255) << 24) | (colour[2] << 16) | (colour[1] << 8) | colour[0]) >>> 0;

  const strengths = choice => choice.outline ? [0, 1] : [FILL * choice.opacity / 100, choice.opacity / 100];

  /** Tables of the choices as they are now: a toggle makes each once for all pictures. */
  const tables = new WeakMap();

  /** Colour of each value of a sample. @returns {Uint32Array} */
  const table = (choice, layer) => {
    const { bytes: colours } = palette(), before = tables.get(layer);
    if (before?.choice === choice && before.version === choice.version && before.colours === colours) return before.found;
    const { edge } = slotsOf(layer), found = new Uint32Array(2 * edge), [inside, border] = strengths(choice);
    layer.classes.forEach((one, i) => {
      if (!classShown(choice, one)) return;
      found[i + 1] = word(colours[one[2]], inside);
      found[i + 1 | edge] = word(colours[one[2]], border);
    });
    tables.set(layer, { choice, version: choice.version, colours, found });
    return found;
  };

  /** Fills pixels by looking each sample up. @param {Uint32Array} target */
  const paint = (target, sampled, colours) => {
    for (let i = 0; i < sampled.length; i++) target[i] = colours[sampled[i]];
  };

  /** Pixels to fill, by size: fifty pictures of one size share them. */
  const pools = new Map();
  const pixelsFor = (context, width, height) => {
    const key = `${width},${height}`;
    if (!pools.has(key)) {
      if (pools.size >= 4) pools.delete(pools.keys().next().value);
      const data = context.createImageData(width, height);
      pools.set(key, { data, words: new Uint32Array(data.data.buffer) });
    }
    return pools.get(key);
  };

  const spare = document.createElement('canvas');

  /** Pixels onto a canvas in place of what is there; those of a part cost more. */
  const place = (context, data, clip) => {
    if (clip[2] === data.width && clip[3] === data.height) context.putImageData(data, 0, 0);
    else context.putImageData(data, 0, 0, ...clip);
  };

  /** Puts pixels on a canvas: over what is there, or in its place. `clip` is the part that a picture covers. */
  const put = (context, data, clip, over) => {
    if (!over) { place(context, data, clip); return; }
    const { width, height } = data, other = spare.getContext('2d');
    if (spare.width !== width || spare.height !== height) Object.assign(spare, { width, height });
    else other.clearRect(0, 0, width, height);
    place(other, data, clip);
    context.drawImage(spare, 0, 0);
  };

  Object.assign(overlays, { pixelsFor, put, sample, slotsOf, table, paint, colourWord: word, FILL });
})();
