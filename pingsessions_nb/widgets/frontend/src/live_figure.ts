/* A FigureWidget's front end around plotly's own: keeps the picture as large as its place, and takes
   keys and the tool bar's acts (`ps-act` events) without the kernel. */

import type { AnyModel, AnyWidget } from "@anywidget/types";
import { type FigureElement, type Loaded, loadPlotly } from "./figure/plotly_bundle.ts";
import { keep } from "./kit/dom.ts";
import { type Act, actOf, KEYS_TOLD, nearer, viewChanges } from "./kit/plot_view.ts";
import type { Point, Told, Values } from "./kit/plotly_types.ts";
import "./styles/live_figure.css";

type Traits = {
  _code: string; // the model that holds plotly
  _fit: Values; // the relayout that brings all into sight
  _whole: number; // how often all of the figure was sent
  _tall: number; // CSS pixels, where nothing around it says otherwise
  _widget_layout: { width?: number; height?: number } | undefined;
};

const QUIET = { _doNotReportToPy: true };
const REST_MS = 60;
const SOON_MS = 150; // a new picture mostly comes with its new size, and is drawn once for both

class LiveFigure {
  readonly #model: AnyModel<Traits>;
  readonly #el: FigureElement;
  readonly #plotly: Loaded["Plotly"];
  readonly #end = new AbortController();
  readonly #observer = new ResizeObserver(() => this.#sizeSoon());
  #isDrawn = false;
  #adds = false;
  #measured = "";
  #measuring: ReturnType<typeof setTimeout> | undefined;
  #sizing: ReturnType<typeof setTimeout> | undefined;

  constructor(model: AnyModel<Traits>, el: HTMLElement, plotly: Loaded["Plotly"]) {
    this.#model = model;
    this.#el = el as FigureElement;
    this.#plotly = plotly;
    el.classList.add("ps-widget", "ps-figure");
    el.tabIndex = 0;
    el.dataset.lmSuppressShortcuts = "true"; // Notebook 7 would go from cell to cell
    el.setAttribute("role", "application");
    el.setAttribute("aria-label", `Picture. ${KEYS_TOLD}`);
    this.#listen();
    this.#size();
  }

  #listen(): void {
    const el = this.#el;
    const { signal } = this.#end;
    el.addEventListener(
      "ps-act",
      ((event: CustomEvent<Act>) => this.#act(event.detail)) as EventListener,
      { signal },
    );
    el.addEventListener(
      "pointerdown",
      (event) => {
        this.#adds = event.ctrlKey || event.metaKey;
      },
      { signal, capture: true },
    );
    el.addEventListener("keydown", (event) => this.#key(event), { signal });
    el.addEventListener("wheel", (event) => event.preventDefault(), { signal, passive: false });
    document.addEventListener(
      "plotlywidget-after-render",
      (event) => {
        if ((event as CustomEvent<{ element: Element }>).detail.element === el) this.#drawn();
      },
      { signal },
    );
    this.#hear("change:_tall", () => this.#reserve());
    this.#hear("change:_whole", () => this.#redraw());
  }

  #hear(event: `change:${string}`, act: () => void): void {
    this.#model.on(event, act);
    this.#end.signal.addEventListener("abort", () => this.#model.off(event as "change:_tall", act));
  }

  #drawn(): void {
    const el = this.#el;
    el.on("plotly_doubleclick", () => this.#act(["fit"]));
    el.on("plotly_click", (told) => this.#tell(told));
    el.on("plotly_selected", (box) => {
      if (!box?.range && !box?.lassoPoints) return; // it is `forget` that is heard
      this.#tellArea(box);
      this.#forget();
    });
    el.on("plotly_deselect", () => this.#forget());
    el.on("plotly_afterplot", () => this.#measure()); // a legend takes room from the plot
    this.#isDrawn = true;
    this.#observer.observe(el);
    this.#model.send({ type: "listening" });
    el.dataset.drawn = "true";
  }

  /* All of the picture has come: what the kernel changed before this page listened is in it. */
  #redraw(): void {
    const el = this.#el;
    const { psModel: model } = el;
    if (!this.#isDrawn || !model) return;
    const seen = el.clientWidth > 0 && el.clientHeight > 0;
    const { width, height } = seen
      ? { width: el.clientWidth, height: el.clientHeight }
      : el._fullLayout;
    const layout = { width, height, ...model.get("_widget_layout") };
    el.psSeen = model.get("_last_layout_edit_id");
    this.#plotly.react(el, model.get("_widget_data"), layout).then(() => this.#size());
  }

  /* A click on a part of ours; what analysts have added has listeners of its own. */
  #tell(told: Told | undefined): void {
    const [point] = told?.points ?? [];
    const part = point?.fullData.meta?.part;
    if (!point || !part) return;
    if (part === "density") {
      this.#change(nearer(this.#el._fullLayout, point.x, point.y, 4)); // a cell stands for many
      return;
    }
    const { ctrlKey = false, metaKey = false, shiftKey = false } = told?.event ?? {};
    const add = ctrlKey || metaKey || shiftKey;
    this.#model.send({ type: "click", part, point: numberOf(point), add });
  }

  /* A box or a lasso: on a map what is in it, else how far it reaches. */
  #tellArea({ points = [], range }: Told): void {
    const add = this.#adds;
    if (this.#el._fullLayout.geo) {
      const ours = points.filter(({ fullData }) => fullData.meta?.part);
      const inside = ours.map((point) => [point.fullData.meta?.part, numberOf(point)]);
      this.#model.send({ type: "points", points: inside, add });
    } else if (range) {
      this.#model.send({ type: "box", x: range.x ?? [], y: range.y ?? [], add });
    }
  }

  /* Takes the room that the picture wants; its element's new size is observed. */
  #reserve(): { width?: number } {
    const asked = this.#model.get("_widget_layout") ?? {};
    const tall = asked.height ?? this.#model.get("_tall");
    this.#el.style.setProperty("--ps-figure-height", `${tall}px`);
    return asked;
  }

  #sizeSoon(): void {
    clearTimeout(this.#sizing);
    this.#sizing = setTimeout(() => this.#size(), SOON_MS);
  }

  /* As large as its place, once it is seen: plotly cannot know the size of what is hidden. */
  #size(): void {
    const el = this.#el;
    const asked = this.#reserve();
    if (!this.#isDrawn || asked.width || !el.clientWidth || !el.clientHeight) return;
    const { width, height } = el._fullLayout;
    this.#measure();
    if (Math.abs(width - el.clientWidth) < 1 && Math.abs(height - el.clientHeight) < 1) return;
    delete el.layout.width;
    delete el.layout.height;
    this.#plotly.relayout(el, { autosize: true, ...QUIET }).then(() => this.#measure());
  }

  /* Tells the kernel how large the plot itself is, once it has come to rest at another size: the
     legend takes its part of it when it is drawn, and what stands beside it may make it grow. */
  #measure(): void {
    clearTimeout(this.#measuring);
    this.#measuring = setTimeout(() => {
      const { w, h } = this.#el._fullLayout._size;
      const [width, height] = [Math.round(w), Math.round(h)];
      const size = `${width} ${height}`;
      if (size === this.#measured || !this.#el.clientWidth) return;
      this.#measured = size;
      this.#model.send({ type: "size", width, height });
    }, REST_MS);
  }

  /* A box has been read: what is selected, and how it looks, is the kernel's to say. */
  #forget(): void {
    const el = this.#el;
    setTimeout(async () => {
      await this.#plotly.relayout(el, { selections: [], ...QUIET });
      const traces = el.psModel?.get("_widget_data") ?? [];
      const before = traces.map(({ selectedpoints }) => selectedpoints ?? null);
      const rows = before.map((_, row) => row);
      this.#plotly.restyle(el, { selectedpoints: before, ...QUIET }, rows);
    });
  }

  #act(act: Act): void {
    if (!this.#isDrawn) return;
    const [name] = act;
    if (name === "clear") this.#model.send({ type: "clear" });
    else if (name === "fit") this.#change(this.#model.get("_fit"));
    else this.#change(viewChanges(this.#el._fullLayout, act));
  }

  #change(changes: Values): void {
    // A copy: plotly pans by writing into the very range that it was given.
    if (Object.keys(changes).length) this.#plotly.relayout(this.#el, structuredClone(changes));
  }

  #key(event: KeyboardEvent): void {
    const act = actOf(event);
    if (!act) return;
    keep(event);
    this.#act(act);
  }

  close(): void {
    this.#end.abort();
    clearTimeout(this.#measuring);
    clearTimeout(this.#sizing);
    this.#observer.disconnect();
  }
}

function numberOf({ customdata, pointNumber }: Point): unknown {
  return customdata ?? pointNumber;
}

export default (): AnyWidget<Traits> => {
  let own: ReturnType<Loaded["bundle"]["default"]>;
  const plotly = (model: AnyModel<Traits>) => loadPlotly(model.widget_manager, model.get("_code"));
  return {
    async initialize(given) {
      own = (await plotly(given.model)).bundle.default();
      own.initialize?.(given);
    },
    async render(given) {
      const { Plotly } = await plotly(given.model);
      const live = new LiveFigure(given.model, given.el, Plotly);
      const remove = await own.render?.(given);
      return () => {
        live.close();
        remove?.();
      };
    },
  };
};
