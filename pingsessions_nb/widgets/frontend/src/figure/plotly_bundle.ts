/* plotly as its FigureWidget brings it: loaded once a page, and quieter towards the kernel. */

import type { AnyModel, AnyWidget } from "@anywidget/types";
import type { Drawn, Plotly, Told, Trace, Values } from "../kit/plotly_types.ts";
import { unzipped } from "../kit/unzipped.ts";

export interface Loaded {
  bundle: { default: () => Exclude<AnyWidget, () => unknown> };
  Plotly: Plotly;
}

type Code = { packed: DataView<ArrayBuffer>; version: string };

type Message = "_py2js_restyle" | "_py2js_update";

/* Plotly's own model of a figure, in which data are arrays; the raw one holds them packed. */
export interface FigureModel {
  get(name: "_widget_data"): Trace[];
  get(name: "_widget_layout"): Values & { width?: number; height?: number };
  get(name: "_last_layout_edit_id"): number;
  get(name: Message): Values | null;
  set(name: string, value: unknown): void;
  _normalize_trace_indexes(rows: unknown): number[];
}

export interface FigureElement extends Drawn {
  psModel?: FigureModel;
  psSeen?: number; // plotly's number of the kernel's newest change that is shown
}

interface View {
  model: FigureModel;
  el: FigureElement;
  touch(): void;
  perform_render(): void;
  do_restyle(): void;
  do_update(): void;
  handle_plotly_relayout(changes: Values | undefined): void;
  handle_plotly_selected(box: Told | undefined): void;
  _sendTraceDeltas(id: unknown): void;
  _sendLayoutDelta(id: number): void;
}

interface Page {
  Plotly?: Plotly;
  [LOADED]?: Map<string, Promise<Loaded>>;
}

const LOADED = Symbol.for("pingsessions_nb.plotly");
const page = globalThis as Page;

/* `reference` is the kernel's one copy of the bundle: `IPY_MODEL_` and its id. */
export async function loadPlotly(
  manager: AnyModel["widget_manager"],
  reference: string,
): Promise<Loaded> {
  const code = await manager.get_model<Code>(reference.slice("IPY_MODEL_".length));
  page[LOADED] ??= new Map();
  const [versions, version] = [page[LOADED], code.get("version")];
  const loading = versions.get(version) ?? load(code);
  versions.set(version, loading);
  try {
    return await loading;
  } catch (error) {
    versions.delete(version);
    throw error;
  }
}

async function load(code: AnyModel<Code>): Promise<Loaded> {
  const text = await unzipped(code.get("packed"));
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const before = page.Plotly;
  const bundle = await import(url);
  URL.revokeObjectURL(url);
  const Plotly = page.Plotly as Plotly;
  if (before) page.Plotly = before;
  quieten(bundle.FigureView.prototype);
  keepAxes(bundle.FigureView.prototype, Plotly);
  return { bundle, Plotly };
}

/* What plotly would report after each change is all that it has computed: hundreds of kilobytes. */
function quieten(view: View): void {
  view._sendTraceDeltas = function told(id) {
    this.model.set("_js2py_traceDeltas", { trace_deltas: [], trace_edit_id: id });
    this.touch();
  };
  view._sendLayoutDelta = function told(id) {
    this.el.psSeen = id;
    this.model.set("_js2py_layoutDelta", { layout_delta: {}, layout_edit_id: id });
    this.touch();
  };
  const { perform_render, handle_plotly_relayout, handle_plotly_selected } = view;
  view.perform_render = function kept() {
    this.el.psModel = this.model;
    perform_render.call(this);
  };
  // A value that is undefined has no place in a message, and boxes are no part of the layout here.
  // Which of the kernel's views is left, is told: it may have set another one meanwhile.
  view.handle_plotly_relayout = function told(changes) {
    const kept = Object.entries(changes ?? {}).filter(
      ([name, value]) => value !== undefined && !name.startsWith("selections"),
    );
    if (!kept.length) return;
    handle_plotly_relayout.call(this, { ...Object.fromEntries(kept), _seen: this.el.psSeen ?? 0 });
  };
  // Taking a box away is no selection of nothing.
  view.handle_plotly_selected = function chosen(box) {
    if (box?.range || box?.lassoPoints) handle_plotly_selected.call(this, box);
  };
}

const PLACES = new Set(["x", "y", "x0", "y0", "base", "orientation"]);

/* From new data plotly would guess anew of what type an axis is, whatever the layout says. */
function keepAxes(view: View, plotly: Plotly): void {
  const shows = (message: Message, data: string, traces: string) =>
    function shown(this: View): void {
      const changes = this.model.get(message);
      if (!changes) return;
      const style = { ...(changes[data] as Values), _doNotReportToPy: true };
      const moves = Object.keys(style).some((name) => PLACES.has(name));
      const asked = (changes.layout_data ?? {}) as Values;
      const layout = { ...(moves && keptAxes(this.el.layout, asked)), ...asked };
      plotly.update(this.el, style, layout, this.model._normalize_trace_indexes(changes[traces]));
      this._sendTraceDeltas(changes.trace_edit_id);
      this._sendLayoutDelta(changes.layout_edit_id as number);
    };
  view.do_restyle = shows("_py2js_restyle", "restyle_data", "restyle_traces");
  view.do_update = shows("_py2js_update", "style_data", "style_traces");
}

type Axes = Record<string, { type?: string; autorange?: unknown; range?: unknown[] } | undefined>;

/* What a layout says of its axes, beside what is about to change: whoever sets an axis' type anew,
   though it be the old one, loses its range. */
export function keptAxes(layout: Values, changes: Values): Values {
  const kept: Values = {};
  for (const [name, axis] of Object.entries(layout as Axes)) {
    if (!/^[xy]axis\d*$/.test(name) || !axis?.type || name in changes) continue;
    kept[`${name}.type`] = axis.type;
    const moved = (path: string) =>
      path.startsWith(`${name}.range`) || path === `${name}.autorange`;
    if (Object.keys(changes).some(moved)) continue;
    kept[`${name}.autorange`] = axis.autorange ?? !axis.range;
    if (axis.range) kept[`${name}.range`] = [...axis.range];
  }
  return kept;
}
