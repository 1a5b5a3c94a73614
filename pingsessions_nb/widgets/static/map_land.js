/* Land, borders and country names; each ring is projected once and drawn by the frame's transform. */
import { column, Texts } from "./canvas_data.js";
import { mercatorX, mercatorY } from "./map_sphere.js";

const EDGE = 17999;

export class Land {
  constructor(data) {
    this.coarse = new Outlines(data?.coarse);
    this.fine = new Outlines(data?.fine);
    this.names = new Texts(data?.names);
    this.east = column(data?.east, Float64Array);
    this.north = column(data?.north, Float64Array);
    this.area = column(data?.area, Float64Array);
  }
}

class Outlines {
  constructor(data) {
    this.rings = shapes(data?.land, true);
    this.borders = shapes(data?.borders, false);
  }
}

/* { fill, coast, west, east, north, south } for each line, in the square of side 1. */
function shapes(packed, closed) {
  const points = column(packed?.points, Int16Array);
  const ends = column(packed?.ends, Uint32Array);
  const result = [];
  let from = 0;
  for (const to of ends) {
    const fill = new Path2D(), coast = new Path2D();
    let west = Infinity, east = -Infinity, north = Infinity, south = -Infinity;
    for (let i = from; i < to; i++) {
      const x = mercatorX(points[2 * i] / 100);
      const y = mercatorY(points[2 * i + 1] / 100);
      west = Math.min(west, x);
      east = Math.max(east, x);
      north = Math.min(north, y);
      south = Math.max(south, y);
      if (i === from) fill.moveTo(x, y);
      else fill.lineTo(x, y);
      // The cut along the date line is no coast.
      const cut = i === from
        || (Math.abs(points[2 * i]) > EDGE && Math.abs(points[2 * i - 2]) > EDGE);
      if (cut) coast.moveTo(x, y);
      else coast.lineTo(x, y);
    }
    if (closed) fill.closePath();
    result.push({ fill, coast, west, east, north, south });
    from = to;
  }
  return result;
}

/* Fills the land and draws coasts and borders in every copy of the world that is in sight. */
export function drawLand(context, land, view, palette) {
  const { rings, borders } = view.zoom < 2.4 ? land.coarse : land.fine;
  context.fillStyle = palette.land;
  context.strokeStyle = palette.landLine;
  context.lineJoin = "round";
  for (const shift of view.copies) {
    const box = view.box(shift);
    const inSight = ({ west, east, north, south }) =>
      east >= box.west && west <= box.east && south >= box.north && north <= box.south;
    context.save();
    const [x, y] = view.point(shift, 0);
    context.transform(view.side, 0, 0, view.side, x, y);
    for (const ring of rings) if (inSight(ring)) context.fill(ring.fill, "evenodd");
    context.lineWidth = 0.8 / view.side;
    for (const ring of rings) if (inSight(ring)) context.stroke(ring.coast);
    context.lineWidth = 0.7 / view.side;
    for (const line of borders) if (inSight(line)) context.stroke(line.coast);
    context.restore();
  }
}
