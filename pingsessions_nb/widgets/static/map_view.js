/* Which part of the world the canvas shows. The world is a square of side 1 that repeats east. */
import { mercatorY } from "./map_sphere.js";

const CLOSEST = 2 ** 12 * 256;

export class MapView {
  constructor(model, ways) {
    this.model = model;
    this.ways = ways.slice(0, 60);
    this.width = 0;
    this.height = 0;
    this.fitted = true;
    this.x = 0.5;
    this.y = 0.45;
    this.side = 1000;
  }

  resize(width, height) {
    if (width === this.width && height === this.height) return;
    this.width = width;
    this.height = height;
    if (this.fitted) this.fit();
    else this.#clamp();
  }

  get zoom() { return Math.log2(this.side / 256); }

  /* Small enough to show the world's width; smaller, and it would stand there twice. */
  get least() { return Math.max(this.height / 0.85, this.width * 0.85); }

  /* Every place with its uncertainty; a single city with its region. */
  fit(places = null, ways = places ? [] : this.ways) {
    const { model } = this;
    this.fitted = places === null;
    const wanted = places ?? Array.from({ length: model.size }, (_, place) => place);
    if (!wanted.length) {
      // Without Antarctica: nobody signs on there.
      Object.assign(this, { x: 0.5, y: mercatorY(28), side: Math.max(this.height / 0.62, this.width * 0.85) });
      this.#clamp();
      return;
    }
    const [west, east] = span(wanted.map((place) => model.x[place]));
    let north = Infinity, south = -Infinity;
    const include = (y) => {
      north = Math.min(north, y);
      south = Math.max(south, y);
    };
    for (const place of wanted) include(model.y[place]);
    // A great circle bends towards the pole: the ways are to be seen too, within reason.
    for (const { from, to } of ways) {
      const points = model.arc(from, to);
      for (let i = 1; i < points.length; i += 2) include(Math.max(0.18, Math.min(0.75, points[i])));
    }
    this.x = (west + east) / 2;
    this.y = (north + south) / 2;
    const margin = Math.min(72, this.width / 8, this.height / 6);
    // About 350 km from top to bottom at the least: a city alone says nothing of where it is.
    const region = 0.0125;
    this.side = Math.min(
      (this.width - 2 * margin) / Math.max(east - west, 1e-9),
      (this.height - 2 * margin) / Math.max(south - north, 1e-9),
      this.height / region,
    );
    this.#clamp();
  }

  point(x, y) {
    return [(x - this.x) * this.side + this.width / 2, (y - this.y) * this.side + this.height / 2];
  }

  /* A place stands once on the screen, in the copy of the world nearest to the middle. */
  spot(place) {
    const { x, y } = this.model;
    return this.point(x[place] + this.copyOf(x[place]), y[place]);
  }

  copyOf(x) { return Math.round(this.x - x); }

  /* Whole numbers to add to x for each copy of the world that is in sight. */
  get copies() {
    const half = this.width / 2 / this.side;
    const first = Math.floor(this.x - half);
    const last = Math.floor(this.x + half);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  }

  /* What is in sight, as a box in the square, for one copy. */
  box(shift) {
    const halfWidth = this.width / 2 / this.side;
    const halfHeight = this.height / 2 / this.side;
    return {
      west: this.x - halfWidth - shift, east: this.x + halfWidth - shift,
      north: this.y - halfHeight, south: this.y + halfHeight,
    };
  }

  zoomBy(factor, x = this.width / 2, y = this.height / 2) {
    const side = Math.max(this.least, Math.min(CLOSEST, this.side * factor));
    if (side === this.side) return false;
    const east = this.x + (x - this.width / 2) / this.side;
    const south = this.y + (y - this.height / 2) / this.side;
    this.side = side;
    this.x = east - (x - this.width / 2) / side;
    this.y = south - (y - this.height / 2) / side;
    this.fitted = false;
    this.#clamp();
    return true;
  }

  pan(dx, dy) {
    this.x -= dx / this.side;
    this.y -= dy / this.side;
    this.fitted = false;
    this.#clamp();
    return true;
  }

  #clamp() {
    this.side = Math.max(this.least, Math.min(CLOSEST, this.side));
    const half = this.height / 2 / this.side;
    this.y = Math.max(half, Math.min(1 - half, this.y));
    this.x -= Math.floor(this.x);
  }

  /* Moves only if a place is out of sight. */
  reveal(places) {
    const box = this.box(0);
    const inside = (place) => {
      const east = this.model.x[place] - box.west;
      return east - Math.floor(east) <= box.east - box.west
        && this.model.y[place] >= box.north && this.model.y[place] <= box.south;
    };
    if (![...places].every(inside)) this.fit([...places]);
  }
}

/* The shortest stretch of a circle of length 1 that holds every x: [west, east], east may pass 1. */
function span(values) {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  let widest = sorted[0] + 1 - sorted[sorted.length - 1];
  let west = sorted[0];
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i] - sorted[i - 1] > widest) {
      widest = sorted[i] - sorted[i - 1];
      west = sorted[i];
    }
  }
  return [west, west + 1 - widest];
}
