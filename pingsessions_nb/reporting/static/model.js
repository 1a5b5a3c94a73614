/* Stands in for a widget's model where there is no kernel: traits, and who listens to them. */
import { Texts } from "../../widgets/static/canvas_data.js";

export class Model {
  constructor(values) {
    this.values = values;
    this.listeners = new Map();
  }

  get(name) { return this.values[name]; }

  set(name, value) {
    if (same(this.values[name], value)) return;
    this.values[name] = value;
    for (const listener of [...(this.listeners.get(`change:${name}`) ?? [])]) listener();
  }

  on(events, listener) {
    for (const event of events.split(" ")) {
      if (!this.listeners.has(event)) this.listeners.set(event, new Set());
      this.listeners.get(event).add(listener);
    }
  }

  off(events, listener) {
    for (const event of events.split(" ")) this.listeners.get(event)?.delete(listener);
  }

  save_changes() {}

  send() {}
}

/* Whatever one of `models` takes for the trait `name`, all take. */
export function link(models, name) {
  for (const model of models) {
    model.on(`change:${name}`, () => {
      for (const other of models) other.set(name, model.get(name));
    });
  }
}

function same(one, other) {
  return one === other || (Array.isArray(one) && Array.isArray(other)
    && one.length === other.length && one.every((value, i) => value === other[i]));
}

/* The page's data; columns are bytes again. */
export function embedded(element) {
  return JSON.parse(element.textContent, (_, value) => (
    typeof value?.base64 === "string"
      ? Uint8Array.from(atob(value.base64), (char) => char.charCodeAt(0)) : value
  ));
}

/* Session ids by the row of the frame, and back. */
export class SessionIds {
  constructor(packed) {
    const texts = new Texts(packed);
    this.ids = Array.from({ length: texts.length }, (_, row) => texts.get(row));
    this.rows = new Map(this.ids.map((id, row) => [id, row]));
  }
}
