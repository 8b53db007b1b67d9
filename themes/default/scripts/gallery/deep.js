/* Grey PNG files of 16 bits: browsers show eight of them, here are all. */
(() => {
  'use strict';

  /** What a PNG file begins with, and the name of the parts that hold its pixels. */
  const SIGNATURE = 0x89504e47, PIXELS = 0x49444154;
  /** Bytes of a pixel. */
  const STEP = 2;

  /** Takes the filter of a row back, each byte from those to the left, above, and above to the left. */
  const unfiltered = (row, above, filter) => {
    for (let i = 0; i < row.length; i++) {
      const a = i < STEP ? 0 : row[i - STEP], b = above?.[i] ?? 0, c = i < STEP ? 0 : above?.[i - STEP] ?? 0;
      if (filter === 1) row[i] += a;
      else if (filter === 2) row[i] += b;
      else if (filter === 3) row[i] += (a + b) >> 1;
      else if (filter === 4) {
        const p = a + b - c, [da, db, dc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
        row[i] += da <= db && da <= dc ? a : db <= dc ? b : c;
      }
    }
  };

  /**
   * The values of a grey picture of 16 bits.
   * @param {Blob} blob The file.
   * @returns {Promise<{read: (x: number, y: number) => number, width: number, height: number}|null>} Null for another file.
   */
  const deep = async blob => {
    const bytes = new Uint8Array(await blob.arrayBuffer()), view = new DataView(bytes.buffer);
    if (bytes.length < 33 || view.getUint32(0) !== SIGNATURE || bytes[24] !== 16 || bytes[25] || bytes[28]) return null;
    const width = view.getUint32(16), height = view.getUint32(20), parts = [];
    for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at)) {
      if (view.getUint32(at + 4) === PIXELS) parts.push(bytes.subarray(at + 8, at + 8 + view.getUint32(at)));
    }
    const unpacked = new Blob(parts).stream().pipeThrough(new DecompressionStream('deflate'));
    const plain = new Uint8Array(await new Response(unpacked).arrayBuffer()), long = STEP * width;
    let above = null;
    for (let y = 0, at = 0; y < height; y++, at += long + 1) {
      const row = plain.subarray(at + 1, at + 1 + long);
      if (plain[at]) unfiltered(row, above, plain[at]);
      above = row;
    }
    return { width, height, read: (x, y) => { const at = y * (long + 1) + 1 + STEP * x; return plain[at] << 8 | plain[at + 1]; } };
  };

  reportgen.deep = deep;
})();
