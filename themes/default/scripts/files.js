/* Files that the page only shows or offers: pictures, downloads. In a folder they are addresses; in a single file blocks of
   base64 text, from which an object URL is made when it is first needed. */
(() => {
  'use strict';
  const { manifest, on, block, fromBase64 } = reportgen;

  /* An object URL is made once and kept: its bytes lie outside of the page, and the text they came from goes. Revoking
     it far from the window and making it anew, or taking `src` away from a picture, costs several times the memory: the
     browser keeps what it decoded per address, and drops it by itself when it is out of sight. */
  /** Reference to the promise of its object URL. */
  const making = new Map();
  /** Reference to its object URL, once it is there. */
  const made = new Map();
  /** Reference to the bytes behind that. */
  const blobs = new Map();

  const objectUrl = async ref => {
    const node = await block(ref);
    blobs.set(ref, new Blob([fromBase64(node.textContent.trim())], { type: node.dataset.mime || '' }));
    made.set(ref, URL.createObjectURL(blobs.get(ref)));
    node.remove();
    return made.get(ref);
  };

  /** An address for a file that the page shows. @returns {Promise<string>} */
  const url = async ref => {
    if (!ref.startsWith('#')) return manifest.root + ref;
    if (!making.has(ref)) making.set(ref, objectUrl(ref));
    return making.get(ref);
  };

  /** The bytes of a file that a single file shows; null where it was not shown yet, and in a folder. @returns {Blob|null} */
  const shownBytes = ref => blobs.get(ref) ?? null;

  // ---- pictures

  const showPicture = async img => {
    if (img.src) return;
    try {
      img.src = await url(img.dataset.src);
    } catch (fault) {
      img.alt = `${img.alt} (${fault.message})`;
    }
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

  /** A link to a file of a single file: its address is made when it is followed, by pointer or by key. */
  const openFile = async event => {
    const link = event.target.closest?.('a[data-href]');
    if (!link || link.href || (event.type === 'keydown' && event.key !== 'Enter')) return;
    event.preventDefault();
    link.href = await url(link.dataset.href);
    link.click();
  };

  /** Gives a link the file behind `ref`. Without an address of its own yet, it can be reached by key nevertheless. */
  const link = (a, ref) => {
    if (!ref.startsWith('#')) { a.href = manifest.root + ref; return; }
    a.removeAttribute('href');
    a.dataset.href = ref;
    a.tabIndex = 0;
    a.setAttribute('role', 'link');
  };

  /** Paper shows all pictures of the page, also those far from the window. `single.js` has done those whose text is
      still in the page. */
  const printed = () => {
    for (const img of document.querySelectorAll('.page.current img[data-src]:not([src])')) {
      if (made.has(img.dataset.src)) img.src = made.get(img.dataset.src);
    }
  };

  const afterPrint = () => {
    for (const img of document.querySelectorAll('img[data-src][src^="data:"]')) img.removeAttribute('src');
  };

  on('ready', () => {
    watchPicture = reportgen.watcher(showPicture);
    document.querySelectorAll('img[data-src]').forEach(img => watchPicture(img));
    document.querySelectorAll('a[data-href]').forEach(a => link(a, a.dataset.href));
    document.addEventListener('click', openFile);
    document.addEventListener('keydown', openFile);
    addEventListener('beforeprint', printed);
    addEventListener('afterprint', afterPrint);
  });

  Object.assign(reportgen, { url, shownBytes, picture, link });
})();
