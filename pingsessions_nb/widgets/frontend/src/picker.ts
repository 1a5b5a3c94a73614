/* UserPicker: search as you type, after the ARIA combobox pattern. The input keeps the focus, the
   list below it shows the active user. The kernel searches; only the newest question's answer counts. */

import type { AnyModel } from "@anywidget/types";
import { button, freshId, keep, make } from "./kit/dom.ts";
import { Part, rendering } from "./kit/part.ts";
import { Popup } from "./kit/popup.ts";
import { visible } from "./kit/words.ts";
import { Chips } from "./picking/chips.ts";
import { type Answer, FoundList } from "./picking/found_list.ts";
import type { User } from "./picking/user.ts";
import "./styles/picker.css";

type Traits = {
  value: string[];
  multiple: boolean;
  population: string | null;
  _populations: [string, string][];
  _cards: User[];
};

const TYPING_PAUSE_MS = 150;

class Picker extends Part<Traits> {
  readonly #id = freshId();
  readonly #chips = new Chips((id) => this.#remove(id));
  readonly #input = make("input", {
    class: "ps-picker-input",
    id: `${this.#id}-input`,
    type: "text",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    "aria-expanded": "false",
    "aria-controls": `${this.#id}-list`,
    "aria-autocomplete": "list",
    "aria-describedby": `${this.#id}-status`,
  });
  readonly #clear = button("Clear", () => this.set({ value: [] }), { class: "ps-picker-clear" });
  readonly #population: HTMLSelectElement = make("select", {
    class: "ps-picker-population",
    "aria-label": "Population",
    onchange: () => this.set({ population: this.#population.value || null }),
  });
  readonly #field = make(
    "div",
    { class: "ps-picker-field" },
    this.#chips.node,
    this.#input,
    this.#clear,
  );
  readonly #found: FoundList;
  readonly #popup: Popup;
  #question = 0;
  #answered = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(model: AnyModel<Traits>, el: HTMLElement) {
    super(model, el, "ps-picker");
    this.#found = new FoundList(this.#id, this.get("multiple"), {
      choose: (user) => this.#toggle(user),
      isChosen: (id) => this.get("value").includes(id),
      activated: (rowId) => this.#point(rowId),
    });
    const popup = this.#build();
    this.#popup = new Popup(this.#field, popup, { stretch: true, onclose: () => this.#closed() });
    this.#hear();
    this.listen({
      "change:value change:_cards": () => this.#drawChips(),
      "change:_populations": () => this.#drawPopulations(),
      "change:population": () => this.#populationChanged(),
      "msg:custom": (message: Answer) => this.#take(message),
    });
    this.#drawPopulations();
    this.#drawChips();
    this.atEnd(() => {
      clearTimeout(this.#pause);
      this.#popup.close();
    });
  }

  #build(): HTMLElement {
    const popup = make(
      "div",
      { class: "ps-picker-popup", onmousedown: (event: Event) => event.preventDefault() },
      make("div", { class: "ps-picker-found" }, this.#found.list, this.#found.status),
    );
    this.el.append(
      make("label", { class: "ps-picker-label", for: this.#input.id }, "Users"),
      make("div", { class: "ps-picker-row" }, this.#field, this.#population),
      popup,
    );
    return popup;
  }

  #hear(): void {
    const input = this.#input;
    input.addEventListener("input", () => {
      this.#open();
      this.#ask(TYPING_PAUSE_MS);
    });
    input.addEventListener("click", () => this.#open());
    input.addEventListener("keydown", (event) => this.#onKey(event));
    input.addEventListener("blur", ({ relatedTarget }) => {
      if (!this.el.contains(relatedTarget as Node | null)) this.#popup.close();
    });
    this.#field.addEventListener("pointerdown", (event) => {
      if (event.target !== this.#field && event.target !== this.#chips.node) return;
      event.preventDefault();
      input.focus();
      this.#open();
    });
  }

  /* From now on answers to what was typed before are out of date. */
  #ask(delay = 0): void {
    clearTimeout(this.#pause);
    if (this.isGone) return;
    this.#question += 1;
    this.#found.wait();
    // The population travels along: a trait's change may be held back while the kernel is busy.
    const [question, population] = [this.#question, this.get("population")];
    this.#pause = setTimeout(() => {
      const text = this.#input.value.trim();
      this.model.send({ type: "search", question, text, population });
    }, delay);
  }

  #take(answer: Answer): void {
    if (answer.type !== "found" && answer.type !== "failed") return;
    if (answer.question !== this.#question) return;
    this.#answered = answer.question;
    this.#found.show(answer, this.#input.value.trim(), () => this.#ask());
    this.#popup.place();
  }

  #open(): void {
    if (this.#popup.isOpen || this.isGone) return;
    this.#popup.open();
    this.#input.setAttribute("aria-expanded", "true");
    this.#ask();
  }

  #closed(): void {
    this.#input.setAttribute("aria-expanded", "false");
    this.#input.value = "";
  }

  #toggle(user: User): void {
    const before = this.get("value");
    const others = before.filter((id) => id !== user.id);
    const multiple = this.get("multiple");
    this.#chips.learn([user]);
    if (others.length < before.length) this.set({ value: others });
    else this.set({ value: multiple ? [...others, user.id] : [user.id] });
    if (!multiple) this.#popup.close();
    this.#input.focus();
    this.#input.select(); // the next name replaces this one, while the list shows its namesakes
  }

  #remove(id: string): void {
    this.set({ value: this.get("value").filter((other) => other !== id) });
    this.#input.focus();
  }

  #point(rowId: string | null): void {
    if (rowId === null) this.#input.removeAttribute("aria-activedescendant");
    else this.#input.setAttribute("aria-activedescendant", rowId);
  }

  #onKey(event: KeyboardEvent): void {
    if (this.#popup.isOpen ? this.#onOpenKey(event.key) : this.#onClosedKey(event.key)) keep(event);
  }

  /* Whether the key was meant for here. */
  #onClosedKey(key: string): boolean {
    if (key === "Backspace") return this.#takeBack();
    if (key !== "Enter" && !key.startsWith("Arrow")) return false;
    this.#open();
    return true;
  }

  #onOpenKey(key: string): boolean {
    const acts: Record<string, () => void> = {
      ArrowDown: () => this.#found.move(1),
      ArrowUp: () => this.#found.move(-1),
      Home: () => this.#found.activate(0),
      End: () => this.#found.activate(this.#found.users.length - 1),
      Enter: () => this.#chooseActive(),
      Escape: () => this.#popup.close(),
    };
    if (key === "Backspace") return this.#takeBack();
    acts[key]?.();
    return key in acts;
  }

  /* While the list answers an older question, its first row is not what was typed. */
  #chooseActive(): void {
    const user = this.#found.active;
    if (user && this.#answered === this.#question && !this.#found.isBusy) this.#toggle(user);
  }

  #takeBack(): boolean {
    const chosen = this.get("value");
    if (this.#input.value || !chosen.length) return false;
    this.set({ value: chosen.slice(0, -1) });
    return true;
  }

  #drawChips(): void {
    const chosen = this.get("value");
    this.#chips.learn(this.get("_cards"));
    this.#chips.draw(chosen);
    this.#clear.hidden = chosen.length < 2;
    this.#input.placeholder = chosen.length ? "" : "Search by username, e-mail or name";
    this.#found.mark();
    if (this.#popup.isOpen) this.#popup.place();
  }

  #drawPopulations(): void {
    const choices = this.get("_populations");
    this.#population.hidden = choices.length === 1;
    this.#population.disabled = !choices.length; // until the kernel has told them
    this.#population.replaceChildren(
      make("option", { value: "" }, "All populations"),
      ...choices.map(([value, name]) => make("option", { value }, visible(name))),
    );
    this.#population.value = this.get("population") ?? "";
  }

  #populationChanged(): void {
    this.#population.value = this.get("population") ?? "";
    if (this.#popup.isOpen) this.#ask();
  }
}

export default rendering<Traits>((model, el) => new Picker(model, el));
