/* Light, dark, or as the system says. `boot.js` applies the saved choice before the first paint. */
(() => {
  'use strict';
  const KEY = 'reportgen-theme', root = document.documentElement;

  const choices = () => /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll('[data-theme-choice]')]);

  /** @param {"auto"|"light"|"dark"} value */
  const apply = value => {
    if (value === 'auto') root.removeAttribute('data-theme');
    else root.dataset.theme = value;
    for (const radio of choices()) radio.checked = radio.value === value;
  };

  const choose = event => {
    const radio = event.target.closest?.('[data-theme-choice]');
    if (!radio) return;
    apply(radio.value);
    try { localStorage.setItem(KEY, radio.value); } catch { /* a sandboxed frame keeps nothing */ }
    reportgen.emit('theme', radio.value);
  };

  reportgen.on('ready', () => {
    if (!choices().length) return;
    let saved = null;
    try { saved = localStorage.getItem(KEY); } catch { /* a sandboxed frame keeps nothing */ }
    apply(saved === 'light' || saved === 'dark' ? saved : 'auto');
    document.addEventListener('change', choose);
  });
})();
