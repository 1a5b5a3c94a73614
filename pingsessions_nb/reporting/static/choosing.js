/* What the reader does outside of the charts: chooses sessions, opens their facts, sorts them. */

/* Rows, findings and journeys that name a session choose it; what is chosen is marked. */
export class Choosing {
  constructor(model, ids) {
    this.model = model;
    this.ids = ids;
    this.table = document.querySelector(".sessions");
    this.scroller = this.table?.parentElement;
    this.said = document.querySelector(".chosen");
    this.rows = new Map();
    for (const body of this.table?.tBodies ?? []) this.rows.set(Number(body.dataset.session), body);
    for (const body of this.rows.values()) this.#listen(body);
    for (const node of document.querySelectorAll("a[data-session]")) {
      node.addEventListener("click", (event) => this.#follow(event, Number(node.dataset.session)));
    }
    document.querySelector(".unchoose")?.addEventListener("click", () => this.#choose([]));
    this.table?.querySelectorAll("th[data-sort]").forEach((head) => {
      head.querySelector("button").addEventListener("click", () => this.#sort(head));
    });
    model.on("change:selected", () => this.show());
    this.show();
  }

  #listen(body) {
    const row = Number(body.dataset.session);
    body.querySelector("input").addEventListener("change", (event) => this.#toggle(row, event.target.checked));
    const more = body.querySelector(".more");
    more.addEventListener("click", () => {
      const open = body.classList.toggle("open");
      more.setAttribute("aria-expanded", String(open));
    });
    body.rows[0].addEventListener("click", (event) => {
      if (event.target.closest("button, input, a") || !document.getSelection().isCollapsed) return;
      const add = event.ctrlKey || event.metaKey || event.shiftKey;
      const chosen = this.#chosen();
      if (add) this.#toggle(row, !chosen.includes(row));
      else this.#choose(chosen.length === 1 && chosen[0] === row ? [] : [row]);
    });
  }

  /* From a finding to its session: chosen everywhere, and the timeline in sight. */
  #follow(event, row) {
    event.preventDefault();
    this.#choose([row]);
    document.querySelector("#timeline").scrollIntoView({ block: "start", behavior: "smooth" });
  }

  #chosen() {
    return this.model.get("selected").map((id) => this.ids.rows.get(id));
  }

  #toggle(row, on) {
    const others = this.#chosen().filter((other) => other !== row);
    this.#choose(on ? [...others, row] : others);
  }

  #choose(rows) {
    this.model.set("selected", rows.map((row) => this.ids.ids[row]));
  }

  show() {
    const chosen = this.#chosen();
    for (const [row, body] of this.rows) {
      const on = chosen.includes(row);
      body.classList.toggle("chosen-row", on);
      body.querySelector("input").checked = on;
    }
    this.said.hidden = !chosen.length;
    this.said.firstElementChild.textContent = `${chosen.length.toLocaleString("en")} chosen`;
    this.#reveal(this.rows.get(chosen[0]));
  }

  #reveal(body) {
    if (!body) return;
    const room = this.scroller.getBoundingClientRect();
    const place = body.getBoundingClientRect();
    const head = this.table.tHead.offsetHeight;
    if (place.top < room.top + head || place.bottom > room.bottom) {
      this.scroller.scrollTop += place.top - room.top - head - 40;
    }
  }

  #sort(head) {
    const down = head.getAttribute("aria-sort") !== "descending";
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const sign = down ? -1 : 1;
    const key = (body) => body.rows[0].cells[head.cellIndex].dataset.key ?? "";
    const compare = head.dataset.sort === "number"
      ? (a, b) => a - b : new Intl.Collator("en", { numeric: true }).compare;
    const sorted = [...this.table.tBodies].map((body) => [key(body), body]);
    sorted.sort(([a], [b]) => (a === "") - (b === "") || (a === "" ? 0 : sign * compare(a, b)));
    this.table.append(...sorted.map(([, body]) => body));
  }
}
