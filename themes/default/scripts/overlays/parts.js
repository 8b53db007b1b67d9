/* Pieces of the tools over pictures: each is an element, and what brings it up to date with what was chosen. */
(() => {
  'use strict';
  const { overlays } = reportgen;

  let unique = 0;

  const make = (name, more = {}, ...inside) => {
    const made = Object.assign(document.createElement(name), more);
    made.append(...inside);
    return made;
  };

  const check = (words, get, set, ...marks) => {
    const input = make('input', { type: 'checkbox' });
    input.addEventListener('change', () => set(input.checked));
    const text = make('span', { textContent: words });
    return { node: make('label', { className: 'check' }, input, ...marks, text), update: () => { input.checked = get(); }, input, text };
  };

  const slider = (words, { low, high, step }, get, set, shown) => {
    const input = make('input', { type: 'range', min: low, max: high, step }), out = make('output');
    input.setAttribute('aria-label', words);
    input.addEventListener('input', () => set(Number(input.value)));
    const update = () => { input.value = String(get()); out.textContent = shown(get()); input.setAttribute('aria-valuetext', shown(get())); };
    return { node: make('label', { className: 'slider' }, make('span', { textContent: words }), input, out), update, input };
  };

  const segments = (legend, pairs, get, set) => {
    const name = `overlays-${++unique}`, inputs = pairs.map(([value]) => make('input', { type: 'radio', name, value }));
    inputs.forEach(input => input.addEventListener('change', () => set(input.value)));
    const labels = pairs.map(([, words], i) => make('label', {}, inputs[i], words));
    const node = make('fieldset', { className: 'segments' }, make('legend', { className: 'hidden-text', textContent: legend }), make('div', {}, ...labels));
    return { node, update: () => { for (const input of inputs) input.checked = input.value === get(); } };
  };

  const select = (label, pairs, get, set) => {
    const node = make('select', {}, ...pairs.map(([value, words]) => make('option', { value, textContent: words })));
    node.setAttribute('aria-label', label);
    node.addEventListener('change', () => set(node.value));
    return { node, update: () => { node.value = get(); } };
  };

  const button = (words, act) => {
    const node = make('button', { type: 'button', textContent: words });
    node.addEventListener('click', act);
    return node;
  };

  const among = (set, value, on) => {
    const next = new Set(set);
    if (on) next.add(value);
    else next.delete(value);
    return next;
  };

  overlays.parts = { make, check, slider, segments, select, button, among };
})();
