/* The changes of layout that zoom or pan one of plotly's pictures, and the keys that ask for it. */

import type { Axis, GeoView, Values } from "./plotly_types.ts";

/* `zoom` by a factor, around the middle; `pan` by parts of the width and the height. */
export type Act =
  | readonly [name: "zoom", by: number]
  | readonly [name: "pan", x: number, y: number]
  | readonly [name: "fit" | "clear"];

type ViewAxis = Pick<Axis, "_name" | "fixedrange" | "range" | "d2l" | "r2l" | "l2r">;

interface View {
  geo?: GeoView;
  xaxis?: ViewAxis;
  yaxis?: ViewAxis;
}

const KEYS = new Map<string, Act>([
  ["+", ["zoom", 1.6]],
  ["=", ["zoom", 1.6]],
  ["-", ["zoom", 1 / 1.6]],
  ["_", ["zoom", 1 / 1.6]],
  ["0", ["fit"]],
  ["Escape", ["clear"]],
  ["ArrowLeft", ["pan", -0.15, 0]],
  ["ArrowRight", ["pan", 0.15, 0]],
  ["ArrowUp", ["pan", 0, -0.15]],
  ["ArrowDown", ["pan", 0, 0.15]],
]);

export const KEYS_TOLD =
  "Arrow keys pan, plus and minus zoom, 0 fits, Escape clears the selection.";

/* What a key asks for; with ctrl or alt it is the browser's. */
export function actOf(event: KeyboardEvent): Act | undefined {
  return event.ctrlKey || event.metaKey || event.altKey ? undefined : KEYS.get(event.key);
}

/* The relayout that zooms or pans. */
export function viewChanges(full: View, act: Act): Values {
  if (act[0] === "zoom") return zoomed(full, act[1]);
  return act[0] === "pan" ? panned(full, act[1], act[2]) : {};
}

export function zoomed(full: View, factor: number): Values {
  const { geo } = full;
  if (geo) return { "geo.projection.scale": geo.projection.scale * factor };
  return moved(full, [1, 1], (from, to) => {
    const [middle, half] = [(from + to) / 2, (to - from) / 2 / factor];
    return [middle - half, middle + half];
  });
}

export function panned(full: View, x: number, y: number): Values {
  const { geo } = full;
  if (!geo) {
    return moved(full, [x, -y], (from, to, by) => [from + by * (to - from), to + by * (to - from)]);
  }
  const { scale, rotation } = geo.projection;
  const step = 120 / scale;
  return {
    "geo.projection.rotation.lon": rotation.lon + x * 2 * step,
    "geo.center.lon": geo.center.lon + x * 2 * step,
    "geo.center.lat": Math.max(-90, Math.min(90, geo.center.lat - y * step)),
  };
}

/* The relayout that zooms by a factor to around a point of the data. */
export function nearer(full: View, x: unknown, y: unknown, factor: number): Values {
  const around = new Map([
    [full.xaxis, x],
    [full.yaxis, y],
  ]);
  const changes: Values = {};
  for (const [axis, value] of around) {
    if (!axis || axis.fixedrange) continue;
    const [from = 0, to = 0] = axis.range.map((end) => axis.r2l(end));
    const [middle, half] = [axis.d2l(value), (to - from) / 2 / factor];
    changes[`${axis._name}.range`] = [middle - half, middle + half].map((end) => axis.l2r(end));
  }
  return changes;
}

/* Moves the ends of both axes, those with a part that is not 0. */
function moved(
  { xaxis, yaxis }: View,
  by: [number, number],
  ends: (from: number, to: number, by: number) => [number, number],
): Values {
  const changes: Values = {};
  [xaxis, yaxis].forEach((axis, number) => {
    const part = by[number] ?? 0;
    if (!axis || axis.fixedrange || !part) return;
    const [from = 0, to = 0] = axis.range.map((end) => axis.r2l(end));
    changes[`${axis._name}.range`] = ends(from, to, part).map((end) => axis.l2r(end));
  });
  return changes;
}
