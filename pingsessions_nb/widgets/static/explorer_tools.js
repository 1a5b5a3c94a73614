import { make, visible, widgetRoot } from "./elements.js";

const SOURCES = [
  ["live", "Live", "What PingOne keeps: the last ten sessions of each user"],
  ["archive", "Archive", "All that was recorded"],
];

/* Where to read from, and a button that saves a report and says where. */
function renderTools({ model, el }) {
  const unfollow = widgetRoot(el, "ps-tools-line");
  const choose = (value) => {
    model.set("read_from", value);
    model.save_changes();
  };
  const group = `ps-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}`;
  const boxes = SOURCES.map(([value, words, title]) => {
    const box = make("input", {
      type: "radio",
      name: group,
      value,
      onchange: () => choose(value),
    });
    return { box, node: make("label", { class: "ps-source", title }, box, make("span", null, words)) };
  });
  const sources = make(
    "div",
    {
      class: "ps-sources",
      role: "radiogroup",
      "aria-label": "Where to read from",
      // JupyterLab has a use of its own for arrows, and would keep them from the radio buttons.
      onkeydown: (event) => {
        if (!event.key.startsWith("Arrow")) return;
        event.preventDefault();
        event.stopPropagation();
        const other = boxes.find(({ box }) => box !== event.target).box;
        other.focus();
        choose(other.value);
      },
    },
    boxes.map(({ node }) => node),
  );
  const save = make(
    "button",
    { class: "ps-button", type: "button", onclick: () => model.send({ type: "save" }) },
    "Save report",
  );
  save.title = "Save one page that opens in any browser, without a network";
  const told = make("div", { class: "ps-told" });
  el.append(sources, save, told);

  const draw = () => {
    const kind = model.get("kind");
    sources.hidden = !model.get("can_switch");
    for (const { box } of boxes) box.checked = box.value === model.get("read_from");
    save.hidden = !model.get("can_save");
    save.disabled = kind === "busy";
    told.hidden = !model.get("words");
    told.classList.toggle("ps-busy", kind === "busy");
    told.classList.toggle("ps-error", kind === "error");
    told.setAttribute("role", kind === "error" ? "alert" : "status");
    told.replaceChildren(make("bdi", null, visible(model.get("words"))));
    el.hidden = sources.hidden && save.hidden && told.hidden;
  };
  const names = ["read_from", "can_switch", "can_save", "words", "kind"];
  for (const name of names) model.on(`change:${name}`, draw);
  draw();
  return () => {
    unfollow();
    for (const name of names) model.off(`change:${name}`, draw);
  };
}

export default { render: renderTools };
