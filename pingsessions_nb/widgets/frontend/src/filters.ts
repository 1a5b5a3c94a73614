/* Filters: time, country, browser, device, status and signals narrow a history down. */

import type { AnyModel } from "@anywidget/types";
import { type Choice, type Facet, FacetFilter } from "./filtering/facet_filter.ts";
import { type Range, TimeFilter } from "./filtering/time_filter.ts";
import { linkButton, make } from "./kit/dom.ts";
import { Part, rendering } from "./kit/part.ts";
import { counted } from "./kit/words.ts";
import "./styles/filters.css";

type Traits = Record<Facet, string[]> & {
  time_range: Range | null;
  time_zone: string;
  signals_only: boolean;
  note: string;
  _choices: Partial<Record<Facet, Choice[]>>;
  _extent: Range | null;
  _counts: [number, number] | [];
  _has_signals: boolean;
};

const FACETS: Facet[] = ["countries", "browsers", "devices", "statuses"];
const NONE = {
  ...{ time_range: null, signals_only: false },
  ...{ countries: [], browsers: [], devices: [], statuses: [] },
};
const SHOWN: (keyof Traits & string)[] = [
  ...FACETS,
  ...(["time_range", "signals_only", "time_zone", "note"] as const),
  ...(["_choices", "_extent", "_counts", "_has_signals"] as const),
];

class FilterRow extends Part<Traits> {
  readonly #time = new TimeFilter({
    zone: () => this.get("time_zone"),
    extent: () => this.get("_extent"),
    range: () => this.get("time_range"),
    choose: (range) => this.set({ time_range: range }),
  });
  readonly #facets = FACETS.map(
    (facet) =>
      new FacetFilter(facet, {
        choices: () => this.get("_choices")[facet] ?? [],
        chosen: () => this.get(facet),
        choose: (values) => this.set({ [facet]: values }),
      }),
  );
  readonly #statuses = (this.#facets.at(-1) as FacetFilter).control;
  readonly #signalsBox: HTMLInputElement = make("input", {
    type: "checkbox",
    onchange: () => this.set({ signals_only: this.#signalsBox.checked }),
  });
  readonly #signals = make("label", { class: "ps-filter-check" }, this.#signalsBox, "Signals only");
  readonly #clear = linkButton("Clear filters", () => this.set(NONE));
  readonly #count = make("span", { class: "ps-filter-count", role: "status" });

  constructor(model: AnyModel<Traits>, el: HTMLElement) {
    super(model, el, "ps-filters");
    const controls = [this.#time, ...this.#facets].map(({ control }) => control);
    el.append(
      make(
        "div",
        { class: "ps-filter-row", role: "group", "aria-label": "Filters" },
        controls.map(({ node }) => node),
        this.#signals,
        this.#clear,
        this.#count,
      ),
    );
    this.redraw(SHOWN, () => this.#draw());
    this.atEnd(() => {
      for (const { popup } of controls) popup.close();
    });
  }

  #draw(): void {
    const without = !this.get("_counts").length;
    for (const filter of [this.#time, ...this.#facets]) {
      filter.draw();
      filter.control.button.disabled = without;
    }
    // Where no session tells whether it is live, there is nothing to ask.
    const untold = !this.get("_choices").statuses?.length && !this.get("statuses").length;
    this.#statuses.node.hidden = untold;
    const chosen = FACETS.some((facet) => this.get(facet).length > 0);
    this.#signals.hidden = !this.get("_has_signals");
    this.#signalsBox.checked = this.get("signals_only");
    this.#clear.hidden = !(chosen || this.get("time_range") || this.get("signals_only"));
    this.#drawCount();
  }

  #drawCount(): void {
    const note = this.get("note");
    const [shown = 0, total] = this.get("_counts");
    const all = total === undefined ? "" : counted(total, "session");
    const part = total === undefined || shown === total ? "" : `${shown.toLocaleString("en")} of `;
    this.#count.classList.toggle("ps-busy", Boolean(note));
    this.#count.textContent = note || part + all;
  }
}

export default rendering<Traits>((model, el) => new FilterRow(model, el));
