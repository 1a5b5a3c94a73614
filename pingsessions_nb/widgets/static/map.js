/* LocationMap's front end: traits in, a drawn map and choices out. */
import { element, readPalette, Surface } from "./canvas.js";
import { button, buttonGroup, buildFrame, listen, showMessage } from "./canvas_controls.js";
import { plural } from "./canvas_data.js";
import { Zone } from "./canvas_time.js";
import { drawMap, impossibleJourneys, shownJourneys } from "./map_draw.js";
import { journeyFacts, placeFacts, placeSentence } from "./map_facts.js";
import { clusterUnder, journeyUnder } from "./map_hit.js";
import { mapInput } from "./map_input.js";
import { Land } from "./map_land.js";
import { visible } from "./elements.js";
import { MapModel } from "./map_model.js";
import { Tiles } from "./map_tiles.js";
import { MapView } from "./map_view.js";
import { followTheme } from "./theme.js";

const JOIN_WITHIN = 35;

class MapWidget {
  constructor(model, root) {
    this.model = model;
    this.root = root;
    this.frame = buildFrame(root, {
      kind: "map",
      title: "Locations",
      label: "Map of places. Arrow keys pan, plus and minus zoom, 0 fits, N and P go from place to place, Enter selects the sessions seen there, Escape clears.",
      keys: "Scroll zooms · drag pans · click selects",
    });
    this.frame.tools.append(buttonGroup(
      button("−", "Zoom out", () => this.#moved(this.view.zoomBy(1 / 1.6))),
      button("+", "Zoom in", () => this.#moved(this.view.zoomBy(1.6))),
      button("Fit", "Show every place", () => this.#fit()),
    ));
    this.land = new Land(model.get("_land"));
    this.surface = new Surface(this.frame.canvas, (context, width, height) => this.#draw(context, width, height));
    this.credit = element("div", "ps-credit");
    this.frame.stage.append(this.credit);
    this.#tile();
    this.load();
    this.stops = [
      followTheme(root, () => { this.palette = readPalette(root); this.#legend(); this.surface.invalidate(); }),
      mapInput(this.frame.canvas, this.#actions()),
      listen(model, {
        _data: () => this.load(),
        _signals: () => { this.data.setSignals(model.get("_signals")); this.#legend(); this.surface.invalidate(); },
        selected: () => this.select(true),
        time_zone: () => { this.zone = new Zone(model.get("time_zone")); },
        tiles: () => this.#tile(),
        tile_attribution: () => this.#tile(),
        error: () => this.#message(),
        empty: () => this.#message(),
      }),
      () => this.surface.dispose(),
    ];
  }

  dispose() { this.stops.forEach((stop) => stop()); }

  load() {
    const data = new MapModel(this.model.get("_data"));
    data.setSignals(this.model.get("_signals"));
    this.data = data;
    this.zone = new Zone(this.model.get("time_zone") ?? "UTC");
    this.journeys = data.journeys();
    this.view = new MapView(data, this.journeys);
    this.level = null;
    this.hovered = null;
    this.focused = -1;
    this.frame.tooltip.hide();
    const unplaced = data.unplaced ? ` · ${data.unplaced.toLocaleString("en")} unplaced` : "";
    this.frame.count.textContent = data.size
      ? `${plural(data.size, "place")} · ${plural(data.eventPlace.length, "visit")}${unplaced}` : "";
    this.frame.count.title = data.unplaced ? `${plural(data.unplaced, "event")} without a known place` : "";
    this.#legend();
    this.select(false);
    this.#message();
    this.surface.invalidate();
  }

  #tile() {
    const address = this.model.get("tiles");
    this.tiles = address ? new Tiles(address, () => this.surface.invalidate()) : null;
    this.credit.textContent = address ? visible(this.model.get("tile_attribution")) : "";
    this.surface.invalidate();
  }

  #message() {
    const error = this.model.get("error");
    const { size, count, unplaced } = this.data;
    let empty = "";
    if (!count) empty = this.model.get("empty") || "No sessions to show on the map.";
    else if (!size) {
      empty = unplaced
        ? "None of these sessions' locations is known to the gazetteer."
        : "These sessions carry no locations.";
    }
    showMessage(this.frame, error || empty, Boolean(error));
  }

  #draw(context, width, height) {
    const { view, data } = this;
    view.resize(width, height);
    this.palette ??= readPalette(this.root);
    // Places join by half steps of the zoom, so that they do not flicker while it moves.
    const level = Math.floor(view.zoom * 2) / 2;
    if (level !== this.level) {
      this.level = level;
      this.clusters = data.clusters(JOIN_WITHIN / (256 * 2 ** level));
      this.clusterOf = new Int32Array(data.size);
      for (const cluster of this.clusters) for (const place of cluster.places) this.clusterOf[place] = cluster.place;
      this.shown = shownJourneys(this.journeys, this.clusters, data);
      this.chosenShown = null;
      this.hovered = null;
    }
    if (this.chosen && !this.chosenShown) {
      this.chosenShown = { ...this.chosen, journeys: shownJourneys(this.chosen.journeys, this.clusters, data) };
    }
    drawMap(context, width, height, {
      model: data, land: this.land, tiles: this.tiles, view, palette: this.palette, clusters: this.clusters,
      clusterOf: this.clusterOf, journeys: this.shown, chosen: this.chosen ? this.chosenShown : null,
      focus: this.focused, hover: this.hovered,
    });
  }

  #legend() {
    const { palette, data } = this;
    if (!palette) return;
    const keys = [];
    const key = (text, paint) => {
      const node = element("span", "ps-key");
      const canvas = element("canvas", "ps-glyph ps-glyph-wide");
      canvas.width = 66;
      canvas.height = 42;
      const context = canvas.getContext("2d");
      context.scale(3, 3);
      context.lineWidth = 1.5;
      paint(context);
      node.append(canvas, element("span", "ps-key-text", text));
      keys.push(node);
    };
    const blue = palette.categories[0];
    const disc = (color, x, radius) => (context) => {
      context.beginPath();
      context.arc(x, 7, radius, 0, 7);
      context.fillStyle = color;
      context.fill();
    };
    const line = (color, dash) => (context) => {
      context.strokeStyle = color;
      context.fillStyle = color;
      context.setLineDash(dash);
      context.beginPath();
      context.moveTo(0, 7);
      context.lineTo(22, 7);
      context.stroke();
      context.beginPath();
      context.moveTo(17, 7);
      context.lineTo(9, 10.5);
      context.lineTo(9, 3.5);
      context.fill();
    };
    if (data.size) {
      key("Place, by visits", (context) => { disc(blue, 5, 3)(context); disc(blue, 15, 6)(context); });
      if (data.precision.texts.length > 1 || !data.isCity(0)) {
        key("State or country only", (context) => {
          context.strokeStyle = blue;
          context.setLineDash([3, 2]);
          context.beginPath();
          context.arc(11, 7, 6, 0, 7);
          context.stroke();
        });
      }
      if (this.journeys.length) key("Journey", line(blue, []));
      if (data.signals.impossible.some((one, s) => one && data.signals.from[s] >= 0 && data.signals.to[s] >= 0)) key("Impossible journey", line(palette.warn, [4, 2]));
      if (data.warned.size) key("Place in a signal", disc(palette.warn, 11, 5));
    }
    this.frame.legend.replaceChildren(...keys);
  }

  select(reveal) {
    const rows = new Set(this.data.ids.rowsOf(this.model.get("selected") ?? []));
    this.chosenShown = null;
    this.chosen = rows.size
      ? { sessions: rows, places: this.data.placesOf(rows), journeys: this.data.journeys(rows) } : null;
    if (reveal && this.chosen?.places.size && !this.choosing && this.view.width) this.view.reveal(this.chosen.places);
    this.#describe();
    this.surface.invalidate();
  }

  #describe() {
    const { data, chosen, clusters, focused, frame } = this;
    const focus = focused >= 0 ? clusters?.find((cluster) => cluster.place === focused) : null;
    if (focus) frame.status.textContent = visible(placeSentence(data, focus));
    else if (chosen) {
      const where = chosen.places.size ? plural(chosen.places.size, "place") : "no known place";
      frame.status.textContent = `${plural(chosen.sessions.size, "session")} selected, seen at ${where}`;
    } else frame.status.textContent = "";
  }

  #actions() {
    return {
      redraw: () => this.surface.invalidate(),
      hover: (x, y) => this.#hover(x, y),
      leave: () => { this.hovered = null; this.frame.tooltip.hide(); this.surface.invalidate(); },
      pan: (dx, dy) => this.#moved(this.view.pan(dx, dy)),
      zoom: (factor, x, y) => this.#moved(this.view.zoomBy(factor, x, y)),
      fit: () => this.#fit(),
      click: (x, y, add) => {
        const cluster = this.#under(x, y);
        this.focused = cluster?.place ?? -1;
        if (cluster) this.#choose(cluster, add);
        else if (!add) this.#publish([]);
      },
      focus: (step) => this.#focus(step),
      choose: (add) => {
        const cluster = this.clusters?.find(({ place }) => place === this.focused);
        if (cluster) this.#choose(cluster, add);
      },
      clear: () => { this.focused = -1; this.#publish([]); },
    };
  }

  #moved(moved) {
    if (moved) {
      this.frame.tooltip.hide();
      this.surface.invalidate();
    }
    return moved;
  }

  #fit() {
    this.view.fit();
    this.#moved(true);
  }

  #under(x, y) {
    return this.clusters ? clusterUnder(x, y, { model: this.data, view: this.view, clusters: this.clusters }) : null;
  }

  #hover(x, y) {
    const { data, view, zone, frame } = this;
    const cluster = this.#under(x, y);
    frame.canvas.classList.toggle("ps-over", cluster !== null);
    if (cluster !== this.hovered) {
      this.hovered = cluster;
      this.surface.invalidate();
    }
    if (cluster) {
      frame.tooltip.show(x, y, placeFacts(data, cluster, zone));
      return;
    }
    const warnings = impossibleJourneys({ model: data, clusterOf: this.clusterOf ?? [], chosen: null });
    const leg = journeyUnder(x, y, [...warnings, ...(this.shown ?? [])], { model: data, view });
    if (leg) frame.tooltip.show(x, y, journeyFacts(data, leg, zone));
    else frame.tooltip.hide();
  }

  #choose(cluster, add) {
    const here = [...this.data.sessionsAt(cluster.places)].map((row) => this.data.ids.get(row));
    const before = this.model.get("selected") ?? [];
    const same = here.length === before.length && here.every((id) => before.includes(id));
    if (add) this.#publish([...new Set([...before, ...here])]);
    else this.#publish(same ? [] : here);
  }

  #publish(ids) {
    this.choosing = true;
    this.model.set("selected", ids);
    this.model.save_changes();
    this.choosing = false;
    this.select(false);
  }

  #focus(step) {
    const { clusters } = this;
    if (!clusters?.length) return;
    const now = clusters.findIndex(({ place }) => place === this.focused);
    const next = now < 0 ? (step > 0 ? 0 : clusters.length - 1) : (now + step + clusters.length) % clusters.length;
    this.focused = clusters[next].place;
    this.view.reveal(clusters[next].places);
    this.#describe();
    this.surface.invalidate();
  }
}

export function render({ model, el }) {
  const root = element("div");
  el.append(root);
  const widget = new MapWidget(model, root);
  return () => widget.dispose();
}

export default { render };
