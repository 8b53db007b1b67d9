/* Elements as scripts make them. */
(() => {
  'use strict';

  /** An element with a class and a text. @param {string} name @param {string} [className] @param {string} [words] @returns {any} */
  const make = (name, className, words) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (words) made.textContent = words;
    return made;
  };

  /** A button. @param {string} words @param {(event: any) => void} work What it does. @param {string} [className] */
  const button = (words, work, className) => {
    const made = make('button', className, words);
    made.type = 'button';
    made.addEventListener('click', work);
    return made;
  };

  Object.assign(reportgen, { make, button });
})();
