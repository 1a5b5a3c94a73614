/* The changes of layout that zoom or pan one of plotly's pictures. */

type Changes = Record<string, unknown>;

interface Axis {
  _name: string;
  fixedrange?: boolean;
  range: unknown[];
  r2l(value: unknown): number;
  l2r(value: number): unknown;
}

interface Geo {
  center: { lon: number; lat: number };
  projection: { scale: number; rotation: { lon: number } };
}

/* Of what plotly calls a full layout, what is read here. */
interface View {
  geo?: unknown;
  xaxis?: unknown;
  yaxis?: unknown;
}

export type Act = [name: "zoom" | "pan" | "fit" | "clear", ...values: number[]];

export const VIEW_KEYS: Record<string, Act> = {
  "+": ["zoom", 1.6],
  "=": ["zoom", 1.6],
  "-": ["zoom", 1 / 1.6],
  _: ["zoom", 1 / 1.6],
  0: ["fit"],
  Escape: ["clear"],
  ArrowLeft: ["pan", -0.15, 0],
  ArrowRight: ["pan", 0.15, 0],
  ArrowUp: ["pan", 0, -0.15],
  ArrowDown: ["pan", 0, 0.15],
};

export function zoomed(full: View, factor: number): Changes {
  const geo = full.geo as Geo | undefined;
  if (geo) return { "geo.projection.scale": geo.projection.scale * factor };
  return moved(full, [1, 1], (from, to) => {
    const [middle, half] = [(from + to) / 2, (to - from) / 2 / factor];
    return [middle - half, middle + half];
  });
}

/* `x` and `y` are parts of the width and height. */
export function panned(full: View, x: number, y: number): Changes {
  const geo = full.geo as Geo | undefined;
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

function moved(
  full: View,
  by: [number, number],
  ends: (from: number, to: number, by: number) => [number, number],
): Changes {
  const changes: Changes = {};
  [full.xaxis, full.yaxis].forEach((each, number) => {
    const axis = each as Axis | undefined;
    const part = by[number] ?? 0;
    if (!axis || axis.fixedrange || !part) return;
    const [from = 0, to = 0] = axis.range.map((end) => axis.r2l(end));
    changes[`${axis._name}.range`] = ends(from, to, part).map((end) => axis.l2r(end));
  });
  return changes;
}
