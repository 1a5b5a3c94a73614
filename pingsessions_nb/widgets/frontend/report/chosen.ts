/* Which sessions are chosen, by their row, and who wants to know. */

export class Chosen {
  rows: ReadonlySet<number> = new Set();
  readonly #listeners: (() => void)[] = [];

  listen(listener: () => void): void {
    this.#listeners.push(listener);
  }

  set(rows: Iterable<number>): void {
    const next = new Set(rows);
    if (next.size === this.rows.size && [...next].every((row) => this.rows.has(row))) return;
    this.rows = next;
    for (const listener of this.#listeners) listener();
  }

  /* Choose these; once more, and they are let go; `add` leaves the others as they are. */
  choose(rows: readonly number[], add: boolean): void {
    const again = rows.length > 0 && rows.every((row) => this.rows.has(row));
    if (add && again) this.set([...this.rows].filter((row) => !rows.includes(row)));
    else if (add) this.set([...this.rows, ...rows]);
    else if (rows.length) this.set(again && rows.length === this.rows.size ? [] : rows);
  }
}
