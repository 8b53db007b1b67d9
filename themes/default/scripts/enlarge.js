/* A panel over the whole window. The panel itself moves into a dialog, so all of it goes on working, and moves back. */
(() => {
  'use strict';

  /** @param {HTMLElement} panel */
  const enlarge = panel => {
    if (panel.closest('dialog')) { panel.closest('dialog').close(); return; }
    const dialog = document.createElement('dialog'), place = document.createElement('div'), close = document.createElement('button');
    dialog.className = 'enlarged';
    dialog.setAttribute('aria-labelledby', panel.getAttribute('aria-labelledby') ?? panel.id);
    place.className = 'panel';
    place.style.minHeight = `${panel.offsetHeight}px`;
    close.type = 'button';
    close.className = 'enlarged-close';
    close.textContent = 'Close';
    close.addEventListener('click', () => dialog.close());
    panel.replaceWith(place);
    dialog.append(close, panel);
    place.after(dialog);
    dialog.addEventListener('close', () => {
      reportgen.tip?.hide();
      place.replaceWith(panel);
      dialog.remove();
      panel.querySelector('.menu summary')?.focus({ preventScroll: true });
    });
    dialog.addEventListener('click', event => { if (event.target === dialog) dialog.close(); });
    dialog.showModal();
  };

  document.addEventListener('click', event => {
    const button = event.target.closest?.('[data-action="enlarge"]');
    if (button) enlarge(button.closest('.panel'));
  });

  reportgen.enlarge = enlarge;
})();
