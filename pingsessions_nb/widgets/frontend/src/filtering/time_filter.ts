/* The filter by time: spans before the newest activity, or a range that is typed. */

import { Zone } from "../kit/clock.ts";
import { button, keep, make } from "../kit/dom.ts";
import { PopupButton } from "../kit/popup_button.ts";
import { type End, fieldInstant, fieldText, rangeFault } from "./typed_time.ts";

export type Range = [number, number];

interface Source {
  zone: () => string;
  extent: () => Range | null;
  range: () => Range | null;
  choose: (range: Range | null) => void;
}

const DAY = 86_400_000;
const SPANS: [string, number][] = [
  ["Last day", 1],
  ["Last 7 days", 7],
  ["Last 30 days", 30],
  ["Last 90 days", 90],
];
const YEARS = { min: "1970-01-01T00:00", max: "9998-12-31T23:59" };

/* One end of the range: what is typed, and in which offset it is taken. */
class Field {
  readonly input: HTMLInputElement;
  readonly node: HTMLElement;
  readonly #zone: Zone;
  readonly #end: End;
  readonly #shown: number | undefined;
  readonly #offset = make("span", { class: "ps-filter-offset" });

  constructor(title: string, zone: Zone, end: End, shown: number | undefined) {
    this.#zone = zone;
    this.#end = end;
    this.#shown = shown;
    this.input = make("input", {
      type: "datetime-local",
      "aria-label": title,
      oninput: () => this.#tellOffset(),
      ...YEARS,
    });
    if (shown !== undefined) this.input.value = fieldText(zone, shown);
    this.node = make("label", { class: "ps-filter-field" }, title, this.input, this.#offset);
    this.#tellOffset();
  }

  get instant(): number {
    return fieldInstant(this.#zone, this.input.value, this.#end, this.#shown);
  }

  get isBeyond(): boolean {
    return this.input.validity.rangeUnderflow || this.input.validity.rangeOverflow;
  }

  #tellOffset(): void {
    const at = this.instant;
    this.#offset.textContent = Number.isNaN(at) ? "" : this.#zone.label(at);
  }
}

export class TimeFilter {
  readonly control: PopupButton;
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
    this.control = new PopupButton("Time range", (content, close) => this.#fill(content, close));
    this.control.button.classList.add("ps-filter");
  }

  draw(): void {
    const zone = new Zone(this.#source.zone());
    const range = this.#source.range();
    const words = range?.map((at) => zone.minute(at)).join(" \u2013 ") ?? "All time";
    this.control.show(words, range !== null);
  }

  #fill(content: HTMLElement, close: () => void): void {
    const choose = (range: Range | null) => {
      this.#source.choose(range);
      close();
    };
    const zone = new Zone(this.#source.zone());
    const shown = this.#source.range() ?? this.#source.extent();
    const from = new Field("From", zone, "first", shown?.[0]);
    const to = new Field("To", zone, "last", shown?.[1]);
    const wrong = make("div", { class: "ps-filter-wrong", role: "alert", hidden: true });
    const apply = () => {
      const fault = rangeFault(from.instant, to.instant, from.isBeyond || to.isBeyond);
      wrong.textContent = fault;
      wrong.hidden = !fault;
      if (!fault) choose([from.instant, to.instant]);
    };
    const onkeydown = (event: KeyboardEvent) => {
      if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
      keep(event); // or it would press the button, on which the focus then is, and open this again
      apply();
    };
    const actions = make(
      "div",
      { class: "ps-filter-actions" },
      make("span", { class: "ps-muted" }, zone.name),
      button("Apply", apply),
    );
    const rule = make("div", { class: "ps-filter-rule" });
    const parts = [...this.#presets(choose), rule, from.node, to.node, wrong, actions];
    content.replaceChildren(make("div", { class: "ps-filter-inner", onkeydown }, parts));
  }

  /* Counted from the newest activity: what PingOne keeps of a user may be old. */
  #presets(choose: (range: Range | null) => void): HTMLElement[] {
    const preset = (title: string, range: Range | null) =>
      button(title, () => choose(range), { class: "ps-filter-preset" });
    const end = this.#source.extent()?.[1];
    const spans = end === undefined ? [] : SPANS;
    return [
      preset("All time", null),
      ...spans.map(([title, days]) => preset(title, [(end ?? 0) - days * DAY, end ?? 0])),
    ];
  }
}
