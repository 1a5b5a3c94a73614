/* Makes each src/<name>.ts one ES module <name>.js and its styles one <name>.css in the folder that
   is named, ../static without one: what anywidget sends to a browser. And report/report_page.ts,
   what a report runs, for the folder of reports' own files. */

import { readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const entries = readdirSync(join(here, "src")).filter((name) => name.endsWith(".ts"));
const [widgets, reports] = process.argv.slice(2);
const options = {
  bundle: true,
  target: "es2022",
  charset: "utf8",
  minify: true,
  legalComments: "none",
  logLevel: "warning",
};

await build({
  ...options,
  entryPoints: entries.map((name) => join(here, "src", name)),
  outdir: resolve(widgets ?? join(here, "..", "static")),
  format: "esm",
});
await build({
  ...options,
  entryPoints: [join(here, "report", "report_page.ts")],
  outdir: resolve(reports ?? join(here, "..", "..", "reporting", "static")),
  format: "iife",
});
