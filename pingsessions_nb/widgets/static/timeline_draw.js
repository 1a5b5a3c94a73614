/* Paints a timeline: bars when near, density when far; the work of a frame has a bound. */
import { timeTicks } from "./canvas_time.js";
import { drawDensity } from "./timeline_density.js";
import { signOnMark, warningMark } from "./timeline_marks.js";
import { AXIS } from "./timeline_view.js";

/* `scene`: { model, view, palette, zone, names, slot, selected, focus, hover, range }.
   `selected` has a 1 for each chosen position, or is null; `range` is null or two instants. */
export function drawTimeline(context, width, height, scene) {
  const { view, palette } = scene;
  context.clearRect(0, 0, width, height);
  context.textBaseline = "middle";
  const ticks = timeTicks(scene.zone, view.from, view.to, (view.right - view.left) / 76);
  context.save();
  context.beginPath();
  context.rect(0, AXIS, width, height - AXIS);
  context.clip();
  drawRange(context, height, scene);
  drawGrid(context, height, ticks, scene);
  if (view.isDensity) drawDensity(context, scene);
  else drawLanes(context, width, scene);
  context.restore();
  drawAxis(context, width, ticks, scene);
  drawScrollbar(context, width, height, view, palette);
}

function drawGrid(context, height, ticks, { view, palette }) {
  context.fillStyle = palette.grid;
  for (const { at } of ticks) {
    const x = Math.round(view.x(at));
    if (x >= view.left && x <= view.right) context.fillRect(x, AXIS, 1, height - AXIS);
  }
}

function drawRange(context, height, { view, palette, range }) {
  if (!range) return;
  const from = Math.max(view.left, view.x(range[0]));
  const to = Math.min(view.right, view.x(range[1]));
  if (to < from) return;
  context.fillStyle = palette.accentSoft;
  context.globalAlpha = 0.55;
  context.fillRect(from, AXIS, to - from, height - AXIS);
  context.globalAlpha = 1;
  context.fillStyle = palette.accent;
  context.fillRect(from, AXIS, 1, height - AXIS);
  context.fillRect(to - 1, AXIS, 1, height - AXIS);
}

/* Two rows: the ticks, and above them the larger unit that they lie in. */
function drawAxis(context, width, ticks, { view, palette, zone, range }) {
  context.fillStyle = palette.line;
  context.fillRect(0, AXIS - 1, width, 1);
  context.textAlign = "center";
  context.font = `12px ${palette.font}`;
  context.fillStyle = palette.text;
  let free = view.left - 6;
  for (const { at, label } of ticks) {
    const x = view.x(at);
    const half = context.measureText(label).width / 2;
    if (x - half < free || x + half > width - 2) continue;
    context.fillText(label, x, 31);
    free = x + half + 10;
  }
  context.textAlign = "left";
  context.font = `600 11px ${palette.font}`;
  context.fillStyle = palette.muted;
  const contexts = ticks.filter((tick, i) => i > 0 && tick.context !== ticks[i - 1].context);
  const sticky = [...ticks].reverse().find(({ at }) => at <= view.from) ?? ticks[0];
  const starts = sticky?.context ? [{ x: view.left, text: sticky.context }] : [];
  for (const tick of contexts) {
    const x = view.x(tick.at);
    if (x > view.left && tick.context) starts.push({ x, text: tick.context });
  }
  starts.forEach(({ x, text }, i) => {
    const room = (starts[i + 1]?.x ?? width) - x - 12;
    if (context.measureText(text).width <= room) context.fillText(text, x, 12);
  });
  context.textAlign = "left";
  context.font = `11px ${palette.font}`;
  context.fillText(zone.labels(view.from, view.to), 2, 31);
  if (range) drawRangeLabel(context, view, palette, range);
}

function drawRangeLabel(context, view, palette, range) {
  const from = Math.max(view.left, view.x(range[0]));
  const to = Math.min(view.right, view.x(range[1]));
  if (to <= from) return;
  context.fillStyle = palette.accent;
  context.fillRect(from, AXIS - 3, to - from, 3);
}

function drawLanes(context, width, scene) {
  const { model, view, palette, names, hover } = scene;
  const [first, last] = view.visibleLanes;
  const hoverLane = hover >= 0 ? model.laneOfPosition(hover) : -1;
  const marks = [];
  for (let lane = first; lane < last; lane++) {
    const y = view.y(lane);
    const tall = view.y(lane + 1) - y;
    if (lane === hoverLane) {
      context.fillStyle = palette.sunken;
      context.globalAlpha = 0.6;
      context.fillRect(0, y, width, tall);
      context.globalAlpha = 1;
    }
    context.fillStyle = palette.grid;
    context.fillRect(0, Math.round(y + tall) - 1, width, 1);
    context.save();
    context.beginPath();
    context.rect(view.left - 6, AXIS, view.right - view.left + 12, view.height - AXIS);
    context.clip();
    drawLane(context, lane, scene, marks);
    context.restore();
    names.draw(context, lane, y, tall, palette);
  }
}

const rightmost = new Float64Array(16);

function drawLane(context, lane, scene) {
  const { model, view, palette, slot, selected, focus } = scene;
  rightmost.fill(-Infinity);
  const near = [];
  for (let i = model.laneStarts[lane]; i < model.laneStarts[lane + 1]; i++) {
    if (model.to[i] < view.from || model.from[i] > view.to) continue;
    const bar = view.bar(i, lane);
    const chosen = selected?.[i] === 1;
    // Bars that end within the pixel of the one before add nothing that could be seen.
    if (!chosen && i !== focus && bar.x + bar.width < rightmost[model.level[i]] + 0.5) continue;
    rightmost[model.level[i]] = bar.x + bar.width;
    context.globalAlpha = selected && !chosen ? 0.25 : 1;
    context.fillStyle = palette.categories[slot[i]];
    roundedBar(context, bar);
    context.fill();
    near.push(i);
    if (chosen || i === focus) outline(context, bar, chosen ? palette.accent : palette.text, chosen ? 2 : 3.5);
  }
  for (const i of near) {
    context.globalAlpha = selected && selected[i] !== 1 ? 0.3 : 1;
    drawMarks(context, i, lane, scene);
  }
  context.globalAlpha = 1;
}

function roundedBar(context, { x, y, width, height }) {
  context.beginPath();
  // Far outside the canvas a bar's ends cannot be seen, but huge coordinates lose precision.
  const left = Math.max(x, -50);
  const right = Math.min(x + width, 20000);
  context.roundRect(left, y, right - left, height, Math.min(3, height / 2));
}

function outline(context, { x, y, width, height }, color, gap) {
  context.globalAlpha = 1;
  context.strokeStyle = color;
  context.lineWidth = 1.75;
  context.beginPath();
  const left = Math.max(x - gap, -50);
  context.roundRect(left, y - gap, Math.min(x + width + gap, 20000) - left, height + 2 * gap, 4);
  context.stroke();
}

function drawMarks(context, position, lane, scene) {
  const { model, view, palette, slot } = scene;
  const row = model.rows[position];
  const bar = view.bar(position, lane);
  const middle = bar.y + bar.height / 2;
  const { starts, at } = model.events;
  // On a bar of a few pixels marks would hide the bar and each other: they appear on zooming in.
  if (bar.height >= 7 && bar.width >= 16) {
    const radius = Math.min(3.6, bar.height / 2 - 1);
    let last = -Infinity;
    context.lineWidth = 1.25;
    context.strokeStyle = palette.categories[slot[position]];
    context.fillStyle = palette.bg;
    for (let e = starts[row]; e < starts[row + 1]; e++) {
      const x = Math.max(bar.x + radius, Math.min(bar.x + bar.width - radius, view.x(at[e])));
      if (!(x - last >= 2 * radius + 1) || x < view.left - 8 || x > view.right + 8) continue;
      last = x;
      context.beginPath();
      context.arc(x, middle, radius, 0, 7);
      context.fill();
      context.stroke();
    }
    const x = view.x(model.signOn[row]);
    if (x > view.left - 8 && x < view.right + 8) signOnMark(context, x, middle, bar.height / 2 - 0.5, palette);
  }
  for (const signal of model.signalsOf(row)) {
    const x = view.x(model.signals.at[signal]);
    if (x > view.left - 8 && x < view.right + 8) warningMark(context, x, middle, palette);
  }
}

function drawScrollbar(context, width, height, view, palette) {
  const content = view.model.height * view.scale;
  if (content <= view.plotHeight + 1) return;
  const size = Math.max(24, (view.plotHeight / content) * view.plotHeight);
  const y = AXIS + (view.top / (content - view.plotHeight)) * (view.plotHeight - size);
  context.fillStyle = palette.muted;
  context.globalAlpha = 0.55;
  context.beginPath();
  context.roundRect(width - 6, y + 2, 5, size - 4, 2.5);
  context.fill();
  context.globalAlpha = 1;
}
