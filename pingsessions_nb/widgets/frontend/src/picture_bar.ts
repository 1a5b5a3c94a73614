/* The bar above a live picture: what it shows, how it is coloured and clocked, zoom and Fit. */

import type { AnyModel } from "@anywidget/types";
import { type Option, zoneOptions } from "./figure/zone_options.ts";
import { button, make } from "./kit/dom.ts";
import { Part, rendering } from "./kit/part.ts";
import type { Act } from "./kit/plot_view.ts";
import { isDark, onTheme } from "./kit/theme.ts";
import { visible } from "./kit/words.ts";
import "./styles/picture_bar.css";

type Traits = {
  title: string;
  count: string;
  status: string;
  message: string;
  is_error: boolean;
  colors: Option[];
  color_by: string;
  time_zone: string;
  clearable: string;
  theme: "light" | "dark";
  background: string;
};

class PictureBar extends Part<Traits> {
  readonly #title = make("span", { class: "ps-title" });
  readonly #count = make("span", { class: "ps-count" });
  readonly #status = make("span", { class: "ps-status", "aria-live": "polite" });
  readonly #words = make("span", { class: "ps-message-text" });
  readonly #message = make("div", { class: "ps-message" }, this.#words);
  readonly #clear = this.#button("", "", ["clear"]);

  constructor(model: AnyModel<Traits>, el: HTMLElement) {
    super(model, el, "ps-picture-bar");
    const zoom = make(
      "div",
      { class: "ps-group" },
      this.#button("\u2212", "Zoom out", ["zoom", 1 / 1.6]),
      this.#button("+", "Zoom in", ["zoom", 1.6]),
      this.#button("Fit", "Show everything", ["fit"]),
    );
    const color = this.get("colors").length
      ? this.#choice("color_by", "Colour", this.get("colors"))
      : null;
    const zone = this.#choice("time_zone", "Time zone", zoneOptions());
    const heading = make("div", { class: "ps-heading" }, this.#title, this.#count);
    const chosen = make("div", { class: "ps-chosen" }, this.#status, this.#clear);
    const tools = make("div", { class: "ps-tools" }, color, zone, zoom);
    el.append(make("div", { class: "ps-bar" }, heading, chosen, tools), this.#message);
    this.redraw(["title", "count", "status", "clearable", "message", "is_error"], () =>
      this.#draw(),
    );
    this.atEnd(onTheme(() => this.#tellTheme()));
    const placed = new ResizeObserver(() => this.#tellTheme());
    placed.observe(el);
    this.atEnd(() => placed.disconnect());
  }

  #button(words: string, title: string, act: Act): HTMLButtonElement {
    const ask = () => {
      const figure = this.el.closest(".ps-picture")?.querySelector(".ps-figure");
      figure?.dispatchEvent(new CustomEvent("ps-act", { detail: act }));
    };
    return button(words, ask, { title, "aria-label": title });
  }

  /* A labelled choice that follows a trait; a value that is not among the options joins them. */
  #choice(trait: "color_by" | "time_zone", label: string, options: Option[]): HTMLElement {
    const select: HTMLSelectElement = make("select", {
      class: "ps-select",
      onchange: () => this.set({ [trait]: select.value }),
    });
    this.redraw([trait], () => {
      const value = this.get(trait);
      const known = options.some(([option]) => option === value);
      const all = known ? options : [...options, [value, value] as Option];
      select.replaceChildren(
        ...all.map(([option, words]) => make("option", { value: option }, visible(words))),
      );
      select.value = value;
    });
    const name = make("span", { class: "ps-choice-name" }, label);
    return make("label", { class: "ps-choice" }, name, select);
  }

  #draw(): void {
    const [status, clear, message] = [
      this.get("status"),
      this.get("clearable"),
      this.get("message"),
    ];
    this.#title.textContent = this.get("title");
    this.#count.textContent = visible(this.get("count"));
    this.#status.textContent = visible(status);
    this.#status.title = visible(status);
    this.#clear.hidden = !clear;
    this.#clear.textContent = clear;
    this.#clear.title = clear;
    this.#clear.setAttribute("aria-label", clear);
    this.#words.textContent = visible(message);
    this.#message.hidden = !message;
    this.#message.classList.toggle("ps-error", this.get("is_error"));
    this.#message.setAttribute("role", this.get("is_error") ? "alert" : "note");
    this.el.classList.toggle("ps-speaks", !this.#message.hidden);
  }

  /* The figure is drawn on whatever ground its frame has. */
  #tellTheme(): void {
    const frame = this.el.closest(".ps-picture");
    if (!frame) return;
    const theme = isDark(this.el) ? "dark" : "light";
    frame.classList.add("ps-widget");
    frame.classList.toggle("ps-dark", theme === "dark");
    const background = getComputedStyle(frame).backgroundColor;
    if (this.get("theme") === theme && this.get("background") === background) return;
    this.set({ theme, background });
  }
}

export default rendering<Traits>((model, el) => new PictureBar(model, el));
