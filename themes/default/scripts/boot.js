/* Before the first paint: says that scripts run and on which system, and takes the light or dark that the reader chose. */
(function () {
  'use strict';
  var root = document.documentElement, saved;
  root.classList.add('js');
  if (/^Linux/.test(navigator.platform)) root.dataset.os = 'linux';
  function choose() {
    if (saved !== undefined) return;
    saved = null;
    try { saved = localStorage.getItem('reportgen-theme'); } catch (refused) { /* a sandboxed frame keeps nothing */ }
    if (saved === 'light' || saved === 'dark') root.dataset.theme = saved;
  }
  // reading it waits for another process, a tenth of the time to the first paint: best while the browser makes its
  // first frame ready, at the latest with that frame
  setTimeout(choose);
  requestAnimationFrame(choose);
})();
