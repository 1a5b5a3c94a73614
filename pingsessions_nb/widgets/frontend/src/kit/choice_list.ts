/* A list of rows to choose from, after the ARIA listbox pattern: the list keeps the focus, keys move
   among its rows. */

import { freshId, keep, make, revealIn } from "./dom.ts";

interface Acts {
  choose: (place: number, add: boolean) => void;
  clear: () => void;
}

export class ChoiceList {
  readonly node: HTMLElement;
  readonly #id = freshId();
  readonly #acts: Acts;
  #focus = 0;

  constructor(name: string, label: string, multiple: boolean, acts: Acts) {
    this.#acts = acts;
    this.node = make("div", {
      class: name,
      role: "listbox",
      tabindex: "0",
      "aria-label": label,
      "aria-multiselectable": String(multiple),
      onkeydown: (event: KeyboardEvent) => this.#onKey(event),
    });
  }

  get #rows(): HTMLElement[] {
    return [...this.node.children] as HTMLElement[];
  }

  /* Shows rows in place of those before; the list is hidden where there are none. */
  show(rows: HTMLElement[]): void {
    rows.forEach((row, place) => {
      row.id = `${this.#id}-${place}`;
      row.setAttribute("role", "option");
      row.addEventListener("click", (event) => this.#onClick(place, event));
    });
    this.#focus = Math.min(this.#focus, Math.max(0, rows.length - 1));
    this.node.hidden = !rows.length;
    this.node.replaceChildren(...rows);
    this.node.scrollTop = 0;
  }

  /* Marks what is chosen, and where the keys are; `reveal`: it was chosen elsewhere. */
  mark(isChosen: (place: number) => boolean, reveal: boolean): void {
    const rows = this.#rows;
    rows.forEach((row, place) => {
      row.setAttribute("aria-selected", String(isChosen(place)));
      row.classList.toggle("ps-focus", place === this.#focus);
    });
    if (rows.length) this.node.setAttribute("aria-activedescendant", `${this.#id}-${this.#focus}`);
    const first = rows.find((_, place) => isChosen(place));
    if (reveal && first) revealIn(this.node, first);
  }

  #goTo(place: number): void {
    const rows = this.#rows;
    this.#focus = Math.max(0, Math.min(rows.length - 1, place));
    for (const [other, row] of rows.entries()) {
      row.classList.toggle("ps-focus", other === this.#focus);
    }
    this.node.setAttribute("aria-activedescendant", `${this.#id}-${this.#focus}`);
    const row = rows[this.#focus];
    if (row) revealIn(this.node, row);
  }

  #choose(place: number, event: MouseEvent | KeyboardEvent): void {
    if (place >= this.#rows.length) return;
    this.#focus = place;
    this.#acts.choose(place, event.ctrlKey || event.metaKey || event.shiftKey);
  }

  /* Shows all of what the row cuts short. */
  #expand(): void {
    const cut = this.#rows[this.#focus]?.querySelectorAll<HTMLElement>(".ps-expand") ?? [];
    for (const words of cut) words.click();
  }

  #onClick(place: number, event: MouseEvent): void {
    // Dragging over text means to copy it.
    if (!document.getSelection()?.isCollapsed) return;
    this.#choose(place, event);
    this.node.focus({ preventScroll: true });
  }

  #onKey(event: KeyboardEvent): void {
    if (event.target !== this.node) return;
    const goals: Record<string, number> = {
      ArrowDown: this.#focus + 1,
      ArrowUp: this.#focus - 1,
      Home: 0,
      End: this.#rows.length - 1,
    };
    const goal = goals[event.key];
    if (goal !== undefined) this.#goTo(goal);
    else if (event.key === "Enter" || event.key === " ") this.#choose(this.#focus, event);
    else if (event.key === "Escape") this.#acts.clear();
    else if (event.key === "ArrowRight") this.#expand();
    else return;
    keep(event);
  }
}
