/* A filter by the values of one column, of which any number can be chosen. */

import { make } from "../kit/dom.ts";
import { PopupButton } from "../kit/popup_button.ts";
import { visible } from "../kit/words.ts";

export type Facet = "countries" | "browsers" | "devices" | "statuses";
export type Choice = [string, number];

interface Source {
  choices: () => Choice[];
  chosen: () => string[];
  choose: (values: string[]) => void;
}

const MANY = 12; // choices from which on they can be searched
export const TITLES: Record<Facet, string> = {
  countries: "Country",
  browsers: "Browser",
  devices: "Device",
  statuses: "Status",
};

/* The choices there are, and those that were chosen and are no longer there: they hide all, so it
   must be possible to let them go. */
export function allChoices(there: readonly Choice[], chosen: readonly string[]): Choice[] {
  const gone = chosen.filter((value) => !there.some(([other]) => other === value));
  return [...there, ...gone.map((value): Choice => [value, 0])];
}

export function choiceText(facet: Facet, value: string): string {
  if (value === "") return "unknown";
  if (facet !== "countries") return visible(value);
  return visible(value).replace(/(^|[\s-])\p{L}/gu, (found) => found.toUpperCase());
}

export class FacetFilter {
  readonly control: PopupButton;
  readonly #facet: Facet;
  readonly #source: Source;

  constructor(facet: Facet, source: Source) {
    this.#facet = facet;
    this.#source = source;
    this.control = new PopupButton(TITLES[facet], (content) => this.#fill(content));
    this.control.button.classList.add("ps-filter");
  }

  draw(): void {
    const chosen = this.#source.chosen();
    const [first] = chosen;
    const what = chosen.length > 1 ? String(chosen.length) : choiceText(this.#facet, first ?? "");
    const title = TITLES[this.#facet];
    this.control.show(chosen.length ? `${title}: ${what}` : title, chosen.length > 0);
  }

  #fill(content: HTMLElement): void {
    const choices = allChoices(this.#source.choices(), this.#source.chosen());
    const rows = choices.map((choice) => this.#row(choice));
    const list = choices.length
      ? make("div", { class: "ps-filter-list" }, rows)
      : make("div", { class: "ps-muted" }, "Nothing to choose from yet.");
    const search = choices.length >= MANY ? this.#search(rows) : null;
    content.replaceChildren(make("div", { class: "ps-filter-inner" }, search, list));
  }

  #row([value, number]: Choice): HTMLElement {
    const box = make("input", {
      type: "checkbox",
      onchange: () => {
        const others = this.#source.chosen().filter((other) => other !== value);
        this.#source.choose(box.checked ? [...others, value] : others);
      },
    });
    box.checked = this.#source.chosen().includes(value);
    const text = choiceText(this.#facet, value);
    return make(
      "label",
      { class: "ps-filter-check", title: text },
      box,
      make("bdi", null, text),
      make("span", { class: "ps-muted" }, number.toLocaleString("en")),
    );
  }

  #search(rows: HTMLElement[]): HTMLElement {
    const search = make("input", {
      class: "ps-filter-search",
      type: "text",
      placeholder: `Search ${rows.length} ${this.#facet}`,
      "aria-label": `Search ${this.#facet}`,
      oninput: () => {
        const wanted = search.value.trim().toLowerCase();
        for (const row of rows) row.hidden = !row.title.toLowerCase().includes(wanted);
      },
    });
    return search;
  }
}
