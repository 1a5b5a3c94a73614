/* What is shown below its button or field, above everything else on the page: an output area that
   scrolls would cut off anything that is merely positioned. */

interface Options {
  stretch?: boolean;
  onclose?: () => void;
}

const EDGE = 8;

export class Popup {
  readonly #anchor: HTMLElement;
  readonly #popup: HTMLElement;
  readonly #options: Options;
  #stop: AbortController | null = null;

  constructor(anchor: HTMLElement, popup: HTMLElement, options: Options = {}) {
    this.#anchor = anchor;
    this.#popup = popup;
    this.#options = options;
    popup.popover = "manual";
    popup.tabIndex = -1; // a press on its text keeps the focus inside
  }

  get isOpen(): boolean {
    return this.#popup.matches(":popover-open");
  }

  open(): void {
    if (this.isOpen) return;
    this.#popup.showPopover();
    this.place();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const outside = ({ target }: Event) => {
      if (!this.#holds(target as Node)) this.close();
    };
    document.addEventListener("pointerdown", outside, { capture: true, signal });
    document.addEventListener("scroll", () => this.place(), { capture: true, signal });
    window.addEventListener("resize", () => this.place(), { signal });
  }

  close(): void {
    this.#stop?.abort();
    if (!this.isOpen) return;
    this.#popup.hidePopover();
    this.#options.onclose?.();
  }

  /* Below the anchor, or above it where there is more room. */
  place(): void {
    const { style } = this.#popup;
    const at = this.#anchor.getBoundingClientRect();
    if (this.#options.stretch) style.width = `${at.width}px`;
    const below = window.innerHeight - at.bottom - 12;
    const above = at.top - 12;
    const height = this.#popup.firstElementChild?.scrollHeight ?? 0;
    const upwards = below < Math.min(260, height) && above > below;
    style.maxHeight = `${Math.max(120, Math.min(420, upwards ? above : below))}px`;
    const left = Math.min(at.left, window.innerWidth - this.#popup.offsetWidth - EDGE);
    style.left = `${Math.max(EDGE, left)}px`;
    style.top = upwards ? "auto" : `${at.bottom + 4}px`;
    style.bottom = upwards ? `${window.innerHeight - at.top + 4}px` : "auto";
  }

  #holds(node: Node): boolean {
    return this.#popup.contains(node) || this.#anchor.contains(node);
  }
}
