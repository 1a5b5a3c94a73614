/* The table of sessions: chooses them, opens their facts, sorts them. */

import type { Chosen } from "./chosen.ts";

export class SessionTable {
  readonly #chosen: Chosen;
  readonly #table: HTMLTableElement;
  readonly #said: HTMLElement | null;
  readonly #rows = new Map<number, HTMLTableSectionElement>();

  constructor(table: HTMLTableElement, chosen: Chosen) {
    this.#table = table;
    this.#chosen = chosen;
    this.#said = document.querySelector(".chosen");
    for (const body of table.tBodies) {
      this.#rows.set(Number(body.dataset.session), body);
      this.#listen(body);
    }
    document.querySelector(".unchoose")?.addEventListener("click", () => chosen.set([]));
    for (const head of table.querySelectorAll<HTMLTableCellElement>("th[data-sort]")) {
      head.querySelector("button")?.addEventListener("click", () => this.#sort(head));
    }
    chosen.listen(() => this.#show());
    this.#show();
  }

  #listen(body: HTMLTableSectionElement): void {
    const row = Number(body.dataset.session);
    body.querySelector("input")?.addEventListener("change", () => this.#chosen.choose([row], true));
    const more = body.querySelector(".more");
    more?.addEventListener("click", () => {
      more.setAttribute("aria-expanded", String(body.classList.toggle("open")));
    });
    body.rows[0]?.addEventListener("click", (event) => {
      const within = (event.target as Element).closest("button, input, a");
      if (within || !document.getSelection()?.isCollapsed) return;
      this.#chosen.choose([row], event.ctrlKey || event.metaKey || event.shiftKey);
    });
  }

  #show(): void {
    const { rows } = this.#chosen;
    for (const [row, body] of this.#rows) {
      body.classList.toggle("chosen-row", rows.has(row));
      const box = body.querySelector("input");
      if (box) box.checked = rows.has(row);
    }
    if (this.#said?.firstElementChild) {
      this.#said.hidden = !rows.size;
      this.#said.firstElementChild.textContent = `${rows.size.toLocaleString("en")} chosen`;
    }
    const first = Math.min(...rows);
    this.#reveal(this.#rows.get(first));
  }

  #reveal(body: HTMLElement | undefined): void {
    const scroller = this.#table.parentElement;
    if (!body || !scroller) return;
    const room = scroller.getBoundingClientRect();
    const place = body.getBoundingClientRect();
    const head = this.#table.tHead?.offsetHeight ?? 0;
    if (place.top < room.top + head || place.bottom > room.bottom) {
      scroller.scrollTop += place.top - room.top - head - 40;
    }
  }

  #sort(head: HTMLTableCellElement): void {
    const down = head.getAttribute("aria-sort") !== "descending";
    for (const other of head.parentElement?.children ?? []) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const order =
      head.dataset.sort === "number"
        ? (a: string, b: string) => Number(a) - Number(b)
        : new Intl.Collator("en", { numeric: true }).compare;
    const key = (body: HTMLTableSectionElement) =>
      body.rows[0]?.cells[head.cellIndex]?.dataset.key ?? "";
    const sorted = [...this.#table.tBodies].map((body) => ({ key: key(body), body }));
    sorted.sort((one, other) => {
      if (!one.key || !other.key) return Number(!one.key) - Number(!other.key);
      return (down ? -1 : 1) * order(one.key, other.key);
    });
    this.#table.append(...sorted.map(({ body }) => body));
  }
}
