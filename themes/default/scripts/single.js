/* What a single file does before its scripts have started. They lie packed in a text block after the pages and start
   when the page is on the screen, since compiling them takes as long as drawing it. Until then this script shows the
   page that the address names, its beginning first, keeps what a reader does, and prints. */
(function () {
  'use strict';
  const root = document.documentElement;
  /** The block, as `reportgen/site/deliver.py` names it. */
  const BLOCK = 'reportgen-scripts';
  /** Milliseconds: nothing is painted in a hidden tab. How often the block is looked for. */
  const HIDDEN = 400, SOON = 20;

  root.classList.add('starting'); // for the styles: the first frame holds the beginning of the page, the next one all

  // ---- the page that the address names, "#run/<id>" or "#run/<id>/<panel>": not the overview first

  let rule;

  const turn = () => {
    const parts = location.hash.slice(1).split('?')[0].split('/');
    if (parts.length < 2 && !rule) return;
    const named = (_, i) => ['page', 'address'].map(name => `.page[data-${name}="${CSS.escape(parts.slice(0, i + 1).join('/'))}"]`);
    const pages = parts.flatMap(named);
    rule ??= document.head.appendChild(document.createElement('style'));
    rule.textContent = parts.length > 1 ? `.page{display:none!important}${pages.join()}{display:block!important}` : '';
  };

  // ---- what a reader does: it is done again for the scripts

  /** @type {[string, any][]} */
  const done = [];
  const keep = event => done.push([event.type, event.target]);

  const again = ([type, target]) => {
    if (type !== 'click') target.dispatchEvent(new Event(type, { bubbles: type !== 'toggle' }));
    else target.closest?.('button, a[data-href]')?.click(); // a link, a check box or a menu has done its work
  };

  // ---- pictures on paper: those that no script has shown; `files.js` takes them back

  const printed = () => {
    for (const img of document.querySelectorAll('img[data-src]:not([src])')) {
      const node = document.getElementById(img.dataset.src.slice(1));
      if (node && img.checkVisibility()) img.src = `data:${node.dataset.mime};base64,${node.textContent.trim()}`;
    }
  };

  // ---- the start

  /** When the next frame is made; a hidden tab makes none. */
  const frame = () => new Promise(resolve => {
    requestAnimationFrame(resolve);
    setTimeout(resolve, HIDDEN);
  });

  /** Whether that frame holds something of a page. */
  const drawn = () => [...document.querySelectorAll('.page')].some(page => page.offsetHeight > 0);

  /** The block's text, once the parser has passed its end. */
  const text = async () => {
    for (;;) {
      const node = document.getElementById(BLOCK), parsing = document.readyState === 'loading';
      if (node && (node.nextSibling || !parsing)) return node.textContent;
      if (!parsing) throw new Error('the scripts are missing from this file');
      await new Promise(resolve => setTimeout(resolve, SOON));
    }
  };

  const unpacked = async packed => {
    const bytes = Uint8Array.fromBase64?.(packed) ?? Uint8Array.from(atob(packed), c => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Response(stream, { headers: { 'Content-Type': 'text/javascript' } }).blob();
  };

  const run = address => new Promise((resolve, reject) => {
    const script = document.head.appendChild(document.createElement('script'));
    script.onload = resolve;
    script.onerror = reject;
    script.src = address;
  });

  const start = async () => {
    const ends = new AbortController(), during = { signal: ends.signal, capture: true };
    history.scrollRestoration = 'manual'; // page.js knows how far each page was read
    addEventListener('hashchange', turn, during);
    for (const type of ['click', 'input', 'change', 'toggle']) document.addEventListener(type, keep, during);
    do await frame(); while (!drawn() && document.readyState === 'loading');
    const script = text().then(unpacked);
    try {
      await frame();
      root.classList.remove('starting');
      const address = URL.createObjectURL(await script);
      await frame();
      await run(address);
      URL.revokeObjectURL(address);
    } catch (fault) {
      root.classList.remove('js'); // a page is complete without scripts
      throw fault;
    } finally {
      ends.abort();
      rule?.remove();
    }
    done.forEach(again);
  };

  turn();
  addEventListener('beforeprint', printed);
  setTimeout(start); // not in the way of the parser
})();
