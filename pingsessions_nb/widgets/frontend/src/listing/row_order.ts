/* The order of a table's rows: typed arrays sorted, never rows. */

import type { Coded } from "../kit/columns.ts";

export type Ranks = ArrayLike<number>;

/* Where each row's text stands among all texts ("Chrome 9" before "Chrome 10"), NaN if none. */
export function alphabetical(words: Coded): Float64Array {
  const texts = Array.from({ length: words.texts.length }, (_, code) => words.texts.get(code));
  const collator = new Intl.Collator("en", { numeric: true });
  const places = new Float64Array(texts.length);
  texts
    .map((text, code): [string, number] => [text, code])
    .sort((a, b) => collator.compare(a[0], b[0]))
    .forEach(([, code], place) => {
      places[code] = place;
    });
  return Float64Array.from(words.codes, (code) => places[code] ?? Number.NaN);
}

/* Row numbers by rank, what is missing last whichever way; as they came if there are no ranks. */
export function rowOrder(length: number, ranks: Ranks | undefined, down: boolean): Uint32Array {
  const order = Uint32Array.from({ length }, (_, row) => row);
  if (!ranks) return order;
  const sign = down ? -1 : 1;
  return order.sort((a, b) => {
    const [left = Number.NaN, right = Number.NaN] = [ranks[a], ranks[b]];
    if (Number.isNaN(left) || Number.isNaN(right)) {
      return Number(Number.isNaN(left)) - Number(Number.isNaN(right)) || a - b;
    }
    return sign * (left - right) || a - b;
  });
}
