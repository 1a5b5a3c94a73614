/* What the table shows: sessions as columns, in words, in an order. */

import type { Zone } from "../kit/clock.ts";
import { Coded, column, type PackedCodes, type PackedTexts, Texts } from "../kit/columns.ts";
import { briefDuration, visible } from "../kit/words.ts";
import { alphabetical, type Ranks, rowOrder } from "./row_order.ts";
import type { Column } from "./table_columns.ts";

export interface Packed {
  count?: number;
  ids?: PackedTexts;
  created_at?: DataView;
  active_at?: DataView;
  location_count?: DataView;
  words?: Record<string, PackedCodes>;
}

export class SessionRows {
  readonly length: number;
  readonly ids: Texts;
  readonly #values: Record<string, Float64Array | Int32Array>;
  readonly #words: Record<string, Coded>;

  constructor(data: Packed, signals?: PackedCodes) {
    this.length = data.count ?? 0;
    this.ids = new Texts(data.ids);
    const created = column(data.created_at, Float64Array);
    const active = column(data.active_at, Float64Array);
    this.#values = {
      created_at: created,
      active_at: active,
      duration: active.map((end, row) => end - (created[row] ?? Number.NaN)),
      location_count: column(data.location_count, Int32Array),
    };
    const packed = Object.entries({ ...data.words, signals });
    this.#words = Object.fromEntries(packed.map(([key, codes]) => [key, new Coded(codes)]));
  }

  /* How many different texts a column has; undefined of one that is not of text. */
  texts(key: string): number | undefined {
    return this.#words[key]?.texts.length;
  }

  number(key: string, row: number): number {
    return this.#values[key]?.[row] ?? Number.NaN;
  }

  order(key: string | null, down: boolean): Uint32Array {
    return rowOrder(this.length, key === null ? undefined : this.#ranks(key), down);
  }

  /* Newest and longest come first, words from A. */
  startsDown(key: string): boolean {
    return key in this.#values;
  }

  text({ key, kind }: Column, row: number, zone: Zone): string {
    const value = this.number(key, row);
    if (kind === "time") return zone.minute(value);
    if (kind === "span") return value >= 0 ? briefDuration(value / 1000) : "";
    if (kind === "number") return String(value);
    if (key === "session_id") return visible(this.ids.get(row));
    return visible(this.#words[key]?.get(row) ?? "");
  }

  /* The first and the last instant that is listed. */
  extent(): [number, number] {
    let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const key of ["created_at", "active_at"]) {
      for (const at of this.#values[key] ?? []) {
        if (at < first) first = at;
        if (at > last) last = at;
      }
    }
    return [first, last];
  }

  #ranks(key: string): Ranks | undefined {
    const values = this.#values[key];
    if (values) return values;
    const words = this.#words[key];
    return words && alphabetical(words);
  }
}
