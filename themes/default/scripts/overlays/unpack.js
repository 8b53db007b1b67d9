/* Masks as they arrive: class numbers row by row, packed with gzip. */
(() => {
  'use strict';
  const { bytes, gunzip, overlays } = reportgen;

  /** Bytes of unpacked masks that are kept for pictures that come back. */
  const KEPT = 64e6;
  /** Reference to the promise of its class numbers, the one used last at the end. */
  const known = new Map();
  let held = 0;

  const unpack = async ref => {
    const pixels = new Uint8Array(await gunzip(await bytes(ref)));
    held += pixels.length;
    for (const [old, { size }] of known) {
      if (held <= KEPT) break;
      if (!size || old === ref) continue; // on its way
      known.delete(old);
      held -= size;
    }
    if (known.has(ref)) known.get(ref).size = pixels.length;
    return pixels;
  };

  /** The class numbers of a mask, row by row. @param {string} ref @returns {Promise<Uint8Array>} */
  const pixelsOf = ref => {
    const entry = known.get(ref) ?? { size: 0, pixels: unpack(ref) };
    known.delete(ref);
    known.set(ref, entry);
    entry.pixels.catch(() => known.delete(ref));
    return entry.pixels;
  };

  Object.assign(overlays, { pixelsOf });
})();
