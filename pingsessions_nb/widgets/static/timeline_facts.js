/* What there is to say about one session. */
import { plural } from "./canvas_data.js";
import { duration } from "./canvas_time.js";

export function sessionFacts(model, row, zone) {
  const client = (name, version) => [model[name].get(row), model[version].get(row)].filter(Boolean).join(" ");
  const rows = [
    ["Created", zone.full(model.created[row])],
    ["Active", zone.full(model.active[row])],
    ["Duration", duration(model.active[row] - model.created[row])],
    ["Last sign-on", signOn(model, row, zone)],
    ["Browser", client("browser", "browserVersion")],
    ["System", client("os", "osVersion")],
    ["Device", model.device.get(row)],
  ].map(([name, value]) => [name, value || "unknown"]);
  const { starts, at, place, ip } = model.events;
  const lines = [];
  for (let e = starts[row]; e < starts[row + 1]; e++) {
    lines.push([zone.full(at[e]), place.get(e) || "place unknown", ip.get(e)].filter(Boolean).join(" · "));
  }
  const shown = lines.slice(-6);
  if (lines.length > shown.length) shown.unshift(`${lines.length - shown.length} earlier location events`);
  const warnings = [...model.signalsOf(row)].map((s) => signalText(model, s));
  return { title: model.user.get(row), rows, lines: shown, warnings };
}

function signOn(model, row, zone) {
  const at = model.signOn[row];
  const ip = model.signOnIp.get(row);
  if (!Number.isFinite(at)) return ip ? `from ${ip}` : "";
  return ip ? `${zone.full(at)} from ${ip}` : zone.full(at);
}

export function signalText(model, index) {
  const { severity, summary, kind } = model.signals;
  const words = summary.get(index) || kind.get(index).replaceAll("_", " ");
  const level = severity.get(index);
  return level ? `${level[0].toUpperCase()}${level.slice(1)}: ${words}` : words;
}

/* One line for the status and for screen readers. */
export function sessionSentence(model, row, zone) {
  const { starts, place } = model.events;
  const client = [model.browser.get(row), model.os.get(row)].filter(Boolean).join(" on ");
  const places = new Set();
  for (let e = starts[row]; e < starts[row + 1]; e++) if (place.get(e)) places.add(place.get(e));
  const warnings = model.signalsOf(row).length;
  return [
    model.user.get(row),
    client,
    `${zone.full(model.start[row])}, ${duration(model.end[row] - model.start[row])}`,
    [...places].join("; "),
    warnings ? `${warnings} signal${warnings === 1 ? "" : "s"}` : "",
  ].filter(Boolean).join(" · ");
}

export function densityFacts({ sessions, users, from, to }, zone) {
  return {
    title: plural(sessions, "session"),
    rows: [["Of", plural(users, "user")], ["From", zone.full(from)], ["To", zone.full(to)]],
    lines: ["Click to zoom in here."],
  };
}
