/* The list of classes over pictures: toggles in their colours, with the share or count of each. */
(() => {
  'use strict';
  const { overlays } = reportgen;
  const { count } = reportgen.format;
  const { choiceOf, change, layerId, layerShown, classId, classShown, classesOf, nameOf, square } = overlays;
  const { make, check, button, among } = overlays.parts;

  /** Classes from which on their list is folded, and from which on it has a field to find one; fewer on a phone. */
  const FOLD = 14, FOLD_NARROW = 6, FIND = 24;
  const maskLayers = layers => [...new Map(layers.filter(one => one.kind === 'mask').map(one => [layerId(one), one])).values()];

  /** What a class has in the pictures on show: its share of their pixels by layer of masks, and its boxes. */
  const totals = (images, layers) => {
    const shares = new Map(), boxes = new Map(), sizes = new Map();
    for (const image of images) {
      for (const entry of image.masks ?? []) {
        const layer = layers[entry.layer], id = layerId(layer);
        sizes.set(id, (sizes.get(id) ?? 0) + image.width * image.height);
        for (let i = 0; i < entry.n.length; i += 2) {
          const one = layer.classes.find(([n]) => n === entry.n[i]), name = one && classId(one);
          if (!one) continue;
          if (!shares.has(name)) shares.set(name, new Map());
          shares.get(name).set(id, (shares.get(name).get(id) ?? 0) + entry.n[i + 1]);
        }
      }
      for (const entry of image.boxes ?? []) {
        for (let i = 0; i < entry.n.length; i += 2) {
          const one = layers[entry.layer].classes.find(([n]) => n === entry.n[i]), name = one && classId(one);
          if (one) boxes.set(name, (boxes.get(name) ?? 0) + entry.n[i + 1]);
        }
      }
    }
    return { shares, boxes, sizes };
  };

  /** Boxes of a layer that pass, by its classes; by the scores too, where a reader set a threshold. */
  const passed = (choice, layer, { n, values }) => {
    const known = new Map(layer.classes.map(one => [one[0], classShown(choice, one)])), none = classShown(choice, [null, '', 0]), on = id => known.get(id) ?? none;
    const limits = Object.keys(layer.scores ?? {}).filter(name => choice.scores.has(name));
    if (!limits.length) return n.reduce((sum, id, i) => sum + (i % 2 === 0 && on(id) ? n[i + 1] : 0), 0);
    const within = (list, { at, most }, i) => (list?.[i] ?? null) === null || (most ? list[i] <= at : list[i] >= at);
    let sum = 0;
    for (let i = 0; i < values.box.length / 4; i++) if (on(values.id?.[i] ?? null) && limits.every(name => within(values.scores?.[name], choice.scores.get(name), i))) sum++;
    return sum;
  };

  /** How many boxes of some pictures are shown, drawn or not; null where their scores would have to be fetched. */
  const counted = (key, images, layers) => {
    const choice = choiceOf(key), limited = layers.map(layer => Object.keys(layer.scores ?? {}).some(name => choice.scores.has(name)));
    const found = { shown: 0, all: 0 };
    for (const entry of images.flatMap(image => image.boxes ?? [])) {
      const layer = layers[entry.layer];
      found.all += entry.count;
      if (!layerShown(choice, layer)) continue;
      if (limited[entry.layer] && !entry.values) return null;
      found.shown += passed(choice, layer, entry);
    }
    return found;
  };

  /** What stands behind a layer or a class that no picture on show has, and what that means. */
  const ABSENT = ['–', 'in none of the pictures that are shown'];

  const percent = share => share > 0 && share < 0.0005 ? '<0.1%' : `${(100 * share).toFixed(1)}%`;

  /** The words behind a class: "25.1 / 24.8%", "12 boxes", and what they mean. */
  const amount = (one, { shares, boxes, sizes }, layers) => {
    const id = classId(one), masks = maskLayers(layers).filter(layer => sizes.get(layerId(layer)) && layer.classes.some(other => classId(other) === id));
    const parts = masks.map(layer => [percent((shares.get(id)?.get(layerId(layer)) ?? 0) / sizes.get(layerId(layer))), layer.name]);
    const words = parts.length ? [parts.slice(0, 2).map(([text]) => text).join(' / ')] : [], told = parts.map(([text, name]) => `${text} of all pixels in ${name}`);
    const n = boxes.get(id) ?? 0, boxed = layers.some(layer => layer.kind === 'boxes' && layer.classes.some(other => classId(other) === id));
    if (!boxed && !parts.length) return ABSENT;
    if (n || !parts.length) { words.push(parts.length ? `${count(n)} ${n === 1 ? 'box' : 'boxes'}` : count(n)); told.push(`${count(n)} ${n === 1 ? 'box' : 'boxes'}`); }
    return [words.join(', '), told.join('; ')];
  };

  const classTools = (key, layers) => {
    const choice = choiceOf(key), classes = classesOf(layers), list = make('ul', { className: 'legend classes' });
    list.setAttribute('aria-label', 'Classes');
    const rows = classes.map(one => {
      const part = check(nameOf(one), () => classShown(choice, one), () => change(key, { flipped: among(choice.flipped, classId(one), !choice.flipped.has(classId(one))) }), square(one[2]));
      const n = make('span', { className: 'n' });
      part.node.append(n);
      const item = make('li', {}, part.node);
      list.append(item);
      return { one, part, n, item };
    });
    let images = [];
    const amounts = () => {
      const known = totals(images, layers);
      for (const { one, n } of rows) [n.textContent, n.title] = images.length ? amount(one, known, layers) : ['', ''];
    };
    const all = base => change(key, { base, flipped: new Set() });
    const tools = make('span', { className: 'joined' }, button('All', () => all('all')), button('None', () => all('none')));
    const find = make('input', { className: 'field', type: 'search', placeholder: 'Find a class' });
    find.setAttribute('aria-label', 'Find a class');
    find.addEventListener('input', () => {
      const sought = find.value.trim().toLowerCase();
      for (const { one, item } of rows) item.hidden = !`${one[0]} ${one[1]}`.toLowerCase().includes(sought);
    });
    const many = classes.length > (matchMedia('(max-width: 40rem)').matches ? FOLD_NARROW : FOLD);
    const word = make('span');
    const node = many
      ? make('details', { className: 'overlay-classes' }, make('summary', {}, word), make('div', { className: 'controls' }, tools, ...classes.length > FIND ? [find] : []), list)
      : make('div', { className: 'overlay-classes' }, list);
    const update = () => {
      for (const { part } of rows) part.update();
      const on = classes.filter(one => classShown(choice, one)).length;
      word.textContent = on === classes.length ? `${count(on)} classes` : `${count(on)} of ${count(classes.length)} classes shown`;
    };
    return { node, update, show: now => { images = now; amounts(); }, many: classes.length > 1 };
  };

  Object.assign(overlays, { classTools, maskLayers, percent, counted, ABSENT });
})();
