/* Regions that scroll: `data-more` says on which sides more lies, the styles show it at those edges. */
(() => {
  'use strict';
  const REGIONS = '.scroll, .legend, .rail ol, :is(.lead, .prose) :is(table, pre)';

  const look = region => {
    const { scrollLeft: x, scrollTop: y } = region;
    const far = { start: x, end: region.scrollWidth - region.clientWidth - x, above: y, below: region.scrollHeight - region.clientHeight - y };
    const more = Object.keys(far).filter(side => far[side] > 1).join(' ');
    if ((region.dataset.more ?? '') !== more) region.dataset.more = more;
  };

  const all = (place = document) => place.querySelectorAll?.(REGIONS) ?? [];

  reportgen.on('ready', () => {
    const sizes = new ResizeObserver(seen => { for (const { target } of seen) { const region = target.closest(REGIONS); if (region) look(region); } });
    for (const region of all()) for (const box of [region, ...region.children]) sizes.observe(box);
    const seen = event => { if (event.target.matches?.(REGIONS)) look(event.target); };
    document.addEventListener('scroll', seen, { capture: true, passive: true });
    document.addEventListener('toggle', event => all(event.target).forEach(look), true); // tables that scripts made
    reportgen.on('runs', () => document.querySelectorAll('.legend').forEach(look));
  });
})();
