import assert from "node:assert/strict";
import { test } from "node:test";
import { allChoices, choiceText } from "../src/filtering/facet_filter.ts";
import { Zone } from "../src/kit/clock.ts";
import { Coded, column, type PackedCodes, Texts } from "../src/kit/columns.ts";
import { ChosenRows } from "../src/listing/choosing_rows.ts";
import { alphabetical, rowOrder } from "../src/listing/row_order.ts";
import { SessionRows } from "../src/listing/session_rows.ts";
import { sheet } from "../src/listing/sheet_text.ts";
import { COLUMNS, columnWidths, namedColumns } from "../src/listing/table_columns.ts";

function packed(texts: string[]) {
  const encoded = texts.map((text) => new TextEncoder().encode(text));
  const offsets = new Uint32Array(texts.length + 1);
  encoded.forEach((bytes, i) => {
    offsets[i + 1] = (offsets[i] ?? 0) + bytes.length;
  });
  const bytes = Uint8Array.from(encoded.flatMap((each) => [...each]));
  return { bytes: new DataView(bytes.buffer), offsets: new DataView(offsets.buffer) };
}

function coded(values: (string | null)[]): PackedCodes {
  const texts = [...new Set(values.filter((value) => value !== null))];
  const codes = Int8Array.from(values, (value) => (value === null ? -1 : texts.indexOf(value)));
  return { codes: new DataView(codes.buffer), width: 1, texts: packed(texts) };
}

test("columns are read from where they lie in a message, aligned or not", () => {
  const buffer = new ArrayBuffer(24);
  const numbers = new DataView(buffer, 4, 16);
  numbers.setFloat64(0, 1.5, true);
  numbers.setFloat64(8, -2, true);
  assert.deepEqual([...column(numbers, Float64Array)], [1.5, -2]);
  assert.deepEqual(
    [...column(new DataView(buffer, 8, 8), Float64Array)],
    [...new Float64Array(buffer, 8, 1)],
  );
  assert.equal(column(undefined, Int32Array).length, 0);
});

test("texts are found without being decoded", () => {
  const texts = new Texts(packed(["ada", "Zoë", "", "bob", "Zoë"]));
  assert.deepEqual(texts.rowsOf(["Zoë", "nobody"]), [1, 4]);
  assert.deepEqual(texts.rowsOf([""]), [2]);
  assert.deepEqual(texts.rowsOf([]), []);
  assert.equal(texts.get(1), "Zoë");
});

test("rows stand in the order of words and numbers within them, the missing last", () => {
  const words = new Coded(coded(["Chrome 10", null, "Chrome 9", "Edge 1"]));
  assert.deepEqual([...rowOrder(4, alphabetical(words), false)], [2, 0, 3, 1]);
  assert.deepEqual([...rowOrder(4, alphabetical(words), true)], [3, 0, 2, 1]);
  assert.deepEqual([...rowOrder(3, undefined, true)], [0, 1, 2]);
});

test("a list is chosen from as lists are", () => {
  const [chosen, order] = [new ChosenRows(), Uint32Array.of(4, 3, 2, 1, 0)];
  chosen.choose(order, 1, {});
  assert.deepEqual([...chosen.rows], [3]);
  chosen.choose(order, 3, { extend: true });
  assert.deepEqual([...chosen.rows], [3, 2, 1]);
  chosen.choose(order, 2, { add: true });
  assert.deepEqual([...chosen.rows], [3, 1]);
  chosen.choose(order, 0, {});
  chosen.choose(order, 0, {});
  assert.deepEqual([...chosen.rows], []);
  assert.ok(chosen.take([2]) && !chosen.take([2]));
  assert.equal(chosen.goToFirst(order), 2);
  chosen.move(5, Number.POSITIVE_INFINITY);
  assert.equal(chosen.focus, 4);
});

test("what comes first in an explorer of 1280 pixels has room there", () => {
  const first = ["user", "created_at", "place", "address", "browser", "signals"];
  const columns = namedColumns(first);
  assert.deepEqual(
    columns.map(({ key }) => key),
    first,
  );
  const widths = columnWidths(columns, 1100);
  assert.ok(Math.abs(widths.reduce((sum, width) => sum + width, 0) - 1100) < 0.01);
  assert.ok(columns.every(({ width }, i) => (widths[i] ?? 0) >= width));
  assert.deepEqual(namedColumns(["no such column"]), []);
  assert.equal(columnWidths(COLUMNS, 10)[0], COLUMNS[0]?.width);
});

test("sessions are told in words", () => {
  const [start, end] = [Date.parse("2025-10-26T00:45Z"), Date.parse("2025-10-26T01:15Z")];
  const rows = new SessionRows({
    count: 2,
    ids: packed(["s-1", "s-2"]),
    created_at: new DataView(Float64Array.of(start, Number.NaN).buffer),
    active_at: new DataView(Float64Array.of(end, end).buffer),
    location_count: new DataView(Int32Array.of(3, 0).buffer),
    words: { user: coded(["a\u202eb", null]) },
  });
  const zone = new Zone("Europe/Berlin");
  const told = (row: number) => COLUMNS.map((one) => [one.key, rows.text(one, row, zone)]);
  const first = Object.fromEntries(told(0));
  assert.equal(first.user, "a\u27e8202E\u27e9b");
  assert.equal(first.duration, "30 min");
  assert.equal(first.created_at, "26 Oct 2025, 02:45");
  assert.equal(first.session_id, "s-1");
  const second = Object.fromEntries(told(1));
  assert.deepEqual([second.user, second.duration, second.created_at], ["", "", ""]);
  assert.deepEqual(rows.extent(), [start, end]);
  assert.deepEqual([...rows.order("duration", true)], [0, 1]);
});

test("no text of a sheet is a formula, or takes its neighbours for its own", () => {
  const text = sheet([["Browser"], ["=1+1"], ["-1"], ['"a'], ["plain"]]);
  assert.equal(text, 'Browser\n\'=1+1\n\'-1\n"""a"\nplain');
});

test("no text of a sheet begins another cell or row", () => {
  for (const between of ["\t", "\n", "\r", "\r\n", "\v", "\f", "\u0085", "\u2028", "\u2029"]) {
    assert.equal(sheet([[`a${between}b`, "c"], ["d"]]), "a b\tc\nd");
    assert.equal(sheet([[`${between}=1+1`]]), "' =1+1");
    assert.equal(sheet([[`x${between}=1+1`]]), "x =1+1");
    assert.equal(sheet([[`"${between}"`]]), '""" """');
  }
});

test("a formula is none, however it begins", () => {
  for (const start of ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"]) {
    assert.equal(sheet([[`${start}cmd|' /C calc'!A0`]]), `'${start}cmd|' /C calc'!A0`);
    assert.equal(sheet([[` ${start}1`]]), `' ${start}1`);
    assert.equal(sheet([[`\0${start}1`]]), `'${start}1`);
    assert.equal(sheet([[`a${start}1`]]), `a${start}1`);
  }
});

test("choices that are gone can still be let go", () => {
  assert.deepEqual(allChoices([["Edge", 3]], ["Lynx", "Edge"]), [
    ["Edge", 3],
    ["Lynx", 0],
  ]);
  assert.equal(choiceText("countries", "united states"), "United States");
  assert.equal(choiceText("browsers", "x\u200b"), "x\u27e8200B\u27e9");
  assert.equal(choiceText("devices", ""), "unknown");
});
