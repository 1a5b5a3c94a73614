/* ExplorerTools: where to read from; a button that saves a report, with a link to it. */

import type { AnyModel } from "@anywidget/types";
import { button, freshId, keep, make } from "./kit/dom.ts";
import { fileAddress } from "./kit/jupyter_files.ts";
import { quoted } from "./kit/panel.ts";
import { Part, rendering } from "./kit/part.ts";
import "./styles/explorer_tools.css";

type Place = "live" | "archive";
type Traits = {
  read_from: Place;
  can_switch: boolean;
  can_save: boolean;
  redacted: boolean;
  words: string;
  kind: "" | "busy" | "error";
  name: string;
};

const PLACES: [Place, string, string][] = [
  ["live", "Live", "What PingOne keeps: the last ten sessions of each user"],
  ["archive", "Archive", "All that was recorded"],
];

class Tools extends Part<Traits> {
  readonly #group = freshId();
  readonly #boxes = PLACES.map(([value]) =>
    make("input", {
      type: "radio",
      name: this.#group,
      value,
      onchange: () => this.set({ read_from: value }),
    }),
  );
  readonly #places = make(
    "div",
    {
      class: "ps-sources",
      role: "radiogroup",
      "aria-label": "Where to read from",
      onkeydown: (event: KeyboardEvent) => this.#onKey(event),
    },
    PLACES.map(([, words, title], place) =>
      make("label", { class: "ps-source", title }, this.#boxes[place], make("span", null, words)),
    ),
  );
  readonly #box: HTMLInputElement = make("input", {
    type: "checkbox",
    onchange: () => this.set({ redacted: this.#box.checked }),
  });
  readonly #redacted = make(
    "label",
    {
      class: "ps-filter-check",
      title: "Pseudonyms in place of people, networks in place of addresses",
    },
    this.#box,
    "Redacted",
  );
  readonly #save = button("Save report", () => this.model.send({ type: "save" }), {
    title: "Save one page that opens in any browser, without a network",
  });
  readonly #told = make("div", { class: "ps-told" });

  constructor(model: AnyModel<Traits>, el: HTMLElement) {
    super(model, el, "ps-tools-line");
    el.append(this.#places, this.#save, this.#redacted, this.#told);
    this.redraw(["read_from", "can_switch", "can_save", "redacted"], () => this.#draw());
    this.redraw(["words", "kind", "name"], () => this.#draw());
  }

  /* JupyterLab has a use of its own for arrows, and would keep them from the radio buttons. */
  #onKey(event: KeyboardEvent): void {
    if (!event.key.startsWith("Arrow")) return;
    keep(event);
    const other = this.#boxes.findIndex((box) => box !== event.target);
    this.#boxes[other]?.focus();
    this.set({ read_from: PLACES[other]?.[0] ?? "live" });
  }

  #draw(): void {
    const [kind, words] = [this.get("kind"), this.get("words")];
    this.#places.hidden = !this.get("can_switch");
    for (const box of this.#boxes) box.checked = box.value === this.get("read_from");
    this.#save.hidden = !this.get("can_save");
    this.#save.disabled = kind === "busy";
    this.#redacted.hidden = this.#save.hidden;
    this.#box.checked = this.get("redacted");
    this.#told.hidden = !words;
    this.#told.classList.toggle("ps-busy", kind === "busy");
    this.#told.classList.toggle("ps-error", kind === "error");
    this.#told.setAttribute("role", kind === "error" ? "alert" : "status");
    this.#told.replaceChildren(quoted(words), this.#link());
    this.el.hidden = this.#places.hidden && this.#save.hidden && this.#told.hidden;
  }

  #link(): HTMLElement | string {
    const address = this.get("name") && fileAddress(this.get("name"));
    if (!address) return "";
    return make("a", { href: address, target: "_blank", rel: "noopener" }, "Open report");
  }
}

export default rendering<Traits>((model, el) => new Tools(model, el));
