/* The page's runtime: what the build says of the page, and what its parts tell each other. The other scripts add to the
   one global, `reportgen`: payload.js brings numbers in, files.js what is only shown, panels.js wakes panels. */
(() => {
  'use strict';

  /**
   * @typedef {{id: string, kind: string, key: string, data: any}} PanelEntry  A panel as the manifest lists it.
   * @typedef {{id: string, run?: number, panels: PanelEntry[]}} Page  `run` is set on a run's own page.
   * @typedef {PanelEntry & {signal: AbortSignal}} Panel  `signal` is aborted when the panel goes to sleep.
   * @typedef {{index: number, id: string, name: string, colour: number, dash: number, shown: boolean, href: string,
   *   sessions: [number, number][]}} Run
   */

  /** The manifest: filled in before `ready` is told. */
  const manifest = { version: 1, root: '', single: false, libraries: {}, runs: [], pages: {} };

  const state = { runs: new Set(), filter: null, highlight: null, smoothing: 0, axis: 'step', page: '', steps: {} };
  const listeners = new Map();

  /**
   * Calls `listener` with every later value of an event.
   * @param {string} event @param {(value: any, page?: string) => void} listener
   * @param {AbortSignal} [signal] Ends it.
   */
  const on = (event, listener, signal) => {
    if (!listeners.has(event)) listeners.set(event, new Set());
    listeners.get(event).add(listener);
    signal?.addEventListener('abort', () => listeners.get(event).delete(listener), { once: true });
  };

  /** Tells all listeners, and keeps the value in `state`. A step belongs to one page, the current one by default. */
  const emit = (event, value, page = state.page) => {
    if (event === 'step') state.steps[page] = value;
    else if (event in state) state[event] = value;
    for (const listener of [...listeners.get(event) ?? []]) {
      try { listener(value, page); } catch (fault) { console.error(fault); }
    }
  };

  const start = () => {
    Object.assign(manifest, JSON.parse(document.getElementById('reportgen-page')?.textContent || '{}'));
    for (const [id, page] of Object.entries(manifest.pages)) page.id = id;
    state.runs = new Set(manifest.runs.filter(run => run.shown).map(run => run.index));
    state.page = Object.keys(manifest.pages)[0] ?? '';
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => emit('theme', 'auto'));
    emit('ready', manifest);
  };

  window.reportgen = { manifest, state, on, emit };
  // once every script of the page has said what it listens to; a single file's blocks may still be on their way
  queueMicrotask(() => {
    if (document.getElementById('reportgen-page')) start();
    else document.addEventListener('DOMContentLoaded', start, { once: true });
  });
})();
