/* The frame that the timeline and the map share: a bar of controls, a legend, a canvas, a status. */
import { element, Tooltip } from "./canvas.js";

export function buildFrame(root, { kind, title, label, keys }) {
  root.classList.add("ps-chart", `ps-${kind}`);
  // Notebook 7 hears keys before the canvas does: arrows would go from cell to cell.
  root.dataset.lmSuppressShortcuts = "true";
  const bar = element("div", "ps-bar");
  const heading = element("div", "ps-heading");
  const count = element("span", "ps-count");
  heading.append(element("span", "ps-title", title), count);
  const tools = element("div", "ps-tools");
  bar.append(heading, tools);
  const legend = element("div", "ps-legend");
  const stage = element("div", "ps-stage");
  const canvas = element("canvas", "ps-canvas");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", label);
  const message = element("div", "ps-message");
  message.hidden = true;
  stage.append(canvas, message);
  const foot = element("div", "ps-foot");
  const status = element("div", "ps-status");
  status.setAttribute("aria-live", "polite");
  foot.append(status, element("div", "ps-keys", keys));
  root.replaceChildren(bar, legend, stage, foot);
  return { bar, count, tools, legend, stage, canvas, message, status, tooltip: new Tooltip(canvas) };
}

export function button(text, label, act) {
  const node = element("button", "ps-button", text);
  node.type = "button";
  node.title = label;
  node.setAttribute("aria-label", label);
  node.addEventListener("click", act);
  return node;
}

export function buttonGroup(...buttons) {
  const node = element("div", "ps-group");
  node.append(...buttons);
  return node;
}

/* A labelled choice; `options` is [[value, text]]. Returns the label's node and a setter. */
export function choice(text, options, change) {
  const label = element("label", "ps-choice");
  const select = element("select", "ps-select");
  const add = ([value, name]) => {
    const option = element("option", "", name);
    option.value = value;
    select.append(option);
  };
  options.forEach(add);
  select.addEventListener("change", () => change(select.value));
  label.append(element("span", "ps-choice-name", text), select);
  const set = (value) => {
    if (![...select.options].some((option) => option.value === value)) add([value, value]);
    select.value = value;
  };
  return { node: label, set };
}

/* A sentence in place of the drawing. */
export function showMessage(frame, text, isError) {
  frame.message.replaceChildren(element("div", "ps-message-text", text));
  frame.message.hidden = !text;
  frame.message.classList.toggle("ps-error", Boolean(isError));
  frame.message.setAttribute("role", isError ? "alert" : "note");
}

/* Calls `change` for each of `names` and returns a function that stops listening. */
export function listen(model, handlers) {
  const events = Object.entries(handlers).map(([name, handler]) => [`change:${name}`, handler]);
  for (const [event, handler] of events) model.on(event, handler);
  return () => events.forEach(([event, handler]) => model.off(event, handler));
}
