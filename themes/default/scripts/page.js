/* What every page has: addresses in the hash, menus, the contents that follow the reader, words for screen readers. */
(() => {
  'use strict';
  const { on, emit, state } = reportgen;

  /** Says something to those who do not see the page change. @param {string} words */
  const announce = words => {
    const place = document.getElementById('reportgen-status');
    if (place) place.textContent = words;
  };

  // ---- addresses: "#run/<id>", "#run/<id>/<panel>", "#<anchor>"; "" is the first page. "#run/0" goes by a run's number

  const pages = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll('.page')]);

  /** The page and the element that an address names. @param {string} address Without its "#". */
  const resolve = address => {
    const all = pages();
    for (const name of ['address', 'page']) {
      const named = all.find(({ dataset }) => name in dataset && (address === dataset[name] || address.startsWith(`${dataset[name]}/`)));
      if (named) return { page: named, target: document.getElementById(address.slice(named.dataset[name].length + 1)) };
    }
    if (address.startsWith('run/') && reportgen.manifest.single) return { page: all[0], target: null, lost: address.slice(4).split('/')[0] };
    const target = address ? document.getElementById(address) : null, page = target?.closest('.page');
    return { page: page ?? (address ? all.find(p => p.classList.contains('current')) : all[0]) ?? all[0], target: page ? target : null };
  };

  const home = document.title;
  /** How far each page was read: going back leads there. */
  const read = new Map();

  const show = page => {
    const before = pages().find(p => p.classList.contains('current'));
    if (before === page) return false;
    before?.classList.remove('current');
    page.classList.add('current');
    document.title = page.dataset.page === 'overview' ? home : `${page.dataset.title}: ${pages()[0].dataset.title}`;
    emit('page', page.dataset.page);
    return true;
  };

  /** Says on the overview that an address names no run of this report; "" takes that away. */
  const sayLost = (page, name) => {
    page.querySelector('[data-lost-run]')?.remove();
    if (!name) return;
    const message = document.createElement('p');
    message.className = 'message error';
    message.dataset.lostRun = '';
    message.textContent = `This report has no run “${name}”. All of its runs are listed here.`;
    page.querySelector('main').prepend(message);
    announce(message.textContent);
  };

  let followed = false, position = 0;
  /** @param {boolean} [first] Whether the page has just been opened: focus stays at its start. */
  const go = (first = false) => {
    let address = location.hash.slice(1).split('?')[0]; // what follows is what a reader chose: fragment.js
    try { address = decodeURIComponent(address); } catch { /* not an address of ours */ }
    const { page, target, lost = '' } = resolve(address);
    if (!page) return;
    const leaving = state.page, turned = show(page);
    if (turned && leaving) read.set(leaving, position);
    sayLost(pages()[0], lost);
    if (lost) {
      scrollTo(0, 0);
    } else if (target) {
      reportgen.reveal?.(target);
      target.scrollIntoView();
    } else if (turned) {
      scrollTo(0, followed ? 0 : read.get(page.dataset.page) ?? 0);
      announce(document.title);
    }
    if (turned && !first) page.querySelector('main')?.focus({ preventScroll: true });
    followed = false;
  };

  /** Where a panel can be reached again. @param {Element} panel */
  const addressOf = panel => {
    const page = panel.closest('.page'), plain = location.href.split('#')[0];
    return plain + (reportgen.manifest.single ? `#${page.dataset.address ?? page.dataset.page}/${panel.id}` : `#${panel.id}`) + (reportgen.fragment?.tail() ?? '');
  };

  // ---- menus

  const closeMenus = (except, back = false) => {
    for (const menu of document.querySelectorAll('.menu[open]')) {
      if (menu.contains(except)) continue;
      const held = menu.contains(document.activeElement);
      menu.open = false;
      if (back && held) menu.querySelector('summary').focus();
    }
  };

  const clicked = event => {
    const button = event.target.closest?.('[data-action]'), menu = event.target.closest?.('.menu');
    closeMenus(menu);
    followed = !!event.target.closest?.('a[href]');
    if (menu && event.target.closest('a[href]')) menu.open = false;
    if (!button) return;
    if (button.dataset.action === 'link') reportgen.taken.copy(addressOf(button.closest('.panel'))).then(() => announce('Link copied'));
    if (menu) { menu.open = false; menu.querySelector('summary').focus({ preventScroll: true }); }
  };

  // ---- contents: mark the section in view

  const follow = rail => {
    const links = [...rail.querySelectorAll('a')], list = rail.querySelector('ol');
    const sections = links.map(a => document.getElementById(decodeURIComponent(a.hash.slice(1))));
    /** Which sections have reached the upper third of the window; whether the end of the page is in sight. */
    const reached = new Set();
    let end = false;
    const mark = () => {
      const last = end ? sections.length - 1 : Math.max(0, sections.findLastIndex(section => reached.has(section)));
      links.forEach((a, i) => { if (i === last) a.setAttribute('aria-current', 'true'); else a.removeAttribute('aria-current'); });
      const a = links[last]; // in one line on narrow screens: the mark stays in sight
      if (list.scrollWidth > list.clientWidth) list.scrollLeft = a.offsetLeft - list.offsetLeft - list.clientWidth / 3;
      if (list.scrollHeight > list.clientHeight) list.scrollTop = a.offsetTop - list.offsetTop - list.clientHeight / 3;
    };
    const upper = new IntersectionObserver(seen => {
      for (const s of seen) if (s.isIntersecting) reached.add(s.target); else reached.delete(s.target);
      mark();
    }, { rootMargin: '0px 0px -65% 0px' });
    for (const section of sections) if (section) upper.observe(section);
    const foot = rail.closest('.page').querySelector('.foot p');
    if (foot) new IntersectionObserver(([seen]) => { end = seen.isIntersecting && position > 0; mark(); }, { threshold: 1 }).observe(foot);
  };

  const start = () => {
    document.addEventListener('click', clicked);
    document.addEventListener('keydown', event => { if (event.key === 'Escape') closeMenus(null, true); });
    addEventListener('scroll', () => { position = scrollY; }, { passive: true });
    addEventListener('hashchange', () => go());
    document.querySelectorAll('[data-rail]').forEach(follow);
    if (location.hash) go(true);
  };

  reportgen.announce = announce;
  reportgen.addressOf = addressOf;
  on('ready', start);
})();
