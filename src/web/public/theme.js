// Runs before the first paint: a theme chosen by hand is set here, so that the other one never flashes up.
// Without a choice the stylesheet follows the system by itself.
(() => {
  try {
    const chosen = localStorage.getItem('bangui-theme');
    if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
  } catch {
    // storage is switched off: the system's theme holds
  }
})();
