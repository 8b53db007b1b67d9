/* What readers take along: files that the page makes, and words in the clipboard. */
(() => {
  'use strict';

  /** Milliseconds for which a browser may still ask for the file. */
  const KEPT = 60_000;

  /** Offers a file to the reader. @param {string} name @param {BlobPart[]} parts @param {string} type */
  const offer = (name, parts, type) => {
    const link = document.createElement('a'), address = URL.createObjectURL(new Blob(parts, { type }));
    link.href = address;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), KEPT);
  };

  /** A key as a file name on any disk. */
  const fileName = (key, ending, otherwise) => `${key.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|[-.]+$/g, '').slice(0, 80) || otherwise}${ending}`;

  /** One field of a CSV file. A text that a spreadsheet would take for a formula gets an apostrophe in front. */
  const field = (text, number = false) => {
    const safe = !number && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };

  /** Puts words into the clipboard, also where a browser keeps it from pages of a disk. @param {string} text */
  const copy = async text => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement('textarea'), held = document.activeElement;
      area.value = text;
      (held?.closest('dialog') ?? document.body).append(area);
      area.select();
      document.execCommand('copy');
      area.remove();
      held?.focus?.({ preventScroll: true });
    }
  };

  reportgen.taken = { offer, fileName, field, copy };
})();
