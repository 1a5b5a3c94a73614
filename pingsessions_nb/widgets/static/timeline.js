/* SessionTimeline's front end: traits in, a drawn timeline and choices out. */
import { element, readPalette, Surface } from "./canvas.js";
import { button, buttonGroup, buildFrame, choice, listen, showMessage } from "./canvas_controls.js";
import { plural } from "./canvas_data.js";
import { duration, Zone } from "./canvas_time.js";
import { followTheme } from "./theme.js";
import { visible } from "./elements.js";
import { densityAt } from "./timeline_density.js";
import { drawTimeline } from "./timeline_draw.js";
import { densityFacts, sessionFacts, sessionSentence } from "./timeline_facts.js";
import { timelineInput } from "./timeline_input.js";
import { signOnMark, warningMark } from "./timeline_marks.js";
import { LaneNames } from "./timeline_names.js";
import { TimelineModel } from "./timeline_model.js";
import { AXIS, TimelineView } from "./timeline_view.js";

const TALLEST = 460;
const SMALLEST = 150;
const ZONES = [
  "UTC", "America/Los_Angeles", "America/New_York", "America/Sao_Paulo", "Europe/London",
  "Europe/Paris", "Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo", "Australia/Sydney",
];
const COLORS = [
  ["browser", "Browser"], ["os", "System"], ["device", "Device"], ["country", "Country"], ["user", "User"],
];

function timelineZones() {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const named = (zone) => zone.replaceAll("_", " ").replace(/^[^/]+\//, "");
  const rest = ZONES.filter((zone) => zone !== here).map((zone) => [zone, named(zone)]);
  if (!here || here === "UTC") return [["UTC", "UTC"], ...rest.filter(([zone]) => zone !== "UTC")];
  return [rest[0], [here, `${named(here)} (here)`], ...rest.slice(1)];
}

class TimelineWidget {
  constructor(model, root) {
    this.model = model;
    this.root = root;
    this.frame = buildFrame(root, {
      kind: "timeline",
      title: "Timeline",
      label: "Timeline of sessions. Arrow keys pan and move between sessions, plus and minus zoom, 0 fits, Enter selects, Escape clears.",
      keys: "Scroll zooms · drag pans · shift-drag picks a range",
    });
    this.#tools();
    this.hovered = -1;
    this.focused = -1;
    this.surface = new Surface(this.frame.canvas, (context, width, height) => {
      this.view.resize(width, height, this.#laneNames(context, width).gutter);
      if (root.closest(".ps-printing")) this.view.showAllLanes();
      drawTimeline(context, width, height, this.#scene());
    });
    this.load();
    this.stops = [
      followTheme(root, () => { this.palette = readPalette(root); this.legend(); this.surface.invalidate(); }),
      timelineInput(this.frame.canvas, () => this.view, this.#actions()),
      listen(model, {
        _data: () => this.load(),
        _signals: () => { this.data.setSignals(model.get("_signals")); this.legend(); this.surface.invalidate(); },
        selected: () => this.select(true),
        color_by: () => { this.recolor(); this.surface.invalidate(); },
        time_zone: () => { this.rezone(); this.#describe(); this.surface.invalidate(); },
        time_range: () => { this.rerange(); this.#describe(); this.surface.invalidate(); },
        error: () => this.message(),
        empty: () => this.message(),
      }),
      () => this.surface.dispose(),
    ];
  }

  dispose() { this.stops.forEach((stop) => stop()); }

  #tools() {
    const { model, frame } = this;
    const set = (name) => (value) => { model.set(name, value); model.save_changes(); };
    this.colorChoice = choice("Colour", COLORS, set("color_by"));
    this.zoneChoice = choice("Time zone", timelineZones(), set("time_zone"));
    this.rangeButton = button("Clear range", "Clear the chosen time range", () => this.#setRange(null));
    frame.tools.append(
      this.rangeButton, this.colorChoice.node, this.zoneChoice.node,
      buttonGroup(
        button("−", "Zoom out", () => this.#zoom(1.6)),
        button("+", "Zoom in", () => this.#zoom(1 / 1.6)),
        button("Fit", "Show everything", () => this.#fit()),
      ),
    );
  }

  load() {
    const data = new TimelineModel(this.model.get("_data"));
    data.setSignals(this.model.get("_signals"));
    this.data = data;
    this.view = new TimelineView(data);
    this.names = null;
    this.positions = new Int32Array(data.count).fill(-1);
    data.rows.forEach((row, position) => { this.positions[row] = position; });
    this.hovered = -1;
    this.focused = -1;
    this.frame.tooltip.hide();
    this.frame.stage.style.height = `${Math.max(SMALLEST, Math.min(TALLEST, AXIS + data.height + 4))}px`;
    const undated = data.undated ? ` · ${data.undated.toLocaleString("en")} without a time` : "";
    this.frame.count.textContent = data.count
      ? `${plural(data.count, "session")} · ${plural(data.users, "user")}${undated}` : "";
    this.rezone();
    this.rerange();
    this.recolor();
    this.select(false);
    this.message();
    this.surface?.invalidate();
  }

  message() {
    const error = this.model.get("error");
    const { count, rows } = this.data;
    const empty = !count
      ? this.model.get("empty") || "No sessions to show. PingOne keeps the last ten of each user; this choice has none."
      : rows.length ? "" : "None of these sessions carries a time, so there is nothing to place on a timeline.";
    showMessage(this.frame, error || empty, Boolean(error));
  }

  recolor() {
    const name = this.model.get("color_by");
    this.colorChoice.set(name);
    const { slot, legend } = this.data.colorBy(name);
    this.slot = slot;
    this.entries = legend;
    this.legend();
  }

  legend() {
    if (!this.palette || !this.entries) return;
    const keys = this.entries.map(({ slot, label, count }) => {
      const key = element("span", "ps-key");
      const swatch = element("span", "ps-swatch");
      swatch.style.background = this.palette.categories[slot];
      key.append(swatch, element("span", "ps-key-text", label), element("span", "ps-key-count", count.toLocaleString("en")));
      key.title = visible(label);
      return key;
    });
    const marks = element("span", "ps-marks");
    if (this.data.count) {
      marks.append(this.#glyph("Location", "place"), this.#glyph("Last sign-on", "signOn"));
      if (this.data.signals.count) marks.append(this.#glyph(plural(this.data.signals.count, "signal"), "signal"));
    }
    this.frame.legend.replaceChildren(...keys, marks);
  }

  #glyph(text, kind) {
    const key = element("span", "ps-key");
    const canvas = element("canvas", "ps-glyph");
    canvas.width = 42;
    canvas.height = 36;
    const context = canvas.getContext("2d");
    context.scale(3, 3);
    if (kind === "signOn") signOnMark(context, 7, 6, 5, this.palette);
    else if (kind === "signal") { context.scale(0.8, 0.8); warningMark(context, 8.5, 8.5, this.palette); }
    else {
      context.beginPath();
      context.arc(7, 6, 3.6, 0, 7);
      context.fillStyle = this.palette.bg;
      context.strokeStyle = this.palette.muted;
      context.lineWidth = 1.5;
      context.fill();
      context.stroke();
    }
    key.append(canvas, element("span", "ps-key-text", text));
    return key;
  }

  rezone() {
    const name = this.model.get("time_zone") || "UTC";
    this.zone = new Zone(name);
    this.names = null;
    this.zoneChoice.set(name);
  }

  rerange() {
    this.range = this.model.get("time_range") ?? null;
    this.rangeButton.hidden = !this.range;
  }

  /* Follows `selected`; brings it into sight when it was chosen elsewhere. */
  select(reveal) {
    const chosen = this.data.ids.rowsOf(this.model.get("selected") ?? []).map((row) => this.positions[row]).filter((p) => p >= 0);
    this.selected = chosen.length ? new Uint8Array(this.data.rows.length) : null;
    for (const position of chosen) this.selected[position] = 1;
    if (reveal && chosen.length && !this.choosing) this.view.reveal(chosen);
    this.chosen = chosen;
    this.#describe();
    this.surface?.invalidate();
  }

  #describe() {
    const { data, zone, frame, focused, chosen } = this;
    const one = focused >= 0 ? focused : chosen.length === 1 ? chosen[0] : -1;
    if (one >= 0) frame.status.textContent = visible(sessionSentence(data, data.rows[one], zone));
    else frame.status.textContent = chosen.length ? `${plural(chosen.length, "session")} selected` : "";
    if (one < 0 && !chosen.length && !this.range && this.view.fitted && this.view.from > this.view.domain[0]) {
      frame.status.textContent = `From ${zone.day(this.view.from)}; Fit shows the few older ones too.`;
    }
    if (this.range && one < 0 && !chosen.length) {
      const [from, to] = this.range;
      frame.status.textContent = `${zone.full(from)} to ${zone.full(to)} (${duration(to - from)})`;
    }
  }

  #laneNames(context, width) {
    if (this.names?.width !== width) {
      this.names = new LaneNames(context, this.data, this.zone, readPalette(this.root).font, width);
    }
    return this.names;
  }

  #scene() {
    return {
      model: this.data, view: this.view, palette: this.palette ?? (this.palette = readPalette(this.root)),
      zone: this.zone, names: this.names, slot: this.slot, selected: this.selected,
      focus: this.root.getRootNode().activeElement === this.frame.canvas ? this.focused : -1,
      hover: this.hovered, range: this.range, positionOfRow: (row) => this.positions[row],
    };
  }

  #actions() {
    const { frame } = this;
    return {
      redraw: () => this.surface.invalidate(),
      hover: (x, y) => this.#hover(x, y),
      leave: () => { this.hovered = -1; frame.tooltip.hide(); this.surface.invalidate(); },
      pan: (dx, dy) => this.#changed(this.view.pan(dx, dy)),
      zoom: (factor, x, y, lanesOnly) => this.#zoom(factor, x, y, lanesOnly),
      fit: () => this.#fit(),
      range: (from, to, done) => this.#range(from, to, done),
      click: (x, y, add) => this.#click(x, y, add),
      focus: (step) => this.#moveFocus(step),
      choose: (add) => { if (this.focused >= 0) this.#choose(this.focused, add); },
      clear: () => { this.focused = -1; this.#publish([]); this.#setRange(null); },
    };
  }

  #changed(moved) {
    if (moved) {
      this.frame.tooltip.hide();
      this.surface.invalidate();
    }
    return moved;
  }

  #zoom(factor, x = (this.view.left + this.view.right) / 2, y = AXIS + this.view.plotHeight / 2, lanesOnly = false) {
    return this.#changed(this.view.zoom(factor, x, y, { time: !lanesOnly }));
  }

  #fit() {
    this.view.fit();
    this.#describe();
    this.#changed(true);
  }

  #range(fromX, toX, done) {
    const { view } = this;
    const inside = (x) => view.time(Math.max(view.left, Math.min(view.right, x)));
    this.range = [inside(Math.min(fromX, toX)), inside(Math.max(fromX, toX))].map(Math.round);
    if (done) this.#setRange(this.range);
    this.#describe();
    this.surface.invalidate();
  }

  #setRange(range) {
    this.model.set("time_range", range);
    this.model.save_changes();
    this.rerange();
    this.#describe();
    this.surface.invalidate();
  }

  #hover(x, y) {
    const { view, data, frame, zone } = this;
    const position = view.isDensity ? -1 : view.hit(x, y);
    frame.canvas.classList.toggle("ps-over", position >= 0);
    if (position !== this.hovered) {
      this.hovered = position;
      this.surface.invalidate();
    }
    if (view.isDensity && x > view.left && y > AXIS) {
      const here = densityAt(data, view, x, y);
      if (here.sessions) frame.tooltip.show(x, y, densityFacts(here, zone));
      else frame.tooltip.hide();
    } else if (position < 0) frame.tooltip.hide();
    else frame.tooltip.show(x, y, sessionFacts(data, data.rows[position], zone));
  }

  #click(x, y, add) {
    if (this.view.isDensity && x >= this.view.left && y >= AXIS) {
      this.#zoom(1 / 4, x, y);
      return;
    }
    const position = this.view.hit(x, y);
    if (position >= 0) {
      this.focused = position;
      this.#choose(position, add);
    } else if (!add) {
      this.focused = -1;
      this.#publish([]);
    }
  }

  #choose(position, add) {
    const id = this.data.ids.get(this.data.rows[position]);
    const before = this.model.get("selected") ?? [];
    if (!add) this.#publish(before.length === 1 && before[0] === id ? [] : [id]);
    else this.#publish(before.includes(id) ? before.filter((other) => other !== id) : [...before, id]);
  }

  #publish(ids) {
    this.choosing = true;
    this.model.set("selected", ids);
    this.model.save_changes();
    this.choosing = false;
    this.select(false);
  }

  #moveFocus(step) {
    const last = this.data.rows.length - 1;
    if (last < 0) return;
    const next = this.focused < 0 ? (step > 0 ? 0 : last) : this.focused + step;
    this.focused = Math.max(0, Math.min(last, next));
    this.view.reveal([this.focused]);
    this.#describe();
    this.surface.invalidate();
  }
}

export function render({ model, el }) {
  const root = element("div");
  el.append(root);
  const widget = new TimelineWidget(model, root);
  return () => widget.dispose();
}

export default { render };
