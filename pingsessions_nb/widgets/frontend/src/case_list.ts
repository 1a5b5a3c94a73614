/* CaseList: cases, the most urgent first; a chosen one shows all of its summary and next steps. */

import type { AnyModel } from "@anywidget/types";
import { ChoiceList } from "./kit/choice_list.ts";
import { Zone } from "./kit/clock.ts";
import { button, linkButton, make } from "./kit/dom.ts";
import { panelBar, quoted, severityChip } from "./kit/panel.ts";
import { Part, rendering } from "./kit/part.ts";
import { keysButton } from "./kit/popup_button.ts";
import { type CutList, expandable } from "./kit/told.ts";
import { visible } from "./kit/words.ts";
import "./styles/case_list.css";

interface Case {
  id: string;
  rank: number;
  severity: string;
  users: string;
  summary: string;
  lists: CutList[];
  next_steps: string;
  at: number | null;
}

type Traits = {
  selected: string;
  time_zone: string;
  can_read: boolean;
  words: string;
  kind: "" | "busy" | "error";
  progress: [number, number] | [];
  _cases: Case[];
  _total: number;
  _limit: number;
};

const STEP = 50;
const KEYS = [
  ["\u2191 \u2193", "move"],
  ["Home End", "first and last"],
  ["Enter", "show the case's users"],
  ["\u2192", "show all of what is cut short"],
  ["Escape", "leave the case"],
] as const;

class Cases extends Part<Traits> {
  readonly #count = make("span", { class: "ps-part-count" });
  readonly #keys = keysButton(KEYS);
  readonly #read = button("Read all users", () => this.#ask());
  readonly #bar = make("progress", { class: "ps-case-progress", "aria-label": "Users read" });
  readonly #words = make("div", { class: "ps-case-told", role: "status" });
  readonly #list = new ChoiceList("ps-cases-list", "Cases, the most urgent first", false, {
    choose: (place) => this.#choose(place),
    clear: () => this.set({ selected: "" }),
  });
  readonly #more = make("div", { class: "ps-muted ps-case-more" });

  constructor(model: AnyModel<Traits>, el: HTMLElement) {
    super(model, el, "ps-cases");
    el.classList.add("ps-framed");
    const bar = panelBar("Cases", this.#count, this.#keys.node, this.#read);
    el.append(bar, this.#words, this.#bar, this.#list.node, this.#more);
    this.listen({ "change:selected": () => this.#mark() });
    this.redraw(["can_read", "words", "kind", "progress"], () => this.#drawWords());
    this.redraw(["_cases", "time_zone"], () => this.#draw());
    this.atEnd(() => this.#keys.popup.close());
  }

  #ask(): void {
    this.model.send({ type: this.get("kind") === "busy" ? "stop" : "read" });
  }

  #drawWords(): void {
    const [kind, words, progress] = [this.get("kind"), this.get("words"), this.get("progress")];
    const busy = kind === "busy";
    this.el.hidden = !words && !this.get("can_read") && !this.get("_cases").length;
    this.#read.hidden = !this.get("can_read");
    this.#read.textContent = busy ? "Stop" : "Read all users";
    this.#words.hidden = !words;
    this.#words.textContent = visible(words);
    this.#words.classList.toggle("ps-busy", busy);
    this.#words.classList.toggle("ps-error", kind === "error");
    this.#bar.hidden = !busy || !progress.length;
    [this.#bar.value, this.#bar.max] = [progress[0] ?? 0, progress[1] ?? 1];
  }

  #draw(): void {
    const zone = new Zone(this.get("time_zone"));
    const cases = this.get("_cases");
    const left = this.get("_total") - cases.length;
    this.#count.textContent = cases.length ? this.get("_total").toLocaleString("en") : "";
    this.#keys.node.hidden = !cases.length;
    this.#list.show(cases.map((one) => caseRow(one, zone)));
    this.#more.hidden = left <= 0;
    const show = () => this.set({ _limit: this.get("_limit") + STEP });
    this.#more.replaceChildren(
      `${left.toLocaleString("en")} more. `,
      linkButton(`Show ${Math.min(left, STEP)} more`, show),
    );
    this.#drawWords();
    this.#mark();
  }

  #mark(): void {
    const [chosen, cases] = [this.get("selected"), this.get("_cases")];
    this.#list.mark((place) => cases[place]?.id === chosen, true);
  }

  #choose(place: number): void {
    const id = this.get("_cases")[place]?.id ?? "";
    this.set({ selected: id === this.get("selected") ? "" : id });
    this.#mark();
  }
}

/* A line while it is not chosen; then all of it, and what to do. */
function caseRow(one: Case, zone: Zone): HTMLElement {
  const at = one.at ?? Number.NaN;
  return make(
    "div",
    { class: "ps-case", "data-case": one.id },
    make("span", { class: "ps-case-rank ps-muted" }, String(one.rank)),
    severityChip(one.severity),
    make(
      "div",
      { class: "ps-case-words" },
      make("div", { class: "ps-case-users" }, expandable(one.users, one.lists, true)),
      make("div", { class: "ps-case-summary" }, quoted(one.summary)),
      make("div", { class: "ps-case-steps" }, quoted(one.next_steps)),
    ),
    make(
      "span",
      { class: "ps-case-at ps-muted", title: one.at === null ? "" : zone.full(at) },
      zone.minute(at),
    ),
  );
}

export default rendering<Traits>((model, el) => new Cases(model, el));
