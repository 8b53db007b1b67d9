/* The pictures behind an image panel: those of one step of one run or of several, read when a reader comes to them. */
(() => {
  'use strict';
  const { manifest, state } = reportgen;

  /**
   * @typedef {{show: {file?: string, thumb?: string, note?: string, lost?: string}, width: number, height: number,
   *   caption?: string, note?: string, group?: number, mode?: string, masks?: any[], boxes?: any[]}} Image  As the build
   *   describes one picture.
   * @typedef {{image: Image, at: number, of: number, step: number, time: number, run: any, bytes: () => Promise<any>}} Item
   *   A picture in its place: `at` among the `of` pictures of its run and step; `run` is set where several are shown.
   */

  /** A part's pictures, and where the bytes of each frame's first picture stand. One promise per part. */
  const parts = new WeakMap();

  const partOf = part => {
    if (!parts.has(part)) {
      const read = typeof part.images === 'string' ? reportgen.values(part.images) : Promise.resolve(part.images);
      parts.set(part, read.then(frames => {
        let sum = 0;
        return { frames, starts: frames.map(images => { sum += images.length; return sum - images.length; }) };
      }));
      parts.get(part).catch(() => parts.delete(part)); // another try may find it
    }
    return parts.get(part);
  };

  const TYPES = { png: 'image/png', jpg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp', bmp: 'image/bmp', avif: 'image/avif' };

  /** In place of the bytes of a picture that found no room in the report. */
  const NOT_CARRIED = -1;

  /** The bytes of a picture as a blob that scripts may read; null where there are none, and an error where the report has no room for them. */
  const blobOf = async (part, index, image) => {
    const place = part.pixels?.at[index];
    if (place === NOT_CARRIED) throw new Error('the values of this picture had no room in the report (--max-values); a single file, or a server, shows them');
    if (!place) return null;
    const [start, size] = Array.isArray(place) ? place : [0, undefined], all = await reportgen.bytes(size ? part.pixels.data : place);
    return new Blob([size ? all.subarray(start, start + size) : all], { type: TYPES[image.show.file.split('.').pop()] ?? '' });
  };

  /** The pictures of one run at or before a step. @returns {Promise<Item[]>} */
  const ofRun = async (data, one, step) => {
    const [at, time, , number, index] = one.frames[reportgen.frames.frameAt(one.frames, step, ([first]) => first)], part = data.parts[number];
    const { frames, starts } = await partOf(part), images = frames[index];
    const run = data.runs.length > 1 ? manifest.runs.find(r => r.index === one.run) ?? null : null;
    return images.map((image, i) => ({
      image, at: i, of: images.length, step: at, time, run, bytes: () => blobOf(part, starts[index] + i, image),
    }));
  };

  /** The runs of a panel that are chosen in the report. */
  const chosen = data => data.runs.length > 1 ? data.runs.filter(one => state.runs.has(one.run)) : data.runs;

  /** All pictures that a panel shows at a step: the first of each run, then the second of each. @returns {Promise<Item[]>} */
  const at = async (data, step) => {
    const lists = await Promise.all(chosen(data).map(one => ofRun(data, one, step)));
    if (lists.length < 2) return lists[0] ?? [];
    const most = Math.max(...lists.map(list => list.length)), found = [];
    for (let i = 0; i < most; i++) for (const list of lists) if (list[i]) found.push(list[i]);
    return found;
  };

  /** A picture in words: its caption, or its place. */
  const named = (item, key) => item.image.caption || `${key}, picture ${item.at + 1} of ${item.of}${item.run ? ', ' + item.run.name : ''}`;

  reportgen.pictures = { at, ofRun, chosen, named, blobOf };
})();
