/* Sessions as arrays, and the lanes that they lie in. Knows nothing of pixels. */
import { categories, Coded, column, groupStarts, rowsByGroup, Texts } from "./canvas_data.js";

/* Pixels at scale 1. A lane of one session is roomier than a user's, which stacks its sessions. */
export const LANE = { session: 30, sessionBar: 14, user: 24, userBar: 9, step: 11, pad: 6, deepest: 12 };

export class TimelineModel {
  constructor(data) {
    this.count = data?.count ?? 0;
    this.ids = new Texts(data?.ids);
    this.created = column(data?.created, Float64Array);
    this.active = column(data?.active, Float64Array);
    this.signOn = column(data?.signOn, Float64Array);
    for (const name of ["signOnIp", "browser", "browserVersion", "os", "osVersion", "device", "country", "user"]) {
      this[name] = new Coded(data?.[name]);
    }
    const events = data?.events;
    const eventSession = column(events?.session, Uint32Array);
    this.events = {
      starts: groupStarts(eventSession, this.count),
      at: column(events?.at, Float64Array),
      place: new Coded(events?.place),
      ip: new Coded(events?.ip),
    };
    this.users = this.user.texts.length;
    this.#span();
    this.laneIsSession = this.count <= 16 || (this.users === 1 && this.count <= 400);
    this.#arrange(column(data?.order, Uint32Array));
    this.setSignals(null);
  }

  /* Every field may be missing: a bar starts and ends at whatever is known of it. */
  #span() {
    const { count, created, active, signOn, events } = this;
    this.start = new Float64Array(count);
    this.end = new Float64Array(count);
    let first = Infinity, last = -Infinity;
    this.undated = 0;
    for (let row = 0; row < count; row++) {
      const known = events.starts[row] < events.starts[row + 1] ? events.at[events.starts[row]] : NaN;
      let from = created[row];
      if (from !== from) from = active[row];
      if (from !== from) from = signOn[row];
      if (from !== from) from = known;
      let to = active[row];
      if (to !== to || to < from) to = from;
      this.start[row] = from;
      this.end[row] = to;
      if (from !== from) this.undated++;
      if (from < first) first = from;
      if (to > last) last = to;
    }
    this.first = first;
    this.last = last;
  }

  #arrange(order) {
    const { start, end, user, laneIsSession } = this;
    const wanted = laneIsSession ? Uint32Array.from({ length: this.count }, (_, i) => i) : order;
    const dated = this.undated ? wanted.filter((row) => start[row] === start[row]) : wanted;
    const size = dated.length;
    this.rows = dated;
    this.lanes = laneIsSession ? size : this.users;
    this.from = new Float64Array(size);
    this.to = new Float64Array(size);
    this.level = new Uint8Array(size);
    const laneOf = new Uint32Array(size);
    for (let i = 0; i < size; i++) {
      this.from[i] = start[dated[i]];
      this.to[i] = end[dated[i]];
      laneOf[i] = laneIsSession ? i : user.codes[dated[i]];
    }
    this.laneStarts = groupStarts(laneOf, this.lanes);
    this.levels = new Uint8Array(this.lanes).fill(1);
    if (!laneIsSession) this.#stack();
    this.tops = new Float64Array(this.lanes + 1);
    for (let lane = 0; lane < this.lanes; lane++) {
      const tall = laneIsSession
        ? LANE.session : Math.max(LANE.user, this.levels[lane] * LANE.step + 2 * LANE.pad);
      this.tops[lane + 1] = this.tops[lane] + tall;
    }
    this.height = this.tops[this.lanes];
  }

  /* Overlapping sessions of a user go above each other, each in the first level that is free. */
  #stack() {
    const ends = new Float64Array(LANE.deepest);
    for (let lane = 0; lane < this.lanes; lane++) {
      let used = 0;
      for (let i = this.laneStarts[lane]; i < this.laneStarts[lane + 1]; i++) {
        let level = 0;
        while (level < used && ends[level] >= this.from[i]) level++;
        if (level === used && used < LANE.deepest) used++;
        if (level === LANE.deepest) level = i % LANE.deepest;
        ends[level] = this.to[i];
        this.level[i] = level;
      }
      this.levels[lane] = Math.max(1, used);
    }
  }

  setSignals(data) {
    const count = data?.count ?? 0;
    const session = count ? column(data.session, Uint32Array) : new Uint32Array(0);
    this.signals = {
      count,
      session,
      at: column(data?.at, Float64Array),
      kind: new Coded(data?.kind),
      severity: new Coded(data?.severity),
      summary: new Texts(data?.summary),
      bySession: rowsByGroup(session, this.count),
    };
  }

  /* The indices of a session's signals. */
  signalsOf(row) {
    const { starts, rows } = this.signals.bySession;
    return rows.subarray(starts[row], starts[row + 1]);
  }

  /* Colour slots by position, and the legend, for a column's name. */
  colorBy(name) {
    const coded = this[name];
    const { slots, legend } = categories(coded, "Unknown");
    const slot = new Uint8Array(this.rows.length);
    for (let i = 0; i < slot.length; i++) {
      const code = coded.codes[this.rows[i]];
      slot[i] = code >= 0 ? slots[code] : 7;
    }
    return { slot, legend };
  }

  laneOfPosition(position) {
    let low = 0, high = this.lanes - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.laneStarts[middle] <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
