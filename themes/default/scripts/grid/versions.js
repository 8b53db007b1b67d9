/* Which tables are shown when a reader compares one with those of other steps or runs. `compare.js` puts them together. */
(() => {
  'use strict';
  const { stacked, joined, joinKeys, STATES } = reportgen.grid;
  const { count, plural } = reportgen.format;

  /** The tables as one, with the step or run of each row as a column. */
  const asOne = async (some, what) => {
    const tables = await Promise.all(some.map(async version => ({ label: version.short ?? version.label, data: await version.load() })));
    const data = stacked(tables, what);
    return [{ data: Object.assign(data, { words: `${plural(data.rows, 'row')} of ${plural(some.length, what)}` }), label: '' }];
  };

  /** How many rows changed, and what a reader must know to read that. */
  const joinedWords = ({ counts, only, repeats }, labels, by) => [
    STATES.map((name, i) => `${count(counts[i])} ${name}`).join(', '),
    ...only.flatMap((names, i) => names.length ? [`only ${labels[i]} has ${names.join(', ')}: not compared`] : []),
    ...repeats ? [`${plural(repeats, 'value')} of ${by} in several rows: paired in their order`] : [],
  ].join('; ');

  /**
   * The tables that stand side by side: two, or one that is made of several.
   * @param {any} grid @param {{mode: string, with: string, by: string}} now What is compared. @param {any} mine The version at hand.
   * @returns {Promise<{data: any, label: string}[]>}
   */
  const compared = async ({ context: { versions, what, several }, state }, now, mine) => {
    const named = id => versions.find(version => version.id === id), place = versions.indexOf(mine);
    const other = now.with !== mine.id && named(now.with) || versions[place - 1] || versions[place + 1];
    if (!other && now.mode !== 'stack') return [{ data: await mine.load(), label: mine.label }];
    if (now.mode === 'stack') {
      const all = now.with === 'all' || !named(now.with);
      return asOne(all ? versions : [mine, other].filter(Boolean).sort((a, b) => versions.indexOf(a) - versions.indexOf(b)), what);
    }
    if (state.compare) state.compare.with = other.id;
    // from the run that a reader names first to the other one; from the earlier step to the later one
    const pair = several || place < versions.indexOf(other) ? [mine, other] : [other, mine];
    const [before, after] = await Promise.all(pair.map(version => version.load())), [{ label: from }, { label: to }] = pair;
    if (now.mode === 'beside') return [{ data: before, label: from }, { data: after, label: to }];
    const keys = joinKeys(before, after), by = keys.includes(now.by) ? now.by : keys[0];
    if (!by) return [{ data: after, label: to }];
    if (state.compare) state.compare.by = by;
    const data = joined(before, after, by);
    return [{ data: Object.assign(data, { words: `${from} to ${to}, by ${by}: ${joinedWords(data, [from, to], by)}`, keys }), label: '' }];
  };

  /** Lets two tables scroll together. @param {HTMLElement[]} pair @param {AbortSignal} signal Ends it. */
  const linkScrolls = ([a, b], signal) => {
    const follow = (from, to) => from.addEventListener('scroll', () => { if (from.matches(':hover, :focus-within')) to.scrollTo(from.scrollLeft, from.scrollTop); }, { passive: true, signal });
    follow(a, b);
    follow(b, a);
  };

  Object.assign(reportgen.grid, { compared, linkScrolls });
})();
