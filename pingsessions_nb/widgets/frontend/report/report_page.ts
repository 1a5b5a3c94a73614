/* A report that is open in a browser: its table and pictures, linked; its theme; its way onto paper. */

import { Zone } from "../src/kit/clock.ts";
import { Chosen } from "./chosen.ts";
import { MapPicture, type Travels } from "./map_picture.ts";
import type { Picture } from "./picture.ts";
import { loadPlotly, unpacked } from "./plotly_code.ts";
import { SessionTable } from "./session_table.ts";
import { TimelinePicture } from "./timeline_picture.ts";
import type { ToldFigure } from "./told_figure.ts";

interface Data {
  time_zone: string;
  sessions: string[];
  timeline: ToldFigure;
  map: ToldFigure;
  travels: Travels;
}

const NARROW = 900; // CSS pixels of a picture, below which names need more room
const dark = matchMedia("(prefers-color-scheme: dark)");
const chart = (name: string) => document.querySelector<HTMLElement>(`#${name} .chart`);

/* The table has minutes; the whole instant stands in its title. */
function tellInstants(zone: Zone): void {
  for (const node of document.querySelectorAll("time")) {
    node.title = zone.full(Date.parse(node.dateTime));
  }
}

/* Findings and journeys that name a session choose it, with the timeline in sight. */
function followLinks(chosen: Chosen): void {
  for (const node of document.querySelectorAll<HTMLElement>("a[data-session]")) {
    node.addEventListener("click", (event) => {
      event.preventDefault();
      chosen.set([Number(node.dataset.session)]);
      document.querySelector("#timeline")?.scrollIntoView({ block: "start", behavior: "smooth" });
    });
  }
}

function drawAll(pictures: [HTMLElement, Picture][]): void {
  const printing = document.body.classList.contains("ps-printing");
  for (const [el, picture] of pictures) {
    const narrow = printing || el.clientWidth < NARROW;
    picture.draw({ dark: dark.matches && !printing, narrow });
  }
}

function print(pictures: [HTMLElement, Picture][], on: boolean): void {
  document.body.classList.toggle("ps-printing", on);
  drawAll(pictures);
}

async function start(data: Data): Promise<void> {
  const chosen = new Chosen();
  const table = document.querySelector<HTMLTableElement>(".sessions");
  if (table) new SessionTable(table, chosen);
  followLinks(chosen);
  tellInstants(new Zone(data.time_zone));
  document.documentElement.classList.add("scripted");
  const [when, where] = [chart("timeline"), chart("map")];
  if (!when || !where) return;
  try {
    const plotly = await loadPlotly();
    for (const el of [when, where]) el.replaceChildren();
    const timeline = new TimelinePicture(when, plotly, data.timeline, chosen, "Timeline");
    timeline.rowOf = new Map(data.sessions.map((id, row) => [id, row]));
    const map = new MapPicture(where, plotly, data.map, chosen, "Map");
    map.travels = data.travels;
    const pictures: [HTMLElement, Picture][] = [
      [when, timeline],
      [where, map],
    ];
    drawAll(pictures);
    document.documentElement.classList.add("drawn");
    dark.addEventListener("change", () => drawAll(pictures));
    // First, so that they are as wide and as light as paper before they are drawn for it.
    window.addEventListener("beforeprint", () => print(pictures, true));
    window.addEventListener("afterprint", () => print(pictures, false));
    let width = when.clientWidth;
    new ResizeObserver(() => {
      if (when.clientWidth !== width) drawAll(pictures);
      width = when.clientWidth;
    }).observe(when);
  } catch (error) {
    for (const el of [when, where]) {
      el.textContent = error instanceof Error ? error.message : String(error);
      el.classList.add("nothing");
    }
  }
}

const packed = document.querySelector("#ps-data")?.textContent ?? "";
unpacked(packed).then((text) => start(JSON.parse(text) as Data));
