/* Light or dark: JupyterLab says so on <body>; Voilà and others by the page's background. */

function luminance(color: string): number | null {
  const parts = (color.match(/[\d.]+/g) ?? []).map(Number);
  const [r = 0, g = 0, b = 0, alpha = 1] = parts;
  return parts.length < 3 || alpha === 0 ? null : (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}

export function isDark(element: Element): boolean {
  const flag = document.body.dataset.jpThemeLight;
  if (flag !== undefined) return flag === "false";
  for (let node = element.parentElement; node; node = node.parentElement) {
    const value = luminance(getComputedStyle(node).backgroundColor);
    if (value !== null) return value < 0.5;
  }
  return false;
}

/* Acts once the page is laid out and whenever its theme may be another; returns what stops that. */
export function onTheme(act: () => void): () => void {
  const observer = new MutationObserver(act);
  observer.observe(document.body, {
    attributes: true,
    attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class", "style", "data-theme"],
  });
  requestAnimationFrame(act);
  return () => observer.disconnect();
}

/* Gives `root` the theme's classes, and keeps them right; returns what stops that. */
export function followTheme(root: HTMLElement): () => void {
  root.classList.add("ps-widget");
  return onTheme(() => root.classList.toggle("ps-dark", isDark(root)));
}
