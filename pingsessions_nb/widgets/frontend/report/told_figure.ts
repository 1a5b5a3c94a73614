/* Figures as Python sends them: one, and for each of its variants what of it is different. */

import type { Figure, Trace } from "../src/kit/plotly_types.ts";

type Step = string | number;
export type Changes = [path: Step[], value: unknown][];

export interface ToldFigure {
  figure: Figure;
  variants: Record<string, { light: Changes; dark: Changes }>;
}

export function variantOf(told: ToldFigure, name: string, dark: boolean): Figure {
  const figure = structuredClone(told.figure);
  const variant = told.variants[name];
  for (const changes of [variant?.light ?? [], dark ? (variant?.dark ?? []) : []]) {
    for (const [path, value] of changes) put(figure, path, structuredClone(value));
  }
  return figure;
}

function put(figure: Figure, path: Step[], value: unknown): void {
  let at: Record<Step, unknown> = figure as unknown as Record<Step, unknown>;
  for (const step of path.slice(0, -1)) at = at[step] as Record<Step, unknown>;
  at[path[path.length - 1] ?? ""] = value;
}

export function partOf(trace: Trace | undefined): string {
  return trace?.meta?.part ?? "";
}
