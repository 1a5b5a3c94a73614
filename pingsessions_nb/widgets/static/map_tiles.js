/* Tiles of a server that the analyst named, drawn over our own land as they come. Off by default. */

const FINEST = 19;
const KEPT = 256; // images; the longest unused go first
const SIDE = 256;

export class Tiles {
  constructor(address, redraw) {
    this.address = address;
    this.redraw = redraw;
    this.images = new Map();
  }

  /* Draws what is there and asks for the rest; meanwhile a coarser tile stands in. */
  draw(context, view, { dark }) {
    const level = Math.max(0, Math.min(FINEST, Math.round(view.zoom)));
    const count = 2 ** level;
    context.save();
    // Made for white pages: on a dark one, light and dark change places and hues stay.
    context.filter = dark ? "invert(1) hue-rotate(180deg) brightness(0.95)" : "saturate(0.75)";
    for (const shift of view.copies) {
      const box = view.box(shift);
      const first = Math.max(0, Math.floor(box.west * count));
      const last = Math.min(count - 1, Math.floor(box.east * count));
      const top = Math.max(0, Math.floor(box.north * count));
      const bottom = Math.min(count - 1, Math.floor(box.south * count));
      for (let row = top; row <= bottom; row++) {
        for (let column = first; column <= last; column++) {
          this.#place(context, view, shift, level, column, row);
        }
      }
    }
    context.restore();
  }

  #place(context, view, shift, level, column, row) {
    const count = 2 ** level;
    const [x, y] = view.point(column / count + shift, row / count);
    const size = view.side / count;
    const wanted = this.#image(level, column, row, true);
    for (let up = 0; up <= Math.min(level, 4); up++) {
      const image = up ? this.#image(level - up, column >> up, row >> up, false) : wanted;
      if (!image?.complete || !image.naturalWidth) continue;
      const part = image.naturalWidth / 2 ** up;
      const left = (column % 2 ** up) * part, above = (row % 2 ** up) * part;
      // Half a pixel over the edge, so that no seam shows between two tiles.
      context.drawImage(image, left, above, part, part, x, y, size + 0.5, size + 0.5);
      return;
    }
  }

  #image(level, column, row, ask) {
    const key = `${level}/${column}/${row}`;
    const known = this.images.get(key);
    if (known) {
      this.images.delete(key);
      this.images.set(key, known);
    }
    if (known || !ask) return known;
    const image = new Image(SIDE, SIDE);
    image.onload = this.redraw;
    image.src = this.address.replace("{z}", level).replace("{x}", column).replace("{y}", row);
    this.images.set(key, image);
    if (this.images.size > KEPT) this.images.delete(this.images.keys().next().value);
    return image;
  }
}
