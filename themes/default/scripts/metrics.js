/* Finding a chart among many: by the words of its key or a regular expression. Groups fold by themselves. */
(() => {
  'use strict';
  const { on, manifest, fragment } = reportgen;
  const { count, plural } = reportgen.format;

  /** What says whether a key is looked for. @param {string} words @throws {SyntaxError} A wrong regular expression. */
  const matcher = words => {
    const pattern = /^\/(.+)\/(i?)$/.exec(words);
    if (pattern) { const found = new RegExp(pattern[1], pattern[2]); return key => found.test(key); }
    const parts = words.toLowerCase().split(/\s+/).filter(Boolean);
    return key => parts.every(part => key.toLowerCase().includes(part));
  };

  /** Sections to what takes their filter away. */
  const clearing = new Map();

  const attach = field => {
    const section = field.closest('.section'), page = field.closest('.page'), note = section.querySelector('[data-found-metrics]');
    const keys = new Map(manifest.pages[page.dataset.page].panels.map(entry => [entry.id, entry.key]));
    const panels = [...section.querySelectorAll('.panel[data-panel]')].map(element => ({ element, key: keys.get(element.id) ?? '' }));
    const groups = [...section.querySelectorAll('.group')].map(element => {
      const words = element.querySelector('.group-head .note');
      return { element, words, all: words?.textContent, members: panels.filter(panel => element.contains(panel.element)) };
    });
    /** Groups that a reader had folded before the filter opened them. */
    let folded = null;

    const none = document.createElement('div'), said = document.createElement('p'), button = document.createElement('button');
    none.className = 'empty';
    none.hidden = true;
    button.type = 'button';
    button.textContent = 'Clear the filter';
    none.append(said, button);
    (section.querySelector('.group, .grid') ?? section.lastElementChild).before(none);

    const unfold = active => {
      if (active && !folded) folded = groups.filter(group => group.element.open === false);
      for (const { element } of active ? groups : []) if ('open' in element) element.open = true;
      if (!active) { folded?.forEach(group => { group.element.open = false; }); folded = null; }
    };

    const show = (matches, active) => {
      for (const { element, key } of panels) element.hidden = !matches(key);
      for (const { element, words, all, members } of groups) {
        const found = members.filter(panel => !panel.element.hidden).length;
        element.hidden = !found;
        if (words) words.textContent = active ? `${count(found)} of ${all}` : all;
        for (const link of page.querySelectorAll(`[data-to-group="${CSS.escape(element.id)}"]`)) link.parentElement.hidden = !found;
      }
      section.classList.toggle('finding', active);
      unfold(active);
    };

    const find = () => {
      const words = field.value.trim();
      let matches = () => true, wrong = '';
      try { matches = matcher(words); } catch (fault) { wrong = fault.message; }
      field.setAttribute('aria-invalid', String(!!wrong));
      if (wrong) { note.textContent = 'not a regular expression yet'; note.title = wrong; return; }
      show(matches, words !== '');
      const found = panels.filter(panel => !panel.element.hidden).length;
      note.textContent = words ? `${count(found)} of ${plural(panels.length, 'metric')} found` : '';
      note.title = '';
      none.hidden = found > 0;
      said.textContent = found ? '' : `No metric has “${words}” in its key.`;
      reportgen.announce(note.textContent || 'All metrics are shown');
    };

    const clear = () => { if (field.value) { field.value = ''; find(); } };
    button.addEventListener('click', () => { clear(); field.focus(); });
    field.addEventListener('input', find);
    // a browser restores the words when a reader comes back to the page, after its scripts began
    addEventListener('pageshow', () => { if (field.value) find(); });
    clearing.set(section, clear);
    if (field.value) find();
  };

  /** Makes what an address names visible: its group opens, and a filter that hides it goes. @param {Element} target */
  reportgen.reveal = target => {
    if (target.closest('[hidden]')) clearing.get(target.closest('.section'))?.();
    for (let fold = target.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
  };

  // ---- groups that a reader folded, in the address

  const folding = () => [...document.querySelectorAll('details.group')];

  const remember = () => {
    if (document.querySelector('.section.finding')) return; // a filter opens them all for a while
    fragment.set('folded', folding().filter(group => !group.open).map(group => group.id).join());
  };

  const fold = () => {
    const folded = fragment.get('folded').split(',');
    for (const group of folding()) group.open = !folded.includes(group.id);
  };

  on('ready', () => {
    if (fragment.get('folded')) fold();
    document.addEventListener('toggle', event => { if (event.target.matches?.('details.group')) remember(); }, true);
    fragment.on('folded', fold);
    document.querySelectorAll('[data-find-metric]').forEach(attach);
  });
})();
