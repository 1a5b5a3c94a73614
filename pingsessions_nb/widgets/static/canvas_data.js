/* Columns as Python's `encoding.py` packs them: little-endian buffers, read in place as arrays. */

export function column(view, Type) {
  if (!view) return new Type(0);
  const bytes = view.byteLength;
  const length = Math.floor(bytes / Type.BYTES_PER_ELEMENT);
  if (view.byteOffset % Type.BYTES_PER_ELEMENT === 0) {
    return new Type(view.buffer, view.byteOffset, length);
  }
  return new Type(view.buffer.slice(view.byteOffset, view.byteOffset + bytes));
}

const textDecoder = new TextDecoder();
const textEncoder = new TextEncoder();

/* Texts end to end, decoded one by one as they are wanted. */
export class Texts {
  constructor(packed) {
    this.bytes = column(packed?.bytes, Uint8Array);
    this.offsets = column(packed?.offsets, Uint32Array);
    this.length = Math.max(0, this.offsets.length - 1);
  }

  get(index) {
    return textDecoder.decode(this.bytes.subarray(this.offsets[index], this.offsets[index + 1]));
  }

  /* Rows that hold one of `texts`, without decoding: a million ids take a few milliseconds. */
  rowsOf(texts) {
    if (!texts.length) return [];
    const byEnd = new Map();
    for (const text of texts) {
      const wanted = textEncoder.encode(text);
      const key = fingerprint(wanted, 0, wanted.length);
      if (!byEnd.has(key)) byEnd.set(key, []);
      byEnd.get(key).push(wanted);
    }
    const rows = [];
    for (let row = 0; row < this.length; row++) {
      const from = this.offsets[row];
      const to = this.offsets[row + 1];
      const candidates = byEnd.get(fingerprint(this.bytes, from, to));
      if (candidates?.some((wanted) => this.#equals(wanted, from, to))) rows.push(row);
    }
    return rows;
  }

  #equals(wanted, from, to) {
    if (wanted.length !== to - from) return false;
    for (let i = 0; i < wanted.length; i++) if (this.bytes[from + i] !== wanted[i]) return false;
    return true;
  }
}

function fingerprint(bytes, from, to) {
  let value = to - from;
  for (let i = Math.max(from, to - 4); i < to; i++) value = (value * 31 + bytes[i]) | 0;
  return value;
}

/* Texts by dictionary; `get` gives "" where missing. */
export class Coded {
  constructor(packed) {
    this.codes = column(packed?.codes, { 1: Int8Array, 2: Int16Array, 4: Int32Array }[packed?.width ?? 4]);
    this.texts = new Texts(packed?.texts);
  }

  get(row) {
    const code = this.codes[row];
    return code >= 0 ? this.texts.get(code) : "";
  }
}

/* Where each group's rows start, for rows sorted by group: `starts[g]` to `starts[g + 1]`. */
export function groupStarts(groups, count) {
  const starts = new Uint32Array(count + 1);
  for (let i = 0; i < groups.length; i++) starts[groups[i] + 1]++;
  for (let g = 0; g < count; g++) starts[g + 1] += starts[g];
  return starts;
}

/* The rows of each group in their order: a counting sort. */
export function rowsByGroup(groups, count) {
  const starts = groupStarts(groups, count);
  const next = starts.slice();
  const rows = new Uint32Array(groups.length);
  for (let i = 0; i < groups.length; i++) rows[next[groups[i]]++] = i;
  return { starts, rows };
}

/* Colours for a coded column: the seven commonest values get one each, the rest share another. */
export function categories(coded, missing) {
  const counts = new Map();
  for (const code of coded.codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  const ranked = [...counts.keys()]
    .filter((code) => code >= 0)
    .map((code) => ({ code, count: counts.get(code), label: coded.texts.get(code) }))
    .sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1));
  const named = ranked.slice(0, 7);
  const slots = new Uint8Array(coded.texts.length).fill(7);
  named.forEach((entry, slot) => { slots[entry.code] = slot; });
  const legend = named.map((entry, slot) => ({ slot, label: entry.label, count: entry.count }));
  const others = ranked.slice(7);
  if (others.length) {
    const count = others.reduce((sum, entry) => sum + entry.count, 0);
    legend.push({ slot: 7, label: `${others.length.toLocaleString("en")} others`, count });
  }
  if (counts.has(-1)) legend.push({ slot: 7, label: missing, count: counts.get(-1) });
  return { slots, legend };
}

export function plural(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
