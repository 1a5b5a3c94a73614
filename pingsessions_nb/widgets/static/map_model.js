/* Places, who was seen there, and the journeys between them. Knows nothing of pixels. */
import { Coded, column, rowsByGroup, Texts } from "./canvas_data.js";
import { circleOnSphere, greatCircle, mercatorX, mercatorY } from "./map_sphere.js";

export class MapModel {
  constructor(data) {
    this.count = data?.count ?? 0;
    this.unplaced = data?.unplaced ?? 0;
    this.ids = new Texts(data?.ids);
    const { places, events } = data ?? {};
    this.latitude = column(places?.latitude, Float64Array);
    this.longitude = column(places?.longitude, Float64Array);
    this.radius = column(places?.radius, Float64Array);
    this.precision = new Coded(places?.precision);
    this.label = new Texts(places?.label);
    this.size = this.latitude.length;
    this.x = this.longitude.map(mercatorX);
    this.y = this.latitude.map(mercatorY);
    this.eventPlace = column(events?.place, Uint32Array);
    this.eventSession = column(events?.session, Uint32Array);
    this.eventUser = new Coded(events?.user);
    this.at = column(events?.at, Float64Array);
    this.ip = new Coded(events?.ip);
    this.byPlace = rowsByGroup(this.eventPlace, this.size);
    this.visits = Uint32Array.from(
      { length: this.size }, (_, place) => this.byPlace.starts[place + 1] - this.byPlace.starts[place]);
    this.most = this.visits.reduce((most, count) => Math.max(most, count), 1);
    this.users = new Set(this.eventUser.codes).size;
    this.arcs = new Map();
    this.rims = new Map();
    this.setSignals(null);
  }

  setSignals(data) {
    const count = data?.count ?? 0;
    this.signals = {
      count,
      session: column(data?.session, Uint32Array),
      from: column(data?.from, Int32Array),
      to: column(data?.to, Int32Array),
      impossible: column(data?.impossible, Uint8Array),
      summary: new Texts(data?.summary),
    };
    this.warned = new Set();
    for (let s = 0; s < count; s++) if (this.signals.to[s] >= 0) this.warned.add(this.signals.to[s]);
  }

  isCity(place) { return this.precision.get(place) === "city"; }

  pointOf(place) { return { latitude: this.latitude[place], longitude: this.longitude[place] }; }

  eventsAt(place) {
    const { starts, rows } = this.byPlace;
    return rows.subarray(starts[place], starts[place + 1]);
  }

  /* Rows of the sessions seen at any of some places. */
  sessionsAt(places) {
    const rows = new Set();
    for (const place of places) for (const event of this.eventsAt(place)) rows.add(this.eventSession[event]);
    return rows;
  }

  /* The places that some sessions (a Set of rows) were seen at. */
  placesOf(sessions) {
    const places = new Set();
    for (let e = 0; e < this.eventPlace.length; e++) {
      if (sessions.has(this.eventSession[e])) places.add(this.eventPlace[e]);
    }
    return places;
  }

  /* Moves of each user from place to place in order of time, alike ones as one:
     [{ from, to, count, last }]. Of all sessions, or of a Set of rows. */
  journeys(sessions = null) {
    const found = new Map();
    let before = -1;
    for (let e = 0; e < this.eventPlace.length; e++) {
      if (sessions && !sessions.has(this.eventSession[e])) continue;
      if (this.at[e] !== this.at[e]) continue;
      const to = this.eventPlace[e];
      if (before >= 0 && this.eventUser.codes[before] === this.eventUser.codes[e]) {
        const from = this.eventPlace[before];
        if (from !== to) {
          const key = from * this.size + to;
          const known = found.get(key);
          if (known) {
            known.count++;
            known.last = Math.max(known.last, this.at[e]);
          } else found.set(key, { from, to, count: 1, last: this.at[e] });
        }
      }
      before = e;
    }
    return [...found.values()];
  }

  arc(from, to) {
    const key = from * this.size + to;
    if (!this.arcs.has(key)) this.arcs.set(key, greatCircle(this.pointOf(from), this.pointOf(to)));
    return this.arcs.get(key);
  }

  /* The circle within which a place may really be. */
  rim(place) {
    if (!this.rims.has(place)) this.rims.set(place, circleOnSphere(this.pointOf(place), this.radius[place]));
    return this.rims.get(place);
  }

  /* Cities joined where they are closer than `gap` (a part of the square's side), the most visited
     first: [{ place, places, visits }]. States and countries stand alone. */
  clusters(gap) {
    const order = Array.from({ length: this.size }, (_, place) => place)
      .sort((a, b) => this.visits[b] - this.visits[a] || a - b);
    const cells = new Map();
    const clusters = [];
    const cellOf = (value) => Math.floor(value / gap);
    for (const place of order) {
      const near = this.isCity(place) ? this.#nearest(cells, place, gap, cellOf) : null;
      if (near) {
        near.places.push(place);
        near.visits += this.visits[place];
        continue;
      }
      const cluster = { place, places: [place], visits: this.visits[place] };
      clusters.push(cluster);
      if (!this.isCity(place)) continue;
      const key = `${cellOf(this.x[place])},${cellOf(this.y[place])}`;
      if (!cells.has(key)) cells.set(key, []);
      cells.get(key).push(cluster);
    }
    return clusters;
  }

  #nearest(cells, place, gap, cellOf) {
    let best = null, closest = gap;
    for (let dx = -1; dx <= 1; dx++) {
      for (let dy = -1; dy <= 1; dy++) {
        for (const cluster of cells.get(`${cellOf(this.x[place]) + dx},${cellOf(this.y[place]) + dy}`) ?? []) {
          const distance = Math.hypot(this.x[cluster.place] - this.x[place], this.y[cluster.place] - this.y[place]);
          if (distance < closest) { closest = distance; best = cluster; }
        }
      }
    }
    return best;
  }
}
