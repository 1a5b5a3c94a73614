/* Which part of time and of the lanes the canvas shows, and what lies under a point. */
import { LANE } from "./timeline_model.js";

export const AXIS = 44;
const SHORTEST = 4000;

export class TimelineView {
  constructor(model) {
    this.model = model;
    this.width = 0;
    this.height = 0;
    this.fitted = true;
    const { first, last } = model;
    const pad = Math.max((last - first) * 0.03, 15 * 60_000);
    this.domain = Number.isFinite(first) ? [first - pad, last + pad] : [0, 1];
    this.opening = opening(model, this.domain);
    [this.from, this.to] = this.opening;
    this.scale = 1;
    this.top = 0;
  }

  resize(width, height, gutter) {
    if (width === this.width && height === this.height && gutter === this.left) return;
    this.width = width;
    this.height = height;
    this.left = gutter;
    this.right = width - 10;
    this.plotHeight = height - AXIS;
    if (this.fitted) {
      const { from, to } = this;
      this.fit();
      [this.from, this.to] = [from, to];
    } else this.#clamp();
  }

  /* All of time; all the lanes if they can be told apart, else their density. */
  fit() {
    [this.from, this.to] = this.domain;
    this.scale = this.model.height > 14 * this.plotHeight ? this.least : 1;
    this.top = 0;
    this.fitted = true;
  }

  /* On paper nothing scrolls. What somebody has zoomed to stays; `resize` undoes the rest. */
  showAllLanes() { if (this.fitted) this.scale = this.least; }

  /* The scale at which every lane is in sight. */
  get least() { return Math.min(1, this.plotHeight / Math.max(1, this.model.height)); }

  get isDensity() { return this.scale < 0.42; }

  x(time) { return this.left + ((time - this.from) / (this.to - this.from)) * (this.right - this.left); }

  time(x) { return this.from + ((x - this.left) / (this.right - this.left)) * (this.to - this.from); }

  y(lane) { return AXIS + this.model.tops[lane] * this.scale - this.top; }

  get visibleLanes() {
    const first = this.laneAt(AXIS);
    return [first, Math.min(this.model.lanes, this.laneAt(this.height) + 1)];
  }

  laneAt(y) {
    const target = (y - AXIS + this.top) / this.scale;
    const { tops, lanes } = this.model;
    let low = 0, high = lanes - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (tops[middle] <= target) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /* Where a session's bar is: { x, y, width, height }. */
  bar(position, lane = this.model.laneOfPosition(position)) {
    const { model, scale } = this;
    const levels = model.levels[lane];
    const laneHeight = (model.tops[lane + 1] - model.tops[lane]) * scale;
    const height = Math.max(1, (model.laneIsSession ? LANE.sessionBar : LANE.userBar) * scale);
    const fromMiddle = (model.level[position] - (model.levels[lane] - 1) / 2) * LANE.step * scale;
    const middle = this.y(lane) + laneHeight / 2 + fromMiddle;
    const x = this.x(model.from[position]);
    const width = Math.max(5, this.x(model.to[position]) - x);
    return { x, y: middle - height / 2, width, height };
  }

  /* Zooms time around `x`; from far away the lanes come nearer too, around `y`. */
  zoom(factor, x, y, { time = true, lanes = true } = {}) {
    const before = [this.from, this.to, this.scale, this.top].join();
    this.fitted = false;
    const scale = lanes ? Math.max(this.least, Math.min(1, this.scale / factor)) : this.scale;
    if (scale !== this.scale) {
      this.top = ((y - AXIS + this.top) / this.scale) * scale - (y - AXIS);
      this.scale = scale;
    }
    if (time) {
      const pivot = this.time(Math.max(this.left, Math.min(this.right, x)));
      const least = SHORTEST / (this.to - this.from);
      const use = Math.max(factor, least);
      this.from = pivot - (pivot - this.from) * use;
      this.to = pivot + (this.to - pivot) * use;
    }
    this.#clamp();
    return before !== [this.from, this.to, this.scale, this.top].join();
  }

  pan(dx, dy) {
    const before = [this.from, this.to, this.top].join();
    const shift = (dx / (this.right - this.left)) * (this.to - this.from);
    this.from -= shift;
    this.to -= shift;
    this.top -= dy;
    this.#clamp();
    const moved = before !== [this.from, this.to, this.top].join();
    if (moved) this.fitted = false;
    return moved;
  }

  #clamp() {
    const [first, last] = this.domain;
    const span = Math.min(this.to - this.from, last - first);
    this.from = Math.max(first, Math.min(this.from, last - span));
    this.to = this.from + span;
    this.scale = Math.max(this.least, Math.min(1, this.scale));
    const content = this.model.height * this.scale;
    this.top = Math.max(0, Math.min(this.top, content - this.plotHeight));
  }

  /* Brings positions into sight, moving no more than is needed. */
  reveal(positions) {
    if (!positions.length) return;
    const { model } = this;
    let from = Infinity, to = -Infinity;
    for (const position of positions) {
      from = Math.min(from, model.from[position]);
      to = Math.max(to, model.to[position]);
    }
    const inside = from >= this.from && to <= this.to;
    if (!inside) {
      const span = Math.max(this.to - this.from, (to - from) * 1.2);
      const middle = (from + to) / 2;
      this.from = middle - span / 2;
      this.to = middle + span / 2;
      this.fitted = false;
    }
    const lane = model.laneOfPosition(positions[0]);
    if (this.y(lane) < AXIS || this.y(lane + 1) > this.height) {
      this.top = model.tops[lane] * this.scale - this.plotHeight / 3;
      this.fitted = false;
    }
    this.#clamp();
  }

  /* The position of the session under a point, or -1. */
  hit(x, y) {
    const { model } = this;
    if (x < this.left - 4 || y < AXIS || !model.lanes) return -1;
    const lane = this.laneAt(y);
    if (y > this.y(lane + 1)) return -1;
    let best = -1, bestDistance = 7;
    const slack = (6 / (this.right - this.left)) * (this.to - this.from);
    const time = this.time(x);
    for (let i = model.laneStarts[lane]; i < model.laneStarts[lane + 1]; i++) {
      if (model.from[i] > time + slack) { if (!model.laneIsSession) break; continue; }
      if (model.to[i] < time - slack) continue;
      const bar = this.bar(i, lane);
      const dx = Math.max(bar.x - x, 0, x - bar.x - bar.width);
      const dy = Math.max(bar.y - y, 0, y - bar.y - bar.height);
      const distance = Math.hypot(dx, dy);
      if (distance < bestDistance || (distance === bestDistance && distance === 0)) {
        best = i;
        bestDistance = distance;
      }
    }
    return best;
  }
}

/* What to show at first: everything, unless a few old sessions would squeeze all others. */
function opening(model, domain) {
  const size = model.from.length;
  if (size < 20) return domain;
  const starts = model.from.slice().sort();
  const { first, last } = model;
  const bulk = starts[Math.floor(size * 0.02)];
  if (last - bulk > 0.3 * (last - first)) return domain;
  const pad = (model.last - bulk) * 0.04;
  return [bulk - pad, model.last + pad];
}
