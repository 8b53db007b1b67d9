/* Two pictures in the viewer: another step, key, run or picture, under a slider, side by side, in turn, or as difference. */
(() => {
  'use strict';
  const { count } = reportgen.format;
  const { make } = reportgen;

  /** Milliseconds that each picture stays when they blink. */
  const TURN = 700;
  /** Choices of one kind that are listed. */
  const LISTED = 500;
  const MODES = [['slider', 'Slider'], ['side', 'Side by side'], ['blink', 'Blink'], ['difference', 'Difference']];

  const PLACES = { step: 'Another step', run: 'Another run', key: 'Another key', at: 'Another picture' };

  const short = words => words.length > 60 ? `${words.slice(0, 59)}…` : words;

  /** The other image panels of the page. */
  const others = source => source.page?.panels.filter(p => p.kind === 'image' && p.id !== source.entry.id && p.data.frames.length) ?? [];

  /** What a picture can be held against: lists of [what, words] by kind. */
  const choices = (source, item) => {
    const { entry, steps = [], items } = source, data = entry.data ?? {};
    const runs = new Map(items.filter(other => other.run).map(other => [other.run.index, other.run.name]));
    const pictures = items.filter(other => other.run === item.run && other.at !== item.at);
    return {
      step: data.parts && steps.length > 1 ? steps.filter(({ step }) => step !== item.step).map(({ step }) => [step, `step ${count(step)}`]) : [],
      run: [...runs].filter(([index]) => index !== item.run?.index),
      key: data.parts && data.runs.length < 2 ? others(source).map(panel => [panel.id, panel.key]) : [],
      at: pictures.map(other => [other.at, other.label || other.image.caption || `picture ${count(other.at + 1)}`]),
    };
  };

  const same = (list, item) => list.find(other => other.at === item.at && other.run?.index === item.run?.index);

  /** The other picture, and what it is called beside the first. @returns {Promise<{item: any, key: string, names: string[]}|null>} */
  const resolve = async (source, item, kind, what) => {
    const { entry, items } = source;
    let other, key = entry.key, names;
    if (kind === 'step') {
      other = same(await reportgen.pictures.at(entry.data, Number(what)), item);
      names = other && [item, other].map(one => `step ${count(one.step)}`);
    } else if (kind === 'key') {
      const panel = source.page.panels.find(one => one.id === what), list = panel ? await reportgen.pictures.at(panel.data, item.step) : [];
      other = list.find(one => one.at === item.at) ?? list.at(-1);
      key = panel?.key ?? key;
      names = [entry.key, other && other.step !== item.step ? `${key}, step ${count(other.step)}` : key];
    } else if (kind === 'run') {
      other = items.find(one => one.run?.index === Number(what) && one.at === item.at);
      names = other && [item, other].map(one => one.run.name);
    } else {
      other = items.find(one => one.run === item.run && one.at === Number(what));
      names = other && [item, other].map(one => one.label || one.image.caption || `picture ${count(one.at + 1)}`);
    }
    return other && !other.image.show.lost ? { item: other, key, names } : null;
  };

  class Compare {
    constructor(viewer) {
      Object.assign(this, { viewer, mode: 'slider', kind: '', what: '', at: 50, turn: 0, timer: 0 });
      this.node = make('div', 'compare controls');
      const label = make('label', 'check', 'Compare with ');
      this.select = make('select');
      this.select.setAttribute('aria-label', 'Compare with');
      label.append(this.select);
      this.modes = this.segments();
      this.gain = this.amplifier();
      this.node.append(label, this.modes, this.gain);
      this.handle = this.divider();
      this.none = make('p', 'compare-none', 'There is no such picture here.');
      this.select.addEventListener('change', () => this.choose(this.select.value));
    }

    segments() {
      const field = make('fieldset', 'segments'), box = make('div');
      field.append(make('legend', 'hidden-text', 'How to compare'), box);
      for (const [value, words] of MODES) {
        const label = make('label'), input = make('input');
        Object.assign(input, { type: 'radio', name: 'compare-mode', value, checked: value === this.mode });
        input.addEventListener('change', () => { this.mode = value; this.lay(); });
        label.append(input, words);
        box.append(label);
      }
      return field;
    }

    amplifier() {
      const label = make('label', 'slider', 'Amplify '), input = make('input'), output = make('output', '', '1×');
      Object.assign(input, { type: 'range', min: 0, max: 5, step: 1, value: 0 });
      input.addEventListener('input', () => {
        const times = 2 ** Number(input.value);
        output.textContent = `${times}×`;
        input.setAttribute('aria-valuetext', `${times} times`);
        this.viewer.stage.style.setProperty('--gain', String(times));
      });
      label.append(input, output);
      return label;
    }

    divider() {
      const handle = make('div', 'compare-handle');
      handle.tabIndex = 0;
      handle.setAttribute('role', 'slider');
      handle.setAttribute('aria-label', 'Border between the two pictures');
      handle.setAttribute('aria-valuemin', '0');
      handle.setAttribute('aria-valuemax', '100');
      handle.addEventListener('pointerdown', event => { handle.setPointerCapture(event.pointerId); event.preventDefault(); handle.focus(); });
      handle.addEventListener('pointermove', event => {
        if (!handle.hasPointerCapture(event.pointerId)) return;
        const box = this.viewer.stage.getBoundingClientRect();
        this.place((event.clientX - box.left) / box.width * 100);
      });
      handle.addEventListener('keydown', event => {
        const by = { ArrowLeft: -2, ArrowRight: 2, PageDown: -10, PageUp: 10, Home: -100, End: 100 }[event.key];
        if (!by) return;
        this.place(this.at + by);
        event.preventDefault();
        event.stopPropagation();
      });
      return handle;
    }

    place(at) {
      this.at = Math.min(100, Math.max(0, at));
      this.viewer.stage.style.setProperty('--border', `${this.at}%`);
      this.handle.setAttribute('aria-valuenow', String(Math.round(this.at)));
      this.handle.setAttribute('aria-valuetext', `${Math.round(this.at)}% of the first picture`);
    }

    begin(source) {
      this.source = source;
      this.kind = this.what = '';
      this.place(50);
    }

    choose(value) {
      const cut = value.indexOf(':');
      this.kind = cut < 0 ? '' : value.slice(0, cut);
      this.what = value.slice(cut + 1);
      this.follow(this.viewer.item);
    }

    /** Fills the list for a picture; what was chosen stays where it is still there. */
    offer(item) {
      const lists = choices(this.viewer.source, item), chosen = this.kind ? `${this.kind}:${this.what}` : '';
      const groups = Object.entries(lists).filter(([, list]) => list.length).map(([kind, list]) => {
        const group = make('optgroup');
        group.label = PLACES[kind];
        const after = { at: ([at]) => at > item.at, step: ([step]) => step > item.step }[kind], here = after ? list.findIndex(after) : 0;
        const near = Math.max(0, Math.min((here < 0 ? list.length : here) - LISTED / 2, list.length - LISTED)); // the rest is an arrow away
        for (const [what, words] of list.slice(near, near + LISTED)) group.append(new Option(short(words), `${kind}:${what}`));
        const rest = list.length - LISTED;
        if (rest > 0) group.append(Object.assign(new Option(`${count(rest)} more: only those nearest to this one are listed`), { disabled: true }));
        return group;
      });
      this.select.replaceChildren(new Option('nothing', ''), ...groups);
      if (chosen && ![...this.select.options].some(option => option.value === chosen)) this.select.append(new Option(this.words ?? 'the same', chosen));
      this.select.value = chosen;
      this.node.hidden = !groups.length && !chosen;
    }

    /** The other picture of what the viewer shows now. */
    async follow(item) {
      const turn = ++this.turn, { viewer } = this, [first, second] = viewer.panes;
      this.offer(item);
      this.words = this.select.selectedOptions[0]?.textContent;
      const found = this.kind ? await resolve(viewer.source, item, this.kind, this.what).catch(() => null) : null;
      if (turn !== this.turn || !viewer.source) return;
      this.found = found;
      first.label.textContent = found ? found.names[0] : '';
      if (found) { viewer.stage.append(second.node); second.put(found.item, found.key, found.names[1]); }
      else { second.clear(); second.node.remove(); }
      if (this.kind && !found) viewer.stage.append(this.none); else this.none.remove();
      this.lay();
    }

    lay() {
      const { viewer, found, mode } = this, { stage } = viewer;
      clearInterval(this.timer);
      this.timer = 0;
      for (const [name] of MODES) stage.classList.toggle(`as-${name}`, !!found && mode === name);
      stage.classList.remove('turned');
      this.modes.hidden = !this.kind;
      this.gain.hidden = !found || mode !== 'difference';
      if (found && mode === 'slider') stage.append(this.handle); else this.handle.remove();
      if (found && mode === 'blink') this.timer = setInterval(() => this.swap(), TURN);
      viewer.lay();
    }

    /** The other one of two pictures that lie over each other. */
    swap() { if (this.found && this.mode === 'blink') this.viewer.stage.classList.toggle('turned'); }

    /** Of two pictures over each other, the one that is seen at a point. */
    seen(x) {
      const { viewer, mode, found } = this, [first, second] = viewer.panes;
      if (!found || mode === 'side') return null;
      const box = viewer.stage.getBoundingClientRect();
      if (mode === 'slider') return (x - box.left) / box.width * 100 < this.at ? first : second;
      return viewer.stage.classList.contains('turned') ? second : first;
    }

    end() {
      clearInterval(this.timer);
      this.turn++;
      this.kind = this.what = '';
      this.found = null;
      this.handle.remove();
      this.none.remove();
      this.viewer.panes[1].node.remove();
      for (const [name] of MODES) this.viewer.stage.classList.remove(`as-${name}`);
      for (const pane of this.viewer.panes) pane.label.textContent = '';
    }
  }

  reportgen.compare = { tools: viewer => new Compare(viewer) };
})();
