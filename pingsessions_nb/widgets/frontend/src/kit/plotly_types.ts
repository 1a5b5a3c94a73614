/* Of what plotly is given and hands out, what is read here. */

export type Values = Record<string, unknown>;

export interface Trace extends Values {
  type?: string;
  name?: string;
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

export interface Axis {
  _name: string;
  fixedrange?: boolean;
  range: unknown[];
  d2l(value: unknown): number;
  r2l(value: unknown): number;
  l2r(value: number): unknown;
}

/* A layout as plotly has completed it. */
export interface FullLayout extends Values {
  geo?: GeoView;
  xaxis?: Axis;
  yaxis?: Axis;
  width: number;
  height: number;
  _size: { w: number; h: number };
}

/* Where plotly has drawn. */
export interface Drawn extends HTMLElement {
  layout: Values;
  _fullData: Trace[];
  _fullLayout: FullLayout;
  on(event: string, listener: (told: Told | undefined) => void): void;
}

export interface Point {
  customdata?: unknown;
  pointNumber?: number;
  x?: unknown;
  y?: unknown;
  fullData: Trace;
}

/* What comes with a click, a box, a lasso. */
export interface Told {
  points?: Point[];
  range?: { x?: unknown[]; y?: unknown[] };
  lassoPoints?: unknown;
  event?: MouseEvent;
}

export interface Plotly {
  Icons: { home: unknown };
  react(at: HTMLElement, data: Trace[], layout: Values, config?: Values): Promise<Drawn>;
  relayout(at: HTMLElement, changes: Values): Promise<Drawn>;
  restyle(at: HTMLElement, changes: Values, rows: number[]): Promise<Drawn>;
  update(at: HTMLElement, style: Values, layout: Values, rows: unknown): Promise<Drawn>;
}
