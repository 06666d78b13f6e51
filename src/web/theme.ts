/** Light, dark, or as the system: remembered here, set before the first paint by `public/theme.js`. */

export type Theme = 'system' | 'light' | 'dark';
export const themes = ['system', 'light', 'dark'] as const;

const key = 'bangui-theme';

export function currentTheme(): Theme {
  const chosen = document.documentElement.dataset['theme'];
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  try {
    if (theme === 'system') localStorage.removeItem(key);
    else localStorage.setItem(key, theme);
  } catch {
    // storage is switched off: the choice holds until the page is left
  }
}
