/* A table panel: the table of the step under the page's cursor, or those of several runs. */
(() => {
  'use strict';
  const { load, first, table } = reportgen.grid;
  const { count } = reportgen.format;

  /** Index of the last frame at or before `step`; the first one when all are later. */
  const frameAt = (frames, step) => Math.max(0, frames.findLastIndex(frame => frame.step <= step));

  reportgen.panel('table', (element, entry, page) => {
    const { signal, key, data: { frames, schemas, parts, layers, sources } } = entry;
    if (!frames.length) return undefined;
    const loaded = new Map(), saved = element.tables ??= [];

    /** The rows of a table; those of a part are brought in once. */
    const rowsOf = async ({ part, schema, rows }) => {
      if (!loaded.has(part)) loaded.set(part, load(parts[part], schemas[schema], layers));
      return first(await loaded.get(part), rows);
    };

    const versionOf = (one, id, label, short) => ({ id, label, short, size: one.size, load: () => rowsOf(one) });
    const stepVersion = (frame, i) => versionOf(frame.tables[i], String(frame.step), `Step ${count(frame.step)}`, count(frame.step));

    /** The tables of every run at a step. */
    const ofRuns = step => sources.flatMap(({ name, run }, number) => {
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

    /** The tools over the pictures of a column. */
    const overlayControls = (place, column, { key: name, layers: all }) => {
      const thumbs = column.words.flatMap(word => word.thumbs ?? []).filter(([, , , over]) => over !== undefined);
      const pictures = thumbs.map(([, width, height, over]) => ({ width, height, ...column.overlays?.[over] }));
      const title = document.createElement('p'), tools = document.createElement('div');
      title.className = 'note';
      title.textContent = `Over the pictures of ${column.name}`;
      place.append(title, tools);
      reportgen.overlays.controls(element, { ...entry, key: name }, page, all, tools)?.show(pictures);
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

    const draw = async frame => {
      try {
        if (sources) {
          const versions = ofRuns(frame.step);
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
    return () => { grids.forEach((grid, i) => { saved[i] = grid.sleep(); }); };
  });
})();
