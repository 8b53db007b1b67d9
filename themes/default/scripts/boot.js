(function () {
  'use strict';
  var root = document.documentElement, saved = null;
  root.classList.add('js');
  try { saved = localStorage.getItem('reportgen-theme'); } catch (refused) { /* a sandboxed frame keeps nothing */ }
  if (saved === 'light' || saved === 'dark') root.dataset.theme = saved;
})();
