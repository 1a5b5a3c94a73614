/* Which rows are chosen, and on which one the keys are; positions are places in the order shown. */

export interface How {
  add?: boolean;
  extend?: boolean;
}

export class ChosenRows {
  rows: Set<number> = new Set();
  focus = 0;
  #anchor = 0;

  /* Chooses as lists everywhere do: with `add` one more or less, with `extend` a range. */
  choose(order: Uint32Array, position: number, { add = false, extend = false }: How): void {
    const row = order[position];
    if (row === undefined) return;
    this.focus = position;
    if (extend) {
      const [from, to] = [Math.min(this.#anchor, position), Math.max(this.#anchor, position)];
      this.rows = new Set(order.subarray(from, to + 1));
      return;
    }
    this.#anchor = position;
    const had = this.rows.has(row);
    if (add)
      this.rows = new Set(
        had ? [...this.rows].filter((other) => other !== row) : [...this.rows, row],
      );
    else this.rows = new Set(had && this.rows.size === 1 ? [] : [row]);
  }

  /* Takes up what was chosen elsewhere; whether that is anything new. */
  take(rows: readonly number[]): boolean {
    const same = rows.length === this.rows.size && rows.every((row) => this.rows.has(row));
    this.rows = new Set(rows);
    return !same;
  }

  /* Puts the keys on the first chosen row; -1 where none is chosen. */
  goToFirst(order: Uint32Array): number {
    const position = this.rows.size ? order.findIndex((row) => this.rows.has(row)) : -1;
    if (position >= 0) this.focus = this.#anchor = position;
    return position;
  }

  move(length: number, step: number): void {
    this.focus = Math.max(0, Math.min(length - 1, this.focus + step));
  }
}
