/* Files that the page only shows or offers: pictures, downloads. In a folder they are addresses; in a single file blocks of
   base64 text, from which an object URL is made when it is needed and dropped when it is not. */
(() => {
  'use strict';
  const { manifest, on, block, fromBase64 } = reportgen;

  /** Object URLs in use: reference to its URL and how many use it. */
  const urls = new Map();

  /** An address for a file that the page shows; give it back with `release`. @returns {Promise<string>} */
  const url = async ref => {
    if (!ref.startsWith('#')) return manifest.root + ref;
    if (!urls.has(ref)) {
      urls.set(ref, { uses: 0, made: block(ref).then(node =>
        URL.createObjectURL(new Blob([fromBase64(node.textContent.trim())], { type: node.dataset.mime || '' }))) });
    }
    const entry = urls.get(ref);
    entry.uses++;
    return entry.made;
  };

  /** The counterpart of `url`: its last user lets the bytes go. */
  const release = ref => {
    const entry = urls.get(ref);
    if (!entry || --entry.uses > 0) return;
    urls.delete(ref);
    entry.made.then(made => URL.revokeObjectURL(made), () => {});
  };

  // ---- pictures

  const showPicture = async img => {
    if (img.shownRef === img.dataset.src) return;
    hidePicture(img);
    const ref = img.shownRef = img.dataset.src;
    try {
      const address = await url(ref);
      if (img.shownRef === ref) img.src = address;
    } catch (fault) {
      img.alt = `${img.alt} (${fault.message})`;
    }
  };

  const hidePicture = img => {
    if (!img.shownRef) return;
    release(img.shownRef);
    img.shownRef = undefined;
    img.removeAttribute('src');
  };

  let watchPicture = () => {};

  /** Gives an `<img>` the file behind `ref`: at once in a folder, when it comes near in a single file. */
  const picture = (img, ref) => {
    if (ref.startsWith('#')) {
      img.dataset.src = ref;
      watchPicture(img);
    } else {
      img.loading = 'lazy';
      img.src = manifest.root + ref;
    }
  };

  /** A link to a file of a single file: its address is made when it is followed. */
  const openFile = async event => {
    const link = event.target.closest?.('a[data-href]');
    if (!link || link.href) return;
    event.preventDefault();
    link.href = await url(link.dataset.href);
    link.click();
  };

  /** Paper shows all pictures of the page, also those far from the window: at once, since printing does not wait. */
  const printed = () => {
    for (const img of document.querySelectorAll('.page.current img[data-src]:not([src])')) {
      const node = document.getElementById(img.dataset.src.slice(1));
      if (node) img.src = `data:${node.dataset.mime};base64,${node.textContent.trim()}`;
    }
  };

  const afterPrint = () => {
    for (const img of document.querySelectorAll('img[data-src][src^="data:"]')) img.removeAttribute('src');
  };

  on('ready', () => {
    watchPicture = reportgen.watcher(showPicture, hidePicture);
    document.querySelectorAll('img[data-src]').forEach(img => watchPicture(img));
    document.addEventListener('click', openFile);
    addEventListener('beforeprint', printed);
    addEventListener('afterprint', afterPrint);
  });

  Object.assign(reportgen, { url, release, picture });
})();
