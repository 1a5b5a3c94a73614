/* What there is to say about a place, or about several that stand as one. */
import { plural } from "./canvas_data.js";
import { distanceKm } from "./map_sphere.js";

const PRECISION = { city: "City", state: "Somewhere in this state", country: "Somewhere in this country" };

export function placeFacts(model, cluster, zone) {
  const { places, place } = cluster;
  const sessions = model.sessionsAt(places);
  const ips = new Set(), users = new Set();
  let first = Infinity, last = -Infinity;
  for (const one of places) {
    for (const event of model.eventsAt(one)) {
      ips.add(model.ip.get(event));
      users.add(model.eventUser.codes[event]);
      if (model.at[event] < first) first = model.at[event];
      if (model.at[event] > last) last = model.at[event];
    }
  }
  ips.delete("");
  const addresses = [...ips].slice(0, 3).join(", ");
  const more = ips.size > 3 ? ` and ${(ips.size - 3).toLocaleString("en")} more` : "";
  const rows = [
    ["Precision", precision(model, place)],
    ["Visits", cluster.visits.toLocaleString("en")],
    ["First seen", zone.full(first)],
    ["Last seen", zone.full(last)],
    ["Sessions", sessions.size.toLocaleString("en")],
    ...(model.users > 1 ? [["Users", users.size.toLocaleString("en")]] : []),
    [ips.size === 1 ? "IP address" : "IP addresses", addresses ? addresses + more : "unknown"],
  ];
  const others = places.filter((one) => one !== place);
  const lines = others.slice(0, 5).map((one) => `${model.label.get(one)} · ${plural(model.visits[one], "visit")}`);
  if (others.length > 5) lines.push(`and ${plural(others.length - 5, "more place")}`);
  return { title: model.label.get(place), rows: places.length > 1 ? rows.slice(1) : rows, lines, warnings: warningsAt(model, places) };
}

function precision(model, place) {
  const word = PRECISION[model.precision.get(place)] ?? "Unknown";
  return model.radius[place] > 0 ? `${word}, within ${Math.round(model.radius[place]).toLocaleString("en")} km` : word;
}

function warningsAt(model, places) {
  const here = new Set(places);
  const words = [];
  for (let s = 0; s < model.signals.count; s++) {
    if (here.has(model.signals.to[s]) && words.length < 3) words.push(model.signals.summary.get(s));
  }
  return words;
}

export function placeSentence(model, cluster) {
  const others = cluster.places.length - 1;
  return [
    model.label.get(cluster.place) + (others ? ` and ${plural(others, "place")} near` : ""),
    plural(cluster.visits, "visit"),
    plural(model.sessionsAt(cluster.places).size, "session"),
  ].join(" · ");
}

export function journeyFacts(model, { from, to, count, last, signals = [] }, zone) {
  const name = (place) => model.label.get(place).split(",")[0];
  const km = Math.round(distanceKm(model.pointOf(from), model.pointOf(to)));
  const rows = [["Distance", `${km.toLocaleString("en")} km`]];
  if (count) rows.push(["Made", count === 1 ? "once" : `${count.toLocaleString("en")} times`], ["Last arrival", zone.full(last)]);
  const warnings = signals.slice(0, 3).map((s) => model.signals.summary.get(s));
  return { title: `${name(from)} → ${name(to)}`, rows, warnings };
}
