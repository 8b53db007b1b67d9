/* Panels: a component per kind, woken as its panel comes near the window and put to sleep far from it. */
(() => {
  'use strict';
  const { manifest, on } = reportgen;

  /** How far outside the window a panel wakes, and how far it goes to sleep again. */
  const NEAR = '600px 0px', FAR = '2400px 0px';
  /** Milliseconds after which it wakes even on a busy page. */
  const SOON = 400;

  const kinds = new Map();
  /** Element to what is known of its panel. */
  const known = new Map();

  /** Registers the component of a kind: it brings a panel to life, and may return what puts it to sleep. */
  const panel = (kind, component) => { kinds.set(kind, component); };

  /** Says on a panel that it does not work, in words; the rest of the page is not touched. */
  const fail = (element, fault) => {
    element.classList.add('failed');
    let message = element.querySelector(':scope > .panel-error');
    if (!message) {
      message = document.createElement('p');
      message.className = 'panel-error message error';
      message.setAttribute('role', 'status');
      element.append(message);
    }
    message.textContent = `This panel does not respond: ${fault?.message ?? fault}. The first picture of it stays.`;
  };

  const wake = async element => {
    const it = known.get(element), component = kinds.get(it.entry.kind);
    if (it.ending || !component) return;
    const ending = it.ending = new AbortController();
    try {
      const sleep = await component(element, { ...it.entry, signal: ending.signal }, it.page);
      if (typeof sleep !== 'function') return;
      if (ending.signal.aborted) sleep();
      else it.sleep = sleep;
    } catch (fault) {
      if (!ending.signal.aborted) fail(element, fault);
    }
  };

  const sleep = element => {
    const it = known.get(element);
    if (!it.ending) return;
    const end = it.sleep;
    try { end?.(); } catch (fault) { fail(element, fault); }
    it.ending.abort();
    it.ending = it.sleep = undefined;
  };

  /** The first frame has been painted: it stands in the document, and nothing that wakes may hold it up. */
  const painted = new Promise(resolve => {
    if (performance.getEntriesByName('first-contentful-paint').length) resolve(); // a single file's scripts start later
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, 300); // a hidden tab paints nothing
  });

  const whenIdle = globalThis.requestIdleCallback ?? (work => setTimeout(work, 50));

  /** Calls `near` when an element comes near the window and `far` when it is far from it again. */
  const watcher = (near, far = () => {}) => {
    const away = new WeakSet();
    const inner = new IntersectionObserver(seen => {
      // what is in the window comes first; what is only near it waits until the window is drawn
      for (const { isIntersecting, target, boundingClientRect: box } of seen) {
        if (!isIntersecting) continue;
        if (box.top < innerHeight && box.bottom > 0) near(target);
        else whenIdle(() => { if (!away.has(target)) near(target); }, { timeout: SOON });
      }
    }, { rootMargin: NEAR });
    const outer = new IntersectionObserver(seen => {
      for (const { isIntersecting, target } of seen) {
        if (isIntersecting) { away.delete(target); continue; }
        away.add(target);
        far(target);
      }
    }, { rootMargin: FAR });
    return element => painted.then(() => { inner.observe(element); outer.observe(element); });
  };

  on('ready', () => {
    const watch = watcher(wake, sleep);
    for (const page of Object.values(manifest.pages)) {
      for (const entry of page.panels) {
        const element = document.getElementById(entry.id);
        if (!element || !kinds.has(entry.kind)) continue;
        known.set(element, { entry, page });
        watch(element);
      }
    }
  });

  Object.assign(reportgen, { panel, fail, watcher });
})();
