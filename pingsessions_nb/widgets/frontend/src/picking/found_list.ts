/* The users found, one of which the keys are on: the list of an ARIA combobox. */

import { agoText, utc } from "../kit/clock.ts";
import { linkButton, make } from "../kit/dom.ts";
import { quoted } from "../kit/panel.ts";
import { counted, visible } from "../kit/words.ts";
import type { User } from "./user.ts";

export interface Answer {
  type: "found" | "failed";
  question: number;
  users?: User[];
  more?: boolean;
  sentence?: string;
}

const KEYS = "Arrows move, Enter chooses, Escape closes.";

interface Acts {
  choose: (user: User) => void;
  isChosen: (id: string) => boolean;
  activated: (rowId: string | null) => void;
}

export class FoundList {
  readonly list: HTMLElement;
  readonly status: HTMLElement;
  users: User[] = [];
  #active = -1;
  readonly #id: string;
  readonly #acts: Acts;

  constructor(id: string, multiple: boolean, acts: Acts) {
    this.#id = id;
    this.#acts = acts;
    this.list = make("div", {
      class: "ps-picker-list",
      id: `${id}-list`,
      role: "listbox",
      "aria-label": "Users found",
      "aria-multiselectable": String(multiple),
    });
    this.status = make("div", { class: "ps-picker-status", id: `${id}-status`, role: "status" });
  }

  get active(): User | undefined {
    return this.users[this.#active];
  }

  get isBusy(): boolean {
    return this.list.getAttribute("aria-busy") === "true";
  }

  wait(): void {
    this.list.setAttribute("aria-busy", "true");
    this.#say("Searching \u2026");
  }

  show(answer: Answer, text: string, again: () => void): void {
    this.list.removeAttribute("aria-busy");
    this.users = answer.users ?? [];
    this.list.replaceChildren(...this.users.map((user, index) => this.#row(user, index)));
    this.activate(this.users.length && text ? 0 : -1);
    this.list.scrollTop = 0;
    this.#say(statusOf(answer, text), answer.type === "failed" ? again : undefined);
  }

  mark(): void {
    for (const row of this.list.children as Iterable<HTMLElement> & HTMLCollection) {
      const { user = "" } = (row as HTMLElement).dataset;
      row.setAttribute("aria-selected", String(this.#acts.isChosen(user)));
    }
  }

  /* Puts the keys on a row; beyond either end, on the other one. */
  move(step: number): void {
    const last = this.users.length - 1;
    const next = this.#active + step;
    this.activate(next > last ? 0 : next < 0 ? last : next);
  }

  activate(index: number): void {
    this.list.children[this.#active]?.classList.remove("ps-active");
    this.#active = index;
    const row = this.list.children[index];
    row?.classList.add("ps-active");
    row?.scrollIntoView({ block: "nearest" });
    this.#acts.activated(row?.id ?? null);
  }

  #say(words: string, again?: () => void): void {
    this.status.className = again ? "ps-picker-status ps-error" : "ps-picker-status";
    this.status.replaceChildren(visible(words));
    if (again) this.status.append(" ", linkButton("Try again", again));
  }

  #row(user: User, index: number): HTMLElement {
    const at = user.last_sign_on_at ?? null;
    const exact = at === null ? "Never signed on" : `Last sign-on ${utc.full(at)}`;
    const seen = at === null ? "never" : agoText(utc, at);
    return make(
      "div",
      {
        class: "ps-user",
        id: `${this.#id}-option-${index}`,
        role: "option",
        "data-user": user.id,
        "aria-selected": String(this.#acts.isChosen(user.id)),
        onpointermove: () => this.activate(index),
        onclick: () => this.#acts.choose(user),
      },
      make("span", { class: "ps-user-check", "aria-hidden": "true" }, "\u2713"),
      nameCell(user),
      textCell("ps-user-username", user.username),
      textCell("ps-user-population", user.population),
      make("span", { class: "ps-user-seen", title: exact }, seen),
    );
  }
}

function nameCell(user: User): HTMLElement {
  const disabled = user.enabled === false ? make("span", { class: "ps-tag" }, "disabled") : null;
  const name = quoted(user.name, { title: visible(user.name) });
  return make("span", { class: "ps-user-name" }, name, disabled);
}

function textCell(name: string, text: string | null | undefined): HTMLElement {
  return quoted(text ?? "", { class: name, title: visible(text ?? "") });
}

/* What is said below the users found. */
export function statusOf(answer: Answer, text: string): string {
  if (answer.type === "failed") return answer.sentence ?? "The search failed.";
  const number = answer.users?.length ?? 0;
  if (answer.more) return `The first ${number} are shown. Type more to narrow them down. ${KEYS}`;
  if (number) return `${counted(number, "user")}. ${KEYS}`;
  if (!text) return "There are no users here.";
  return `No user matches \u201c${text}\u201d. Names, usernames and e-mail addresses are searched.`;
}
