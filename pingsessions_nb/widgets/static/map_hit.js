/* What lies under a point of the map. */
import { clusterRadius } from "./map_draw.js";

export function clusterUnder(x, y, { model, view, clusters }) {
  let best = null, closest = 5;
  for (const cluster of clusters) {
    const [cx, cy] = view.spot(cluster.place);
    const distance = Math.hypot(cx - x, cy - y) - clusterRadius(cluster, model);
    if (distance < closest) { best = cluster; closest = distance; }
  }
  return best;
}

/* The journey within a few pixels, impossible ones first, or null. */
export function journeyUnder(x, y, legs, { model, view }) {
  let best = null, closest = 5;
  for (const leg of legs) {
    const points = model.arc(leg.from, leg.to);
    const last = points.length - 2;
    for (const shift of new Set([view.copyOf(points[0]), view.copyOf(points[last])])) {
      let [x0, y0] = view.point(points[0] + shift, points[1]);
      for (let i = 2; i <= last; i += 2) {
        const [x1, y1] = view.point(points[i] + shift, points[i + 1]);
        const distance = toSegment(x, y, x0, y0, x1, y1) - (leg.impossible ? 2 : 0);
        if (distance < closest) { best = leg; closest = distance; }
        x0 = x1;
        y0 = y1;
      }
    }
  }
  return best;
}

function toSegment(x, y, x0, y0, x1, y1) {
  const dx = x1 - x0, dy = y1 - y0;
  const square = dx * dx + dy * dy;
  const part = square ? Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / square)) : 0;
  return Math.hypot(x0 + part * dx - x, y0 + part * dy - y);
}
