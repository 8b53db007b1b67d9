/* The tools over pictures: which layers and classes, how strong, how sure. Once per panel, or per column of a table. */
(() => {
  'use strict';
  const { overlays } = reportgen;
  const { count, number } = reportgen.format;
  const { choiceOf, change, reset, changed, listen, layerId, layerShown, square, line, tally, verdict, classTools, maskLayers, percent, counted, ABSENT } = overlays;
  const { make, check, slider, segments, select, button, among } = overlays.parts;

  /** Words that say a layer is the truth that another is held against. */
  const TRUTH = /truth|\bgt\b|target|label|reference|actual|expected/i;

  /** The two layers that are held against each other, the truth first. */
  overlays.pairOf = (choice, layers) => {
    const masks = maskLayers(layers), named = choice.pair.map(name => masks.find(one => one.name === name));
    if (named.length === 2 && named.every(Boolean)) return named;
    const truth = masks.find(one => TRUTH.test(one.name)) ?? masks[0];
    return [truth, masks.find(one => one !== truth)];
  };

  // ---- layers, strength, comparison, scores

  /** Layers of boxes to their dashes. */
  const linesOf = layers => new Map(layers.filter(layer => layer.kind === 'boxes').map(layer => [layer.name, layer.dash ?? 1]));

  /** The lines of layers of boxes, for paper, which has no switches. */
  const lineKey = layers => {
    const lines = linesOf(layers), items = [...lines].map(([name, dash]) => make('li', {}, make('span', { className: 'key' }, line(dash), name)));
    return lines.size > 1 ? [make('ul', { className: 'legend overlay-lines print-only' }, ...items)] : [];
  };

  /** A check box per layer; two layers of one name are one. */
  const layerTools = (key, layers) => {
    const choice = choiceOf(key), once = new Map(layers.map(layer => [layerId(layer), layer]));
    const both = new Set(layers.map(layer => layer.kind)).size > 1, dashed = linesOf(layers).size > 1;
    const parts = [...once].map(([id, layer]) => check(
      layer.name, () => layerShown(choice, layer), on => change(key, { hidden: among(choice.hidden, id, !on) }),
      ...dashed && layer.kind === 'boxes' ? [line(layer.dash ?? 1)] : [],
    ));
    const marks = parts.map(part => { const n = make('span', { className: 'n' }); part.node.append(n); return n; });
    /** Says which layers the pictures on show have. */
    const show = images => {
      const there = new Set(images.flatMap(image => [...image.masks ?? [], ...image.boxes ?? []].map(entry => layerId(layers[entry.layer]))));
      [...once.keys()].forEach((id, i) => {
        const absent = images.length > 0 && !there.has(id);
        parts[i].node.classList.toggle('absent', absent);
        [marks[i].textContent, marks[i].title] = absent ? ABSENT : ['', ''];
      });
    };
    const group = kind => parts.filter((_, i) => [...once.values()][i].kind === kind).map(part => part.node);
    const nodes = both
      ? [['mask', 'Masks'], ['boxes', 'Boxes']].map(([kind, words]) => make('span', { className: 'overlay-layers', role: 'group', ariaLabel: words }, make('span', { className: 'overlay-word', textContent: words }), ...group(kind)))
      : parts.map(part => part.node);
    return { nodes, show, update: () => parts.forEach(part => part.update()) };
  };

  const maskTools = (key, layers) => {
    const choice = choiceOf(key), masks = maskLayers(layers), parts = [];
    if (!masks.length) return { nodes: [], update: () => {} };
    const [first, second] = overlays.pairOf(choice, layers);
    if (masks.length > 1) {
      parts.push(segments('What masks show', [['', 'Layers'], ['agree', 'Agreement'], ['differ', 'Difference']], () => choice.view, view => change(key, { view })));
    }
    if (masks.length > 2) {
      const names = masks.map(one => [one.name, one.name]), pair = () => overlays.pairOf(choice, layers).map(one => one.name);
      const pick = (at, words) => select(words, names, () => pair()[at], name => {
        const next = pair();
        if (next[1 - at] === name) next[1 - at] = next[at];
        next[at] = name;
        change(key, { pair: next });
      });
      const [from, to] = [pick(0, 'First layer to compare'), pick(1, 'Second layer to compare')];
      parts.push({ node: make('span', { className: 'overlay-layers' }, from.node, 'and', to.node), update() { this.node.hidden = !choice.view; from.update(); to.update(); } });
    }
    parts.push(slider('Opacity', { low: 0, high: 100, step: 5 }, () => choice.opacity, opacity => change(key, { opacity }), value => `${value}%`));
    const outline = check('Outline only', () => choice.outline, on => change(key, { outline: on }));
    parts.push({ node: outline.node, update: () => { outline.node.hidden = !!choice.view; outline.update(); } });
    return { nodes: parts.map(part => part.node), update: () => parts.forEach(part => part.update()), first, second };
  };

  /** Steps of a slider over the values of a score: hundredths from 0 to 1 where they fit. */
  const scale = ([low, high]) => {
    if (low >= 0 && high <= 1) return { low: 0, high: 1, step: 0.01 };
    const step = 10 ** Math.floor(Math.log10((high - low || 1) / 100));
    return { low: Math.floor(low / step) * step, high: Math.ceil(high / step) * step, step };
  };

  const scoreTools = (key, layers) => {
    const choice = choiceOf(key), bounds = new Map();
    for (const layer of layers) {
      for (const [name, [low, high]] of Object.entries(layer.scores ?? {})) {
        const known = bounds.get(name) ?? [Infinity, -Infinity];
        bounds.set(name, [Math.min(known[0], low), Math.max(known[1], high)]);
      }
    }
    const parts = [...bounds].map(([name, found]) => {
      const steps = scale(found), now = () => choice.scores.get(name) ?? { at: steps.low, most: false };
      const set = next => {
        const { at, most } = { ...now(), ...next }, scores = new Map(choice.scores);
        if (!most && at <= steps.low) scores.delete(name);
        else scores.set(name, { at, most });
        change(key, { scores });
      };
      const way = select(`Which boxes by ${name}`, [['least', 'at least'], ['most', 'at most']], () => now().most ? 'most' : 'least',
        value => set({ most: value === 'most', ...value === 'most' && !choice.scores.has(name) ? { at: steps.high } : {} }));
      const shown = value => steps.step === 0.01 ? value.toFixed(2) : number(value);
      const bar = slider(name, steps, () => now().at, at => set({ at }), shown);
      bar.input.setAttribute('aria-label', `Threshold of ${name}`);
      bar.node.className = 'slider overlay-score';
      bar.node.firstChild.after(way.node);
      return { node: bar.node, update: () => { way.update(); bar.update(); } };
    });
    return { nodes: parts.map(part => part.node), update: () => parts.forEach(part => part.update()) };
  };

  // ---- what the comparison comes to, and how many boxes are shown

  /** Overlays that are drawn, by key. */
  const live = new Map();
  const ticks = new Map();

  /** Tells the tools of a key that something of it was drawn or went, once per frame. */
  const told = (key, overlay, gone = false) => {
    if (!live.has(key)) live.set(key, new Set());
    if (gone) live.get(key).delete(overlay);
    else live.get(key).add(overlay);
    const tick = ticks.get(key);
    if (!tick || tick.waiting) return;
    tick.waiting = true;
    setTimeout(() => { tick.waiting = false; for (const act of [...tick.acts]) act(); });
  };
  overlays.painted = overlay => told(overlay.key, overlay);
  overlays.gone = overlay => told(overlay.key, overlay, true);

  /** What is on show: in the larger view that alone, else all that is near the window. */
  const onShow = key => {
    const all = [...live.get(key) ?? []], large = all.filter(overlay => overlay.eager);
    return large.length ? large : all.filter(overlay => overlay.close);
  };

  /** How many boxes are shown, and what did not arrive. @param {any[]} [images] All pictures, where not all of them are drawn. */
  const statusOf = (key, images, layers) => {
    let shown = 0, all = 0, lost = 0;
    const seen = onShow(key), whole = images && !seen.some(overlay => overlay.eager), told = whole ? counted(key, images, layers) : null;
    for (const overlay of seen) {
      shown += overlay.counts.shown;
      all += overlay.counts.all;
      lost += overlay.fault ? 1 : 0;
    }
    if (told) ({ shown, all } = told);
    const where = whole && !told ? ' in the rows drawn' : '';
    const boxes = all ? [`${count(shown)} of ${count(all)} ${all === 1 ? 'box' : 'boxes'} shown${where}`] : [];
    return [...boxes, ...lost ? [`overlays of ${count(lost)} ${lost === 1 ? 'picture' : 'pictures'} could not be read`] : []].join('; ');
  };

  /** Shares of all pixels of the pictures that are drawn, by what two layers say of them. */
  const verdictWords = (key, layers) => {
    const choice = choiceOf(key), pair = overlays.pairOf(choice, layers), sums = [0, 0, 0, 0, 0];
    let pictures = 0;
    for (const overlay of onShow(key)) {
      const [a, b] = pair.map(layer => overlay.masks.find(mask => layerId(mask.layer) === layerId(layer)));
      if (!a?.pixels || !b?.pixels) continue;
      const at = [encodeClasses(choice), a.layer.name, b.layer.name].join('\n');
      if (overlay.tallied !== at) Object.assign(overlay, { tallied: at, sums: tally(a.pixels, b.pixels, choice, [a.layer, b.layer]) });
      overlay.sums.forEach((n, i) => { sums[i] += n; });
      pictures++;
    }
    const total = sums.reduce((sum, n) => sum + n, 0);
    return { pictures, shares: sums.map(n => total ? n / total : 0), pair };
  };

  const encodeClasses = choice => `${choice.base}${[...choice.flipped].sort().join('\t')}`;

  const outcome = (key, layers) => {
    const node = make('p', { className: 'overlay-outcome note' });
    const update = () => {
      const { view } = choiceOf(key);
      node.hidden = !view;
      if (!view) return;
      const { pictures, shares, pair } = verdictWords(key, layers), { SAME, FIRST, SECOND, OTHER, NOTHING, TELLS } = verdict;
      const part = (at, words, colour) => make('span', {}, ...colour ? [square(colour), ' '] : [], `${words} ${percent(shares[at])}`);
      const differ = [[FIRST, `only in ${pair[0].name}`], [SECOND, `only in ${pair[1].name}`], [OTHER, 'another class']];
      const parts = view === 'differ'
        ? differ.map(([at, words]) => part(at, words, TELLS[at]))
        : [part(SAME, `the same class in ${pair[0].name} and ${pair[1].name}`)];
      node.replaceChildren(...pictures ? [...parts, part(NOTHING, 'in neither'), make('span', { textContent: `of all pixels in ${count(pictures)} ${pictures === 1 ? 'picture' : 'pictures'} drawn` })] : ['No picture on show has both layers']);
    };
    return { node, update };
  };

  // ---- all together

  const build = (key, layers, whole) => {
    let images = whole ? [] : undefined;
    const choice = choiceOf(key), hasBoxes = layers.some(layer => layer.kind === 'boxes');
    const parts = [layerTools(key, layers), maskTools(key, layers), scoreTools(key, layers)];
    const labels = check('Labels', () => choice.labels, on => change(key, { labels: on }));
    const shown = make('span', { className: 'note overlay-count' }), again = button('Reset', () => reset(key));
    const classes = classTools(key, layers), result = outcome(key, layers);
    const tools = make('div', { className: 'tools overlay-tools' }, ...parts.flatMap(part => part.nodes), ...hasBoxes ? [labels.node] : [], shown, again);
    const node = make('div', { className: 'overlay-controls' }, tools, result.node, ...lineKey(layers), classes.node);
    const follow = () => { shown.textContent = statusOf(key, images, layers); shown.hidden = !shown.textContent; result.update(); };
    const update = () => {
      for (const part of parts) part.update();
      labels.update();
      classes.update();
      again.hidden = !changed(key);
      follow();
    };
    const show = now => { if (whole) images = now; parts[0].show(now); classes.show(now); follow(); };
    return { node, update, follow, show };
  };

  /**
   * Puts the tools for a key's overlays on a panel: into `place`, else where `[data-overlay-controls]` stands, else after
   * the title line.
   * @param {HTMLElement} element @param {any} entry The panel; `key` is what shares a choice, `signal` takes them away,
   *   `whole` counts the boxes of all pictures that `show` is told, not of those that are drawn.
   * @param {any} page @param {any[]} layers @param {HTMLElement|null} [place]
   * @returns {{show: (images: any[]) => void, node: HTMLElement}|null} `show` is told the pictures on show. None where
   *   there are no layers.
   */
  const controls = (element, entry, page, layers, place = element.querySelector('[data-overlay-controls]')) => {
    if (!layers?.length) return null;
    const { key, signal, whole } = entry, tools = build(key, layers, whole);
    if (!ticks.has(key)) ticks.set(key, { acts: new Set(), waiting: false });
    ticks.get(key).acts.add(tools.follow);
    let asked = 0;
    // pictures first: what was operated shows its new state by itself, the other tools follow
    listen(key, () => { asked ||= setTimeout(() => { asked = 0; tools.update(); }); }, signal);
    const before = place ? [...place.childNodes] : [];
    if (place) place.replaceChildren(tools.node);
    else element.querySelector('.panel-head')?.after(tools.node);
    tools.update();
    signal?.addEventListener('abort', () => {
      ticks.get(key).acts.delete(tools.follow);
      if (place) place.replaceChildren(...before);
      else tools.node.remove();
    }, { once: true });
    return { show: tools.show, node: tools.node };
  };

  Object.assign(overlays, { controls });
})();
