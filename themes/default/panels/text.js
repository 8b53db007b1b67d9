/* A text panel: the text of the step under the page's cursor. */
(() => {
  'use strict';

  reportgen.panel('text', (element, entry, page) => {
    const place = element.querySelector('[data-text]'), last = entry.data.frames.at(-1);
    if (last) last.text ??= place.textContent; // the page shows it: it is carried there only
    reportgen.frames.follow(element, entry, page, frame => {
      place.textContent = frame.text;
      place.scrollTop = 0;
    });
  });
})();
