/* The chosen users as chips, the first ten before the rest is unfolded. */

import { button, make } from "../kit/dom.ts";
import { quoted } from "../kit/panel.ts";
import { visible } from "../kit/words.ts";
import type { User } from "./user.ts";

const SHOWN = 10;

export class Chips {
  readonly node = make("span", { class: "ps-picker-chips", role: "list", "aria-label": "Chosen" });
  readonly #known = new Map<string, User>();
  readonly #remove: (id: string) => void;
  #ids: readonly string[] = [];
  #unfolded = false;

  constructor(remove: (id: string) => void) {
    this.#remove = remove;
  }

  /* A card travels with a choice, so that its chip has a name before the kernel has answered. */
  learn(users: readonly User[]): void {
    for (const user of users) this.#known.set(user.id, user);
  }

  draw(ids: readonly string[]): void {
    this.#ids = ids;
    const all = this.#unfolded || ids.length <= SHOWN + 1;
    const shown = all ? ids : ids.slice(0, SHOWN);
    const chips = shown.map((id) => this.#chip(this.#known.get(id) ?? { id, name: id }));
    if (ids.length > SHOWN + 1) chips.push(this.#more(ids.length - shown.length));
    this.node.replaceChildren(...chips);
  }

  #chip(user: User): HTMLElement {
    const remove = button("\u00d7", () => this.#remove(user.id), {
      class: "ps-picker-remove",
      "aria-label": `Remove ${visible(user.name)}`,
    });
    const title = visible(user.username ?? user.id);
    return make(
      "span",
      { class: "ps-picker-chip", role: "listitem", title },
      quoted(user.name),
      remove,
    );
  }

  #more(left: number): HTMLElement {
    const unfold = () => {
      this.#unfolded = !this.#unfolded;
      this.draw(this.#ids);
    };
    const words = this.#unfolded ? "Show fewer" : `+${left} more`;
    return make("span", { role: "listitem" }, button(words, unfold, { class: "ps-picker-more" }));
  }
}
