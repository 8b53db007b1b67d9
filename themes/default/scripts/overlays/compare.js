/* Two layers of masks against each other, such as a prediction and the truth: where they agree, where they differ, and on
   how many pixels. */
(() => {
  'use strict';
  const { overlays } = reportgen;
  const { classId, classShown, palette, table, slotsOf, colourWord, FILL } = overlays;

  /** What a pixel of two layers is: nothing in both, the same, only in one, or of two classes. */
  const NOTHING = 0, SAME = 1, FIRST = 2, SECOND = 3, OTHER = 4;
  /** Colours of the last three, as series. */
  const TELLS = { [FIRST]: 2, [SECOND]: 6, [OTHER]: 7 };

  /** A layer's classes as a comparison sees them: "" for what is not listed and what is off, each by its place in samples. */
  const namesOf = (choice, layer) => ['', ...layer.classes.map(one => classShown(choice, one) ? classId(one) : '')];

  /** What each pair of places in samples is: at `first * 257 + second`. */
  const verdicts = (choice, layers) => {
    const found = new Uint8Array(257 * 257), [first, second] = layers.map(layer => namesOf(choice, layer));
    first.forEach((a, i) => second.forEach((b, j) => {
      found[i * 257 + j] = a === b ? a ? SAME : NOTHING : !b ? FIRST : !a ? SECOND : OTHER;
    }));
    return found;
  };

  /** Where two layers agree, in the colours of the classes; or where they differ, in three colours. */
  const compare = (target, samples, choice, layers) => {
    const [first, second] = samples, found = verdicts(choice, layers), [a, b] = layers.map(layer => slotsOf(layer).edge - 1);
    if (choice.view === 'agree') {
      const colours = table({ ...choice, outline: false }, layers[0]);
      for (let i = 0; i < first.length; i++) target[i] = found[(first[i] & a) * 257 + (second[i] & b)] === SAME ? colours[first[i]] : 0;
      return;
    }
    const { bytes: colours } = palette(), tells = new Uint32Array(5);
    for (const [verdict, series] of Object.entries(TELLS)) tells[verdict] = colourWord(colours[series], Math.max(FILL, choice.opacity / 100));
    for (let i = 0; i < first.length; i++) target[i] = tells[found[(first[i] & a) * 257 + (second[i] & b)]];
  };

  /** How many pixels of two masks are what: [nothing, same, only first, only second, two classes]. */
  const tally = (first, second, choice, layers) => {
    const found = verdicts(choice, layers), counts = [0, 0, 0, 0, 0], [a, b] = layers.map(layer => slotsOf(layer).of);
    for (let i = 0; i < first.length; i++) counts[found[a[first[i]] * 257 + b[second[i]]]]++;
    return counts;
  };

  Object.assign(overlays, { compare, tally, verdict: { NOTHING, SAME, FIRST, SECOND, OTHER, TELLS } });
})();
