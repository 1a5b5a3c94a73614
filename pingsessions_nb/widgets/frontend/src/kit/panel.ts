/* The frame around a list of a part: a title, how many, tools at the right, a message in place. */

import { type Child, make } from "./dom.ts";
import { capitalised, isSeverity, visible } from "./words.ts";

/* The bar above a panel's content. */
export function panelBar(title: string, count: HTMLElement, ...tools: Child[]): HTMLElement {
  const heading = make(
    "div",
    { class: "ps-part-heading" },
    make("span", { class: "ps-part-title" }, title),
    count,
  );
  return make(
    "div",
    { class: "ps-part-bar" },
    heading,
    make("div", { class: "ps-part-tools" }, tools),
  );
}

/* "High", so that nobody needs to tell colours apart. */
export function severityChip(severity: string): HTMLElement {
  const known = isSeverity(severity) ? severity : "low";
  const words = visible(capitalised(severity));
  return make("span", { class: `ps-severity ps-severity-${known}` }, words);
}

/* Text that came from outside, apart from the direction of what stands around it. */
export function quoted(text: unknown, properties = {}): HTMLElement {
  return make("bdi", properties, visible(text));
}
