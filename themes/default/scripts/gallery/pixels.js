/* The values of a picture's pixels. A page opened from disk may show a file, but not read it: there the bytes of pictures
   come once more, as far as the build carries them, when a reader points at a picture for the first time. */
(() => {
  'use strict';

  const WHY = 'values cannot be read from disk for a file of this kind, but on a server or in a single file';

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

  const isDeep = ({ mode = '' }) => mode.startsWith('I');

  /** The bytes of a picture's file; null where scripts may not have them. */
  const bytesOf = async item => reportgen.shownBytes(item.image.show.file) ?? item.bytes?.() ?? null;

  /** What scripts may read of a picture: all bits of its file, the `<img>` itself, or its bytes; null where nothing can be read. */
  const sourceOf = async (img, item) => {
    const deep = isDeep(item.image) ? await bytesOf(item).then(blob => blob && reportgen.deep(blob)).catch(() => null) : null;
    if (deep) return deep;
    const direct = readerOf(img), blob = direct ? null : await item.bytes?.();
    if (!blob) return direct;
    const copy = new Image(), address = URL.createObjectURL(blob);
    copy.src = address;
    try { await copy.decode(); } finally { URL.revokeObjectURL(address); }
    return readerOf(copy);
  };

  /** Values as words: one number for grey, three for colours, a fourth where the ground shows. */
  const words = (found, image) => {
    if (typeof found === 'number') return String(found);
    const [r, g, b, a] = found;
    if (a === 0) return 'transparent';
    const colour = image.mode !== undefined ? String(r) : `R ${r}  G ${g}  B ${b}`, clear = a < 255 ? `  A ${a}` : '';
    return colour + clear + (isDeep(image) ? ' (8 of 16 bits)' : '');
  };

  /**
   * Reads one picture, from the first time that somebody asks for a value.
   * @param {HTMLImageElement} img @param {any} item @param {() => void} arrived Called once the values are there.
   * @returns {{at: (x: number, y: number) => string}} The values of a pixel in words, or why there are none.
   */
  const reader = (img, item, arrived) => {
    let source = null, why = '';
    const begin = async () => {
      why = 'reading …';
      try {
        source = await sourceOf(img, item);
        why = WHY;
      } catch (fault) { why = fault.message; }
      arrived();
    };
    const at = (x, y) => {
      if (!why) begin();
      if (!source) return why;
      const { width, height } = item.image; // a file may hold more or fewer pixels than its record says
      return words(source.read(Math.floor(x * source.width / width), Math.floor(y * source.height / height)), item.image);
    };
    return { at };
  };

  reportgen.pixels = { reader };
})();
