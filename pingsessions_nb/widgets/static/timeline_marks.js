/* The marks that stand for things at an instant. */

export function signOnMark(context, x, y, size, palette) {
  context.beginPath();
  context.moveTo(x, y - size);
  context.lineTo(x + size, y);
  context.lineTo(x, y + size);
  context.lineTo(x - size, y);
  context.closePath();
  context.fillStyle = palette.text;
  context.strokeStyle = palette.bg;
  context.lineWidth = 1.25;
  context.fill();
  context.stroke();
}

export function warningMark(context, x, y, palette) {
  context.beginPath();
  context.moveTo(x, y - 8);
  context.lineTo(x + 7.5, y + 5.5);
  context.lineTo(x - 7.5, y + 5.5);
  context.closePath();
  context.fillStyle = palette.warn;
  context.strokeStyle = palette.bg;
  context.lineWidth = 1.5;
  context.lineJoin = "round";
  context.stroke();
  context.fill();
  context.fillStyle = palette.bg;
  context.fillRect(x - 0.8, y - 3.2, 1.6, 4.6);
  context.fillRect(x - 0.8, y + 2.4, 1.6, 1.6);
}
