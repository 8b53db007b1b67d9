/* A text panel: the text of the step under the page's cursor. */
(() => {
  'use strict';

  reportgen.panel('text', (element, entry, page) => {
    const place = element.querySelector('[data-text]');
    reportgen.frames.follow(element, entry, page, frame => {
      place.textContent = frame.text;
      place.scrollTop = 0;
    });
  });
})();
