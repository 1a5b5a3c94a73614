import { visible } from "./elements.js";

/* Words on the map, none upon another: places' names in front, countries' behind. */

export class Words {
  constructor(context, palette, width, height) {
    Object.assign(this, { context, palette, width, height, boxes: [], front: [], back: [] });
  }

  /* Keeps words away from a rectangle around a point. */
  block(x, y, radius) { this.boxes.push([x - radius, y - radius, x + radius, y + radius]); }

  /* Finds room beside a point, on the first side that is free. */
  beside(name, x, y, gap, strong) {
    const { context, palette } = this;
    const text = visible(name);
    const font = `${strong ? "600 " : ""}12px ${palette.font}`;
    context.font = font;
    const wide = context.measureText(text).width;
    const sides = [
      [x + gap, y], [x - gap - wide, y], [x - wide / 2, y - gap - 7], [x - wide / 2, y + gap + 8],
    ];
    for (const [left, middle] of sides) {
      if (!this.#take(left - 2, middle - 8, left + wide + 2, middle + 8)) continue;
      this.front.push({ text, font, x: left, y: middle, color: palette.text, alpha: 1 });
      return;
    }
  }

  /* Finds room over an area, as for the name of a country. */
  over(text, x, y, size) {
    const { context, palette } = this;
    const font = `${size}px ${palette.font}`;
    context.font = font;
    const wide = context.measureText(text).width;
    if (!this.#take(x - wide / 2 - 4, y - size / 2 - 4, x + wide / 2 + 4, y + size / 2 + 4)) return;
    this.back.push({ text, font, x: x - wide / 2, y, color: palette.muted, alpha: 0.8 });
  }

  write(layer) {
    const { context, palette } = this;
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.strokeStyle = palette.land;
    context.lineWidth = 3;
    for (const { text, font, x, y, color, alpha } of layer) {
      context.font = font;
      context.globalAlpha = alpha;
      context.strokeText(text, x, y);
      context.fillStyle = color;
      context.fillText(text, x, y);
    }
    context.globalAlpha = 1;
  }

  #take(left, top, right, bottom) {
    if (left < 2 || top < 2 || right > this.width - 2 || bottom > this.height - 2) return false;
    const free = this.boxes.every(([l, t, r, b]) => right <= l || left >= r || bottom <= t || top >= b);
    if (free) this.boxes.push([left, top, right, bottom]);
    return free;
  }
}
