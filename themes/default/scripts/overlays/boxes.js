/* Boxes: which are shown, their lines and labels on a canvas, and which lie under a point. */
(() => {
  'use strict';
  const { values, overlays } = reportgen;
  const { number } = reportgen.format;
  const { classShown, layerShown, nameOf, palette, labelBoxes, classAt, corners, outside, textOf } = overlays;

  /** CSS pixels: a box's line and the dark one below it; from so many boxes on, or on a small picture, half of both. */
  const LINE = 2, UNDER = 4, CROWD = 150, SMALL = 160;
  /**
   * @typedef {{layer: any, edges: Float64Array, ids: (number|null)[]|null, captions: (string|null)[]|null,
   *   scores: Object<string, (number|null)[]>, names: Map<number|null, any>, order: Uint32Array}} Boxes
   */

  /** The boxes of a layer of a picture, ready to be drawn. @returns {Promise<Boxes>} */
  const boxesOf = async (entry, layer) => {
    const plain = entry.values ?? await values(entry.data), count = plain.box.length / 4;
    const edges = Float64Array.from(plain.box), names = new Map(layer.classes.map(one => [one[0], one]));
    const size = i => (edges[4 * i + 2] - edges[4 * i]) * (edges[4 * i + 3] - edges[4 * i + 1]);
    const [first] = Object.values(plain.scores ?? {});
    const sure = i => first?.[i] ?? -Infinity;
    // labels go to the surest boxes first, then to the largest
    const order = Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => (sure(b) > sure(a)) - (sure(b) < sure(a)) || size(b) - size(a));
    return { layer, edges, ids: plain.id ?? null, captions: plain.caption ?? null, scores: plain.scores ?? {}, names, order };
  };

  /** Whether each box of a layer is shown. A box without a score passes that score's threshold. @returns {Uint8Array} */
  const passing = (choice, boxes) => {
    const count = boxes.edges.length / 4, found = new Uint8Array(count);
    if (!layerShown(choice, boxes.layer)) return found;
    const on = new Map([...boxes.names.values(), [null, '', 0]].map(one => [one, classShown(choice, one)]));
    const limits = Object.entries(boxes.scores).filter(([name]) => choice.scores.has(name)).map(([name, list]) => [list, choice.scores.get(name)]);
    const within = i => limits.every(([list, { at, most }]) => list[i] === null || (most ? list[i] <= at : list[i] >= at));
    const none = classShown(choice, [null, '', 0]);
    for (let i = 0; i < count; i++) if ((on.get(classAt(boxes, i)) ?? none) && within(i)) found[i] = 1;
    return found;
  };

  /** All that is known of a box, for the tooltip and for those who do not see it. */
  const detailOf = (boxes, i) => {
    const one = classAt(boxes, i), caption = boxes.captions?.[i] || '';
    const scores = Object.entries(boxes.scores).filter(([, list]) => list[i] !== null).map(([name, list]) => `${name} ${number(list[i])}`);
    const [left, top, right, bottom] = boxes.edges.subarray(4 * i, 4 * i + 4);
    const place = `${number(Math.round(right - left))} × ${number(Math.round(bottom - top))} at ${number(Math.round(left))}, ${number(Math.round(top))}`;
    return { layer: boxes.layer.name, kind: 'boxes', id: one[0], name: nameOf(one), colour: one[2], caption, scores, place, index: i, text: [caption, ...scores, place].filter(Boolean).join(', ') };
  };

  // ---- lines

  /** One path for all boxes of a colour and a dash. @returns {Map<string, {colour: number, dash: number, path: Path2D}>} */
  const paths = (shown, place, half) => {
    const found = new Map();
    for (const { boxes, passed } of shown) {
      const { dash = 1 } = boxes.layer;
      for (let i = 0; i < passed.length; i++) {
        if (!passed[i]) continue;
        const corner = corners(boxes, i, place, half);
        if (outside(corner, place)) continue;
        const colour = classAt(boxes, i)[2], name = `${dash},${colour}`;
        if (!found.has(name)) found.set(name, { colour, dash, path: new Path2D() });
        found.get(name).path.rect(corner[0], corner[1], corner[2] - corner[0], corner[3] - corner[1]);
      }
    }
    return found;
  };

  const lines = (context, shown, place, ratio, count) => {
    const { css, ground, dashes } = palette(), thin = count > CROWD || place.width / ratio < SMALL ? 0.5 : 1;
    const line = Math.max(1, Math.round(LINE * ratio * thin)), found = paths(shown, place, line % 2 / 2);
    context.lineJoin = 'miter';
    context.strokeStyle = ground;
    context.lineWidth = line + Math.max(2, 2 * Math.round((UNDER - LINE) / 2 * ratio * thin));
    for (const { path } of found.values()) context.stroke(path);
    context.lineWidth = line;
    for (const { colour, dash, path } of found.values()) {
      context.setLineDash(dashes[dash].map(length => length * ratio));
      context.strokeStyle = css[colour];
      context.stroke(path);
    }
    context.setLineDash([]);
  };

  /**
   * Draws the boxes of a picture.
   * @param {CanvasRenderingContext2D} context @param {any} choice
   * @param {Boxes[]} layers @param {any} place As `sample` takes it. @param {number} ratio Screen pixels per CSS pixel.
   * @param {{boxes: Boxes, index: number}|null} hot The box under the pointer: it stands out.
   * @returns {{shown: number, all: number}}
   */
  const drawBoxes = (context, choice, layers, place, ratio, hot) => {
    const shown = layers.map(boxes => ({ boxes, passed: passing(choice, boxes) }));
    const all = layers.reduce((sum, boxes) => sum + boxes.edges.length / 4, 0);
    const count = shown.reduce((sum, { passed }) => sum + passed.reduce((a, b) => a + b, 0), 0);
    if (!count) return { shown: 0, all };
    lines(context, shown, place, ratio, count);
    if (choice.labels) labelBoxes(context, shown, place, ratio);
    const found = hot && shown.find(({ boxes }) => boxes === hot.boxes);
    if (found?.passed[hot.index]) {
      const only = new Uint8Array(found.passed.length);
      only[hot.index] = 1;
      lines(context, [{ boxes: hot.boxes, passed: only }], place, 1.5 * ratio, 1);
      labelBoxes(context, [{ boxes: { ...hot.boxes, order: [hot.index] }, passed: only }], place, ratio);
    }
    return { shown: count, all };
  };

  /** The shown boxes around a point of the picture, the smallest first. @returns {{boxes: Boxes, index: number}[]} */
  const boxesAt = (choice, layers, x, y, slack) => {
    const found = [];
    for (const boxes of layers) {
      const passed = passing(choice, boxes), { edges } = boxes;
      for (let i = 0, e = 0; i < passed.length; i++, e += 4) {
        if (!passed[i] || x < edges[e] - slack || x > edges[e + 2] + slack || y < edges[e + 1] - slack || y > edges[e + 3] + slack) continue;
        found.push({ boxes, index: i, size: (edges[e + 2] - edges[e]) * (edges[e + 3] - edges[e + 1]) });
      }
    }
    return found.sort((a, b) => a.size - b.size);
  };

  Object.assign(overlays, { boxesOf, drawBoxes, boxesAt, detailOf, passing });
})();
