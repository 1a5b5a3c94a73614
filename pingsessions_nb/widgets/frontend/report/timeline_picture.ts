/* The timeline: its bars and marks say whose session they are by its id. */

import type { Figure, Told } from "../src/kit/plotly_types.ts";
import { Picture } from "./picture.ts";

type Axis = { range?: unknown[] };
type Numbers = ArrayLike<number>;

export class TimelinePicture extends Picture {
  rowOf: ReadonlyMap<unknown, number> = new Map();

  protected variantFor(): string {
    return "all";
  }

  protected light({ data }: Figure): void {
    const { rows } = this.chosen;
    for (const trace of data) {
      if (trace.type !== "bar") continue;
      const lit = (trace.customdata ?? []).flatMap((id, i) => (this.#isChosen(id) ? [i] : []));
      trace.selectedpoints = rows.size ? lit : null;
    }
  }

  #isChosen(id: unknown): boolean {
    const row = this.rowOf.get(id);
    return row !== undefined && this.chosen.rows.has(row);
  }

  protected keepView(layout: Figure["layout"]): void {
    const full = this.el._fullLayout as Record<string, Axis | undefined>;
    for (const name of ["xaxis", "yaxis"]) {
      const range = full[name]?.range;
      if (range) Object.assign(layout[name] as Axis, { range: [...range], autorange: false });
    }
  }

  protected rowsAt({ points = [] }: Told): number[] {
    return this.#rows(points.slice(0, 1).map(({ customdata }) => customdata));
  }

  /* All sessions that a box touches; plotly would take those that it covers. */
  protected rowsIn({ range }: Told): number[] {
    const [left = 0, right = 0] = (range?.x ?? []).map((at) => instant(at)).sort((a, b) => a - b);
    const [top = 0, bottom = 0] = (range?.y ?? []).map(Number).sort((a, b) => a - b);
    const ids: unknown[] = [];
    for (const trace of this.el._fullData) {
      if (trace.type !== "bar") continue;
      const [length, lane, thick] = [trace.x, trace.y, trace.width] as [Numbers, Numbers, Numbers];
      const base = trace.base as ArrayLike<unknown>;
      (trace.customdata ?? []).forEach((id, i) => {
        const [start, y, half] = [instant(base[i]), lane[i] ?? 0, (thick[i] ?? 0) / 2];
        const beside = start > right || start + (length[i] ?? 0) < left;
        if (!beside && y + half >= top && y - half <= bottom) ids.push(id);
      });
    }
    return this.#rows(ids);
  }

  #rows(ids: unknown[]): number[] {
    return ids.flatMap((id) => this.rowOf.get(id) ?? []);
  }

  protected whole(layout: Figure["layout"]): Record<string, unknown> {
    const { xaxis, yaxis } = layout as Record<string, { range?: unknown }>;
    return {
      ...(xaxis?.range ? { "xaxis.range": xaxis.range } : { "xaxis.autorange": true }),
      ...(yaxis?.range ? { "yaxis.range": yaxis.range } : { "yaxis.autorange": true }),
    };
  }
}

/* Plotly's own reading of a date without a zone is UTC. */
function instant(at: unknown): number {
  if (typeof at === "number") return at;
  const text = String(at).replace(" ", "T");
  return Date.parse(text.includes("T") ? `${text}Z` : text);
}
