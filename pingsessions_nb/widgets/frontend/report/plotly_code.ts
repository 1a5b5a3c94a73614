/* Plotly itself: packed within the page, or in a file beside it that a folder of reports shares. */

export type Values = Record<string, unknown>;

export interface Point {
  customdata?: unknown;
  fullData: Trace;
}

export interface Trace extends Values {
  type?: string;
  meta?: { part?: string };
  customdata?: unknown[];
}

export interface Figure {
  data: Trace[];
  layout: Values & { height?: number };
}

export interface GeoView {
  center: { lon: number; lat: number };
  projection: { scale: number; rotation: { lon: number } };
}

/* Where plotly has drawn. */
export interface Drawn extends HTMLElement {
  _fullData: Trace[];
  _fullLayout: Values & { geo?: GeoView };
  on(event: string, listener: (told: Told | undefined) => void): void;
}

export interface Told {
  points?: Point[];
  range?: { x?: unknown[]; y?: unknown[] };
  event?: MouseEvent;
}

export interface Plotly {
  Icons: { home: unknown };
  react(at: HTMLElement, data: Trace[], layout: Values, config: Values): Promise<Drawn>;
  relayout(at: HTMLElement, changes: Values): Promise<Drawn>;
}

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
export async function unpacked(packed: string): Promise<string> {
  const bytes = Uint8Array.from(atob(packed), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}
