/* A report that is open in a browser: its charts, linked; its theme; its way onto paper. */
import { Zone } from "../../widgets/static/canvas_time.js";
import { Choosing } from "./choosing.js";
import { embedded, link, Model, SessionIds } from "./model.js";

const dark = matchMedia("(prefers-color-scheme: dark)");

/* The charts look at the page's background, and again whenever an attribute of <body> changes. */
function followScheme() {
  document.body.dataset.theme = dark.matches ? "dark" : "light";
}

/* Every instant in the text, in the zone that was chosen in the timeline. */
function writeTimes(name) {
  const zone = new Zone(name);
  for (const node of document.querySelectorAll("time[data-as]")) {
    const at = Date.parse(node.dateTime);
    node.textContent = node.dataset.as === "day" ? zone.day(at) : `${zone.day(at)}, ${zone.clock(at, false)}`;
    node.title = `${zone.full(at)} ${zone.label(at)}`;
  }
  for (const node of document.querySelectorAll(".zone")) {
    node.textContent = name === "UTC" ? "UTC" : `${zone.name.replaceAll("_", " ")} time`;
  }
}

function start(timeline, map) {
  const data = embedded(document.querySelector("#ps-data"));
  const common = { selected: [], time_zone: "UTC", error: "" };
  const models = {
    timeline: new Model({ ...common, ...data.timeline, color_by: data.color_by, time_range: null }),
    map: new Model({ ...common, ...data.map }),
    page: new Model({ ...common }),
  };
  link(Object.values(models), "selected");
  link(Object.values(models), "time_zone");

  // First, so that the charts are as wide and as light as paper before they are drawn for it.
  window.addEventListener("beforeprint", () => document.body.classList.add("ps-printing"));
  window.addEventListener("afterprint", () => document.body.classList.remove("ps-printing"));
  followScheme();
  dark.addEventListener("change", followScheme);

  timeline.render({ model: models.timeline, el: document.querySelector("#timeline .chart") });
  map.render({ model: models.map, el: document.querySelector("#map .chart") });
  new Choosing(models.page, new SessionIds(data.timeline._data.ids));
  models.page.on("change:time_zone", () => writeTimes(models.page.get("time_zone")));
  document.documentElement.classList.add("scripted");
}

export default start;
