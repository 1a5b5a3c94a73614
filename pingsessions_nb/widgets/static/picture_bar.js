/* The bar above a live picture: what it shows, how it is coloured and clocked, zoom and Fit. */
import { make, visible } from "./elements.js";
import { followTheme, isDark } from "./theme.js";

const ZONES = [
  "UTC", "America/Los_Angeles", "America/New_York", "America/Sao_Paulo", "Europe/London",
  "Europe/Paris", "Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo", "Australia/Sydney",
];

function zones() {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const named = (zone) => zone.replaceAll("_", " ").replace(/^[^/]+\//, "");
  const rest = ZONES.filter((zone) => zone !== here && zone !== "UTC").map((zone) => [zone, named(zone)]);
  return [["UTC", "UTC"], ...(here && here !== "UTC" ? [[here, `${named(here)} (here)`]] : []), ...rest];
}

/* A labelled choice that follows a trait; a value that is not among the options joins them. */
function choice(model, trait, label, options) {
  const select = make("select", { class: "ps-select", onchange: () => {
    model.set(trait, select.value);
    model.save_changes();
  } });
  const show = () => {
    const value = model.get(trait);
    const known = options.some(([option]) => option === value) ? options : [...options, [value, value]];
    select.replaceChildren(...known.map(([option, text]) => make("option", { value: option }, visible(text))));
    select.value = value;
  };
  show();
  return [make("label", { class: "ps-choice" }, make("span", { class: "ps-choice-name" }, label), select), show];
}

function render({ model, el }) {
  const act = (...detail) => () => el.closest(".ps-picture")?.querySelector(".ps-figure")
    ?.dispatchEvent(new CustomEvent("ps-act", { detail }));
  const button = (text, title, onclick) =>
    make("button", { class: "ps-button", type: "button", title, "aria-label": title, onclick }, text);
  const [title, count, status, words] = ["title", "count", "status", "message-text"].map((name) => make("span", { class: `ps-${name}` }));
  status.setAttribute("aria-live", "polite");
  const clear = button("", "", act("clear"));
  const [color, showColor] = choice(model, "color_by", "Colour", model.get("colors"));
  const [zone, showZone] = choice(model, "time_zone", "Time zone", zones());
  const tools = make("div", { class: "ps-tools" }, status, clear, model.get("colors").length ? color : null, zone,
    make("div", { class: "ps-group" },
      button("\u2212", "Zoom out", act("zoom", 1 / 1.6)),
      button("+", "Zoom in", act("zoom", 1.6)),
      button("Fit", "Show everything", act("fit"))));
  const message = make("div", { class: "ps-message" }, words);
  const root = make("div", { class: "ps-picture-bar" },
    make("div", { class: "ps-bar" }, make("div", { class: "ps-heading" }, title, count), tools), message);
  el.append(root);

  const show = () => {
    title.textContent = model.get("title");
    count.textContent = visible(model.get("count"));
    status.textContent = visible(model.get("status"));
    status.title = status.textContent;
    clear.hidden = !model.get("clearable");
    clear.textContent = model.get("clearable");
    clear.title = model.get("clearable");
    clear.setAttribute("aria-label", model.get("clearable"));
    words.textContent = visible(model.get("message"));
    message.hidden = !model.get("message");
    message.classList.toggle("ps-error", model.get("is_error"));
    message.setAttribute("role", model.get("is_error") ? "alert" : "note");
    root.classList.toggle("ps-speaks", !message.hidden);
    showColor();
    showZone();
  };
  show();
  const heard = ["title", "count", "status", "message", "is_error", "color_by", "time_zone", "clearable"];
  for (const name of heard) model.on(`change:${name}`, show);
  const stop = followTheme(root, () => {
    const frame = el.closest(".ps-picture");
    if (!frame) return;
    const theme = isDark(root) ? "dark" : "light";
    frame.classList.add("ps-widget");
    frame.classList.toggle("ps-dark", theme === "dark");
    const background = getComputedStyle(frame).backgroundColor;
    if (model.get("theme") === theme && model.get("background") === background) return;
    model.set("theme", theme);
    model.set("background", background);
    model.save_changes();
  });
  return () => {
    stop();
    for (const name of heard) model.off(`change:${name}`, show);
  };
}

export default { render };
