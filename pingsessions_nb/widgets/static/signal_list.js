import { Zone } from "./canvas_time.js";
import { capitalised, make, severityChip, visible, widgetRoot } from "./elements.js";
import { minuteText } from "./times.js";

/* Findings as a list to choose from: each row selects its session. */
class SignalRows {
  constructor({ model, el }) {
    this.model = model;
    this.el = el;
    this.id = `ps-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}`;
    this.unfollow = widgetRoot(el, "ps-signals");
    el.classList.add("ps-framed");
    this.count = make("span", { class: "ps-part-count" });
    this.quiet = make("span", { class: "ps-muted", role: "status" });
    this.list = make("div", {
      class: "ps-signal-list",
      role: "listbox",
      tabindex: "0",
      "aria-label": "Signals, the most severe first",
      "aria-multiselectable": "true",
      onkeydown: (event) => this.onKey(event),
    });
    this.more = make("div", { class: "ps-muted ps-signal-more" });
    el.append(
      make(
        "div",
        { class: "ps-part-heading" },
        make("span", { class: "ps-part-title" }, "Signals"),
        this.count,
        this.quiet,
      ),
      this.list,
      this.more,
    );
    this.focus = 0;
    this.changes = {
      "change:_findings": () => this.draw(),
      "change:_quiet": () => this.draw(),
      "change:time_zone": () => this.draw(),
      "change:error": () => this.draw(),
      "change:selected": () => this.mark(true),
    };
    for (const [event, handler] of Object.entries(this.changes)) model.on(event, handler);
    this.draw();
  }

  close() {
    this.unfollow();
    for (const [event, handler] of Object.entries(this.changes)) this.model.off(event, handler);
  }

  draw() {
    const error = this.model.get("error");
    const quiet = error || this.model.get("_quiet");
    const total = this.model.get("_total");
    const zone = new Zone(this.model.get("time_zone"));
    this.findings = error ? [] : this.model.get("_findings");
    this.focus = Math.min(this.focus, Math.max(0, this.findings.length - 1));
    this.el.hidden = !quiet && !this.findings.length;
    this.el.classList.toggle("ps-quiet", !this.findings.length);
    this.quiet.textContent = visible(quiet);
    this.count.textContent = this.findings.length ? total.toLocaleString("en") : "";
    this.list.hidden = !this.findings.length;
    this.list.replaceChildren(...this.findings.map((one, position) => this.row(one, position, zone)));
    this.list.scrollTop = 0;
    const left = total - this.findings.length;
    this.more.hidden = !this.findings.length || left <= 0;
    this.more.textContent = `${left.toLocaleString("en")} more; filters bring them up.`;
    this.mark(false);
  }

  row({ session, user, at, kind, severity, summary }, position, zone) {
    const when = at === null ? "" : minuteText(zone, at);
    const title = at === null ? "" : `${zone.full(at)} ${zone.label(at)}`;
    return make(
      "div",
      {
        class: "ps-signal",
        id: `${this.id}-${position}`,
        role: "option",
        "data-session": session,
        onclick: (event) => this.onClick(position, event),
      },
      severityChip(severity),
      make(
        "span",
        { class: "ps-signal-words" },
        make("strong", null, visible(capitalised(kind))),
        " ",
        make("bdi", null, visible(summary)),
      ),
      make(
        "span",
        { class: "ps-signal-when" },
        user === null ? null : make("bdi", { class: "ps-signal-user" }, visible(user)),
        make("span", { class: "ps-signal-at ps-muted", title }, when),
      ),
    );
  }

  /* What is chosen, and where the keys are. `reveal`: it was chosen elsewhere. */
  mark(reveal) {
    const chosen = new Set(this.model.get("selected"));
    let first = null;
    this.findings.forEach(({ session }, position) => {
      const node = this.list.children[position];
      node.setAttribute("aria-selected", String(chosen.has(session)));
      node.classList.toggle("ps-focus", position === this.focus);
      if (chosen.has(session)) first ??= node;
    });
    if (this.findings.length) this.list.setAttribute("aria-activedescendant", `${this.id}-${this.focus}`);
    if (reveal && first && !this.choosing) this.reveal(first);
  }

  /* Scrolls the list alone, never the notebook. */
  reveal(node) {
    const { list } = this;
    if (node.offsetTop < list.scrollTop) list.scrollTop = node.offsetTop;
    const over = node.offsetTop + node.offsetHeight - list.scrollTop - list.clientHeight;
    if (over > 0) list.scrollTop += over;
  }

  onClick(position, event) {
    if (!document.getSelection().isCollapsed) return; // whoever drags over text means to copy it
    this.choose(position, event.ctrlKey || event.metaKey || event.shiftKey);
    this.list.focus({ preventScroll: true });
  }

  choose(position, add) {
    const { session } = this.findings[position];
    const before = this.model.get("selected");
    this.focus = position;
    if (add) {
      const others = before.filter((one) => one !== session);
      this.publish(others.length < before.length ? others : [...before, session]);
    } else this.publish(before.length === 1 && before[0] === session ? [] : [session]);
  }

  publish(sessions) {
    this.choosing = true;
    this.model.set("selected", sessions);
    this.model.save_changes();
    this.choosing = false;
    this.mark(false);
  }

  onKey(event) {
    const last = this.findings.length - 1;
    const goals = {
      ArrowDown: this.focus + 1,
      ArrowUp: this.focus - 1,
      Home: 0,
      End: last,
    };
    if (event.key in goals) {
      this.focus = Math.max(0, Math.min(last, goals[event.key]));
      this.mark(false);
      this.reveal(this.list.children[this.focus]);
    } else if (event.key === "Enter" || event.key === " ") {
      this.choose(this.focus, event.ctrlKey || event.metaKey || event.shiftKey);
    } else if (event.key === "Escape") {
      this.publish([]);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

export default {
  render(context) {
    const rows = new SignalRows(context);
    return () => rows.close();
  },
};
