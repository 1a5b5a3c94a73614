/* The order of a table's rows: typed arrays sorted, never rows. */

/* Where each row's text stands among all texts ("Chrome 9" before "Chrome 10"), NaN if it has none. */
export function alphabetical(words) {
  const texts = Array.from({ length: words.texts.length }, (_, code) => words.texts.get(code));
  const collator = new Intl.Collator("en", { numeric: true });
  const places = new Float64Array(texts.length);
  texts
    .map((text, code) => [text, code])
    .sort((a, b) => collator.compare(a[0], b[0]))
    .forEach(([, code], place) => {
      places[code] = place;
    });
  return Float64Array.from(words.codes, (code) => (code < 0 ? NaN : places[code]));
}

/* Row numbers by rank, what is missing last whichever way; as they came if there are no ranks. */
export function rowOrder(length, ranks, down) {
  const order = Uint32Array.from({ length }, (_, row) => row);
  if (!ranks) return order;
  const sign = down ? -1 : 1;
  return order.sort((a, b) => {
    const left = ranks[a];
    const right = ranks[b];
    if (Number.isNaN(left) || Number.isNaN(right)) {
      return Number.isNaN(left) - Number.isNaN(right) || a - b;
    }
    return sign * (left - right) || a - b;
  });
}
