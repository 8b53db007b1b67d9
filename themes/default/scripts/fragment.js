/* What a reader chose on the page, in its address, after the place: "#run/0/<panel>?name=value&…". So a copied link shows
   the same. Plain links to a place keep what was chosen. */
(() => {
  'use strict';

  /** Milliseconds after the last change before the address is written: browsers refuse more than some hundred a minute. */
  const PAUSE = 200;

  /** Name to value, as the address has them. */
  let values = new Map();
  /** Name to its listeners. */
  const listeners = new Map();
  let timer = 0;

  const halves = () => {
    const hash = location.hash.slice(1), cut = hash.indexOf('?');
    return cut < 0 ? [hash, null] : [hash.slice(0, cut), hash.slice(cut + 1)];
  };

  const plain = text => { try { return decodeURIComponent(text); } catch { return ''; } };

  const parse = text => new Map(text.split('&').filter(Boolean).map(part => {
    const cut = part.indexOf('=');
    return cut < 0 ? [plain(part), ''] : [plain(part.slice(0, cut)), plain(part.slice(cut + 1))];
  }));

  const written = text => encodeURIComponent(text).replace(/%(2F|2C|3A|3B)/g, plain);

  /** The part of the address that holds what was chosen: "?name=value", or "". */
  const tail = () => {
    const parts = [...values].map(([name, value]) => `${written(name)}=${written(value)}`);
    return parts.length ? `?${parts.join('&')}` : '';
  };

  const write = () => {
    timer = 0;
    const [place] = halves(), end = tail();
    const address = place || end ? `#${place}${end}` : location.href.split('#')[0];
    try { history.replaceState(history.state, '', address); } catch { /* a sandboxed frame has no history */ }
  };

  const later = () => { clearTimeout(timer); timer = setTimeout(write, PAUSE); };

  /** What stands under a name; "" for nothing. @param {string} name @returns {string} */
  const get = name => values.get(name) ?? '';

  /** Puts a value under a name; "" takes it away. @param {string} name @param {string} value */
  const set = (name, value) => {
    if (get(name) === value) return;
    if (value) values.set(name, value);
    else values.delete(name);
    later();
  };

  /** All names that begin so, each with its value. @param {string} start @returns {[string, string][]} */
  const named = start => [...values].filter(([name]) => name.startsWith(start));

  /**
   * Calls `listener` with the value of a name when a reader goes to another address.
   * @param {string} name "*" for any, once, after all others. @param {(value: string) => void} listener @param {AbortSignal} [signal] Ends it.
   */
  const on = (name, listener, signal) => {
    if (!listeners.has(name)) listeners.set(name, new Set());
    listeners.get(name).add(listener);
    signal?.addEventListener('abort', () => listeners.get(name).delete(listener), { once: true });
  };

  addEventListener('hashchange', () => {
    const [, chosen] = halves();
    if (chosen === null) { if (values.size) later(); return; } // a plain link: what was chosen stays
    const before = values;
    values = parse(chosen);
    for (const [name, told] of [...listeners].sort(([a], [b]) => (a === '*') - (b === '*'))) {
      if (name !== '*' && (before.get(name) ?? '') === get(name)) continue;
      for (const listener of [...told]) try { listener(get(name)); } catch (fault) { console.error(fault); }
    }
  });

  values = parse(halves()[1] ?? '');
  reportgen.fragment = { get, set, on, named, tail };
})();
