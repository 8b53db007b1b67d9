/* The choice of runs as the address has it: "a,b" are chosen, "-a,b" are not, "-" is none; "" is what the page began with. */
(() => {
  'use strict';
  const { manifest, fragment } = reportgen;

  /** @param {Set<number>} chosen Numbers of the runs whose boxes are ticked. */
  const keep = chosen => {
    const { runs } = manifest, names = wanted => runs.filter(run => chosen.has(run.index) === wanted).map(run => run.id);
    const on = names(true), off = names(false);
    const same = runs.every(run => chosen.has(run.index) === run.shown);
    fragment.set('runs', same ? '' : !on.length ? '-' : on.length <= off.length ? on.join() : `-${off.join()}`);
  };

  /** Whether a run is chosen, by its number; what names no run of the report says nothing. @returns {(run: number) => boolean} */
  const recall = () => {
    const text = fragment.get('runs'), but = text.startsWith('-'), named = new Set(text.slice(but ? 1 : 0).split(','));
    const of = new Map(manifest.runs.map(run => [run.index, run]));
    if (text === '-') return () => false;
    if (!manifest.runs.some(run => named.has(run.id))) return run => of.get(run).shown;
    return run => named.has(of.get(run).id) !== but;
  };

  reportgen.choice = { keep, recall };
})();
