/* The sphere and Mercator's projection of it onto a square of side 1, x east and y south. */

const RADIUS_KM = 6371.0088;
const RADIANS = Math.PI / 180;
/* Where Mercator's square ends. */
const POLE = 85.0511;

export function mercatorX(longitude) { return longitude / 360 + 0.5; }

export function mercatorY(latitude) {
  const sine = Math.sin(Math.max(-POLE, Math.min(POLE, latitude)) * RADIANS);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}

export function latitudeOf(y) { return Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) / RADIANS; }

/* How long a kilometre is at a latitude, as a part of the square's side. */
export function kilometre(latitude) {
  return 1 / (2 * Math.PI * RADIUS_KM * Math.cos(Math.min(POLE, Math.abs(latitude)) * RADIANS));
}

export function distanceKm(a, b) {
  const dLat = (b.latitude - a.latitude) * RADIANS;
  const dLon = (b.longitude - a.longitude) * RADIANS;
  const h = Math.sin(dLat / 2) ** 2
    + Math.cos(a.latitude * RADIANS) * Math.cos(b.latitude * RADIANS) * Math.sin(dLon / 2) ** 2;
  return 2 * RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/* The shortest way from a to b as [x0, y0, x1, y1, …] in the square. x runs on past 0 and 1 where
   the way crosses the date line, so that it never jumps. */
export function greatCircle(a, b) {
  const angle = distanceKm(a, b) / RADIUS_KM;
  const steps = Math.max(2, Math.min(72, Math.ceil(angle / (1.5 * RADIANS))));
  const points = new Float64Array(2 * (steps + 1));
  const start = vector(a), end = vector(b);
  const sine = Math.sin(angle);
  let previous = null;
  for (let i = 0; i <= steps; i++) {
    const part = i / steps;
    // Between a point and its antipode every way is as short: take the straight interpolation.
    const [u, v] = sine > 1e-9
      ? [Math.sin((1 - part) * angle) / sine, Math.sin(part * angle) / sine] : [1 - part, part];
    const [x, y, z] = start.map((value, k) => u * value + v * end[k]);
    let east = mercatorX(Math.atan2(y, x) / RADIANS);
    if (previous !== null) east -= Math.round(east - previous);
    previous = east;
    points[2 * i] = east;
    points[2 * i + 1] = mercatorY(Math.atan2(z, Math.hypot(x, y)) / RADIANS);
  }
  return points;
}

function vector({ latitude, longitude }) {
  const phi = latitude * RADIANS, lambda = longitude * RADIANS;
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
}

/* All points at a distance from a centre, as above; null where the circle goes round a pole. */
export function circleOnSphere({ latitude, longitude }, km) {
  if (Math.abs(latitude) + km / (RADIUS_KM * RADIANS) >= 84) return null;
  const angle = km / RADIUS_KM;
  const phi = latitude * RADIANS;
  const steps = 72;
  const points = new Float64Array(2 * (steps + 1));
  for (let i = 0; i <= steps; i++) {
    const bearing = (i / steps) * 2 * Math.PI;
    const sine = Math.sin(phi) * Math.cos(angle) + Math.cos(phi) * Math.sin(angle) * Math.cos(bearing);
    const east = Math.atan2(
      Math.sin(bearing) * Math.sin(angle) * Math.cos(phi), Math.cos(angle) - Math.sin(phi) * sine);
    points[2 * i] = mercatorX(longitude + east / RADIANS);
    points[2 * i + 1] = mercatorY(Math.asin(sine) / RADIANS);
  }
  return points;
}
