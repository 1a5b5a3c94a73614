/* Columns as Python's `encoding.py` packs them: little-endian buffers, read in place as arrays. */

export interface PackedTexts {
  bytes: DataView;
  offsets: DataView;
}

export interface PackedCodes {
  codes: DataView;
  width: 1 | 2 | 4;
  texts: PackedTexts;
}

interface ArrayType<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): T;
  new (buffer: ArrayBuffer, offset?: number, length?: number): T;
}

export function column<T>(view: DataView | undefined, Type: ArrayType<T>): T {
  if (!view) return new Type(0);
  const { byteOffset, byteLength } = view;
  const buffer = view.buffer as ArrayBuffer;
  if (byteOffset % Type.BYTES_PER_ELEMENT === 0) {
    return new Type(buffer, byteOffset, Math.floor(byteLength / Type.BYTES_PER_ELEMENT));
  }
  return new Type(buffer.slice(byteOffset, byteOffset + byteLength));
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/* Texts end to end, decoded one by one as they are wanted. */
export class Texts {
  readonly length: number;
  readonly #bytes: Uint8Array;
  readonly #offsets: Uint32Array;

  constructor(packed?: PackedTexts) {
    this.#bytes = column(packed?.bytes, Uint8Array);
    this.#offsets = column(packed?.offsets, Uint32Array);
    this.length = Math.max(0, this.#offsets.length - 1);
  }

  get(row: number): string {
    return decoder.decode(this.#bytes.subarray(this.#offsets[row], this.#offsets[row + 1]));
  }

  /* Rows that hold one of `texts`, without decoding: a million ids take a few milliseconds. */
  rowsOf(texts: readonly string[]): number[] {
    const rows: number[] = [];
    if (!texts.length) return rows;
    const wanted = new Map<number, Uint8Array[]>();
    for (const bytes of texts.map((text) => encoder.encode(text))) {
      const key = fingerprint(bytes, 0, bytes.length);
      wanted.set(key, [...(wanted.get(key) ?? []), bytes]);
    }
    for (let row = 0; row < this.length; row++) {
      const [from = 0, to = 0] = [this.#offsets[row], this.#offsets[row + 1]];
      const candidates = wanted.get(fingerprint(this.#bytes, from, to));
      if (candidates?.some((bytes) => this.#holds(bytes, from, to))) rows.push(row);
    }
    return rows;
  }

  #holds(bytes: Uint8Array, from: number, to: number): boolean {
    if (bytes.length !== to - from) return false;
    return bytes.every((byte, i) => this.#bytes[from + i] === byte);
  }
}

function fingerprint(bytes: Uint8Array, from: number, to: number): number {
  let value = to - from;
  for (let i = Math.max(from, to - 4); i < to; i++) value = (value * 31 + (bytes[i] ?? 0)) | 0;
  return value;
}

const WIDTHS = { 1: Int8Array, 2: Int16Array, 4: Int32Array } as const;

/* Texts by dictionary; `get` gives "" where missing. */
export class Coded {
  readonly codes: Int8Array | Int16Array | Int32Array;
  readonly texts: Texts;

  constructor(packed?: PackedCodes) {
    const Type: ArrayType<Int8Array | Int16Array | Int32Array> = WIDTHS[packed?.width ?? 4];
    this.codes = column(packed?.codes, Type);
    this.texts = new Texts(packed?.texts);
  }

  get(row: number): string {
    const code = this.codes[row] ?? -1;
    return code >= 0 ? this.texts.get(code) : "";
  }
}
