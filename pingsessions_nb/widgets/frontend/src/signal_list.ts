/* SignalList: findings as a list to choose from; each row selects its session. */

import type { AnyModel } from "@anywidget/types";
import { ChoiceList } from "./kit/choice_list.ts";
import { Zone } from "./kit/clock.ts";
import { linkButton, make } from "./kit/dom.ts";
import { panelBar, quoted, severityChip } from "./kit/panel.ts";
import { Part, rendering } from "./kit/part.ts";
import { keysButton } from "./kit/popup_button.ts";
import { type Finding, tellFinding } from "./kit/told.ts";
import { visible } from "./kit/words.ts";
import "./styles/signal_list.css";

interface Row extends Finding {
  session: string;
  user: string | null;
  at: number | null;
}

type Traits = {
  selected: string[];
  time_zone: string;
  error: string;
  _findings: Row[];
  _total: number;
  _quiet: string;
  _limit: number;
};

const STEP = 200;
const KEYS = [
  ["\u2191 \u2193", "move"],
  ["Home End", "first and last"],
  ["Enter", "select the session"],
  ["Ctrl+Enter", "select it as well"],
  ["\u2192", "show all of what is cut short"],
  ["Escape", "select none"],
] as const;

class SignalRows extends Part<Traits> {
  readonly #count = make("span", { class: "ps-part-count" });
  readonly #quiet = make("span", { class: "ps-muted", role: "status" });
  readonly #keys = keysButton(KEYS);
  readonly #list = new ChoiceList("ps-signal-list", "Signals, the most severe first", true, {
    choose: (place, add) => this.#choose(place, add),
    clear: () => this.#publish([]),
  });
  readonly #more = make("div", { class: "ps-muted ps-signal-more" });
  #rows: Row[] = [];
  #choosing = false;

  constructor(model: AnyModel<Traits>, el: HTMLElement) {
    super(model, el, "ps-signals");
    el.classList.add("ps-framed");
    const heading = make("span", null, this.#count, this.#quiet);
    el.append(panelBar("Signals", heading, this.#keys.node), this.#list.node, this.#more);
    this.listen({ "change:selected": () => this.#mark(true) });
    this.redraw(["_findings", "_quiet", "time_zone", "error"], () => this.#draw());
    this.atEnd(() => this.#keys.popup.close());
  }

  #draw(): void {
    const error = this.get("error");
    const quiet = error || this.get("_quiet");
    const zone = new Zone(this.get("time_zone"));
    this.#rows = error ? [] : this.get("_findings");
    const none = !this.#rows.length;
    this.el.hidden = !quiet && none;
    this.el.classList.toggle("ps-quiet", none);
    this.#quiet.textContent = visible(quiet);
    this.#count.textContent = none ? "" : this.get("_total").toLocaleString("en");
    this.#keys.node.hidden = none;
    this.#list.show(this.#rows.map((row) => signalRow(row, zone)));
    this.#drawMore();
    this.#mark(false);
  }

  #drawMore(): void {
    const left = this.get("_total") - this.#rows.length;
    this.#more.hidden = !this.#rows.length || left <= 0;
    const show = () => this.set({ _limit: this.get("_limit") + STEP });
    const next = Math.min(left, STEP);
    this.#more.replaceChildren(
      `${left.toLocaleString("en")} more. `,
      linkButton(`Show ${next} more`, show),
    );
  }

  /* `reveal`: it was chosen elsewhere. */
  #mark(reveal: boolean): void {
    const chosen = new Set(this.get("selected"));
    const isChosen = (place: number) => chosen.has(this.#rows[place]?.session ?? "");
    this.#list.mark(isChosen, reveal && !this.#choosing);
  }

  #choose(place: number, add: boolean): void {
    const session = this.#rows[place]?.session;
    if (session === undefined) return;
    const before = this.get("selected");
    const others = before.filter((one) => one !== session);
    const had = others.length < before.length;
    if (add) this.#publish(had ? others : [...before, session]);
    else this.#publish(had && !others.length ? [] : [session]);
  }

  #publish(sessions: string[]): void {
    this.#choosing = true;
    this.set({ selected: sessions });
    this.#choosing = false;
    this.#mark(false);
  }
}

function signalRow(row: Row, zone: Zone): HTMLElement {
  const { session, user, at } = row;
  return make(
    "div",
    { class: "ps-signal", "data-session": session },
    severityChip(row.severity),
    make("span", { class: "ps-signal-words" }, tellFinding(row, true)),
    make(
      "span",
      { class: "ps-signal-when" },
      user === null ? null : quoted(user, { class: "ps-signal-user", title: visible(user) }),
      make(
        "span",
        { class: "ps-signal-at ps-muted", title: at === null ? "" : zone.full(at) },
        at === null ? "" : zone.minute(at),
      ),
    ),
  );
}

export default rendering<Traits>((model, el) => new SignalRows(model, el));
