/* Instants in words and back, in any time zone that the browser knows. An instant is a number of
   milliseconds since 1970, UTC; a wall time is what a clock in the zone shows, as if it were UTC. */

import { briefDuration } from "./words.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 86_400 * SECOND;
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const CLOCK = {
  hourCycle: "h23",
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
} as const;

export class Zone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;

  /* A zone that the browser does not know is UTC. */
  constructor(name: string) {
    const known = isZone(name) ? name : "UTC";
    this.name = known;
    this.#format = new Intl.DateTimeFormat("en-GB", { ...CLOCK, timeZone: known });
  }

  /* Milliseconds to add to UTC for the wall clock at this instant. */
  offset(at: number): number {
    const part: Record<string, number> = {};
    for (const { type, value } of this.#format.formatToParts(at)) part[type] = Number(value);
    const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    const time = new Date(0).setUTCHours(hour, minute, second);
    // `Date.UTC` would take the year 1, which stands for "never" in some data, for 1901.
    const wall = new Date(time).setUTCFullYear(year, month - 1, day);
    return wall - Math.floor(at / SECOND) * SECOND;
  }

  wall(at: number): Date {
    return new Date(at + this.offset(at));
  }

  /* All instants at which the wall clock shows this, the first one first: two where clocks are put
     back, and where they are put forward over it the one that it would have been. */
  instants(wall: number): number[] {
    const around = [this.offset(wall - DAY), this.offset(wall + DAY)];
    const offsets = [...new Set(around)].sort((a, b) => b - a);
    const shown = offsets.map((by) => wall - by).filter((at) => at + this.offset(at) === wall);
    return shown.length ? shown : [wall - Math.min(...around)];
  }

  clock(at: number, seconds = true): string {
    return this.wall(at)
      .toISOString()
      .slice(11, seconds ? 19 : 16);
  }

  day(at: number): string {
    const wall = this.wall(at);
    return `${wall.getUTCDate()} ${MONTHS[wall.getUTCMonth()]} ${wall.getUTCFullYear()}`;
  }

  /* `22 Jul 2020, 19:26`; seconds stand in titles and details. */
  minute(at: number): string {
    return Number.isFinite(at) ? `${this.day(at)}, ${this.clock(at, false)}` : "";
  }

  /* `22 Jul 2020, 19:26:07 UTC+2`. */
  full(at: number | null): string {
    if (at === null || !Number.isFinite(at)) return "unknown";
    return `${this.day(at)}, ${this.clock(at)} ${this.label(at)}`;
  }

  /* "UTC+2", so that nobody has to guess what a time is in. */
  label(at: number): string {
    return offsetLabel(this.offset(at));
  }

  /* The same for a stretch of time: "UTC+1/+2" where clocks are changed within it. */
  labels(from: number, to: number): string {
    if (this.name === "UTC" || !Number.isFinite(from + to)) return this.label(Date.now());
    // Every third of a month finds any change of a year; of longer stretches, that there is one.
    const steps = Math.max(1, Math.min(36, Math.ceil((to - from) / (10 * DAY))));
    const found = new Set<number>();
    for (let i = 0; i <= steps; i++) found.add(this.offset(from + ((to - from) * i) / steps));
    const [first = "UTC", ...others] = [...found].sort((a, b) => a - b).map(offsetLabel);
    return [first, ...others.map((label) => label.slice(3) || "+0")].join("/");
  }
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function offsetLabel(offset: number): string {
  const minutes = Math.round(offset / MINUTE);
  if (minutes === 0) return "UTC";
  const size = Math.abs(minutes);
  const rest = size % 60 ? `:${String(size % 60).padStart(2, "0")}` : "";
  return `UTC${minutes < 0 ? "\u2212" : "+"}${Math.floor(size / 60)}${rest}`;
}

/* `3 h ago`; after a month, the day. */
export function agoText(zone: Zone, at: number, now = Date.now()): string {
  const age = now - at;
  if (age < 0 || age > 30 * DAY) return zone.day(at);
  if (age < MINUTE) return "just now";
  return `${briefDuration(age / SECOND)
    .split(" ")
    .slice(0, 2)
    .join(" ")} ago`;
}

export const utc = new Zone("UTC");
