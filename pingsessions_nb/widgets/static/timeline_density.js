/* Sessions from afar: cells of 2 by 2 pixels, the stronger the more sessions each holds. A cell has
   the colour of one of its categories, drawn by lot in proportion, so that the eye sees the mix.
   One pass over the sessions in sight, then one over the cells. */
import { fitText } from "./canvas.js";
import { plural } from "./canvas_data.js";
import { warningMark } from "./timeline_marks.js";
import { AXIS } from "./timeline_view.js";

const CELL = 2;
const field = { delta: new Int32Array(0), image: null, canvas: null };

export function drawDensity(context, scene) {
  const { model, view, palette, slot, selected } = scene;
  const columns = Math.ceil((view.right - view.left) / CELL);
  const rows = Math.ceil(view.plotHeight / CELL);
  const stride = columns + 1;
  const plane = stride * rows;
  if (field.delta.length !== plane * 8) field.delta = new Int32Array(plane * 8);
  else field.delta.fill(0);
  const { delta } = field;
  const [firstLane, lastLane] = view.visibleLanes;
  const perMs = columns / (view.to - view.from);
  for (let lane = firstLane; lane < lastLane; lane++) {
    const upper = Math.max(0, Math.floor((view.y(lane) - AXIS) / CELL));
    const lower = Math.min(rows - 1, Math.max(upper, Math.floor((view.y(lane + 1) - AXIS) / CELL) - 1));
    for (let i = model.laneStarts[lane]; i < model.laneStarts[lane + 1]; i++) {
      const start = (model.from[i] - view.from) * perMs;
      const end = (model.to[i] - view.from) * perMs;
      if (end < 0 || start >= columns) continue;
      const x0 = start > 0 ? start | 0 : 0;
      const x1 = end < columns - 1 ? end | 0 : columns - 1;
      for (let row = upper; row <= lower; row++) {
        const base = slot[i] * plane + row * stride;
        delta[base + x0]++;
        delta[base + x1 + 1]--;
      }
    }
  }
  paintCells(columns, rows, plane, stride, palette);
  context.imageSmoothingEnabled = false;
  context.globalAlpha = selected ? 0.3 : 1;
  context.drawImage(field.canvas, view.left, AXIS, columns * CELL, rows * CELL);
  context.globalAlpha = 1;
  drawDensityMarks(context, scene);
  drawDensityNote(context, scene);
}

function paintCells(columns, rows, plane, stride, palette) {
  if (field.canvas?.width !== columns || field.canvas?.height !== rows) {
    field.canvas = Object.assign(document.createElement("canvas"), { width: columns, height: rows });
    field.image = field.canvas.getContext("2d").createImageData(columns, rows);
    field.totals = new Uint32Array(columns * rows);
    field.kinds = new Uint8Array(columns * rows);
  }
  const { delta, image, totals, kinds } = field;
  const running = new Int32Array(8);
  let most = 1;
  for (let row = 0; row < rows; row++) {
    running.fill(0);
    for (let x = 0; x < columns; x++) {
      let total = 0;
      for (let slot = 0; slot < 8; slot++) {
        total += running[slot] += delta[slot * plane + row * stride + x];
      }
      let share = total * scatter(x, row);
      let kind = 0;
      while (kind < 7 && (share -= running[kind]) >= 0) kind++;
      totals[row * columns + x] = total;
      kinds[row * columns + x] = kind;
      if (total > most) most = total;
    }
  }
  const colors = palette.categories.map(rgb);
  for (let i = 0; i < totals.length; i++) {
    const [red, green, blue] = colors[kinds[i]];
    image.data[4 * i] = red;
    image.data[4 * i + 1] = green;
    image.data[4 * i + 2] = blue;
    image.data[4 * i + 3] = totals[i] ? 70 + 185 * Math.sqrt(totals[i] / most) : 0;
  }
  field.canvas.getContext("2d").putImageData(image, 0, 0);
}

/* A number from 0 to 1 that looks random and is the same for the same cell. */
function scatter(x, y) {
  let hash = Math.imul(x, 374761393) + Math.imul(y, 668265263);
  hash = Math.imul(hash ^ (hash >>> 13), 1274126177);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4294967296;
}

function rgb(color) {
  const hex = color.replace("#", "");
  return [0, 2, 4].map((i) => parseInt(hex.slice(i, i + 2), 16));
}

/* The chosen sessions and the signals stay visible however far away they are. */
function drawDensityMarks(context, { model, view, palette, selected, positionOfRow }) {
  if (selected) {
    context.fillStyle = palette.accent;
    for (let i = 0; i < selected.length; i++) {
      if (!selected[i]) continue;
      const bar = view.bar(i);
      if (bar.x > view.right || bar.x + bar.width < view.left) continue;
      const left = Math.max(view.left, bar.x);
      context.fillRect(left, bar.y - 1, Math.min(view.right, bar.x + bar.width) - left, Math.max(3, bar.height));
    }
  }
  const { signals } = model;
  const taken = new Set();
  for (let s = 0; s < signals.count; s++) {
    const x = view.x(signals.at[s]);
    const position = positionOfRow(signals.session[s]);
    if (!(x >= view.left && x <= view.right) || position < 0) continue;
    const y = view.bar(position).y;
    const cell = Math.round(x / 14) * 10007 + Math.round(y / 14);
    if (y < AXIS || y > view.height || taken.has(cell)) continue;
    taken.add(cell);
    warningMark(context, x, y, palette);
  }
}

function drawDensityNote(context, { model, view, palette }) {
  const [first, last] = view.visibleLanes;
  context.textAlign = "left";
  context.font = `600 12.5px ${palette.font}`;
  context.fillStyle = palette.text;
  context.fillText(plural(last - first, model.laneIsSession ? "session" : "user"), 2, AXIS + 16);
  context.font = `11px ${palette.font}`;
  context.fillStyle = palette.muted;
  const lines = [...(model.laneIsSession ? [] : ["Stronger is more."]), "Zoom in for each."];
  lines.forEach((line, i) => context.fillText(fitText(context, line, view.left - 14), 2, AXIS + 34 + i * 15));
}

/* What lies within a few pixels of a point: { sessions, lanes, from, to }. */
export function densityAt(model, view, x, y) {
  const from = view.time(x - 3), to = view.time(x + 3);
  const first = view.laneAt(y - 2), last = view.laneAt(y + 2);
  let sessions = 0;
  for (let i = model.laneStarts[first]; i < model.laneStarts[last + 1]; i++) {
    if (model.from[i] <= to && model.to[i] >= from) sessions++;
  }
  return { sessions, users: model.laneIsSession ? model.users : last - first + 1, from, to };
}
