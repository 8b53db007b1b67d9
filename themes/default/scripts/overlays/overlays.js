/* What lies over pictures: what a reader chose for each key, and which classes are on. The others draw it: masks, boxes
   and labels, stage.js all of it over one picture, and controls.js has the tools. `reportgen/panels/overlays.py` says what a picture and a layer look like. */
(() => {
  'use strict';
  const { on, fragment } = reportgen;

  /**
   * @typedef {{name: string, kind: 'mask'|'boxes', dash?: number, classes: [number|null, string, number, number?][],
   *   scores?: Object<string, [number, number]>}} Layer
   * @typedef {{key: string, hidden: Set<string>, base: ''|'all'|'none', flipped: Set<string>, opacity: number,
   *   outline: boolean, view: ''|'agree'|'differ', pair: string[], scores: Map<string, {at: number, most: boolean}>,
   *   labels: boolean, version: number, told: Set<() => void>}} Choice
   */

  const OPACITY = 60;

  const fresh = () => ({ hidden: new Set(), base: '', flipped: new Set(), opacity: OPACITY, outline: false, view: '', pair: [], scores: new Map(), labels: true });

  // ---- as text in the address: parts with ";", fields with ","

  const safe = text => encodeURIComponent(text).replace(/[.~!*'()]/g, c => `%${c.charCodeAt(0).toString(16)}`);

  const encode = choice => {
    const parts = [...choice.hidden].map(id => `-${safe(id)}`);
    if (choice.base) parts.push(choice.base);
    for (const id of choice.flipped) parts.push(`c,${safe(id)}`);
    if (choice.opacity !== OPACITY) parts.push(`o,${choice.opacity}`);
    if (choice.outline) parts.push('outline');
    if (choice.view) parts.push(choice.view);
    if (choice.pair.length) parts.push(`p,${choice.pair.map(safe).join(',')}`);
    for (const [name, { at, most }] of choice.scores) parts.push(`s,${safe(name)},${most ? 'most' : 'least'},${at}`);
    if (!choice.labels) parts.push('bare');
    return parts.join(';');
  };

  const decode = text => {
    const choice = fresh();
    for (const part of text.split(';')) {
      let fields;
      try { fields = part.split(',').map(decodeURIComponent); } catch { continue; }
      const [word, first, ...rest] = fields;
      if (word.startsWith('-')) choice.hidden.add(word.slice(1));
      else if (word === 'all' || word === 'none') choice.base = word;
      else if (word === 'outline') choice.outline = true;
      else if (word === 'bare') choice.labels = false;
      else if (word === 'agree' || word === 'differ') choice.view = word;
      else if (word === 'c' && first) choice.flipped.add(first);
      else if (word === 'o' && Number(first) >= 0 && Number(first) <= 100) choice.opacity = Number(first);
      else if (word === 'p' && rest.length === 1) choice.pair = [first, rest[0]];
      else if (word === 's' && Number.isFinite(Number(rest[1]))) choice.scores.set(first, { at: Number(rest[1]), most: rest[0] === 'most' });
    }
    return choice;
  };

  // ---- one choice per key, shared by all its pictures, steps and runs

  /** @type {Map<string, Choice>} */
  const choices = new Map();

  const tell = choice => {
    choice.version++;
    for (const listener of [...choice.told]) try { listener(); } catch (fault) { console.error(fault); }
  };

  /** What a reader chose for a key. @param {string} key @returns {Choice} */
  const choiceOf = key => {
    if (!choices.has(key)) {
      const name = `overlays/${key}`, choice = { ...decode(fragment.get(name)), key, version: 0, told: new Set() };
      choices.set(key, choice);
      fragment.on(name, text => { Object.assign(choice, decode(text)); tell(choice); });
    }
    return choices.get(key);
  };

  /** Changes a choice, writes it into the address and tells everybody. */
  const change = (key, values) => {
    const choice = Object.assign(choiceOf(key), values);
    fragment.set(`overlays/${key}`, encode(choice));
    tell(choice);
  };

  /** Back to what the page opens with. */
  const reset = key => change(key, fresh());

  /** Whether anything is other than at first. */
  const changed = key => encode(choiceOf(key)) !== '';

  /** Calls `listener` after every change of a key. @param {AbortSignal} [signal] Ends it. */
  const listen = (key, listener, signal) => {
    const { told } = choiceOf(key), end = () => told.delete(listener);
    told.add(listener);
    signal?.addEventListener('abort', end, { once: true });
    return end;
  };

  // ---- layers and classes

  /** What names a layer in a choice: two layers of one name and kind are one to a reader. */
  const layerId = layer => `${layer.kind === 'mask' ? 'm' : 'b'}:${layer.name}`;

  /** What names a class in a choice. */
  const classId = ([number, name]) => `${number ?? ''}:${name}`;

  const layerShown = (choice, layer) => !choice.hidden.has(layerId(layer));

  const classShown = (choice, one) => {
    const first = choice.base ? choice.base === 'all' : one[3] !== 0;
    return first !== choice.flipped.has(classId(one));
  };

  /** All classes of some layers once, by number. @param {Layer[]} layers */
  const classesOf = layers => {
    const known = new Map();
    for (const layer of layers) {
      for (const one of layer.classes) {
        const id = classId(one), before = known.get(id);
        if (!before) known.set(id, one);
        else if (before[3] === 0 && one[3] !== 0) known.set(id, one);
      }
    }
    return [...known.values()].sort((a, b) => (a[0] ?? Infinity) - (b[0] ?? Infinity) || (a[1] < b[1] ? -1 : 1));
  };

  /** How a class is called. */
  const nameOf = one => one[0] === null ? 'no class' : one[1];

  on('theme', () => {
    for (const choice of choices.values()) tell(choice);
  });

  reportgen.overlays = { choiceOf, change, reset, changed, listen, layerId, classId, layerShown, classShown, classesOf, nameOf, encode, decode };
})();
