import assert from "node:assert/strict";
import { test } from "node:test";
import { keptAxes } from "../src/figure/plotly_bundle.ts";
import { zoneOptions } from "../src/figure/zone_options.ts";
import { actOf, nearer, panned, viewChanges, zoomed } from "../src/kit/plot_view.ts";

const own = (value: unknown) => Number(value);
const xaxis = { _name: "xaxis", range: [0, 8], d2l: own, r2l: own, l2r: own };
const yaxis = { ...xaxis, _name: "yaxis", fixedrange: true };
const geo = { center: { lon: 10, lat: 80 }, projection: { scale: 2, rotation: { lon: 10 } } };

function pressed(key: string, held = {}): KeyboardEvent {
  return { key, ctrlKey: false, metaKey: false, altKey: false, ...held } as KeyboardEvent;
}

test("zoom keeps the middle, and panning the width", () => {
  assert.deepEqual(zoomed({ xaxis, yaxis }, 2), { "xaxis.range": [2, 6] });
  assert.deepEqual(panned({ xaxis, yaxis }, 0.25, 0), { "xaxis.range": [2, 10] });
  const free = { ...yaxis, fixedrange: false };
  assert.deepEqual(panned({ xaxis, yaxis: free }, 0, 0.5), { "yaxis.range": [-4, 4] });
});

test("a cell of many is zoomed into, where the axes let it", () => {
  assert.deepEqual(nearer({ xaxis, yaxis }, 6, 3, 4), { "xaxis.range": [5, 7] });
  const free = { ...yaxis, fixedrange: false };
  assert.deepEqual(nearer({ xaxis, yaxis: free }, 6, 3, 4)["yaxis.range"], [2, 4]);
});

test("a map zooms by its scale, turns sideways and stops at a pole", () => {
  assert.deepEqual(zoomed({ geo }, 2), { "geo.projection.scale": 4 });
  assert.equal(panned({ geo }, 0, -0.5)["geo.center.lat"], 90);
  const east = panned({ geo }, 0.25, 0);
  assert.equal(east["geo.center.lon"], 40);
  assert.equal(east["geo.projection.rotation.lon"], 40);
});

test("keys ask for what the buttons do, and leave the browser its own", () => {
  assert.deepEqual(actOf(pressed("+")), actOf(pressed("=")));
  assert.deepEqual(viewChanges({ geo }, actOf(pressed("-")) ?? ["fit"]), {
    "geo.projection.scale": 2 / 1.6,
  });
  assert.deepEqual(actOf(pressed("0")), ["fit"]);
  assert.deepEqual(viewChanges({ geo }, ["fit"]), {});
  for (const held of ["ctrlKey", "metaKey", "altKey"]) {
    assert.equal(actOf(pressed("-", { [held]: true })), undefined);
  }
  assert.equal(actOf(pressed("constructor")), undefined);
});

test("UTC and the zone here come first, and no zone comes twice", () => {
  const [first, second, ...others] = zoneOptions("Asia/Tokyo");
  assert.deepEqual(first, ["UTC", "UTC"]);
  assert.deepEqual(second, ["Asia/Tokyo", "Tokyo (here)"]);
  assert.ok(!others.some(([zone]) => zone === "Asia/Tokyo" || zone === "UTC"));
  assert.ok(others.some(([, words]) => words === "Los Angeles"));
  assert.equal(zoneOptions("UTC").length, zoneOptions("Pacific/Apia").length - 1);
});

test("an axis keeps its type and range, but what is about to change", () => {
  const layout = { xaxis: { type: "date", range: [1, 2] }, yaxis2: { type: "linear" }, title: {} };
  assert.deepEqual(keptAxes(layout, {}), {
    "xaxis.type": "date",
    "xaxis.autorange": false,
    "xaxis.range": [1, 2],
    "yaxis2.type": "linear",
    "yaxis2.autorange": true,
  });
  assert.equal(keptAxes(layout, { "xaxis.range[0]": 5 })["xaxis.range"], undefined);
  assert.deepEqual(Object.keys(keptAxes(layout, { xaxis: {}, yaxis2: {} })), []);
});
