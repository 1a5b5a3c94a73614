import assert from "node:assert/strict";
import { test } from "node:test";
import { Chosen } from "../report/chosen.ts";
import { type ToldFigure, variantOf } from "../report/told_figure.ts";

test("a choice is let go when it is made once more, and added to with add", () => {
  const chosen = new Chosen();
  let told = 0;
  chosen.listen(() => told++);
  chosen.choose([3, 4], false);
  chosen.choose([5], true);
  assert.deepEqual([...chosen.rows], [3, 4, 5]);
  chosen.choose([4], true);
  assert.deepEqual([...chosen.rows], [3, 5]);
  chosen.choose([3], false);
  assert.deepEqual([...chosen.rows], [3]);
  chosen.choose([3], false);
  assert.equal(chosen.rows.size, 0);
  chosen.set([]);
  assert.equal(told, 5);
});

test("a variant is the figure with what is different in it", () => {
  const told: ToldFigure = {
    figure: { data: [{ name: "a", marker: { color: "white" } }], layout: { height: 1 } },
    variants: {
      wide: { light: [], dark: [[["data", 0, "marker", "color"], "black"]] },
      near: { light: [[["layout", "height"], 2]], dark: [] },
    },
  };
  assert.deepEqual(variantOf(told, "near", true).layout, { height: 2 });
  assert.deepEqual(variantOf(told, "wide", true).data[0]?.marker, { color: "black" });
  assert.deepEqual(told.figure.data[0]?.marker, { color: "white" });
});
