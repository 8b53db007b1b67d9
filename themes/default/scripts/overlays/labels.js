/* Labels of boxes: what they say, and where they have room. They yield to each other and to the picture. */
(() => {
  'use strict';
  const { overlays } = reportgen;
  const { number } = reportgen.format;
  const { palette } = overlays;

  /** CSS pixels of a label: letters, height, space beside the letters, the bar in the class's colour. */
  const LETTERS = 12, TALL = 18, BESIDE = 5, BAR = 4;
  /** The share of a picture that labels may cover: they yield to what they name. */
  const COVERED = 0.3;

  const classAt = (boxes, i) => boxes.names.get(boxes.ids ? boxes.ids[i] : null) ?? [null, '', 0];

  /** What a score says beside a box. */
  const short = score => Math.abs(score) < 1 ? score.toFixed(2) : number(score);

  /** What stands at a box: its caption or class, and its first score. */
  const textOf = (boxes, i) => {
    const one = classAt(boxes, i), [first] = Object.values(boxes.scores);
    const score = first?.[i], words = boxes.captions?.[i] || (one[0] === null ? '' : one[1]);
    return [words, ...Number.isFinite(score) ? [short(score)] : []].filter(Boolean).join(' ');
  };

  /** A box's corners in pixels of the canvas, in the middle of screen pixels so that its lines are sharp. */
  const corners = (boxes, i, place, half) => {
    const at = (edge, axis) => Math.round((edge - axis.from) / axis.by + half) - half;
    const { edges } = boxes;
    return [at(edges[4 * i], place.x), at(edges[4 * i + 1], place.y), at(edges[4 * i + 2], place.x), at(edges[4 * i + 3], place.y)];
  };

  const outside = (corner, place) => corner[2] < 0 || corner[3] < 0 || corner[0] > place.width || corner[1] > place.height;

  /** Widths of texts at the font last used. */
  const widths = { font: '', known: new Map() };

  const widthOf = (context, text) => {
    if (widths.font !== context.font) { widths.font = context.font; widths.known.clear(); }
    if (!widths.known.has(text)) widths.known.set(text, context.measureText(text).width);
    return widths.known.get(text);
  };

  /** Labels that are placed, by the squares of a coarse grid that they touch. */
  const plan = size => {
    const squares = new Map();
    const each = ([left, top, right, bottom], use) => {
      for (let y = Math.floor(top / size); y * size < bottom; y++) for (let x = Math.floor(left / size); x * size < right; x++) if (use(y * 4096 + x)) return true;
      return false;
    };
    const meet = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
    return {
      free: area => !each(area, square => squares.get(square)?.some(other => meet(area, other))),
      take: area => { each(area, square => { squares.set(square, [...squares.get(square) ?? [], area]); return false; }); },
    };
  };

  /** Where a label may stand: above its box, else inside it, else below; turned inward at the right edge. */
  const spots = (corner, wide, tall, place) => {
    const [left, top, right, bottom] = corner;
    const x = Math.max(0, left + wide > place.width ? Math.min(place.width, right) - wide : left);
    const above = top - tall >= 0 ? [top - tall] : [];
    const inside = bottom - top > tall * 1.5 || !above.length ? [Math.max(0, top)] : [];
    const below = bottom + tall <= place.height ? [bottom] : [];
    return [...above, ...inside, ...below].filter(y => y + tall <= place.height).map(y => [x, y, x + wide, y + tall]);
  };

  const label = (context, area, text, colour, ratio) => {
    const { css, ground } = palette(), [left, top, right, bottom] = area;
    context.fillStyle = ground;
    context.fillRect(left, top, right - left, bottom - top);
    context.fillStyle = css[colour];
    context.fillRect(left, top, BAR * ratio, bottom - top);
    context.fillStyle = css[0];
    context.fillText(text, left + (BAR + BESIDE) * ratio, (top + bottom) / 2);
  };

  /** Draws the labels of shown boxes, as many as have room beside each other. */
  const labelBoxes = (context, shown, place, ratio) => {
    context.font = `${LETTERS * ratio}px ${palette().font}`;
    context.textBaseline = 'middle';
    const tall = Math.round(TALL * ratio), taken = plan(tall * 3);
    let room = COVERED * place.width * place.height;
    for (const { boxes, passed } of shown) {
      for (const i of boxes.order) {
        if (!passed[i]) continue;
        const corner = corners(boxes, i, place, 0), text = outside(corner, place) ? '' : textOf(boxes, i);
        if (!text) continue;
        const wide = Math.ceil(widthOf(context, text) + (BAR + 2 * BESIDE) * ratio);
        if (wide > place.width || wide * tall > room) continue;
        const area = spots(corner, wide, tall, place).find(taken.free);
        if (!area) continue;
        taken.take(area);
        room -= wide * tall;
        label(context, area, text, classAt(boxes, i)[2], ratio);
      }
    }
  };

  Object.assign(overlays, { labelBoxes, classAt, corners, outside, textOf });
})();
