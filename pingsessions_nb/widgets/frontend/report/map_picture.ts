/* The map: which places are one mark depends on how near one looks. */

import type { Figure, GeoView, Told, Trace } from "../src/kit/plotly_types.ts";
import { kindName } from "../src/kit/words.ts";
import { type Look, Picture } from "./picture.ts";
import { partOf } from "./told_figure.ts";

/* `events` are [place, session, user], by user and time; numbers are rows. */
export interface Travels {
  events: [number, number, number][];
  places: [lat: number, lon: number][];
  leaders: Record<string, number[]>;
  impossible: number[];
}

const MARKS = new Set(["State or country only", "Place, by visits", "Place in a signal"]);
const OWN = "Journey of the chosen";
const IMPOSSIBLE = kindName("geovelocity_anomaly");
const LEVELS: [name: string, from: number][] = [
  ["nearest", 9],
  ["near", 2.5],
];

export class MapPicture extends Picture {
  travels: Travels = { events: [], places: [], leaders: {}, impossible: [] };

  protected variantFor({ narrow }: Look): string {
    if (narrow) return "narrow";
    const scale = this.el._fullLayout?.geo?.projection.scale ?? 0;
    const { geo } = this.told.figure.layout as { geo?: GeoView };
    const times = geo ? scale / geo.projection.scale : 0;
    return LEVELS.find(([, from]) => times >= from)?.[0] ?? "wide";
  }

  override draw(look: Look): void {
    const first = this.variant === "";
    super.draw(look);
    if (!first) return;
    this.el.on("plotly_relayout", () => {
      if (this.variantFor(this.look) !== this.variant) this.again();
    });
  }

  protected light({ data }: Figure): void {
    const { rows } = this.chosen;
    if (!rows.size) return;
    const lit = new Set<unknown>();
    for (const [place, session] of this.travels.events) {
      if (rows.has(session)) lit.add(this.#leader(place));
    }
    const warned = this.travels.impossible.some((row) => rows.has(row));
    for (const trace of data) this.#lightTrace(trace, lit, warned);
  }

  #lightTrace(trace: Trace, lit: ReadonlySet<unknown>, warned: boolean): void {
    const part = partOf(trace);
    if (MARKS.has(part)) {
      const marks = trace.customdata ?? [];
      trace.selectedpoints = marks.flatMap((row, i) => (lit.has(row) ? [i] : []));
    } else if (part === OWN) Object.assign(trace, this.#ways());
    else if (part.startsWith(IMPOSSIBLE)) fade(trace, warned ? 1 : 0.35);
    else if (part === "Journey" || part === "Journey, direction") fade(trace, 0.4);
  }

  /* From where to where the chosen sessions' users went, one of their events after the other. */
  #ways(): { lat: (number | null)[]; lon: (number | null)[] } {
    const { events, places } = this.travels;
    const ways = new Set<string>();
    let [at, whose] = [-1, -1];
    for (const [place, session, user] of events) {
      if (!this.chosen.rows.has(session)) continue;
      const here = this.#leader(place);
      if (user === whose && here !== at) ways.add(`${at} ${here}`);
      [at, whose] = [here, user];
    }
    const ends = [...ways].flatMap((way) => [
      ...way.split(" ").map((row) => places[Number(row)]),
      null,
    ]);
    return { lat: ends.map((one) => one?.[0] ?? null), lon: ends.map((one) => one?.[1] ?? null) };
  }

  #leader(place: number): number {
    return this.travels.leaders[this.variant]?.[place] ?? place;
  }

  protected keepView(layout: Figure["layout"]): void {
    const { geo } = this.el._fullLayout;
    const at = layout.geo as GeoView | undefined;
    if (!geo || !at) return;
    at.center = { lon: geo.center.lon, lat: geo.center.lat };
    at.projection.scale = geo.projection.scale;
    at.projection.rotation.lon = geo.projection.rotation.lon;
  }

  protected rowsAt({ points = [] }: Told): number[] {
    return this.#seenAt(points.slice(0, 1));
  }

  protected rowsIn({ points = [] }: Told): number[] {
    return this.#seenAt(points);
  }

  #seenAt(points: Told["points"] = []): number[] {
    const ours = points.filter(({ fullData }) => MARKS.has(partOf(fullData)));
    const marks = new Set(ours.map(({ customdata }) => customdata));
    const seen = this.travels.events.filter(([place]) => marks.has(this.#leader(place)));
    return [...new Set(seen.map(([, session]) => session))].filter((row) => row >= 0);
  }

  protected whole({ geo }: Figure["layout"]): Record<string, unknown> {
    const { projection, center } = geo as GeoView;
    return {
      "geo.projection.scale": projection.scale,
      "geo.projection.rotation.lon": projection.rotation.lon,
      "geo.center.lon": center.lon,
      "geo.center.lat": center.lat,
    };
  }
}

function fade(trace: Trace, by: number): void {
  trace.opacity = by * ((trace.opacity as number | undefined) ?? 1);
}
