/* A table panel: the table of the step under the page's cursor, or those of several runs. */
(() => {
  'use strict';
  const { load, first, table } = reportgen.grid;
  const { count } = reportgen.format, { frameAt } = reportgen.frames;

  /** The rows of a table, those of a part are brought in once: `loaded` has them. */
  const bring = (loaded, { parts, schemas, layers }, { part, schema }) => {
    if (!loaded.has(part)) loaded.set(part, load(parts[part], schemas[schema], layers));
    return loaded.get(part);
  };

  /** What is brought in before a panel wakes, by its data. */
  const early = new WeakMap();

  /* A table in the window is what a reader opened the page for: its rows are fetched while the first frame is drawn and
     unpacked right after it. */
  reportgen.on('ready', ({ pages }) => {
    for (const { id, kind, data } of pages[reportgen.state.page]?.panels ?? []) {
      const box = kind === 'table' && data.frames.length && document.getElementById(id)?.getBoundingClientRect();
      if (!box || box.top > innerHeight || box.bottom < 0) continue;
      const loaded = new Map(), [shown] = data.frames.at(-1).tables;
      for (const ref of [data.parts[shown.part].columns, data.parts[shown.part].values]) reportgen.ahead(ref);
      early.set(data, loaded);
      requestAnimationFrame(() => setTimeout(() => { bring(loaded, data, shown).catch(() => loaded.clear()); })); // the panel tells why
    }
  });

  reportgen.panel('table', (element, entry, page) => {
    const { signal, key, data } = entry, { frames, sources } = data;
    if (!frames.length) return undefined;
    const loaded = early.get(data) ?? new Map(), saved = element.tables ??= [];
    early.delete(data);

    const rowsOf = async one => first(await bring(loaded, data, one), one.rows);

    const versionOf = (one, id, label, short) => ({ id, label, short, size: one.size, load: () => rowsOf(one) });
    const stepVersion = (frame, i) => versionOf(frame.tables[i], String(frame.step), `Step ${count(frame.step)}`, count(frame.step));

    /** The tables of every run that is chosen, at a step. */
    const ofRuns = step => sources.flatMap(({ name, run }, number) => {
      if (!reportgen.state.runs.has(run)) return [];
      const own = frames.filter(frame => frame.source === number), frame = own[frameAt(own, step)];
      return frame ? [versionOf(frame.tables[0], String(run), name)] : [];
    });

    const grids = [];
    /** The table at a place of the panel, brought to life when it is first shown. */
    const gridAt = (host, i, versions) => {
      const address = `table/${key}` + (i ? `/${i + 1}` : '');
      grids[i] ??= table(host, {
        key, signal, address, several: !!sources, what: sources ? 'run' : 'step', controls: reportgen.overlays?.controls && overlayControls, ...saved[i],
        saved: saved[i]?.saved,
      });
      Object.assign(grids[i].context, { versions });
      if (sources) grids[i].state.compare ??= { mode: 'stack', from: versions[0].id, with: 'all', by: '' };
      return grids[i];
    };

    /** The tools over the pictures of a column, which go with them into the viewer; `show` is told those of the rows that are found. */
    const overlayControls = (place, column, { key: name, layers: all }) => {
      const title = document.createElement('p'), tools = document.createElement('div');
      title.className = 'note';
      title.textContent = `Over the pictures of ${column.name}`;
      place.append(title, tools);
      return { tools, show: reportgen.overlays.controls(element, { ...entry, key: name, whole: true }, page, all, tools)?.show ?? (() => {}) };
    };

    const hosts = () => [...element.querySelectorAll(':scope > .table')];

    /** As many places as the step has tables. */
    const makeRoom = wanted => {
      const there = hosts();
      there.slice(wanted).forEach(host => { host.hidden = true; });
      for (let i = 0; i < wanted; i++) {
        if (there[i]) { there[i].hidden = false; continue; }
        const copy = there[0].cloneNode(true);
        copy.querySelector('tbody').replaceChildren();
        copy.querySelectorAll('[data-grid-overlays], [data-grid-chips]').forEach(place => place.replaceChildren());
        hosts().at(-1).after(copy);
      }
    };

    /** What stands in the place of rows where no run that has some is chosen. */
    const sayNone = none => {
      hosts().forEach((host, i) => { host.hidden = none || i > 0; });
      element.querySelector(':scope > [data-none]')?.remove();
      if (!none) return;
      const words = Object.assign(document.createElement('p'), { className: 'note', textContent: 'None of the runs that logged this is chosen' });
      words.dataset.none = '';
      hosts().at(-1).after(words);
    };

    let step = 0;
    const draw = async frame => {
      step = frame.step;
      try {
        if (sources) {
          const versions = ofRuns(frame.step);
          sayNone(!versions.length);
          if (!versions.length) return;
          await gridAt(hosts()[0], 0, versions).show(versions[0]);
          return;
        }
        makeRoom(frame.tables.length);
        await Promise.all(frame.tables.map((one, i) => {
          const versions = frames.filter(other => other.tables[i]).map(other => stepVersion(other, i));
          return gridAt(hosts()[i], i, versions).show(versions.find(version => version.id === String(frame.step)));
        }));
      } catch (fault) {
        reportgen.fail(element, fault);
      }
    };

    const steps = [...new Set(frames.map(frame => frame.step))].sort((a, b) => a - b);
    const shown = sources ? steps.map(step => ({ step })) : frames;
    reportgen.frames.follow(element, { ...entry, data: { frames: shown } }, page, draw);
    const now = reportgen.state.steps[page.id];
    draw(shown[now === undefined ? shown.length - 1 : frameAt(shown, now)]);
    if (sources) reportgen.on('runs', () => draw({ step }), signal);
    return () => { grids.forEach((grid, i) => { saved[i] = grid.sleep(); }); };
  });
})();
