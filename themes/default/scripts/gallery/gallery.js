/* What galleries are made of: a picture with its caption, what lies over it, and the tools for sizes and columns. */
(() => {
  'use strict';
  const { url, make } = reportgen;

  /** More pictures than this scroll in a window of their own; the page itself holds the first of them. */
  const PLAIN = 24;
  /** Pictures up to this width are shown small, pixel by pixel; this many or fewer share the whole width. */
  const TINY = 96, FEW = 3;
  /** The shapes of cells: a picture that is taller or wider is fitted into one. */
  const TALL = 0.25, FLAT = 4;
  /** CSS pixels: smallest and largest height of a row; space between pictures. */
  const LOW = 32, HIGH = 640, GAP = 16;

  const shape = image => image.width && image.height ? image.width / image.height : 1;
  const clamped = image => Math.min(FLAT, Math.max(TALL, shape(image)));

  const captionOf = ({ image, run }) => {
    const made = make('figcaption'), notes = [image.note, image.show.note].filter(Boolean);
    if (run) {
      const who = make('span', 'of-run');
      who.append(reportgen.tip.swatch(run), run.name);
      made.append(who);
    }
    if (image.caption) {
      const words = make('b', '', image.caption);
      words.title = image.caption;
      made.append(words);
    }
    made.append(...notes.map(note => Object.assign(make('span', '', note), { title: note })));
    return made.childElementCount ? made : null;
  };

  /** One picture with its caption, as the template draws the first frame. @param {number} index Among those shown. */
  const shot = (item, index, key) => {
    const { image } = item, figure = make('figure', image.width <= TINY ? 'shot tiny' : 'shot'), stage = make('div', 'stage');
    figure.style.setProperty('--ratio', clamped(image).toFixed(4));
    figure.style.setProperty('--true', shape(image).toFixed(4));
    figure.style.setProperty('--w', String(image.width));
    figure.dataset.index = String(index);
    figure.append(stage);
    if (image.show.lost) {
      figure.classList.add('lost');
      stage.append(make('p', '', `Cannot be shown: ${image.show.lost}`));
    } else {
      const img = make('img');
      Object.assign(img, { width: image.width, height: image.height, decoding: 'async', alt: reportgen.pictures.named(item, key) });
      url(image.show.thumb ?? image.show.file).then(address => { img.src = address; }, fault => { img.alt += ` (${fault.message})`; });
      stage.append(img);
    }
    const caption = captionOf(item);
    if (caption) figure.append(caption);
    return figure;
  };

  /** Makes a picture one that opens: by pointer, by key, with its masks and boxes over it. */
  const arm = (figure, item, { key, data: { layers = [] } }) => {
    const stage = figure.querySelector('.stage');
    if (item.image.show.lost) return;
    stage.tabIndex = -1;
    stage.setAttribute('role', 'button');
    stage.setAttribute('aria-label', `Enlarge ${stage.querySelector('img')?.alt ?? 'the picture'}`);
    figure.overlay?.destroy?.();
    figure.overlay = reportgen.overlays?.attach(stage, item.image, { key, layers });
  };

  const release = figure => { figure.overlay?.destroy?.(); figure.overlay = undefined; };

  /** Whether the pictures stand in groups. */
  const headed = items => items.some(item => item.image.group !== undefined && !item.run);

  // ---- size and columns

  const CHOICES = [0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 16];

  const sizeSlider = (value, changed) => {
    const label = make('label', 'slider', 'Height '), input = make('input'), output = make('output');
    Object.assign(input, { type: 'range', min: LOW, max: HIGH, step: 8, value });
    const tell = () => { output.textContent = input.value; input.setAttribute('aria-valuetext', `${input.value} pixels`); };
    input.addEventListener('input', () => { tell(); changed(Number(input.value)); });
    tell();
    label.append(input, output);
    return label;
  };

  const columnsChoice = (value, changed) => {
    const label = make('label', 'check', 'Columns '), select = make('select');
    for (const n of CHOICES) select.append(new Option(n ? String(n) : 'as fit', String(n), false, n === value));
    select.addEventListener('change', () => changed(Number(select.value)));
    label.append(select);
    return label;
  };

  reportgen.gallery = { shot, arm, release, clamped, sizeSlider, columnsChoice, make, headed, PLAIN, TINY, FEW, FLAT, LOW, GAP };
})();
