/* An image panel: all pictures of the step under the page's cursor, and a larger view of each. */
(() => {
  'use strict';
  const { picture, url } = reportgen;
  const { count } = reportgen.format;

  /** A picture this small is shown pixel by pixel when it is enlarged. */
  const SMALL = 256;
  const TINY = 96, MANY = 3;

  const text = (name, words) => {
    const made = document.createElement(name);
    made.textContent = words;
    return made;
  };

  /** One picture with its caption, as the template draws the first frame. */
  const shot = (image, entry, number, of) => {
    const figure = document.createElement('figure'), stage = document.createElement('div'), img = document.createElement('img');
    figure.className = `shot${image.width <= TINY ? ' small' : ''}`;
    figure.style.setProperty('--ratio', String(image.height ? image.width / image.height : 1));
    figure.style.setProperty('--w', String(image.width));
    stage.className = 'stage';
    img.width = image.width;
    img.height = image.height;
    img.decoding = 'async';
    img.alt = image.caption || `${entry.key}, picture ${number} of ${of}`;
    picture(img, image.src);
    stage.append(img);
    figure.append(stage);
    if (image.caption || image.note) {
      const caption = document.createElement('figcaption');
      if (image.caption) caption.append(text('b', image.caption));
      if (image.note) caption.append(text('span', image.note));
      figure.append(caption);
    }
    return figure;
  };

  // ---- the larger view: one dialog for the page

  /** @type {{entry: any, frame: any, at: number, ref?: string}|null} */
  let open = null;
  const dialog = document.createElement('dialog'), large = document.createElement('img');
  const title = document.createElement('p'), words = document.createElement('p');
  const back = text('button', '‹'), forth = text('button', '›'), close = text('button', 'Close');

  const look = async at => {
    const { entry, frame } = open, image = frame.images[at];
    Object.assign(open, { at, ref: image.src });
    back.disabled = at === 0;
    forth.disabled = at === frame.images.length - 1;
    const which = frame.images.length > 1 ? `, picture ${at + 1} of ${frame.images.length}` : '';
    title.textContent = `${entry.key}, step ${count(frame.step)}${which}`;
    words.textContent = [image.caption, `${count(image.width)} × ${count(image.height)} pixels`, image.note].filter(Boolean).join('  ·  ');
    large.alt = image.caption || title.textContent;
    large.className = image.width <= SMALL && image.height <= SMALL ? 'pixels' : '';
    large.style.setProperty('--ratio', String(image.height ? image.width / image.height : 1));
    large.removeAttribute('src');
    const address = await url(image.src);
    if (open?.ref === image.src) large.src = address;
  };

  const step = by => { if (open && open.frame.images[open.at + by]) look(open.at + by); };

  const build = () => {
    dialog.className = 'viewer';
    dialog.setAttribute('aria-label', 'Larger picture');
    for (const [button, label] of [[back, 'Previous picture'], [forth, 'Next picture']]) button.setAttribute('aria-label', label);
    for (const button of [back, forth, close]) button.type = 'button';
    back.className = 'viewer-go back';
    forth.className = 'viewer-go forth';
    const head = document.createElement('div'), stage = document.createElement('div');
    head.className = 'viewer-head';
    stage.className = 'viewer-stage';
    head.append(title, close);
    stage.append(back, large, forth);
    dialog.append(head, stage, words);
    back.addEventListener('click', () => step(-1));
    forth.addEventListener('click', () => step(1));
    close.addEventListener('click', () => dialog.close());
    dialog.addEventListener('click', event => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener('keydown', event => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (by) { event.preventDefault(); step(by); }
    });
    dialog.addEventListener('close', () => { open = null; large.removeAttribute('src'); dialog.remove(); });
  };

  const enlarge = (entry, frame, at) => {
    if (!dialog.childElementCount) build();
    open = { entry, frame, at };
    forth.hidden = back.hidden = frame.images.length < 2;
    document.body.append(dialog);
    dialog.showModal();
    look(at);
  };

  reportgen.panel('image', (element, entry, page) => {
    const gallery = element.querySelector('.gallery'), { signal } = entry;
    if (!gallery) return;
    let frame = entry.data.frames[element.shownFrame ?? entry.data.frames.length - 1];

    /** Pictures are buttons: pointer and keys open them. */
    const arm = () => gallery.querySelectorAll('.stage').forEach(stage => {
      stage.tabIndex = 0;
      stage.setAttribute('role', 'button');
      stage.setAttribute('aria-label', `Enlarge ${stage.querySelector('img')?.alt ?? 'the picture'}`);
    });

    const stageOf = event => {
      const stage = event.target.closest?.('.stage');
      return stage ? [...gallery.querySelectorAll('.stage')].indexOf(stage) : -1;
    };

    reportgen.frames.follow(element, entry, page, next => {
      frame = next;
      gallery.style.minHeight = `${gallery.offsetHeight}px`; // what follows stays in place while pictures load
      gallery.replaceChildren(...next.images.map((image, i) => shot(image, entry, i + 1, next.images.length)));
      gallery.classList.toggle('many', next.images.length > MANY);
      requestAnimationFrame(() => { gallery.style.minHeight = ''; });
      arm();
    });
    arm();
    gallery.addEventListener('click', event => { const at = stageOf(event); if (at >= 0) enlarge(entry, frame, at); }, { signal });
    gallery.addEventListener('keydown', event => {
      const at = stageOf(event);
      if (at < 0 || (event.key !== 'Enter' && event.key !== ' ')) return;
      event.preventDefault();
      enlarge(entry, frame, at);
    }, { signal });
  });
})();
