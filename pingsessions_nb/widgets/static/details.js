import { plural } from "./canvas_data.js";
import { duration, Zone } from "./canvas_time.js";
import { capitalised, make, severityChip, visible, widgetRoot } from "./elements.js";

const WARNING =
  "PingOne signs the user out. Access to an application may last until its current token ends, " +
  "about five minutes.";

/* The facts of the selected sessions, written out; ending one asks first, in place. */
function renderDetails({ model, el }) {
  const unfollow = widgetRoot(el, "ps-details");
  el.classList.add("ps-framed");
  const count = make("span", { class: "ps-part-count" });
  const content = make("div", {
    class: "ps-details-content",
    tabindex: "0",
    role: "region",
    "aria-label": "Details of the selected sessions",
  });
  let asking = null;
  let zone = new Zone("UTC");

  el.append(
    make(
      "div",
      { class: "ps-part-bar" },
      make(
        "div",
        { class: "ps-part-heading" },
        make("span", { class: "ps-part-title" }, "Details"),
        count,
      ),
    ),
    content,
  );

  const instant = (at) =>
    at === null ? "unknown" : `${zone.full(at)} ${zone.label(at)}`;

  function valueText(value) {
    if (typeof value === "string") return visible(value);
    if ("span" in value) return duration(value.span);
    return instant(value.at);
  }

  function pairs(list) {
    return list.flatMap(([label, value]) => [
      make("dt", null, visible(label)),
      make("dd", null, make("bdi", null, valueText(value))),
    ]);
  }

  function place(location) {
    const also = location.also.map(([label, value]) => `${visible(label)}: ${valueText(value)}`);
    const small = [location.ip === null ? null : visible(location.ip), ...also].filter(Boolean);
    return make(
      "li",
      null,
      make("div", { class: "ps-when" }, instant(location.at)),
      make("div", null, make("bdi", null, location.place ? visible(location.place) : "Unknown place")),
      small.length ? make("div", { class: "ps-muted" }, make("bdi", null, small.join(" \u00b7 "))) : null,
    );
  }

  function finding(signal) {
    return make(
      "li",
      { class: "ps-finding" },
      severityChip(signal.severity),
      " ",
      make("strong", null, visible(capitalised(signal.kind))),
      " ",
      make("bdi", null, visible(signal.summary)),
    );
  }

  function endButton(session) {
    const told = model.get("_ending")[session.id];
    if (!model.get("can_end") || asking === session.id || (told && told.state !== "failed")) return null;
    const ask = () => {
      asking = session.id;
      draw();
      content.querySelector(".ps-keep")?.focus();
    };
    return make(
      "button",
      { class: "ps-button ps-warning ps-end", type: "button", onclick: ask },
      "End session",
    );
  }

  /* How ending a session goes; or the question before it. */
  function ending(session) {
    const told = model.get("_ending")[session.id];
    if (asking !== session.id) {
      const failed = told?.state === "failed";
      const kind = failed ? "ps-ending ps-error" : "ps-ending";
      return told ? make("div", { class: kind, role: failed ? "alert" : "status" }, visible(told.words)) : null;
    }
    const back = () => {
      asking = null;
      draw();
      content.querySelector(".ps-end")?.focus();
    };
    return make(
      "div",
      {
        class: "ps-ending ps-asking",
        role: "alertdialog",
        "aria-label": "End this session?",
        onkeydown: (event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          back();
        },
      },
      make("strong", null, "End this session?"),
      make("p", null, WARNING),
      make(
        "button",
        {
          class: "ps-button ps-warning",
          type: "button",
          onclick: () => {
            asking = null;
            model.send({ type: "end", session: session.id });
            draw();
            content.focus(); // whose keys brought them here must not be left nowhere
          },
        },
        "End session",
      ),
      make("button", { class: "ps-button ps-keep", type: "button", onclick: back }, "Cancel"),
    );
  }

  function article(session) {
    return make(
      "article",
      { class: "ps-session", "data-session": session.id },
      make("header", null, make("h4", null, make("bdi", null, visible(session.title))), endButton(session)),
      ending(session),
      session.signals.length ? make("ul", { class: "ps-findings" }, session.signals.map(finding)) : null,
      make("dl", null, pairs(session.facts)),
      make("h5", null, session.locations.length ? plural(session.locations.length, "location") : "No locations"),
      make("ol", { class: "ps-places" }, session.locations.map(place)),
    );
  }

  function draw() {
    zone = new Zone(model.get("time_zone"));
    const error = model.get("error");
    const sessions = model.get("_facts");
    const chosen = model.get("selected").length;
    count.textContent = chosen > 1 ? plural(chosen, "session") : "";
    if (error || !sessions.length) {
      const hint = "Select a session on the timeline, the map or in the table to see all its facts.";
      const kind = error ? "ps-part-message ps-error" : "ps-part-message";
      content.replaceChildren(make("div", { class: kind }, error ? visible(error) : hint));
      return;
    }
    const more = chosen - sessions.length;
    content.replaceChildren(
      ...sessions.map(article),
      more > 0 ? make("p", { class: "ps-muted" }, `${plural(more, "more session")} selected.`) : "",
    );
  }

  const redraw = () => {
    if (!model.get("selected").includes(asking)) asking = null;
    draw();
  };
  const top = () => {
    redraw();
    content.scrollTop = 0;
  };
  const changes = {
    "change:_facts": top,
    "change:selected": redraw,
    "change:time_zone": draw,
    "change:can_end": draw,
    "change:_ending": draw,
    "change:error": draw,
  };
  for (const [event, handler] of Object.entries(changes)) model.on(event, handler);
  draw();
  return () => {
    unfollow();
    for (const [event, handler] of Object.entries(changes)) model.off(event, handler);
  };
}

export default { render: renderDetails };
