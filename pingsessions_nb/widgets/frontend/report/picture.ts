/* One of the page's two pictures: drawn by plotly, linked with what is chosen. */

import { actOf, KEYS_TOLD, viewChanges } from "../src/kit/plot_view.ts";
import type { Drawn, Figure, Plotly, Told } from "../src/kit/plotly_types.ts";
import type { Chosen } from "./chosen.ts";
import { type ToldFigure, variantOf } from "./told_figure.ts";

export interface Look {
  dark: boolean;
  narrow: boolean;
}

const CONFIG = {
  scrollZoom: true,
  displaylogo: false,
  showSendToCloud: false,
  plotlyServerURL: "",
  doubleClick: false, // it fits, as live
  modeBarButtonsToRemove: ["lasso2d", "zoom2d", "autoScale2d", "resetScale2d", "resetGeo"],
};

export abstract class Picture {
  protected variant = "";
  #look: Look = { dark: false, narrow: false };
  #changes = 0;
  #adds = false;
  readonly #config: Record<string, unknown>; // one: with another, plotly would begin anew
  protected readonly el: Drawn;
  protected readonly plotly: Plotly;
  protected readonly told: ToldFigure;
  protected readonly chosen: Chosen;

  constructor(el: HTMLElement, plotly: Plotly, told: ToldFigure, chosen: Chosen, name: string) {
    this.el = el as Drawn;
    this.plotly = plotly;
    this.told = told;
    this.chosen = chosen;
    const fit = { name: "fit", title: "Fit", icon: plotly.Icons.home, click: () => this.fit() };
    this.#config = { ...CONFIG, modeBarButtonsToAdd: [fit] };
    el.tabIndex = 0;
    el.setAttribute("role", "application");
    el.setAttribute("aria-label", `${name}. ${KEYS_TOLD}`);
    el.addEventListener("keydown", (event) => this.#key(event));
    el.addEventListener("pointerdown", (event) => {
      this.#adds = event.ctrlKey || event.metaKey || event.shiftKey;
    });
    chosen.listen(() => this.draw(this.#look));
  }

  /* Draws as the page looks now; what is in sight stays in sight. */
  draw(look: Look): void {
    const first = !this.#changes++;
    const kept = !first && look.narrow === this.#look.narrow;
    this.#look = look;
    this.variant = this.variantFor(look);
    const figure = variantOf(this.told, this.variant, look.dark);
    this.light(figure);
    const { data, layout } = figure;
    if (kept) this.keepView(layout);
    layout.width = this.el.clientWidth;
    layout.selectionrevision = this.#changes;
    layout.dragmode = kept ? this.el._fullLayout.dragmode : "pan";
    this.plotly.react(this.el, data, layout, this.#config);
    if (first) this.#listen();
  }

  protected again(): void {
    this.draw(this.#look);
  }

  protected get look(): Look {
    return this.#look;
  }

  protected abstract variantFor(look: Look): string;
  /* Makes a figure say what is chosen. */
  protected abstract light(figure: Figure): void;
  /* Makes a figure show what is in sight now. */
  protected abstract keepView(layout: Figure["layout"]): void;
  protected abstract rowsAt(points: Told): number[];
  protected abstract rowsIn(area: Told): number[];

  #listen(): void {
    const { el, chosen } = this;
    el.on("plotly_click", (told) => {
      if (told?.points) chosen.choose(this.rowsAt(told), this.#adds);
    });
    el.on("plotly_doubleclick", () => this.fit());
    el.on("plotly_selected", (told) => {
      if (!told?.range && !told?.points?.length) return;
      const rows = this.rowsIn(told);
      chosen.set(this.#adds ? [...chosen.rows, ...rows] : rows);
      setTimeout(() => this.again()); // the box has been read: how it looks is ours to say
    });
  }

  #key(event: KeyboardEvent): void {
    const act = actOf(event);
    if (!act) return;
    event.preventDefault();
    if (act[0] === "clear") this.chosen.set([]);
    else if (act[0] === "fit") this.fit();
    else this.plotly.relayout(this.el, viewChanges(this.el._fullLayout, act));
  }

  protected fit(): void {
    const { layout } = variantOf(this.told, this.variant, false);
    this.plotly.relayout(this.el, this.whole(layout));
  }

  protected abstract whole(layout: Figure["layout"]): Record<string, unknown>;
}
