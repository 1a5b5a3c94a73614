import { Coded, column, plural, Texts } from "./canvas_data.js";
import { duration, Zone } from "./canvas_time.js";
import { make, visible, widgetRoot } from "./elements.js";
import { alphabetical, rowOrder } from "./table_order.js";
import { minuteText } from "./times.js";

const ROW = 28;
const SPARE = 8; // rows drawn above and below what is seen

/* The columns, the most telling first: what to read, how to show it, how wide. `time`, `span` and `number` sort by value. */
const TABLE_COLUMNS = [
  { key: "user", title: "User", width: 150 },
  { key: "created", title: "Created", kind: "time", width: 148 },
  { key: "place", title: "Last place", width: 152 },
  { key: "signals", title: "Signals", width: 128, warns: true },
  { key: "browser", title: "Browser", width: 110 },
  { key: "span", title: "Duration", kind: "span", width: 96 },
  { key: "os", title: "OS", width: 150 },
  { key: "device", title: "Device", width: 110 },
  { key: "signOnIp", title: "Sign-on IP", width: 124 },
  { key: "active", title: "Last active", kind: "time", width: 162 },
  { key: "places", title: "Locations", kind: "number", width: 98 },
];

/* Sessions as rows of a grid that draws only what is seen, sorts typed arrays, and copies. */
class SessionGrid {
  constructor({ model, el }) {
    this.model = model;
    this.id = `ps-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}`;
    this.unfollow = widgetRoot(el, "ps-table");
    el.classList.add("ps-framed");
    this.count = make("span", { class: "ps-part-count", role: "status" });
    this.copyButton = make(
      "button",
      { class: "ps-button", type: "button", onclick: () => this.copy() },
      "Copy",
    );
    this.head = make("div", { class: "ps-table-head", role: "row" });
    this.body = make("div", { class: "ps-table-body", role: "rowgroup" });
    this.scroller = make(
      "div",
      {
        class: "ps-table-scroller",
        role: "grid",
        tabindex: "0",
        "aria-label": "Sessions",
        "aria-multiselectable": "true",
        onkeydown: (event) => this.onKey(event),
        onscroll: () => this.drawRows(),
        oncopy: (event) => {
          event.preventDefault();
          this.copy();
        },
      },
      this.head,
      this.body,
    );
    this.message = make("div", { class: "ps-part-message" });
    el.append(
      make(
        "div",
        { class: "ps-part-bar" },
        make(
          "div",
          { class: "ps-part-heading" },
          make("span", { class: "ps-part-title" }, "Sessions"),
          this.count,
        ),
        this.copyButton,
      ),
      this.scroller,
      this.message,
    );
    this.sort = { key: null, down: true };
    this.focus = 0;
    this.anchor = 0;
    this.changes = {
      "change:_data": () => this.read(),
      "change:_signals": () => this.read(),
      "change:selected": () => this.onSelected(),
      "change:time_zone": () => this.drawAll(),
      "change:error": () => this.drawAll(),
      "change:empty": () => this.drawAll(),
    };
    for (const [event, handler] of Object.entries(this.changes)) model.on(event, handler);
    this.resizes = new ResizeObserver(() => {
      this.layOut();
      this.drawRows();
    });
    this.resizes.observe(this.scroller);
    this.read();
  }

  close() {
    this.unfollow();
    this.resizes.disconnect();
    for (const [event, handler] of Object.entries(this.changes)) this.model.off(event, handler);
  }

  read() {
    const data = this.model.get("_data");
    this.length = data.count ?? 0;
    this.ids = new Texts(data.ids);
    this.values = {
      created: column(data.created, Float64Array),
      active: column(data.active, Float64Array),
      places: column(data.places, Int32Array),
    };
    this.values.span = this.values.active.map((end, row) => end - this.values.created[row]);
    this.words = Object.fromEntries(
      ["user", "signOnIp", "browser", "os", "device", "place"].map((key) => [
        key,
        new Coded(data[key]),
      ]),
    );
    this.words.signals = new Coded(this.model.get("_signals").words);
    const alone = this.words.user.texts.length === 1; // then the column says nothing
    const silent = !this.words.signals.texts.length;
    this.columns = TABLE_COLUMNS.filter(
      ({ key }) => !(alone && key === "user") && !(silent && key === "signals"),
    );
    this.order = this.sorted();
    this.chosen = new Set(this.ids.rowsOf(this.model.get("selected")));
    this.focus = Math.min(this.focus, Math.max(0, this.length - 1));
    this.drawAll();
    this.showFirstChosen();
  }

  /* Row numbers in the order shown. Without a chosen column it is the frame's own. */
  sorted() {
    const { key, down } = this.sort;
    const ranks = this.values[key] ?? (this.words[key] && alphabetical(this.words[key]));
    return rowOrder(this.length, ranks, down);
  }

  sortBy(key) {
    const first = this.values[key] ? true : false; // newest and longest first, words from A
    const down = this.sort.key === key ? !this.sort.down : first;
    this.sort = { key, down };
    this.order = this.sorted();
    this.drawAll();
    this.scroller.scrollTop = 0;
  }

  drawAll() {
    const error = this.model.get("error");
    this.zone = new Zone(this.model.get("time_zone"));
    const empty = Boolean(error) || !this.length;
    this.scroller.hidden = empty;
    this.message.hidden = !empty;
    this.message.textContent = visible(error || this.model.get("empty") || "No sessions to list.");
    this.message.classList.toggle("ps-error", Boolean(error));
    this.copyButton.hidden = empty;
    this.layOut();
    this.scroller.setAttribute("aria-rowcount", this.length + 1);
    const zoneName = this.length ? this.zone.labels(...this.extent()) : "";
    const focused = this.head.contains(document.activeElement)
      ? [...this.head.children].indexOf(document.activeElement.parentElement)
      : -1;
    this.head.replaceChildren(...this.columns.map((one) => this.headCell(one, zoneName)));
    this.head.children[focused]?.firstElementChild.focus();
    this.body.style.height = `${this.length * ROW}px`;
    this.drawCount();
    this.drawRows();
  }

  /* As many whole columns as there is room for share it; the rest wait at the right. */
  layOut() {
    const room = this.scroller.clientWidth;
    let taken = 0;
    const fitting = this.columns.findIndex(({ width }) => (taken += width) > room);
    const shown = this.columns.slice(0, fitting < 0 ? undefined : Math.max(1, fitting));
    const share = Math.max(1, room / shown.reduce((sum, { width }) => sum + width, 0));
    const widths = this.columns.map(({ width }, i) => (i < shown.length ? width * share : width));
    const { style } = this.scroller;
    style.setProperty("--ps-columns", widths.map((width) => `${width}px`).join(" "));
    style.setProperty("--ps-table-width", `${widths.reduce((sum, width) => sum + width, 0)}px`);
  }

  /* The first and the last instant that is listed. */
  extent() {
    let first = Infinity;
    let last = -Infinity;
    for (const times of [this.values.created, this.values.active]) {
      for (const at of times) {
        if (at < first) first = at;
        if (at > last) last = at;
      }
    }
    return [first, last];
  }

  headCell({ key, title, kind }, zoneName) {
    const sorted = this.sort.key === key;
    const arrow = sorted ? (this.sort.down ? " \u2193" : " \u2191") : "";
    return make(
      "div",
      {
        class: `ps-cell ${kind === "number" || kind === "span" ? "ps-right" : ""}`,
        role: "columnheader",
        "aria-sort": sorted ? (this.sort.down ? "descending" : "ascending") : "none",
      },
      make(
        "button",
        { type: "button", onclick: () => this.sortBy(key), title: `Sort by ${title.toLowerCase()}` },
        title,
        kind === "time" ? make("span", { class: "ps-zone" }, ` ${zoneName}`) : null,
        make("span", { "aria-hidden": "true" }, arrow),
      ),
    );
  }

  drawCount() {
    const chosen = this.chosen.size;
    this.count.textContent = !this.length
      ? ""
      : chosen
        ? `${chosen.toLocaleString("en")} of ${this.length.toLocaleString("en")} selected`
        : this.length.toLocaleString("en");
    this.copyButton.title = chosen
      ? `Copy ${plural(chosen, "session")} as tab-separated text`
      : "Copy all sessions as tab-separated text";
  }

  drawRows() {
    const { scrollTop, clientHeight } = this.scroller;
    const first = Math.max(0, Math.floor(scrollTop / ROW) - SPARE);
    const last = Math.min(this.length, Math.ceil((scrollTop + clientHeight) / ROW) + SPARE);
    this.body.replaceChildren(
      ...Array.from({ length: Math.max(0, last - first) }, (_, index) => this.row(first + index)),
    );
    const active = this.length ? `${this.id}-${this.focus}` : "";
    this.scroller.setAttribute("aria-activedescendant", active);
  }

  row(position) {
    const row = this.order[position];
    const focused = position === this.focus ? " ps-focus" : "";
    const node = make(
      "div",
      {
        class: `ps-table-row${focused}`,
        id: `${this.id}-${position}`,
        role: "row",
        "aria-rowindex": position + 2,
        "aria-selected": String(this.chosen.has(row)),
        onclick: (event) => this.onClick(position, event),
      },
      this.columns.map((one) => this.cell(one, row)),
    );
    node.style.top = `${position * ROW}px`; // an attribute would need a laxer content policy
    return node;
  }

  cell(one, row) {
    const text = this.text(one, row);
    const at = one.kind === "time" ? this.values[one.key][row] : NaN;
    const title = Number.isFinite(at) ? `${this.zone.full(at)} ${this.zone.label(at)}` : text;
    const right = one.kind === "number" || one.kind === "span" ? " ps-right" : "";
    const warns = one.warns && text ? " ps-warns" : "";
    const words = text === "" ? make("span", { class: "ps-muted" }, "\u2013") : make("bdi", null, text);
    return make("div", { class: `ps-cell${right}${warns}`, role: "gridcell", title }, words);
  }

  text({ key, kind }, row) {
    if (kind === "time") return minuteText(this.zone, this.values[key][row]);
    if (kind === "span") {
      const span = this.values.span[row];
      return Number.isFinite(span) ? duration(span) : "";
    }
    if (kind === "number") return String(this.values[key][row]);
    return visible(this.words[key].get(row));
  }

  select(rows) {
    this.chosen = rows;
    this.model.set(
      "selected",
      [...rows].map((row) => this.ids.get(row)),
    );
    this.model.save_changes();
    this.drawCount();
    this.drawRows();
  }

  between(a, b) {
    return this.order.subarray(Math.min(a, b), Math.max(a, b) + 1);
  }

  onClick(position, event) {
    // Whoever drags over text means to copy it.
    if (!document.getSelection().isCollapsed) return;
    this.choose(position, { add: event.ctrlKey || event.metaKey, extend: event.shiftKey });
    this.scroller.focus({ preventScroll: true });
  }

  choose(position, { add = false, extend = false } = {}) {
    const row = this.order[position];
    this.focus = position;
    if (extend) return this.select(new Set(this.between(this.anchor, position)));
    this.anchor = position;
    if (add) {
      const rows = new Set(this.chosen);
      if (!rows.delete(row)) rows.add(row);
      return this.select(rows);
    }
    const alone = this.chosen.size === 1 && this.chosen.has(row);
    return this.select(new Set(alone ? [] : [row]));
  }

  onKey(event) {
    if (event.target !== this.scroller) return;
    const control = event.ctrlKey || event.metaKey;
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / ROW) - 2);
    const steps = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -Infinity,
      End: Infinity,
    };
    if (event.key in steps) {
      this.focus = Math.max(0, Math.min(this.length - 1, this.focus + steps[event.key]));
      this.reveal(this.focus);
      if (event.shiftKey) this.choose(this.focus, { extend: true });
      else this.drawRows();
    } else if (event.key === "Enter" || event.key === " ") {
      this.choose(this.focus, { add: control, extend: event.shiftKey });
    } else if (event.key === "Escape") {
      this.select(new Set());
    } else if (control && event.key === "a") {
      this.select(new Set(this.order));
    } else if (control && event.key === "c") {
      if (document.getSelection().isCollapsed) this.copy();
      else return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  reveal(position) {
    const top = position * ROW;
    const seen = this.scroller.clientHeight - this.head.offsetHeight;
    if (top < this.scroller.scrollTop) this.scroller.scrollTop = top;
    else if (top + ROW > this.scroller.scrollTop + seen) this.scroller.scrollTop = top + ROW - seen;
  }

  onSelected() {
    const rows = new Set(this.ids.rowsOf(this.model.get("selected")));
    if (rows.size === this.chosen.size && [...rows].every((row) => this.chosen.has(row))) return;
    this.chosen = rows;
    this.drawCount();
    this.showFirstChosen();
    this.drawRows();
  }

  showFirstChosen() {
    if (!this.chosen.size) return;
    const position = this.order.findIndex((row) => this.chosen.has(row));
    this.focus = position;
    this.anchor = position;
    this.reveal(position);
  }

  /* Selected rows, or all where none is: a header, then ISO times and text without tabs. */
  copy() {
    const rows = this.chosen.size ? this.order.filter((row) => this.chosen.has(row)) : this.order;
    const lines = [["Session", ...this.columns.map((one) => one.title)]];
    for (const row of rows) {
      lines.push([this.ids.get(row), ...this.columns.map((one) => this.plainText(one, row))]);
    }
    const text = lines.map((line) => line.map(sheetSafe).join("\t")).join("\n");
    navigator.clipboard.writeText(text).then(
      () => this.flash("Copied"),
      () => this.flash("Not allowed"),
    );
  }

  plainText(one, row) {
    const at = one.kind === "time" ? this.values[one.key][row] : NaN;
    return Number.isFinite(at) ? new Date(at).toISOString() : this.text(one, row);
  }

  flash(words) {
    this.copyButton.textContent = words;
    clearTimeout(this.flashing);
    this.flashing = setTimeout(() => this.copyButton.replaceChildren("Copy"), 1500);
  }
}

/* A spreadsheet would run a cell that starts like a formula, and take all up to the next quotation
   mark for one cell if it starts with one; such text comes from outside. */
function sheetSafe(text) {
  if (text.startsWith('"')) return `"${text.replaceAll('"', '""')}"`;
  return /^[=+\-@]/.test(text) ? `'${text}` : text;
}

export default {
  render(context) {
    const grid = new SessionGrid(context);
    return () => grid.close();
  },
};
