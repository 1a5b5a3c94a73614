import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldInstant, fieldText, rangeFault } from "../src/filtering/typed_time.ts";
import { agoText, Zone } from "../src/kit/clock.ts";

const HOUR = 3_600_000;

/* Days on which clocks change, either way: the instant of the change, and by how much. */
const CHANGES: [zone: string, at: string, minutes: number][] = [
  ["Europe/Berlin", "2025-10-26T01:00:00Z", -60],
  ["Europe/Berlin", "2025-03-30T01:00:00Z", 60],
  ["America/New_York", "2025-11-02T06:00:00Z", -60],
  ["America/New_York", "2025-03-09T07:00:00Z", 60],
  ["Australia/Lord_Howe", "2025-04-05T15:00:00Z", -30],
  ["Australia/Lord_Howe", "2025-10-04T15:30:00Z", 30],
  ["America/Santiago", "2025-04-06T03:00:00Z", -60],
  ["America/Santiago", "2025-09-07T04:00:00Z", 60],
  ["Pacific/Chatham", "2025-04-05T14:00:00Z", -60],
  ["Pacific/Chatham", "2025-09-27T14:00:00Z", 60],
];

for (const [name, change, minutes] of CHANGES) {
  const zone = new Zone(name);
  const middle = Date.parse(change);

  test(`${name} changes its clocks by ${minutes} minutes on ${change}`, () => {
    assert.equal(zone.offset(middle) - zone.offset(middle - 1), minutes * 60_000);
  });

  test(`what a field shows and nobody changes does not move: ${name}, ${change}`, () => {
    for (let at = middle - 26 * HOUR; at < middle + 26 * HOUR; at += 7 * 60_000 + 1234) {
      assert.equal(fieldInstant(zone, fieldText(zone, at), "first", at), at);
      assert.equal(fieldInstant(zone, fieldText(zone, at), "last", at), at);
    }
  });

  test(`a wall time typed anew is one that the clock shows: ${name}, ${change}`, () => {
    for (let at = middle - 26 * HOUR; at < middle + 26 * HOUR; at += 5 * 60_000) {
      const text = fieldText(zone, at);
      const first = fieldInstant(zone, text, "first");
      const last = fieldInstant(zone, text, "last") - 59_999;
      assert.ok(first <= at && at <= last, `${text} is ${first} to ${last}, not ${at}`);
      assert.equal(fieldText(zone, first), text);
      assert.equal(fieldText(zone, last), text);
      assert.ok(last - first === 0 || last - first === -minutes * 60_000);
    }
  });
}

test("an hour that two instants share is taken as widely as it can be", () => {
  const berlin = new Zone("Europe/Berlin");
  const [first, last] = berlin.instants(Date.parse("2025-10-26T02:30Z"));
  assert.equal(first, Date.parse("2025-10-26T00:30Z"));
  assert.equal(last, Date.parse("2025-10-26T01:30Z"));
  assert.equal(fieldInstant(berlin, "2025-10-26T02:30", "first"), first);
  assert.equal(fieldInstant(berlin, "2025-10-26T02:30", "last"), (last ?? 0) + 59_999);
});

test("a time that clocks skip is the one that it would have been", () => {
  const york = new Zone("America/New_York");
  assert.deepEqual(york.instants(Date.parse("2025-03-09T02:30Z")), [
    Date.parse("2025-03-09T07:30Z"),
  ]);
});

test("a time typed by mistake is told", () => {
  const zone = new Zone("UTC");
  assert.ok(Number.isNaN(fieldInstant(zone, "", "first")));
  assert.match(rangeFault(Number.NaN, 5, false), /both a start and an end/);
  assert.match(rangeFault(7, 5, false), /start is after the end/);
  assert.match(rangeFault(5, 7, true), /1970 to 9998/);
  assert.equal(rangeFault(5, 7, false), "");
});

test("times are written with their offset, whole hours or not", () => {
  const at = Date.parse("2025-10-26T01:30:07Z");
  assert.equal(new Zone("Europe/Berlin").full(at), "26 Oct 2025, 02:30:07 UTC+1");
  assert.equal(new Zone("Europe/Berlin").full(at - HOUR), "26 Oct 2025, 02:30:07 UTC+2");
  assert.equal(new Zone("Pacific/Chatham").label(at), "UTC+13:45");
  assert.equal(new Zone("America/St_Johns").label(at), "UTC\u22122:30");
  assert.equal(new Zone("UTC").full(null), "unknown");
  assert.equal(new Zone("UTC").minute(Number.NaN), "");
});

test("of a stretch over which clocks change, both offsets are told", () => {
  const paris = new Zone("Europe/Paris");
  const [july, november] = [Date.parse("2025-07-01Z"), Date.parse("2025-11-20Z")];
  assert.equal(paris.labels(july, november), "UTC+1/+2");
  assert.equal(paris.labels(november, november + HOUR), "UTC+1");
  assert.equal(new Zone("Europe/London").labels(july, november), "UTC/+1");
});

test("a zone that the browser does not know is UTC, and says so", () => {
  assert.equal(new Zone("Mars/Olympus").name, "UTC");
  assert.equal(new Zone("Mars/Olympus").label(0), "UTC");
});

test("the year 1, which some data has for never, is not 1901", () => {
  assert.equal(new Zone("UTC").day(Date.parse("0001-01-01T00:00:00Z")), "1 Jan 1");
});

test("how long ago", () => {
  const zone = new Zone("UTC");
  const now = Date.parse("2025-11-12T12:00Z");
  assert.equal(agoText(zone, now - 20_000, now), "just now");
  assert.equal(agoText(zone, now - 200 * 60_000, now), "3 h ago");
  assert.equal(agoText(zone, now - 40 * 24 * HOUR, now), "3 Oct 2025");
  assert.equal(agoText(zone, now + HOUR, now), "12 Nov 2025");
});
