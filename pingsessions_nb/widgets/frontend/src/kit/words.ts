/* Words that Python says too, out of one table. */

import { WORDING } from "./wording_table.ts";

export type Severity = (typeof WORDING.severities)[number];

const UNSEEN = new RegExp(`[${WORDING.unseen}]`, "gu");
const KINDS: Readonly<Record<string, readonly [string, string]>> = WORDING.kinds;

/* The text with what acts unseen in it shown: `a⟨202E⟩b`. */
export function visible(text: unknown): string {
  const code = (char: string) => (char.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return String(text).replace(UNSEEN, (char) => `\u27e8${code(char).padStart(4, "0")}\u27e9`);
}

export function capitalised(text: string): string {
  return text.replace(/^\p{L}/u, (letter) => letter.toUpperCase());
}

/* "Geovelocity anomaly"; a kind that is not ours by its own words. */
export function kindName(kind: string): string {
  return KINDS[kind]?.[0] ?? capitalised(kind.replaceAll("_", " "));
}

/* What a kind of finding may mean, "" where that is not known. */
export function kindMeaning(kind: string): string {
  return KINDS[kind]?.[1] ?? "";
}

export function isSeverity(text: string): text is Severity {
  return (WORDING.severities as readonly string[]).includes(text);
}

/* "1 session", "2,000 sessions". */
export function counted(number: number, noun: string, plural = `${noun}s`): string {
  return `${number.toLocaleString("en")} ${number === 1 ? noun : plural}`;
}

/* A span of time where room is short, in its two largest units: "7 d 20 h". */
export function briefDuration(seconds: number): string {
  const rest = Math.trunc(seconds);
  const place = WORDING.units.findIndex(([unit]) => rest >= unit);
  const [unit, name] = WORDING.units[place] ?? [1, "s"];
  const [below, belowName] = WORDING.units[place + 1] ?? [unit, name];
  const part = below < unit ? Math.floor((rest % unit) / below) : 0;
  const whole = `${Math.floor(rest / unit)} ${name}`;
  return part ? `${whole} ${part} ${belowName}` : whole;
}
