import { duration, Zone } from "./canvas_time.js";

/* `22 Jul 2020, 19:26`; seconds stand in titles and details. */
export function minuteText(zone, at) {
  return Number.isFinite(at) ? `${zone.day(at)}, ${zone.clock(at, false)}` : "";
}

/* `3 h ago`; after a month, the day. */
export function agoText(zone, at, now = Date.now()) {
  const age = now - at;
  if (age < 0 || age > 30 * 86400000) return zone.day(at);
  if (age < 60000) return "just now";
  return `${duration(age).split(" ").slice(0, 2).join(" ")} ago`;
}

/* `2020-07-22T19:26`, as an input of type datetime-local wants it. */
export function inputTime(zone, at) {
  return zone.wall(at).toISOString().slice(0, 16);
}

/* The instant at which clocks in the zone show `text`, such as `2020-07-22T19:26`; NaN for none. */
export function instantOf(zone, text) {
  const wall = Date.parse(`${text}Z`);
  return Number.isNaN(wall) ? NaN : zone.instant(wall);
}

/* Every zone that this browser knows; UTC and the analyst's own come first. */
export function zoneChoices() {
  const own = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const all = Intl.supportedValuesOf?.("timeZone") ?? [];
  return [...new Set(["UTC", own, ...all])].filter(Boolean);
}

export const utc = new Zone("UTC");
