/* Makes each src/<name>.ts one ES module <name>.js and its styles one <name>.css in the folder that
   is named, ../static without one: what anywidget sends to a browser. */

import { readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const entries = readdirSync(join(here, "src")).filter((name) => name.endsWith(".ts"));

await build({
  entryPoints: entries.map((name) => join(here, "src", name)),
  outdir: resolve(process.argv[2] ?? join(here, "..", "static")),
  bundle: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  minify: true,
  legalComments: "none",
  logLevel: "warning",
});
