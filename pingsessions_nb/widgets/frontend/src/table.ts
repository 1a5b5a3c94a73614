/* SessionTable: sessions as rows of a grid that draws only what is seen, sorts typed arrays, copies. */

import type { AnyModel } from "@anywidget/types";
import { Zone } from "./kit/clock.ts";
import type { PackedCodes } from "./kit/columns.ts";
import { button, freshId, keep, make } from "./kit/dom.ts";
import { panelBar } from "./kit/panel.ts";
import { Part, rendering } from "./kit/part.ts";
import { keysButton, PopupButton } from "./kit/popup_button.ts";
import { counted, visible } from "./kit/words.ts";
import { ChosenRows, type How } from "./listing/choosing_rows.ts";
import { type Packed, SessionRows } from "./listing/session_rows.ts";
import { sheet } from "./listing/sheet_text.ts";
import { COLUMNS, type Column, columnWidths, namedColumns } from "./listing/table_columns.ts";
import "./styles/table.css";

type Traits = {
  columns: string[];
  selected: string[];
  time_zone: string;
  error: string;
  empty: string;
  _data: Packed;
  _signals: { words?: PackedCodes };
};

const ROW = 28;
const SPARE = 8; // rows drawn above and below what is seen
const KEYS = [
  ["\u2191 \u2193 PgUp PgDn", "move"],
  ["Home End", "first and last"],
  ["Enter", "select"],
  ["Ctrl+Enter", "select as well"],
  ["Shift+\u2191 \u2193", "select a range"],
  ["Ctrl+A", "select all"],
  ["Escape", "select none"],
  ["Ctrl+C", "copy what is selected, or all"],
] as const;

class SessionGrid extends Part<Traits> {
  readonly #id = freshId();
  readonly #count = make("span", { class: "ps-part-count", role: "status" });
  readonly #copyButton = button("Copy", () => this.#copy());
  readonly #keys = keysButton(KEYS);
  readonly #columnsButton = new PopupButton("Columns", (content) => this.#fillColumns(content));
  readonly #head = make("div", { class: "ps-table-head", role: "row" });
  readonly #body = make("div", { class: "ps-table-body", role: "rowgroup" });
  readonly #scroller = make(
    "div",
    {
      class: "ps-table-scroller",
      role: "grid",
      tabindex: "0",
      "aria-label": "Sessions",
      "aria-multiselectable": "true",
      onkeydown: (event: KeyboardEvent) => this.#onKey(event),
      onscroll: () => this.#drawRows(),
      oncopy: (event: ClipboardEvent) => {
        event.preventDefault();
        this.#copy();
      },
    },
    this.#head,
    this.#body,
  );
  readonly #message = make("div", { class: "ps-part-message" });
  readonly #chosen = new ChosenRows();
  #rows = new SessionRows({});
  #order: Uint32Array = new Uint32Array();
  #columns: Column[] = [];
  #zone = new Zone("UTC");
  #sort: { key: string | null; down: boolean } = { key: null, down: true };
  #flashing: ReturnType<typeof setTimeout> | undefined;

  constructor(model: AnyModel<Traits>, el: HTMLElement) {
    super(model, el, "ps-table");
    el.classList.add("ps-framed");
    const tools = [this.#columnsButton.node, this.#keys.node, this.#copyButton];
    el.append(panelBar("Sessions", this.#count, ...tools), this.#scroller, this.#message);
    this.listen({
      "change:selected": () => this.#onSelected(),
      "change:time_zone change:error change:empty change:columns": () => this.#drawAll(),
    });
    this.redraw(["_data", "_signals"], () => this.#read());
    const resizes = new ResizeObserver(() => {
      this.#layOut();
      this.#drawRows();
    });
    resizes.observe(this.#scroller);
    this.atEnd(() => {
      resizes.disconnect();
      clearTimeout(this.#flashing);
      this.#columnsButton.popup.close();
      this.#keys.popup.close();
    });
  }

  #read(): void {
    this.#rows = new SessionRows(this.get("_data"), this.get("_signals").words);
    this.#order = this.#rows.order(this.#sort.key, this.#sort.down);
    this.#chosen.take(this.#rows.ids.rowsOf(this.get("selected")));
    this.#chosen.move(Math.max(1, this.#rows.length), 0);
    this.#drawAll();
    this.#showFirstChosen();
  }

  #sortBy(key: string): void {
    const again = this.#sort.key === key;
    this.#sort = { key, down: again ? !this.#sort.down : this.#rows.startsDown(key) };
    this.#order = this.#rows.order(key, this.#sort.down);
    this.#drawAll();
    this.#scroller.scrollTop = 0;
  }

  /* The chosen columns but those that would say nothing: of one user, of no findings. */
  #telling(): Column[] {
    const alone = this.#rows.texts("user") === 1;
    const silent = !this.#rows.texts("signals");
    return namedColumns(this.get("columns")).filter(
      ({ key }) => !(alone && key === "user") && !(silent && key === "signals"),
    );
  }

  #drawAll(): void {
    const error = this.get("error");
    const empty = Boolean(error) || !this.#rows.length;
    this.#zone = new Zone(this.get("time_zone"));
    this.#columns = this.#telling();
    this.#scroller.hidden = empty;
    this.#message.hidden = !empty;
    this.#message.textContent = visible(error || this.get("empty") || "No sessions to list.");
    this.#message.classList.toggle("ps-error", Boolean(error));
    for (const tool of [this.#copyButton, this.#columnsButton.node, this.#keys.node]) {
      tool.hidden = empty;
    }
    this.#scroller.setAttribute("aria-rowcount", String(this.#rows.length + 1));
    this.#body.style.height = `${this.#rows.length * ROW}px`;
    this.#layOut();
    this.#drawHead();
    this.#drawCount();
    this.#drawRows();
  }

  #layOut(): void {
    const widths = columnWidths(this.#columns, this.#scroller.clientWidth);
    const { style } = this.#scroller;
    style.setProperty("--ps-columns", widths.map((width) => `${width}px`).join(" "));
    style.setProperty("--ps-table-width", `${widths.reduce((sum, width) => sum + width, 0)}px`);
  }

  #drawHead(): void {
    const focused = [...this.#head.children].findIndex((cell) =>
      cell.contains(document.activeElement),
    );
    const zone = this.#rows.length ? this.#zone.labels(...this.#rows.extent()) : "";
    this.#head.replaceChildren(...this.#columns.map((one) => this.#headCell(one, zone)));
    const before = this.#head.children[focused]?.firstElementChild;
    if (before instanceof HTMLElement) before.focus();
  }

  #headCell({ key, title, kind }: Column, zone: string): HTMLElement {
    const { key: sorted, down } = this.#sort;
    const arrow = key === sorted ? (down ? " \u2193" : " \u2191") : "";
    const order = key === sorted ? (down ? "descending" : "ascending") : "none";
    return make(
      "div",
      { class: cellClass(kind), role: "columnheader", "aria-sort": order },
      make(
        "button",
        {
          type: "button",
          onclick: () => this.#sortBy(key),
          title: `Sort by ${title.toLowerCase()}`,
        },
        title,
        kind === "time" ? make("span", { class: "ps-zone" }, ` ${zone}`) : null,
        make("span", { "aria-hidden": "true" }, arrow),
      ),
    );
  }

  #drawCount(): void {
    const [chosen, all] = [this.#chosen.rows.size, this.#rows.length.toLocaleString("en")];
    const words = chosen ? `${chosen.toLocaleString("en")} of ${all} selected` : all;
    this.#count.textContent = this.#rows.length ? words : "";
    const what = chosen ? counted(chosen, "session") : "all sessions";
    this.#copyButton.title = `Copy ${what} as tab-separated text`;
  }

  #drawRows(): void {
    const { scrollTop, clientHeight } = this.#scroller;
    const first = Math.max(0, Math.floor(scrollTop / ROW) - SPARE);
    const last = Math.min(this.#rows.length, Math.ceil((scrollTop + clientHeight) / ROW) + SPARE);
    const length = Math.max(0, last - first);
    this.#body.replaceChildren(...Array.from({ length }, (_, index) => this.#row(first + index)));
    const active = this.#rows.length ? `${this.#id}-${this.#chosen.focus}` : "";
    this.#scroller.setAttribute("aria-activedescendant", active);
  }

  #row(position: number): HTMLElement {
    const row = this.#order[position] ?? 0;
    const focused = position === this.#chosen.focus ? " ps-focus" : "";
    const node = make(
      "div",
      {
        class: `ps-table-row${focused}`,
        id: `${this.#id}-${position}`,
        role: "row",
        "aria-rowindex": position + 2,
        "aria-selected": String(this.#chosen.rows.has(row)),
        onclick: (event: MouseEvent) => this.#onClick(position, event),
      },
      this.#columns.map((one) => this.#cell(one, row)),
    );
    node.style.top = `${position * ROW}px`; // an attribute would need a laxer content policy
    return node;
  }

  #cell(one: Column, row: number): HTMLElement {
    const text = this.#rows.text(one, row, this.#zone);
    const title =
      one.kind === "time" && text ? this.#zone.full(this.#rows.number(one.key, row)) : text;
    const warns = one.warns && text ? " ps-warns" : "";
    const words = text ? make("bdi", null, text) : make("span", { class: "ps-muted" }, "\u2013");
    return make("div", { class: cellClass(one.kind) + warns, role: "gridcell", title }, words);
  }

  #fillColumns(content: HTMLElement): void {
    const rows = COLUMNS.map(({ key, title }) => {
      const box = make("input", {
        type: "checkbox",
        onchange: () => {
          const others = this.get("columns").filter((name) => name !== key);
          this.set({ columns: inOrder(box.checked ? [...others, key] : others) });
        },
      });
      box.checked = this.get("columns").includes(key);
      return make("label", { class: "ps-filter-check" }, box, title);
    });
    content.replaceChildren(make("div", { class: "ps-column-list" }, rows));
  }

  #select(): void {
    this.set({ selected: [...this.#chosen.rows].map((row) => this.#rows.ids.get(row)) });
    this.#drawCount();
    this.#drawRows();
  }

  #onClick(position: number, event: MouseEvent): void {
    // Dragging over text means to copy it.
    if (!document.getSelection()?.isCollapsed) return;
    this.#choose(position, { add: event.ctrlKey || event.metaKey, extend: event.shiftKey });
    this.#scroller.focus({ preventScroll: true });
  }

  #choose(position: number, how: How): void {
    this.#chosen.choose(this.#order, position, how);
    this.#select();
  }

  #onKey(event: KeyboardEvent): void {
    if (event.target !== this.#scroller) return;
    const step = this.#step(event.key);
    if (step !== undefined) this.#move(step, event.shiftKey);
    else if (!this.#act(event)) return;
    keep(event);
  }

  #step(key: string): number | undefined {
    const page = Math.max(1, Math.floor(this.#scroller.clientHeight / ROW) - 2);
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: Number.NEGATIVE_INFINITY,
      End: Number.POSITIVE_INFINITY,
    };
    return steps[key];
  }

  #move(step: number, extend: boolean): void {
    this.#chosen.move(this.#rows.length, step);
    this.#reveal(this.#chosen.focus);
    if (extend) this.#choose(this.#chosen.focus, { extend });
    else this.#drawRows();
  }

  /* Whether the key was meant for here. */
  #act(event: KeyboardEvent): boolean {
    const control = event.ctrlKey || event.metaKey;
    if (event.key === "Enter" || event.key === " ") {
      this.#choose(this.#chosen.focus, { add: control, extend: event.shiftKey });
    } else if (event.key === "Escape" || (control && event.key === "a")) {
      this.#chosen.rows = new Set(event.key === "a" ? this.#order : []);
      this.#select();
    } else if (control && event.key === "c" && document.getSelection()?.isCollapsed) this.#copy();
    else return false;
    return true;
  }

  #reveal(position: number): void {
    const top = position * ROW;
    const seen = this.#scroller.clientHeight - this.#head.offsetHeight;
    if (top < this.#scroller.scrollTop) this.#scroller.scrollTop = top;
    else if (top + ROW > this.#scroller.scrollTop + seen) {
      this.#scroller.scrollTop = top + ROW - seen;
    }
  }

  #onSelected(): void {
    if (!this.#chosen.take(this.#rows.ids.rowsOf(this.get("selected")))) return;
    this.#drawCount();
    this.#showFirstChosen();
    this.#drawRows();
  }

  #showFirstChosen(): void {
    const position = this.#chosen.goToFirst(this.#order);
    if (position >= 0) this.#reveal(position);
  }

  /* Selected rows, or all where none is: a header, then ISO times and text without tabs. */
  #copy(): void {
    const { rows } = this.#chosen;
    const listed = rows.size ? this.#order.filter((row) => rows.has(row)) : this.#order;
    const columns = this.#columns.filter(({ key }) => key !== "session_id");
    const lines = [["Session", ...columns.map(({ title }) => title)]];
    for (const row of listed) {
      lines.push([this.#rows.ids.get(row), ...columns.map((one) => this.#plain(one, row))]);
    }
    navigator.clipboard.writeText(sheet(lines)).then(
      () => this.#flash("Copied"),
      () => this.#flash("Not allowed"),
    );
  }

  #plain(one: Column, row: number): string {
    const at = one.kind === "time" ? this.#rows.number(one.key, row) : Number.NaN;
    return Number.isFinite(at) ? new Date(at).toISOString() : this.#rows.text(one, row, this.#zone);
  }

  #flash(words: string): void {
    this.#copyButton.textContent = words;
    clearTimeout(this.#flashing);
    this.#flashing = setTimeout(() => this.#copyButton.replaceChildren("Copy"), 1500);
  }
}

function cellClass(kind: Column["kind"]): string {
  return kind === "number" || kind === "span" ? "ps-cell ps-right" : "ps-cell";
}

function inOrder(names: readonly string[]): string[] {
  return COLUMNS.filter(({ key }) => names.includes(key)).map(({ key }) => key);
}

export default rendering<Traits>((model, el) => new SessionGrid(model, el));
