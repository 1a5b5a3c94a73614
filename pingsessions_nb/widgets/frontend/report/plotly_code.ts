/* Plotly itself: packed within the page, or in a file beside it that a folder of reports shares. */

import type { Plotly } from "../src/kit/plotly_types.ts";
import { unzipped } from "../src/kit/unzipped.ts";

interface Page {
  Plotly?: Plotly;
  psPlotly?: string;
}

const page = globalThis as Page;
const OWN_STYLES = /getElementById\("([0-9a-f]{64})"\)/g;

export async function loadPlotly(): Promise<Plotly> {
  const within = document.querySelector("#ps-plotly");
  const packed = within?.textContent ?? page.psPlotly;
  if (!packed) {
    throw new Error("The pictures need the file plotly.js, which came with this page, beside it.");
  }
  const code = await unpacked(packed);
  within?.remove();
  // Styles of its street maps, which are of no use here and which the page's policy refuses.
  for (const [, id] of code.matchAll(OWN_STYLES)) {
    const there = document.createElement("meta");
    there.id = id ?? "";
    document.head.append(there);
  }
  const script = document.createElement("script");
  script.text = code;
  document.head.append(script); // it runs at once, if it is the one that the policy names
  script.remove();
  if (!page.Plotly) throw new Error("The pictures cannot be drawn: plotly.js is another one.");
  return page.Plotly;
}

/* Zipped, in base64: what Python's `packed_text` makes. */
export function unpacked(packed: string): Promise<string> {
  return unzipped(Uint8Array.from(atob(packed), (char) => char.charCodeAt(0)));
}
