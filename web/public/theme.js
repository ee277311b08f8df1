/* Before the first paint: the colours and the hat of the last visit, so that nothing flashes. */
(function () {
  var root = document.documentElement;
  var kept = {};
  try {
    kept = JSON.parse(localStorage.getItem('coxswain.look') || '{}');
  } catch (e) {
    kept = {};
  }
  var dark = kept.scheme === 'dark' || (kept.scheme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
  root.setAttribute('data-hat', kept.hat === 'crew' ? 'crew' : 'course');
  root.style.background = dark ? '#0e1215' : '#f5f6f7';
})();
