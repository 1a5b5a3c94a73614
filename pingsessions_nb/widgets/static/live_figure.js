/* A FigureWidget's front end around plotly's own: loads plotly once a page, keeps the picture as
   large as its place, and takes keys and the tool bar's acts (`ps-act` events) without the kernel. */

const LOADED = Symbol.for("pingsessions_nb.plotly");

const PLACES = new Set(["x", "y", "x0", "y0", "base", "orientation"]);

/* What a figure's layout says of its axes, beside what is about to change: whoever sets an axis'
   type anew, though it be the old one, loses its range. */
function axes({ layout }, changes) {
  const kept = {};
  for (const [name, axis] of Object.entries(layout)) {
    if (!/^[xy]axis\d*$/.test(name) || !axis?.type || name in changes) continue;
    kept[`${name}.type`] = axis.type;
    if (Object.keys(changes).some((path) => path.startsWith(`${name}.range`) || path === `${name}.autorange`)) continue;
    kept[`${name}.autorange`] = axis.autorange ?? !axis.range;
    if (axis.range) kept[`${name}.range`] = [...axis.range];
  }
  return kept;
}

async function load(code) {
  const packed = new Blob([code.get("packed")]).stream().pipeThrough(new DecompressionStream("gzip"));
  const url = URL.createObjectURL(new Blob([await new Response(packed).text()], { type: "text/javascript" }));
  const before = window.Plotly;
  const bundle = await import(url);
  URL.revokeObjectURL(url);
  const Plotly = window.Plotly;
  window.Plotly = before ?? Plotly;
  // What plotly would report after each change is all that it has computed: hundreds of kilobytes.
  const view = bundle.FigureView.prototype;
  view._sendTraceDeltas = function told(id) {
    this.model.set("_js2py_traceDeltas", { trace_deltas: [], trace_edit_id: id });
    this.touch();
  };
  view._sendLayoutDelta = function told(id) {
    this.model.set("_js2py_layoutDelta", { layout_delta: {}, layout_edit_id: id });
    this.touch();
  };
  // Its model reads what the raw one holds packed.
  const render = view.perform_render;
  view.perform_render = function kept() {
    this.el.psModel = this.model;
    render.call(this);
  };
  // A value that is undefined has no place in a message, and boxes are no part of the layout here.
  const reported = view.handle_plotly_relayout;
  view.handle_plotly_relayout = function told(changes) {
    const kept = Object.entries(changes ?? {}).filter(([name, value]) => value !== undefined && !name.startsWith("selections"));
    if (kept.length) reported.call(this, Object.fromEntries(kept));
  };
  // From new data plotly would guess anew of what type an axis is, whatever the layout says.
  const shows = (message, data, traces) => function shown() {
    const changes = this.model.get(message);
    if (!changes) return;
    const style = { ...changes[data], _doNotReportToPy: true };
    const asked = changes.layout_data ?? {};
    const layout = { ...(Object.keys(style).some((name) => PLACES.has(name)) && axes(this.el, asked)), ...asked };
    Plotly.update(this.el, style, layout, this.model._normalize_trace_indexes(changes[traces]));
    this._sendTraceDeltas(changes.trace_edit_id);
    this._sendLayoutDelta(changes.layout_edit_id);
  };
  view.do_restyle = shows("_py2js_restyle", "restyle_data", "restyle_traces");
  view.do_update = shows("_py2js_update", "style_data", "style_traces");
  // Taking a box away is no selection of nothing.
  const told = view.handle_plotly_selected;
  view.handle_plotly_selected = function chosen(box) {
    if (box?.range || box?.lassoPoints) told.call(this, box);
  };
  return { bundle, Plotly };
}

async function plotly(model) {
  const code = await model.widget_manager.get_model(model.get("_code").slice("IPY_MODEL_".length));
  const versions = (globalThis[LOADED] ??= new Map());
  const version = code.get("version");
  if (!versions.has(version)) versions.set(version, load(code));
  try {
    return await versions.get(version);
  } catch (error) {
    versions.delete(version);
    throw error;
  }
}

/* The changes of layout that zoom or pan; `x` and `y` are parts of the width and height. */
function zoomed(full, factor) {
  if (full.geo) return { "geo.projection.scale": full.geo.projection.scale * factor };
  const changes = {};
  for (const axis of [full.xaxis, full.yaxis]) {
    if (!axis || axis.fixedrange) continue;
    const [from, to] = axis.range.map(axis.r2l);
    const [middle, half] = [(from + to) / 2, (to - from) / 2 / factor];
    changes[`${axis._name}.range`] = [axis.l2r(middle - half), axis.l2r(middle + half)];
  }
  return changes;
}

function panned(full, x, y) {
  if (full.geo) {
    const { scale, rotation } = full.geo.projection;
    const { lon, lat } = full.geo.center;
    const step = 120 / scale;
    return {
      "geo.projection.rotation.lon": rotation.lon + x * 2 * step,
      "geo.center.lon": lon + x * 2 * step,
      "geo.center.lat": Math.max(-90, Math.min(90, lat - y * step)),
    };
  }
  const changes = {};
  for (const [axis, part] of [[full.xaxis, x], [full.yaxis, -y]]) {
    if (!axis || axis.fixedrange || !part) continue;
    const [from, to] = axis.range.map(axis.r2l);
    changes[`${axis._name}.range`] = [from, to].map((end) => axis.l2r(end + part * (to - from)));
  }
  return changes;
}

const KEYS = {
  "+": ["zoom", 1.6], "=": ["zoom", 1.6], "-": ["zoom", 1 / 1.6], _: ["zoom", 1 / 1.6],
  0: ["fit"], Escape: ["clear"],
  ArrowLeft: ["pan", -0.15, 0], ArrowRight: ["pan", 0.15, 0],
  ArrowUp: ["pan", 0, -0.15], ArrowDown: ["pan", 0, 0.15],
};

class Live {
  constructor(model, el, Plotly) {
    Object.assign(this, { model, el, Plotly });
    el.classList.add("ps-widget", "ps-figure");
    el.tabIndex = 0;
    el.dataset.lmSuppressShortcuts = "true"; // Notebook 7 would go from cell to cell
    el.setAttribute("role", "application");
    el.setAttribute("aria-label", "Picture. Arrow keys pan, plus and minus zoom, 0 fits, Escape clears the selection.");
    this.stop = new AbortController();
    const { signal } = this.stop;
    el.addEventListener("ps-act", ({ detail }) => this.act(...detail), { signal });
    el.addEventListener("pointerdown", (event) => { this.adds = event.ctrlKey || event.metaKey; }, { signal, capture: true });
    el.addEventListener("keydown", (event) => this.key(event), { signal });
    el.addEventListener("wheel", (event) => event.preventDefault(), { signal, passive: false });
    document.addEventListener("plotlywidget-after-render", ({ detail }) => {
      if (detail.element === el) this.drawn();
    }, { signal });
    this.heard = () => this.size();
    model.on("change:_tall", this.heard);
    this.whole = () => this.redraw();
    model.on("change:_whole", this.whole);
    this.observer = new ResizeObserver(() => this.size());
    this.size();
  }

  drawn() {
    this.el.on("plotly_doubleclick", () => this.act("fit"));
    this.el.on("plotly_click", ({ points, event }) => this.tell(points, event));
    this.el.on("plotly_selected", (box) => {
      if (!box?.range && !box?.lassoPoints) return; // it is `forget` that is heard
      this.tellArea(box);
      this.forget();
    });
    this.el.on("plotly_deselect", () => this.forget());
    this.el.on("plotly_afterplot", () => this.measure()); // a legend takes room from the plot
    this.isDrawn = true;
    this.observer.observe(this.el);
    this.model.send({ type: "listening" });
    this.el.dataset.drawn = "true";
  }

  /* All of the picture has come: what the kernel changed before this page listened is in it. */
  redraw() {
    const { el } = this;
    if (!this.isDrawn) return;
    const [data, layout] = ["_widget_data", "_widget_layout"].map((name) => el.psModel.get(name));
    const { width, height } = el.clientWidth && el.clientHeight ? { width: el.clientWidth, height: el.clientHeight } : el._fullLayout;
    const sized = { ...layout, width: layout.width ?? width, height: layout.height ?? height };
    this.Plotly.react(el, data, sized).then(() => this.size());
  }

  /* A click on a part of ours; what analysts have added has listeners of its own. */
  tell(points, event) {
    const [point] = points ?? [];
    const part = point?.fullData?.meta?.part;
    if (!part) return;
    if (part === "density") return this.nearer(point);
    const add = Boolean(event?.ctrlKey || event?.metaKey || event?.shiftKey);
    this.model.send({ type: "click", part, point: point.customdata ?? point.pointNumber, add });
  }

  /* Zooms in around a cell that stands for many. */
  nearer({ x, y }) {
    const { xaxis, yaxis } = this.el._fullLayout;
    const changes = zoomed(this.el._fullLayout, 4);
    for (const [axis, value] of [[xaxis, x], [yaxis, y]]) {
      const range = changes[`${axis._name}.range`]?.map(axis.r2l);
      if (!range) continue;
      const shift = axis.d2l(value) - (range[0] + range[1]) / 2;
      changes[`${axis._name}.range`] = range.map((end) => axis.l2r(end + shift));
    }
    this.Plotly.relayout(this.el, changes);
  }

  /* A box or a lasso: on a map what is in it, else how far it reaches. */
  tellArea({ points, range }) {
    const add = Boolean(this.adds);
    if (this.el._fullLayout.geo) {
      const ours = points.filter(({ fullData }) => fullData.meta?.part);
      const inside = ours.map((one) => [one.fullData.meta.part, one.customdata ?? one.pointNumber]);
      this.model.send({ type: "points", points: inside, add });
    } else if (range) this.model.send({ type: "box", x: range.x ?? [], y: range.y ?? [], add });
  }

  /* As large as its place, once it is seen: plotly cannot know the size of what is hidden. */
  size() {
    const { el, model } = this;
    const asked = model.get("_widget_layout") ?? {};
    el.style.setProperty("--ps-figure-height", `${asked.height ?? model.get("_tall")}px`);
    if (!this.isDrawn || asked.width || !el.clientWidth || !el.clientHeight) return;
    const { width, height } = el._fullLayout;
    this.measure();
    if (Math.abs(width - el.clientWidth) < 1 && Math.abs(height - el.clientHeight) < 1) return;
    delete el.layout.width;
    delete el.layout.height;
    this.Plotly.relayout(el, { autosize: true, _doNotReportToPy: true }).then(() => this.measure());
  }

  /* Tells the kernel how large the plot itself is, once it has another size. */
  measure() {
    const { w, h } = this.el._fullLayout._size;
    const size = `${Math.round(w)} ${Math.round(h)}`;
    if (size === this.measured || !this.el.clientWidth) return;
    this.measured = size;
    this.model.send({ type: "size", width: Math.round(w), height: Math.round(h) });
  }

  /* A box has been read: what is selected, and how it looks, is the kernel's to say. */
  forget() {
    const { el, model } = this;
    setTimeout(async () => {
      await this.Plotly.relayout(el, { selections: [], _doNotReportToPy: true });
      const before = model.get("_widget_data").map((trace) => trace.selectedpoints ?? null);
      const rows = before.map((_, index) => index);
      this.Plotly.restyle(el, { selectedpoints: before, _doNotReportToPy: true }, rows);
    });
  }

  act(name, ...values) {
    const { el, model } = this;
    if (!this.isDrawn) return;
    if (name === "clear") return model.send({ type: "clear" });
    const full = el._fullLayout;
    // A copy: plotly pans by writing into the very range that it was given.
    const changes = { zoom: zoomed, pan: panned }[name]?.(full, ...values) ?? structuredClone(model.get("_fit"));
    if (Object.keys(changes).length) this.Plotly.relayout(el, changes);
  }

  key(event) {
    const act = KEYS[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.act(...act);
  }

  dispose() {
    this.stop.abort();
    this.observer.disconnect();
    this.model.off("change:_tall", this.heard);
    this.model.off("change:_whole", this.whole);
  }
}

export default () => {
  let inner;
  return {
    async initialize({ model }) {
      const { bundle } = await plotly(model);
      inner = bundle.default();
      inner.initialize({ model });
    },
    async render({ model, el }) {
      const { Plotly } = await plotly(model);
      const live = new Live(model, el, Plotly);
      const remove = inner.render({ model, el });
      return () => { live.dispose(); remove(); };
    },
  };
};
