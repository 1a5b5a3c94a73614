/* SessionDetails: the facts of the selected sessions, written out; ending one asks first, in place. */

import type { AnyModel } from "@anywidget/types";
import { Zone } from "./kit/clock.ts";
import { button, linkButton, make } from "./kit/dom.ts";
import { panelBar, quoted, severityChip } from "./kit/panel.ts";
import { Part, rendering } from "./kit/part.ts";
import { type Finding, tellFinding } from "./kit/told.ts";
import { briefDuration, counted, visible } from "./kit/words.ts";
import "./styles/details.css";

type Fact =
  | string
  | { at: number | null }
  | { span: number }
  | { each: [words: string, at: number | null][] };
type Pair = [label: string, value: Fact];

interface Place {
  at: number | null;
  place: string | null;
  ip: string | null;
  also: Pair[];
}

interface Session {
  id: string;
  title: string;
  facts: Pair[];
  locations: Place[];
  signals: Finding[];
}

interface Ending {
  state: "ending" | "ended" | "failed";
  words: string;
}

type Traits = {
  selected: string[];
  time_zone: string;
  can_end: boolean;
  error: string;
  _facts: Session[];
  _ending: Record<string, Ending>;
  _limit: number;
};

const STEP = 20;
const HINT = "Select a session on the timeline, the map or in the table to see all its facts.";
const WARNING =
  "PingOne signs the user out. Access to an application may last until its current token ends, " +
  "about five minutes.";

class Details extends Part<Traits> {
  readonly #count = make("span", { class: "ps-part-count" });
  readonly #content = make("div", {
    class: "ps-details-content",
    tabindex: "0",
    role: "region",
    "aria-label": "Details of the selected sessions",
  });
  #zone = new Zone("UTC");
  #asking: string | null = null;

  constructor(model: AnyModel<Traits>, el: HTMLElement) {
    super(model, el, "ps-details");
    el.classList.add("ps-framed");
    el.append(panelBar("Details", this.#count), this.#content);
    this.listen({
      "change:_facts": () => {
        this.#draw();
        this.#content.scrollTop = 0;
      },
    });
    this.redraw(["selected", "time_zone", "can_end", "_ending", "error"], () => this.#draw());
  }

  #draw(): void {
    const error = this.get("error");
    const sessions = this.get("_facts");
    const chosen = this.get("selected");
    if (this.#asking !== null && !chosen.includes(this.#asking)) this.#asking = null;
    this.#zone = new Zone(this.get("time_zone"));
    this.#count.textContent = chosen.length > 1 ? counted(chosen.length, "session") : "";
    const empty = Boolean(error) || !sessions.length;
    this.el.classList.toggle("ps-nothing", empty);
    if (empty) {
      const kind = error ? "ps-part-message ps-error" : "ps-part-message";
      this.#content.replaceChildren(make("div", { class: kind }, visible(error) || HINT));
      return;
    }
    const articles = sessions.map((session) => this.#article(session));
    this.#content.replaceChildren(...articles, this.#more(chosen.length - sessions.length));
  }

  #more(left: number): HTMLElement | string {
    if (left <= 0) return "";
    const show = () => this.set({ _limit: this.get("_limit") + STEP });
    const words = `Show ${Math.min(left, STEP)} more`;
    const told = `${counted(left, "more session")} selected. `;
    return make("p", { class: "ps-muted" }, told, linkButton(words, show));
  }

  #article(session: Session): HTMLElement {
    const { signals, locations } = session;
    const found = signals.map((signal) =>
      make(
        "li",
        { class: "ps-finding" },
        severityChip(signal.severity),
        " ",
        tellFinding(signal, false),
      ),
    );
    const been = locations.length ? counted(locations.length, "location") : "No locations";
    return make(
      "article",
      { class: "ps-session", "data-session": session.id },
      make("header", null, make("h4", null, quoted(session.title)), this.#endButton(session)),
      this.#ending(session),
      found.length ? make("ul", { class: "ps-findings" }, found) : null,
      make(
        "div",
        { class: "ps-session-columns" },
        make("dl", null, this.#pairs(session.facts)),
        make(
          "section",
          null,
          make("h5", null, been),
          make(
            "ol",
            { class: "ps-places" },
            locations.map((place) => this.#place(place)),
          ),
        ),
      ),
    );
  }

  #pairs(pairs: Pair[]): HTMLElement[] {
    return pairs.flatMap(([label, value]) => [
      make("dt", null, visible(label)),
      make("dd", null, make("bdi", null, this.#text(value))),
    ]);
  }

  #text(value: Fact): string {
    if (typeof value === "string") return visible(value);
    if ("span" in value) return briefDuration(value.span / 1000);
    if ("at" in value) return this.#zone.full(value.at);
    const told = value.each.map(([words, at]) => [words, at === null ? "" : this.#zone.full(at)]);
    return told.map((each) => visible(each.filter(Boolean).join(" "))).join(" \u00b7 ");
  }

  #place({ at, place, ip, also }: Place): HTMLElement {
    const others = also.map(([label, value]) => `${visible(label)}: ${this.#text(value)}`);
    const small = [ip === null ? "" : visible(ip), ...others].filter(Boolean).join(" \u00b7 ");
    return make(
      "li",
      null,
      make("div", { class: "ps-when" }, this.#zone.full(at)),
      make("div", null, quoted(place || "Unknown place")),
      small ? make("div", { class: "ps-muted" }, make("bdi", null, small)) : null,
    );
  }

  #endButton({ id }: Session): HTMLElement | null {
    const told = this.get("_ending")[id];
    const over = told && told.state !== "failed";
    if (!this.get("can_end") || this.#asking === id || over) return null;
    return button("End session", () => this.#ask(id, ".ps-keep"), {
      class: "ps-button ps-warning ps-end",
    });
  }

  /* Asks about a session, or none, and puts the keys where they are needed next. */
  #ask(id: string | null, focus: string): void {
    this.#asking = id;
    this.#draw();
    (this.#content.querySelector<HTMLElement>(focus) ?? this.#content).focus();
  }

  /* How ending a session goes; or the question before it. */
  #ending({ id }: Session): HTMLElement | null {
    if (this.#asking === id) return this.#question(id);
    const told = this.get("_ending")[id];
    if (!told) return null;
    const failed = told.state === "failed";
    const kind = failed ? "ps-ending ps-error" : "ps-ending";
    return make("div", { class: kind, role: failed ? "alert" : "status" }, visible(told.words));
  }

  #question(id: string): HTMLElement {
    const back = () => this.#ask(null, ".ps-end");
    const end = () => {
      this.model.send({ type: "end", session: id });
      this.#ask(null, ".ps-none"); // whose keys brought them here must not be left nowhere
    };
    const onkeydown = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      back();
    };
    return make(
      "div",
      {
        class: "ps-ending ps-asking",
        role: "alertdialog",
        "aria-label": "End this session?",
        onkeydown,
      },
      make("strong", null, "End this session?"),
      make("p", null, WARNING),
      button("End session", end, { class: "ps-button ps-warning" }),
      button("Cancel", back, { class: "ps-button ps-keep" }),
    );
  }
}

export default rendering<Traits>((model, el) => new Details(model, el));
