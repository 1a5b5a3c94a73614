/* A crisp, resizable canvas that draws at most once a frame, and the tooltip above it. */
import { visible } from "./elements.js";
import { token } from "./theme.js";

const PAPER = 3; // canvas pixels for each of CSS: 288 to the inch

export class Surface {
  constructor(canvas, draw) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.draw = draw;
    this.width = 0;
    this.height = 0;
    this.pending = 0;
    this.observer = new ResizeObserver(() => this.invalidate());
    this.observer.observe(canvas);
    // No frame comes between the wish to print and the print: draw at once, as finely as paper.
    this.print = () => this.#paint(PAPER);
    window.addEventListener("beforeprint", this.print);
  }

  invalidate() {
    this.pending ||= requestAnimationFrame(() => {
      this.pending = 0;
      this.#paint(window.devicePixelRatio || 1);
    });
  }

  #paint(ratio) {
    this.#fit(ratio);
    if (this.width > 0 && this.height > 0) this.draw(this.context, this.width, this.height);
  }

  #fit(ratio) {
    const { canvas, context } = this;
    this.ratio = ratio;
    this.width = canvas.clientWidth;
    this.height = canvas.clientHeight;
    const wide = Math.round(this.width * ratio);
    const high = Math.round(this.height * ratio);
    if (canvas.width !== wide || canvas.height !== high) {
      canvas.width = wide;
      canvas.height = high;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  dispose() {
    this.observer.disconnect();
    window.removeEventListener("beforeprint", this.print);
    cancelAnimationFrame(this.pending);
  }
}

/* Every design token that a drawing needs, read once for each theme. */
export function readPalette(root) {
  const named = (name) => token(root, `--ps-${name}`);
  return {
    dark: root.classList.contains("ps-dark"), bg: named("bg"), sunken: named("bg-sunken"), text: named("text"), muted: named("text-muted"),
    line: named("line"), grid: named("grid"), accent: named("accent"),
    accentSoft: named("accent-soft"), warn: named("warn"), land: named("land"),
    landLine: named("land-line"), water: named("water"),
    categories: [0, 1, 2, 3, 4, 5, 6].map((i) => named(`cat-${i}`)).concat(named("cat-other")),
    font: getComputedStyle(root).fontFamily,
  };
}

/* `text` cut to fit `width`, with an ellipsis. */
export function fitText(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  let low = 0, high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (context.measureText(`${text.slice(0, middle)}…`).width <= width) low = middle;
    else high = middle - 1;
  }
  return low > 0 ? `${text.slice(0, low).trimEnd()}…` : "";
}

/* What is shown of others' text is made visible: no direction or control character acts. */
export function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = visible(text);
  return node;
}

/* Facts beside the pointer: { title, rows: [[name, value]], lines: [text], warnings: [text] }.
   It lies in the browser's top layer, where no notebook cell can clip it. */
export class Tooltip {
  constructor(canvas) {
    this.canvas = canvas;
    this.node = element("div", "ps-tip");
    this.node.setAttribute("role", "tooltip");
    this.node.popover = "manual";
    canvas.after(this.node);
  }

  /* x and y: of the pointer on the canvas. */
  show(x, y, { title, rows = [], lines = [], warnings = [] }) {
    const list = element("dl", "ps-tip-facts");
    for (const [name, value] of rows) {
      list.append(element("dt", "", name), element("dd", "", value));
    }
    this.node.replaceChildren(element("div", "ps-tip-title", title), list);
    for (const text of warnings) this.node.append(element("div", "ps-tip-warn", text));
    for (const text of lines) this.node.append(element("div", "ps-tip-line", text));
    if (!this.shown) this.node.showPopover();
    this.shown = true;
    this.#place(x, y);
  }

  #place(x, y) {
    const { left, top } = this.canvas.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = this.node;
    const beside = (at, size, room) => {
      const after = at + 16;
      return after + size <= room - 4 ? after : Math.max(4, at - 12 - size);
    };
    this.node.style.left = `${beside(left + x, offsetWidth, window.innerWidth)}px`;
    this.node.style.top = `${beside(top + y, offsetHeight, window.innerHeight)}px`;
  }

  hide() {
    if (this.shown) this.node.hidePopover();
    this.shown = false;
  }
}
