/* Paints the map: land, uncertainty, journeys, places, words, the scale. */
import { Words } from "./map_labels.js";
import { drawLand } from "./map_land.js";
import { kilometre, latitudeOf, mercatorX, mercatorY } from "./map_sphere.js";

const MOST_JOURNEYS = 1200;

/* `scene`: { model, land, tiles, view, palette, clusters, journeys, chosen, focus, hover }; `chosen` is
   null, or { places: Set, journeys, sessions: Set }. */
export function drawMap(context, width, height, scene) {
  const { view, palette, land, tiles } = scene;
  context.globalAlpha = 1;
  context.fillStyle = palette.water;
  context.fillRect(0, 0, width, height);
  drawLand(context, land, view, palette);
  tiles?.draw(context, view, palette);
  const words = new Words(context, palette, width, height);
  words.boxes.push([0, height - 34, 150, height]);
  placeNames(scene, words);
  if (!tiles) countryNames(scene, words); // tiles bring their own
  words.write(words.back);
  drawUncertainty(context, scene);
  drawJourneys(context, scene);
  drawPlaces(context, scene);
  words.write(words.front);
  drawScale(context, height, view, palette);
}

export function clusterRadius(cluster, model) {
  const largest = Math.max(8, Math.min(17, 6 + 1.5 * Math.sqrt(model.most)));
  // Area says how many visits; the square root, because a radius is drawn.
  return Math.max(5, Math.min(20, largest * Math.sqrt(cluster.visits / model.most)));
}

/* The words below the map tell how many are drawn; the most travelled are. */
export function shownJourneys(journeys, clusters, model) {
  const clusterOf = new Int32Array(model.size);
  clusters.forEach((cluster) => cluster.places.forEach((place) => { clusterOf[place] = cluster.place; }));
  const joined = new Map();
  for (const { from, to, count, last } of journeys) {
    const a = clusterOf[from], b = clusterOf[to];
    if (a === b) continue;
    const key = a * model.size + b;
    const known = joined.get(key);
    if (known) {
      known.count += count;
      known.last = Math.max(known.last, last);
    } else joined.set(key, { from: a, to: b, count, last });
  }
  return [...joined.values()].sort((a, b) => b.count - a.count).slice(0, MOST_JOURNEYS).reverse();
}

function drawUncertainty(context, { model, view, palette, clusters, chosen }) {
  for (const { place } of clusters) {
    const isCity = model.isCity(place);
    const reach = model.radius[place] * kilometre(model.latitude[place]) * view.side;
    if (isCity && reach < 14) continue;
    const color = model.warned.has(place) ? palette.warn : palette.categories[0];
    const faint = chosen && !chosen.places.has(place) ? 0.35 : 1;
    const rim = model.rim(place);
    const [x, y] = view.spot(place);
    const size = Math.max(reach, 9);
    context.beginPath();
    if (rim && reach > 40) trace(context, rim, view.copyOf(model.x[place]), view);
    else context.arc(x, y, size, 0, 7);
    context.fillStyle = color;
    context.globalAlpha = (isCity ? 0.13 : 0.07) * faint;
    context.fill();
    context.strokeStyle = color;
    context.lineWidth = 1.25;
    context.globalAlpha = (isCity ? 0.25 : 0.75) * faint;
    context.setLineDash(isCity ? [] : [5, 4]);
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
  }
}

function trace(context, points, shift, view) {
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = view.point(points[i] + shift, points[i + 1]);
    if (i === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  }
}

function drawJourneys(context, scene) {
  const { model, palette, journeys, chosen } = scene;
  const warnings = impossibleJourneys(scene);
  const warned = new Set(warnings.map(({ from, to }) => from * model.size + to));
  let first = Infinity, latest = -Infinity, most = 1;
  for (const { last, count } of journeys) {
    first = Math.min(first, last);
    latest = Math.max(latest, last);
    most = Math.max(most, count);
  }
  // Many journeys: thin and pale but for the frequent. Few: older ones fade.
  const many = journeys.length > 24;
  for (const leg of journeys) {
    if (warned.has(leg.from * model.size + leg.to)) continue;
    const weight = Math.sqrt(leg.count / most);
    const age = latest > first ? (leg.last - first) / (latest - first) : 1;
    const alpha = many ? 0.12 + 0.5 * weight : 0.4 + 0.5 * age;
    const wide = many ? 0.8 + 2 * weight : 1.6;
    drawLeg(context, leg, palette.categories[0], wide, alpha * (chosen ? 0.35 : 1), [], scene);
  }
  if (chosen) {
    for (const leg of chosen.journeys) {
      // The way back of an impossible journey would lie under it, but for its arrow.
      if (warned.has(leg.from * model.size + leg.to) || warned.has(leg.to * model.size + leg.from)) continue;
      drawLeg(context, leg, palette.accent, 2.5, 1, [], scene);
    }
  }
  for (const leg of warnings) {
    drawLeg(context, leg, palette.bg, 4.5, leg.bright ? 0.8 : 0.2, [], scene);
    drawLeg(context, leg, palette.warn, 2.25, leg.bright ? 1 : 0.35, [8, 4], scene);
  }
  context.globalAlpha = 1;
}

/* Each pair of places once: [{ from, to, bright, signals }]; not bright where others are chosen. */
export function impossibleJourneys({ model, clusterOf, chosen }) {
  const { signals } = model;
  const found = new Map();
  for (let s = 0; s < signals.count; s++) {
    if (!signals.impossible[s] || signals.from[s] < 0 || signals.to[s] < 0) continue;
    const from = clusterOf[signals.from[s]], to = clusterOf[signals.to[s]];
    if (from === to) continue;
    const key = from * model.size + to;
    if (!found.has(key)) found.set(key, { from, to, bright: false, impossible: true, signals: [] });
    const leg = found.get(key);
    leg.bright ||= !chosen || chosen.sessions.has(signals.session[s]);
    leg.signals.push(s);
  }
  return [...found.values()];
}

function drawLeg(context, { from, to }, color, width, alpha, dash, { model, view }) {
  const points = model.arc(from, to);
  const count = points.length / 2;
  context.strokeStyle = color;
  context.fillStyle = color;
  context.globalAlpha = alpha;
  context.lineWidth = width;
  // Where the two ends stand in different copies of the world, the way leaves one side of the
  // screen and comes in at the other.
  const copies = new Set([view.copyOf(points[0]), view.copyOf(points[points.length - 2])]);
  for (const shift of copies) {
    context.beginPath();
    trace(context, points, shift, view);
    context.setLineDash(dash);
    context.stroke();
    context.setLineDash([]);
    // An arrow a little past the middle: both directions of one way stay apart.
    const end = Math.max(1, Math.min(count - 1, Math.round(count * 0.58)));
    const [x0, y0] = view.point(points[2 * end - 2] + shift, points[2 * end - 1]);
    const [x1, y1] = view.point(points[2 * end] + shift, points[2 * end + 1]);
    const [sx, sy] = view.point(points[0] + shift, points[1]);
    const [ex, ey] = view.point(points[points.length - 2] + shift, points[points.length - 1]);
    if (Math.hypot(ex - sx, ey - sy) > 34) {
      // Of a short way with few points, the arrow sits on the line, not at its end.
      const part = count <= 3 ? 0.2 : 1;
      arrow(context, x0 + (x1 - x0) * part, y0 + (y1 - y0) * part, Math.atan2(y1 - y0, x1 - x0), 4 + width);
    }
  }
}

function arrow(context, x, y, angle, size) {
  context.save();
  context.translate(x, y);
  context.rotate(angle);
  context.beginPath();
  context.moveTo(size, 0);
  context.lineTo(-size * 0.8, size * 0.75);
  context.lineTo(-size * 0.45, 0);
  context.lineTo(-size * 0.8, -size * 0.75);
  context.closePath();
  context.fill();
  context.restore();
}

function drawPlaces(context, { model, view, palette, clusters, chosen, focus, hover }) {
  // States and countries first; then the most visited, so that small ones stay on top.
  const ranked = [...clusters].sort((a, b) => model.isCity(a.place) - model.isCity(b.place));
  for (const cluster of ranked) {
    const [x, y] = view.spot(cluster.place);
    if (x < -40 || x > view.width + 40 || y < -40 || y > view.height + 40) continue;
    const radius = clusterRadius(cluster, model);
    const picked = chosen !== null && cluster.places.some((place) => chosen.places.has(place));
    // Of several places as one, a red rim says that some are in a signal; red throughout, all.
    const warnings = cluster.places.filter((place) => model.warned.has(place)).length;
    const color = warnings === cluster.places.length ? palette.warn : palette.categories[0];
    const exact = model.isCity(cluster.place);
    context.globalAlpha = chosen && !picked ? 0.3 : 0.9;
    context.beginPath();
    context.arc(x, y, exact ? radius : 4, 0, 7);
    context.fillStyle = exact ? color : palette.bg;
    context.fill();
    context.globalAlpha = chosen && !picked ? 0.3 : 1;
    const rimmed = warnings > 0 && warnings < cluster.places.length;
    context.strokeStyle = rimmed ? palette.warn : exact ? palette.bg : color;
    context.lineWidth = rimmed ? 2.5 : 1.5;
    context.stroke();
    if (cluster.places.length > 1 && radius >= 9) {
      context.font = `600 11px ${palette.font}`;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.fillStyle = palette.bg;
      context.fillText(String(cluster.places.length), x, y + 0.5);
    }
    context.globalAlpha = 1;
    if (picked || cluster === hover || cluster.place === focus) {
      context.beginPath();
      context.arc(x, y, radius + 3.5, 0, 7);
      context.strokeStyle = picked ? palette.accent : palette.text;
      context.lineWidth = 2;
      context.stroke();
    }
  }
}

function placeNames({ model, view, clusters, chosen }, words) {
  const picked = (cluster) => chosen !== null && cluster.places.some((place) => chosen.places.has(place));
  const inSight = [];
  for (const cluster of clusters) {
    const [x, y] = view.spot(cluster.place);
    if (x < 0 || x > view.width || y < 0 || y > view.height) continue;
    const radius = clusterRadius(cluster, model);
    words.block(x, y, radius + 1);
    inSight.push({ cluster, x, y, radius });
  }
  const ranked = chosen ? inSight.sort((a, b) => picked(b.cluster) - picked(a.cluster)) : inSight;
  // With few places there is room for where they are.
  const whole = inSight.length <= 4;
  for (const { cluster, x, y, radius } of ranked.slice(0, 60)) {
    const label = model.label.get(cluster.place);
    const name = whole ? label : label.split(",")[0];
    const others = cluster.places.length - 1;
    words.beside(others ? `${name} +${others}` : name, x, y, radius + (picked(cluster) ? 10 : 6), picked(cluster));
  }
}

function countryNames({ land, view }, words) {
  for (let i = 0; i < land.names.length; i++) {
    // A name needs room: about as wide as the country is.
    const across = Math.sqrt(land.area[i]) * view.side * 1.4;
    if (across < 46) break;
    for (const shift of view.copies) {
      const [x, y] = view.point(mercatorX(land.east[i]) + shift, mercatorY(land.north[i]));
      if (x > 0 && x < view.width && y > 0 && y < view.height) {
        words.over(land.names.get(i), x, y, across > 240 ? 13 : 11);
      }
    }
  }
}

/* A bar as long as a round number of kilometres is at the map's middle. */
function drawScale(context, height, view, palette) {
  const perKm = kilometre(latitudeOf(view.y)) * view.side;
  const most = 110 / perKm;
  const unit = 10 ** Math.floor(Math.log10(most));
  const km = [5, 2, 1].map((step) => step * unit).find((length) => length <= most) ?? unit;
  const wide = km * perKm;
  const x = 12, y = height - 12;
  context.strokeStyle = palette.text;
  context.lineWidth = 1.25;
  context.beginPath();
  context.moveTo(x, y - 5);
  context.lineTo(x, y);
  context.lineTo(x + wide, y);
  context.lineTo(x + wide, y - 5);
  context.stroke();
  context.font = `11px ${palette.font}`;
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  context.fillStyle = palette.text;
  context.fillText(km >= 1 ? `${km.toLocaleString("en")} km` : `${km * 1000} m`, x + 4, y - 5);
}
