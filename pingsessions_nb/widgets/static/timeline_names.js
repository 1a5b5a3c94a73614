/* What lanes are called, and the gutter that their names need. */
import { fitText } from "./canvas.js";
import { visible } from "./elements.js";

const WIDEST = 0.3; // of the width
const SAMPLE = 400; // names measured; of a hundred thousand users these stand for all
const GAP = 16; // between a name and the bars
const NAME = 12.5;
const SIDE = 11.5;

export class LaneNames {
  constructor(context, model, zone, font, width) {
    Object.assign(this, { model, zone, font, width });
    this.ofOneUser = model.laneIsSession && model.users === 1;
    const longest = Math.max(120, width * WIDEST);
    if (this.ofOneUser) {
      this.when = width < 560 ? (at) => this.#short(at) : (at) => this.#long(at);
      this.gutter = this.#widestDate(context, NAME) + GAP;
    } else if (model.laneIsSession) {
      const names = this.#names(context);
      for (const form of [(at) => this.#short(at), (at) => this.#day(at)]) {
        this.when = form;
        this.side = this.#widestDate(context, SIDE);
        this.gutter = names + this.side + 10 + GAP;
        if (this.gutter <= longest) break;
      }
      this.gutter = Math.min(longest, this.gutter);
    } else {
      // From afar the gutter holds a few words about the density as well.
      this.gutter = Math.min(longest, Math.max(132, this.#names(context) + GAP));
    }
    this.gutter = Math.ceil(this.gutter);
  }

  draw(context, lane, y, tall, palette) {
    if (tall < 11) return;
    const { model, font } = this;
    const middle = y + tall / 2;
    const row = model.laneIsSession ? model.rows[lane] : -1;
    context.textAlign = "left";
    context.font = `${tall < 16 ? 11 : NAME}px ${font}`;
    context.fillStyle = palette.text;
    if (this.ofOneUser) {
      context.fillText(this.when(model.start[row]), 2, middle);
      return;
    }
    const room = this.gutter - GAP - (this.side ? this.side + 10 : 0);
    const repeated = row >= 0 && lane > 0 && model.user.codes[model.rows[lane - 1]] === model.user.codes[row];
    if (!repeated) {
      const name = visible(row < 0 ? model.user.texts.get(lane) : model.user.get(row));
      context.fillText(fitText(context, name, room), 2, middle);
    }
    if (row < 0) return;
    context.font = `${SIDE}px ${font}`;
    context.fillStyle = palette.muted;
    context.textAlign = "right";
    context.fillText(this.when(model.start[row]), this.gutter - GAP, middle + 0.5);
    context.textAlign = "left";
  }

  #long(at) { return `${this.zone.day(at)}, ${this.zone.clock(at, false)}`; }

  #short(at) { return `${this.zone.day(at, false)}, ${this.zone.clock(at, false)}`; }

  #day(at) { return this.zone.day(at, false); }

  /* Every lane's date is as wide as the widest, so that all keep the same words. */
  #widestDate(context, size) {
    context.font = `${size}px ${this.font}`;
    const widths = this.#some(this.model.rows.length, (lane) => {
      const row = this.model.rows[lane];
      return context.measureText(this.when(this.model.start[row])).width;
    });
    return Math.max(0, ...widths);
  }

  /* Wide enough for all but the longest twentieth of the names. */
  #names(context) {
    context.font = `${NAME}px ${this.font}`;
    const { texts } = this.model.user;
    const widths = this.#some(texts.length, (user) => context.measureText(visible(texts.get(user))).width);
    widths.sort((a, b) => a - b);
    return widths[Math.ceil(widths.length * 0.95) - 1] ?? 0;
  }

  #some(count, measure) {
    const step = Math.max(1, Math.ceil(count / SAMPLE));
    return Array.from({ length: Math.ceil(count / step) }, (_, i) => measure(i * step));
  }
}
