/* SignalList: findings as a list to choose from; each row selects its session. */

import type { AnyModel } from "@anywidget/types";
import { Zone } from "./kit/clock.ts";
import { freshId, keep, linkButton, make, revealIn } from "./kit/dom.ts";
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
  ["Escape", "select none"],
] as const;

class SignalRows extends Part<Traits> {
  readonly #id = freshId();
  readonly #count = make("span", { class: "ps-part-count" });
  readonly #quiet = make("span", { class: "ps-muted", role: "status" });
  readonly #keys = keysButton(KEYS);
  readonly #list = make("div", {
    class: "ps-signal-list",
    role: "listbox",
    tabindex: "0",
    "aria-label": "Signals, the most severe first",
    "aria-multiselectable": "true",
    onkeydown: (event: KeyboardEvent) => this.#onKey(event),
  });
  readonly #more = make("div", { class: "ps-muted ps-signal-more" });
  #rows: Row[] = [];
  #focus = 0;
  #choosing = false;

  constructor(model: AnyModel<Traits>, el: HTMLElement) {
    super(model, el, "ps-signals");
    el.classList.add("ps-framed");
    const heading = make("span", null, this.#count, this.#quiet);
    el.append(panelBar("Signals", heading, this.#keys.node), this.#list, this.#more);
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
    this.#focus = Math.min(this.#focus, Math.max(0, this.#rows.length - 1));
    this.el.hidden = !quiet && none;
    this.el.classList.toggle("ps-quiet", none);
    this.#quiet.textContent = visible(quiet);
    this.#count.textContent = none ? "" : this.get("_total").toLocaleString("en");
    this.#keys.node.hidden = none;
    this.#list.hidden = none;
    this.#list.replaceChildren(...this.#rows.map((row, place) => this.#row(row, place, zone)));
    this.#list.scrollTop = 0;
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

  #row(row: Row, place: number, zone: Zone): HTMLElement {
    const { session, user, at } = row;
    return make(
      "div",
      {
        class: "ps-signal",
        id: `${this.#id}-${place}`,
        role: "option",
        "data-session": session,
        onclick: (event: MouseEvent) => this.#onClick(place, event),
      },
      severityChip(row.severity),
      make("span", { class: "ps-signal-words" }, tellFinding(row)),
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

  /* What is chosen, and where the keys are. `reveal`: it was chosen elsewhere. */
  #mark(reveal: boolean): void {
    const chosen = new Set(this.get("selected"));
    const nodes = [...this.#list.children] as HTMLElement[];
    nodes.forEach((node, place) => {
      node.setAttribute("aria-selected", String(chosen.has(node.dataset.session ?? "")));
      node.classList.toggle("ps-focus", place === this.#focus);
    });
    if (nodes.length)
      this.#list.setAttribute("aria-activedescendant", `${this.#id}-${this.#focus}`);
    const first = nodes.find((node) => chosen.has(node.dataset.session ?? ""));
    if (reveal && first && !this.#choosing) revealIn(this.#list, first);
  }

  #onClick(place: number, event: MouseEvent): void {
    // Whoever drags over text means to copy it.
    if (!document.getSelection()?.isCollapsed) return;
    this.#choose(place, event.ctrlKey || event.metaKey || event.shiftKey);
    this.#list.focus({ preventScroll: true });
  }

  #choose(place: number, add: boolean): void {
    const session = this.#rows[place]?.session;
    if (session === undefined) return;
    this.#focus = place;
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

  #onKey(event: KeyboardEvent): void {
    if (event.target !== this.#list) return;
    const last = this.#rows.length - 1;
    const goals: Record<string, number> = {
      ArrowDown: this.#focus + 1,
      ArrowUp: this.#focus - 1,
      Home: 0,
      End: last,
    };
    const goal = goals[event.key];
    if (goal !== undefined) this.#goTo(Math.max(0, Math.min(last, goal)));
    else if (event.key === "Enter" || event.key === " ") {
      this.#choose(this.#focus, event.ctrlKey || event.metaKey || event.shiftKey);
    } else if (event.key === "Escape") this.#publish([]);
    else return;
    keep(event);
  }

  #goTo(place: number): void {
    this.#focus = place;
    this.#mark(false);
    const row = this.#list.children[place];
    if (row) revealIn(this.#list, row as HTMLElement);
  }
}

export default rendering<Traits>((model, el) => new SignalRows(model, el));
