/* A field in which a time is typed. It shows an instant to the minute, which says less than the
   instant does: left as it was, it stands for the very instant that it showed. */

import type { Zone } from "../kit/clock.ts";

export type End = "first" | "last";

const MINUTE = 60_000;

/* `2020-07-22T19:26`, as an input of type datetime-local wants it. */
export function fieldText(zone: Zone, at: number): string {
  return zone.wall(at).toISOString().slice(0, 16);
}

/* The instant that a field stands for; NaN for none. What was typed is meant as widely as it can
   be: a range starts with the first of two hours of one name, and ends with the last of a minute. */
export function fieldInstant(zone: Zone, text: string, end: End, shown?: number): number {
  if (shown !== undefined && text === fieldText(zone, shown)) return shown;
  const wall = Date.parse(`${text}Z`);
  if (Number.isNaN(wall)) return Number.NaN;
  const instants = zone.instants(wall);
  return end === "first"
    ? (instants[0] ?? Number.NaN)
    : (instants.at(-1) ?? Number.NaN) + MINUTE - 1;
}

/* What is wrong with a range, "" where nothing is. */
export function rangeFault(start: number, end: number, beyond: boolean): string {
  if (beyond) return "Give years from 1970 to 9998.";
  if (Number.isNaN(start + end)) return "Give both a start and an end.";
  return start > end ? "The start is after the end." : "";
}
