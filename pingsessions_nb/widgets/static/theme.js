/* Light or dark: JupyterLab says so on <body>; Voilà and reports say so by the page's background. */

function luminance(color) {
  const parts = color.match(/[\d.]+/g);
  if (!parts || (parts.length > 3 && Number(parts[3]) === 0)) return null;
  const [r, g, b] = parts.map(Number);
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}

export function isDark(element) {
  const flag = document.body.dataset.jpThemeLight;
  if (flag !== undefined) return flag === "false";
  for (let node = element.parentElement; node; node = node.parentElement) {
    const value = luminance(getComputedStyle(node).backgroundColor);
    if (value !== null) return value < 0.5;
  }
  return false;
}

/* Gives `root` the theme's classes and calls `redraw` whenever the theme changes.
   Returns a function that stops following. */
export function followTheme(root, redraw) {
  root.classList.add("ps-widget");
  const apply = () => {
    root.classList.toggle("ps-dark", isDark(root));
    redraw?.();
  };
  const observer = new MutationObserver(apply);
  observer.observe(document.body, {
    attributes: true,
    attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class", "style", "data-theme"],
  });
  requestAnimationFrame(apply);
  return () => observer.disconnect();
}

/* The value of a design token, for canvas drawing. */
export function token(root, name) {
  return getComputedStyle(root).getPropertyValue(name).trim();
}
