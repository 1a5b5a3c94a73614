/* A button that opens a popup below it; its content is made anew each time. */

import { keep, make } from "./dom.ts";
import { Popup } from "./popup.ts";

export type Fill = (content: HTMLElement, close: () => void) => void;

export class PopupButton {
  readonly node: HTMLElement;
  readonly button: HTMLButtonElement;
  readonly popup: Popup;
  readonly #text = make("span", { class: "ps-popup-words" });
  readonly #content: HTMLElement;
  readonly #fill: Fill;

  constructor(label: string, fill: Fill) {
    this.#fill = fill;
    this.button = make(
      "button",
      {
        class: "ps-button ps-popup-button",
        type: "button",
        "aria-haspopup": "dialog",
        "aria-expanded": "false",
        onclick: () => this.#toggle(),
      },
      this.#text,
      make("span", { class: "ps-caret", "aria-hidden": "true" }),
    );
    this.#content = make("div", { class: "ps-popup", role: "dialog", "aria-label": label });
    this.popup = new Popup(this.button, this.#content, {
      onclose: () => this.button.setAttribute("aria-expanded", "false"),
    });
    this.node = make("span", { class: "ps-popup-slot" }, this.button, this.#content);
    this.node.addEventListener("keydown", (event) => this.#onKey(event));
    this.#content.addEventListener("focusout", ({ relatedTarget }) => {
      // A press on the button is about to close it: closed already, it would open again.
      const inside = relatedTarget === null || this.node.contains(relatedTarget as Node);
      if (!inside) this.popup.close();
    });
    this.show(label);
  }

  /* What the button says, and whether it stands out. */
  show(words: string, active = false): void {
    this.#text.textContent = words;
    this.button.title = words;
    this.button.classList.toggle("ps-active", active);
  }

  #close(): void {
    this.popup.close();
    this.button.focus();
  }

  #toggle(): void {
    if (this.popup.isOpen) {
      this.popup.close();
      return;
    }
    this.#fill(this.#content, () => this.#close());
    this.popup.open();
    this.button.setAttribute("aria-expanded", "true");
    const first = this.#content.querySelector<HTMLElement>("input, button");
    (first ?? this.#content).focus();
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key !== "Escape" || !this.popup.isOpen) return;
    keep(event);
    this.#close();
  }
}

/* A button that tells which keys do what. */
export function keysButton(keys: readonly (readonly [string, string])[]): PopupButton {
  const made = new PopupButton("Keys", (content) => {
    const rows = keys.flatMap(([key, act]) => [
      make("dt", null, make("kbd", null, key)),
      make("dd", null, act),
    ]);
    content.replaceChildren(make("dl", { class: "ps-keys" }, rows));
  });
  made.button.classList.add("ps-keys-button");
  return made;
}
