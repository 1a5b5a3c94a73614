/* Builds DOM from plain values. Data only ever becomes a text node or a plain attribute, so that it
   can never be markup. */

type Value = string | number | boolean | null | undefined;
type Listener = (event: never) => unknown;
export type Child = Node | string | null | undefined;

/* `make("b", { class: "x", onclick: f }, "text", node)`; null, false and undefined are left out. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties?: Record<string, Value | Listener> | null,
  ...children: (Child | Child[])[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value as EventListener);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

export function button(words: Child, onclick: () => void, properties = {}): HTMLButtonElement {
  return make("button", { class: "ps-button", type: "button", onclick, ...properties }, words);
}

/* A button that looks like a link. */
export function linkButton(words: Child, onclick: () => void, properties = {}): HTMLButtonElement {
  return button(words, onclick, { class: "ps-link", ...properties });
}

/* An id that no other part of the page has. */
export function freshId(): string {
  return `ps-${(crypto.getRandomValues(new Uint32Array(1))[0] ?? 0).toString(36)}`;
}

/* Takes a key or a press away from whoever else would act on it, JupyterLab above all. */
export function keep(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}

/* Scrolls `list` alone, never the notebook, until `row` shows. */
export function revealIn(list: HTMLElement, row: HTMLElement): void {
  if (row.offsetTop < list.scrollTop) list.scrollTop = row.offsetTop;
  const over = row.offsetTop + row.offsetHeight - list.scrollTop - list.clientHeight;
  if (over > 0) list.scrollTop += over;
}
