/* The values of a picture's pixels. A page opened from disk may show a file, but not read it: there small pictures come
   once more as bytes, which the build carries, and for large ones the viewer says that it cannot. */
(() => {
  'use strict';

  const WHY = 'values cannot be read from disk for a picture of this size, but on a server or in a single file';

  /** A canvas of one pixel. A picture that may not be read spoils it for all that follow, so each has its own. */
  const canvas = () => Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });

  /** What gives the values of a pixel: red, green, blue, opacity; null where the browser forbids it. */
  const readerOf = source => {
    const context = canvas();
    const read = (x, y) => {
      context.clearRect(0, 0, 1, 1);
      context.drawImage(source, x, y, 1, 1, 0, 0, 1, 1);
      return context.getImageData(0, 0, 1, 1).data;
    };
    try { read(0, 0); } catch { return null; }
    return { read, width: source.naturalWidth, height: source.naturalHeight };
  };

  /** What scripts may read of a picture: the `<img>` itself, or its bytes; null where neither can be read. */
  const sourceOf = async (img, item) => {
    const direct = readerOf(img), blob = direct ? null : await item.bytes?.();
    if (!blob) return direct;
    const copy = new Image(), address = URL.createObjectURL(blob);
    copy.src = address;
    try { await copy.decode(); } finally { URL.revokeObjectURL(address); }
    return readerOf(copy);
  };

  /** Values as words: one number for grey, three for colours, a fourth where the ground shows. */
  const words = ([r, g, b, a], image) => {
    if (a === 0) return 'transparent';
    const grey = image.mode !== undefined, deep = grey && image.mode.startsWith('I') ? ' (8 of 16 bits)' : '';
    const colour = grey ? String(r) : `R ${r}  G ${g}  B ${b}`, clear = a < 255 ? `  A ${a}` : '';
    return colour + clear + deep;
  };

  /** Reads one picture. @returns {Promise<{at: (x: number, y: number) => string, why: string}>} */
  const reader = async (img, item) => {
    const source = await sourceOf(img, item).catch(() => null), { image } = item;
    // a file may hold more or fewer pixels than its record says
    const across = (source?.width ?? 1) / image.width, down = (source?.height ?? 1) / image.height;
    return { why: source ? '' : WHY, at: (x, y) => source ? words(source.read(Math.floor(x * across), Math.floor(y * down)), image) : '' };
  };

  reportgen.pixels = { reader };
})();
