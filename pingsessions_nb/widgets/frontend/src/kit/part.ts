/* What all parts have in common: a root with the theme, a model that is listened to, a word when
   the kernel behind it is gone. */

import type { AnyModel, Render } from "@anywidget/types";
import { make } from "./dom.ts";
import { followTheme } from "./theme.ts";

type Traits = Record<string, unknown>;
type Handlers = Record<string, (message: never) => void>;

const GONE = "The kernel was restarted or has ended. Run the cell again.";

export class Part<T extends Traits> {
  readonly model: AnyModel<T>;
  readonly el: HTMLElement;
  readonly #ends: (() => void)[] = [];

  constructor(model: AnyModel<T>, el: HTMLElement, name: string) {
    this.model = model;
    this.el = el;
    el.classList.add("ps-part", name);
    // JupyterLab's one-key commands (`x` cuts the cell) are not for whoever types in here.
    el.dataset.lmSuppressShortcuts = "true";
    this.atEnd(followTheme(el));
    this.#tellWhenGone();
  }

  get<K extends keyof T>(name: K): T[K] {
    return this.model.get(name);
  }

  set(values: Partial<T>): void {
    for (const name of Object.keys(values)) this.model.set(name, values[name] as T[string]);
    this.model.save_changes();
  }

  /* Calls each handler at its events, such as "change:a change:b", until the part ends. */
  listen(handlers: Handlers): void {
    for (const [events, handler] of Object.entries(handlers)) {
      this.model.on(events, handler as () => void);
      this.atEnd(() => this.model.off(events, handler as () => void));
    }
  }

  /* Draws at each change of these traits, and now. */
  redraw(names: (keyof T & string)[], draw: () => void): void {
    this.listen({ [names.map((name) => `change:${name}`).join(" ")]: draw });
    draw();
  }

  /* Whether nobody answers any more. A model lives with its kernel; anywidget does not say whether
     its own does, but lets its layout, a model too, be seen. */
  get isGone(): boolean {
    const layout = this.model.get("layout") as { comm_live?: boolean } | undefined;
    return layout?.comm_live === false;
  }

  atEnd(end: () => void): void {
    this.#ends.push(end);
  }

  close(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  #tellWhenGone(): void {
    const note = make("div", { class: "ps-gone-note", role: "status" }, GONE);
    const tell = () => {
      if (this.isGone) this.el.prepend(note);
      else note.remove();
    };
    this.listen({ comm_live_update: () => setTimeout(tell) });
  }
}

/* What a widget's module exports: `start` builds a part, which ends with its view. */
export function rendering<T extends Traits>(
  start: (model: AnyModel<T>, el: HTMLElement) => Part<T>,
): { render: Render<T> } {
  return {
    render({ model, el }) {
      const part = start(model, el);
      return () => part.close();
    },
  };
}
