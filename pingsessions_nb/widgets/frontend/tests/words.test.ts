import assert from "node:assert/strict";
import { test } from "node:test";
import { sentenceParts } from "../src/kit/told.ts";
import { SAID, WORDING } from "../src/kit/wording_table.ts";
import {
  briefDuration,
  counted,
  isSeverity,
  kindMeaning,
  kindName,
  visible,
} from "../src/kit/words.ts";
import { statusOf } from "../src/picking/found_list.ts";

test("the browser says what Python says", () => {
  for (const [text, said] of SAID.visible) assert.equal(visible(text), said);
  for (const [seconds, said] of SAID.briefDuration) assert.equal(briefDuration(seconds), said);
  for (const [number, said] of SAID.counted) assert.equal(counted(number, "session"), said);
  for (const [kind, said] of SAID.kindName) assert.equal(kindName(kind), said);
});

test("every kind has a meaning, and severities are known", () => {
  for (const kind of Object.keys(WORDING.kinds)) assert.ok(kindMeaning(kind).length > 20);
  assert.equal(kindMeaning("constructor"), "");
  assert.ok(isSeverity("high") && !isSeverity("grave"));
});

test("a pair of surrogates is a character, half a pair is shown", () => {
  assert.equal(visible("\u{1F469}"), "\u{1F469}");
  assert.equal(visible("a\ud83d"), "a\u27e8D83D\u27e9");
});

test("what a sentence cuts short is found in it, wherever it stands", () => {
  const list: [string, string[]] = ["a, b, c and 2 more", ["a", "b", "c", "d", "e"]];
  const parts = sentenceParts("Before: a, b, c and 2 more. After.", [list]);
  assert.deepEqual(parts, ["Before: ", list, ". After."]);
  assert.deepEqual(sentenceParts("a, b, c and 2 more", [list]), [list]);
  assert.deepEqual(sentenceParts("Nothing of it.", [list]), ["Nothing of it."]);
});

test("the picker tells how a search went", () => {
  const user = { id: "1", name: "Ada" };
  const found = { type: "found", question: 1, users: [user] } as const;
  assert.match(statusOf({ ...found, users: [user] }, "a"), /^1 user\. Arrows move/);
  assert.match(statusOf({ ...found, users: [user], more: true }, "a"), /The first 1 are shown/);
  assert.match(statusOf({ ...found, users: [] }, "zed"), /No user matches \u201czed\u201d/);
  assert.match(statusOf({ ...found, users: [] }, ""), /no users here/);
  assert.equal(statusOf({ type: "failed", question: 1, sentence: "No." }, ""), "No.");
});
