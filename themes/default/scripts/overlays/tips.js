/* What lies under the pointer: layers, classes and boxes in a tooltip. */
(() => {
  'use strict';
  const { overlays, tip } = reportgen;
  const { square } = overlays;

  /** Rows of the tooltip. */
  const ROWS = 8;

  /** A tooltip's text of what lies at a point. */
  const words = (found, x, y) => ({
    caption: `x ${Math.floor(x)}, y ${Math.floor(y)}`,
    rows: found.slice(0, ROWS).map(one => ({ mark: square(one.colour), name: one.layer, value: [one.caption || one.name, ...one.scores ?? []].join('  ') })),
    more: found.length > ROWS ? `and ${found.length - ROWS} more boxes` : '',
  });

  /** Shows what lies under the pointer, and marks the box. @returns {() => void} Ends it. */
  const hover = overlay => {
    const { stage, image } = overlay;
    const move = event => {
      if (event.pointerType === 'touch' || !overlay.loaded) return;
      const box = stage.getBoundingClientRect(), view = overlay.view?.() ?? { scale: box.width / image.width, x: 0, y: 0 };
      const x = (event.clientX - box.left - view.x) / view.scale;
      const y = (event.clientY - box.top - view.y) / (overlay.view ? view.scale : box.height / image.height);
      const found = overlay.at(x, y);
      overlay.mark(true);
      if (found.length) tip.show(words(found, x, y), event.clientX, event.clientY, stage);
      else tip.hide();
    };
    const leave = () => { overlay.under = []; overlay.mark(false); tip.hide(); };
    stage.addEventListener('pointermove', move);
    stage.addEventListener('pointerleave', leave);
    return () => { stage.removeEventListener('pointermove', move); stage.removeEventListener('pointerleave', leave); };
  };

  Object.assign(overlays, { hover });
})();
