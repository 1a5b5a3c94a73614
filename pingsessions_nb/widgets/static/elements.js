import { followTheme } from "./theme.js";

/* Builds DOM from plain values. Data only ever becomes a text node or a plain attribute, so that
   it can never be markup. */

/* `make("b", { class: "x", onclick: f }, "text", node)`; null, false and undefined are left out. */
export function make(tag, properties, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200b\u2028-\u202e\u2060\u2066-\u2069\ufeff]/g;

/* The text with its control and direction characters made visible: `a⟨202E⟩b`. They have no place
   in a name, and an analyst should see that they are there. */
export function visible(text) {
  return String(text).replace(
    UNSEEN,
    (char) => `\u27e8${char.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}\u27e9`,
  );
}

export function capitalised(text) {
  return text.replace(/^\p{L}/u, (letter) => letter.toUpperCase());
}

/* "High", so that nobody needs to tell colours apart. */
export function severityChip(severity) {
  const known = ["high", "medium", "low"].includes(severity) ? severity : "low";
  return make("span", { class: `ps-severity ps-severity-${known}` }, visible(capitalised(severity)));
}

/* Gives a widget's root the theme, and keeps JupyterLab's one-key commands (`x` cuts the cell)
   away from whoever types in it. Returns what takes the theme's observer off again. */
export function widgetRoot(el, name) {
  el.classList.add("ps-part", name);
  el.dataset.lmSuppressShortcuts = "true";
  return followTheme(el);
}

/* Shows `popup` below `anchor`, above everything else on the page: an output area that scrolls
   would cut off anything that is merely positioned. Returns { open, close, place }. */
export function popupBelow(anchor, popup, { stretch = false, onclose } = {}) {
  popup.popover = "manual";
  popup.tabIndex = -1; // a press on its text keeps the focus inside
  const place = () => {
    const at = anchor.getBoundingClientRect();
    if (stretch) popup.style.width = `${at.width}px`;
    const below = window.innerHeight - at.bottom - 12;
    const above = at.top - 12;
    const height = popup.firstElementChild?.scrollHeight ?? 0;
    const upwards = below < Math.min(260, height) && above > below;
    popup.style.maxHeight = `${Math.max(120, Math.min(420, upwards ? above : below))}px`;
    const left = Math.min(at.left, window.innerWidth - popup.offsetWidth - 8);
    popup.style.left = `${Math.max(8, left)}px`;
    popup.style.top = upwards ? "auto" : `${at.bottom + 4}px`;
    popup.style.bottom = upwards ? `${window.innerHeight - at.top + 4}px` : "auto";
  };
  const isOpen = () => popup.matches(":popover-open");
  const outside = (event) => {
    if (!popup.contains(event.target) && !anchor.contains(event.target)) close();
  };
  const open = () => {
    if (isOpen()) return;
    popup.showPopover();
    place();
    document.addEventListener("pointerdown", outside, true);
    document.addEventListener("scroll", place, true);
    window.addEventListener("resize", place);
  };
  const close = () => {
    document.removeEventListener("pointerdown", outside, true);
    document.removeEventListener("scroll", place, true);
    window.removeEventListener("resize", place);
    if (!isOpen()) return;
    popup.hidePopover();
    onclose?.();
  };
  return { open, close, place, isOpen };
}
