/* Instants in words and ticks, in any time zone that the browser knows. */

const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;

export class Zone {
  constructor(name) {
    const options = {
      hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric",
      hour: "numeric", minute: "numeric", second: "numeric",
    };
    try {
      this.format = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: name });
      this.name = name;
    } catch {
      this.format = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" });
      this.name = "UTC";
    }
  }

  /* Milliseconds to add to UTC for the wall clock at this instant. */
  offset(at) {
    const part = {};
    for (const { type, value } of this.format.formatToParts(at)) part[type] = Number(value);
    const wall = new Date(0).setUTCHours(part.hour, part.minute, part.second);
    // `Date.UTC` would take the year 1, which stands for "never" in some data, for 1901.
    return new Date(wall).setUTCFullYear(part.year, part.month - 1, part.day) - Math.floor(at / SECOND) * SECOND;
  }

  wall(at) { return new Date(at + this.offset(at)); }

  /* The instant at which the wall clock shows `wall` (milliseconds as if it were UTC). */
  instant(wall) {
    const first = wall - this.offset(wall);
    return wall - this.offset(first);
  }

  clock(at, seconds = true) {
    const text = this.wall(at).toISOString();
    return text.slice(11, seconds ? 19 : 16);
  }

  day(at, year = true) {
    const wall = this.wall(at);
    const text = `${wall.getUTCDate()} ${MONTHS[wall.getUTCMonth()]}`;
    return year ? `${text} ${wall.getUTCFullYear()}` : text;
  }

  full(at) { return Number.isFinite(at) ? `${this.day(at)}, ${this.clock(at)}` : "unknown"; }

  /* "UTC+2", so that nobody has to guess what a time is in. */
  label(at) { return offsetLabel(this.offset(at)); }

  /* The same for a stretch of time: "UTC+1/+2" where clocks are changed within it. */
  labels(from, to) {
    if (this.name === "UTC" || !Number.isFinite(from + to)) return this.label(Date.now());
    const found = new Set();
    // Every third of a month finds any change of a year; of longer stretches, that there is one.
    const steps = Math.max(1, Math.min(36, Math.ceil((to - from) / (10 * DAY))));
    for (let i = 0; i <= steps; i++) found.add(this.offset(from + ((to - from) * i) / steps));
    const [first, ...others] = [...found].sort((a, b) => a - b).map((offset) => offsetLabel(offset));
    return [first, ...others.map((label) => label.slice(3) || "+0")].join("/");
  }
}

function offsetLabel(offset) {
  const minutes = Math.round(offset / MINUTE);
  if (minutes === 0) return "UTC";
  const size = Math.abs(minutes);
  const rest = size % 60 ? `:${String(size % 60).padStart(2, "0")}` : "";
  return `UTC${minutes < 0 ? "−" : "+"}${Math.floor(size / 60)}${rest}`;
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const MONTH_NAMES = [
  "January", "February", "March", "April", "May", "June", "July", "August", "September",
  "October", "November", "December",
];
const WEEKDAYS = "Sun Mon Tue Wed Thu Fri Sat".split(" ");

export function duration(ms) {
  if (!Number.isFinite(ms) || ms < 0) return "unknown";
  const units = [["d", DAY], ["h", HOUR], ["min", MINUTE], ["s", SECOND]];
  const first = units.findIndex(([, size]) => ms >= size);
  if (first < 0) return "under a second";
  const [name, size] = units[first];
  const whole = Math.floor(ms / size);
  const next = units[first + 1];
  const rest = next ? Math.floor((ms % size) / next[1]) : 0;
  return rest ? `${whole} ${name} ${rest} ${next[0]}` : `${whole} ${name}`;
}

const CLOCK_STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200,
].map((seconds) => seconds * SECOND);
const DAY_STEPS = [1, 2, 4, 7, 14];
const MONTH_STEPS = [1, 3, 6, 12, 24, 60, 120, 240];

/* Ticks between two instants, about `count` of them: { at, label, context }.
   `context` is the larger unit that the tick lies in: the day of an hour, the month of a day. */
export function timeTicks(zone, from, to, count) {
  const ideal = (to - from) / Math.max(1, count);
  const clockStep = CLOCK_STEPS.find((step) => step >= ideal);
  if (clockStep) return clockTicks(zone, from, to, clockStep);
  const dayStep = DAY_STEPS.find((step) => step * DAY >= ideal);
  if (dayStep) return dayTicks(zone, from, to, dayStep);
  const months = MONTH_STEPS.find((step) => step * 30 * DAY >= ideal) ?? 1200;
  return monthTicks(zone, from, to, months);
}

function clockTicks(zone, from, to, step) {
  const ticks = [];
  const startWall = from + zone.offset(from);
  const endWall = to + zone.offset(to);
  for (let wall = Math.floor(startWall / step) * step; wall <= endWall + step; wall += step) {
    const at = zone.instant(wall);
    // A wall time that daylight saving skips or repeats would stand out of order.
    if (ticks.length && at <= ticks[ticks.length - 1].at) continue;
    const iso = new Date(wall).toISOString();
    ticks.push({
      at,
      label: step < MINUTE ? iso.slice(11, 19) : iso.slice(11, 16),
      context: dayContext(new Date(wall)),
    });
  }
  return ticks;
}

function dayContext(wall) {
  return `${WEEKDAYS[wall.getUTCDay()]} ${wall.getUTCDate()} ${MONTHS[wall.getUTCMonth()]} ${wall.getUTCFullYear()}`;
}

function dayTicks(zone, from, to, step) {
  const ticks = [];
  const startWall = from + zone.offset(from) - step * DAY;
  // Weeks start on Monday; 1970-01-05 was one.
  const base = step % 7 === 0 ? 4 * DAY : 0;
  for (
    let wall = base + Math.floor((startWall - base) / (step * DAY)) * step * DAY;
    wall <= to + zone.offset(to) + step * DAY;
    wall += step * DAY
  ) {
    const date = new Date(wall);
    const name = step === 1 ? `${WEEKDAYS[date.getUTCDay()]} ` : "";
    ticks.push({
      at: zone.instant(wall),
      label: `${name}${date.getUTCDate()}`,
      context: `${MONTH_NAMES[date.getUTCMonth()]} ${date.getUTCFullYear()}`,
    });
  }
  return ticks;
}

function monthTicks(zone, from, to, step) {
  const ticks = [];
  const wall = zone.wall(from);
  const first = wall.getUTCFullYear() * 12 + wall.getUTCMonth();
  for (let month = Math.floor(first / step) * step; ; month += step) {
    const at = zone.instant(Date.UTC(Math.floor(month / 12), month % 12, 1));
    if (at > to || ticks.length > 200) break;
    const year = String(Math.floor(month / 12));
    ticks.push({
      at,
      label: step >= 12 ? year : MONTHS[month % 12],
      context: step >= 12 ? "" : year,
    });
  }
  return ticks;
}
