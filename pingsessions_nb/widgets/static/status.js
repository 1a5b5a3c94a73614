import { make, visible, widgetRoot } from "./elements.js";

/* What the explorer is doing; an error can be tried again. */
function renderStatus({ model, el }) {
  const unfollow = widgetRoot(el, "ps-status-line");
  const draw = () => {
    const kind = model.get("kind");
    el.hidden = !model.get("words");
    el.classList.toggle("ps-error", kind === "error");
    el.classList.toggle("ps-busy", kind === "busy");
    el.setAttribute("role", kind === "error" ? "alert" : "status");
    const again = make(
      "button",
      { type: "button", class: "ps-link", onclick: () => model.send({ type: "again" }) },
      "Try again",
    );
    el.replaceChildren(
      make("bdi", null, visible(model.get("words"))),
      kind === "error" ? again : "",
    );
  };
  model.on("change:words change:kind", draw);
  draw();
  return () => {
    unfollow();
    model.off("change:words change:kind", draw);
  };
}

export default { render: renderStatus };
