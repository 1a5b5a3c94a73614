import { plural } from "./canvas_data.js";
import { Zone } from "./canvas_time.js";
import { make, popupBelow, visible, widgetRoot } from "./elements.js";
import { inputTime, instantOf, minuteText } from "./times.js";

const FACETS = [
  { trait: "countries", title: "Country", every: "countries" },
  { trait: "browsers", title: "Browser", every: "browsers" },
  { trait: "devices", title: "Device", every: "devices" },
];
const SPANS = [
  ["Last day", 1],
  ["Last 7 days", 7],
  ["Last 30 days", 30],
  ["Last 90 days", 90],
];
const DAY_MS = 86400000;
const YEARS = { min: "1970-01-01T00:00", max: "9998-12-31T23:59" };
const MANY = 12; // choices from which on they can be searched

/* A button that opens a popup below it; `fill(popup)` makes the content anew each time. */
function popupButton(label, fill) {
  const text = make("span", { class: "ps-filter-text" });
  const button = make(
    "button",
    { class: "ps-button ps-filter", type: "button", "aria-haspopup": "dialog", "aria-expanded": "false" },
    text,
    make("span", { class: "ps-caret", "aria-hidden": "true" }),
  );
  const popup = make("div", { class: "ps-filter-popup", role: "dialog", "aria-label": label });
  const below = popupBelow(button, popup, {
    onclose: () => button.setAttribute("aria-expanded", "false"),
  });
  const close = () => {
    below.close();
    button.focus();
  };
  button.addEventListener("click", () => {
    if (below.isOpen()) return below.close();
    fill(popup, close);
    below.open();
    button.setAttribute("aria-expanded", "true");
    popup.querySelector("input, button")?.focus();
    return undefined;
  });
  const onKey = (event) => {
    if (event.key !== "Escape" || !below.isOpen()) return;
    event.stopPropagation();
    event.preventDefault();
    close();
  };
  popup.addEventListener("keydown", onKey);
  button.addEventListener("keydown", onKey);
  popup.addEventListener("focusout", (event) => {
    const to = event.relatedTarget;
    // A press on the button is about to close it: closed already, it would open again.
    if (to && to !== button && !popup.contains(to)) below.close();
  });
  const show = (words, active) => {
    text.textContent = words;
    button.title = words;
    button.classList.toggle("ps-active", active);
  };
  return { node: make("span", { class: "ps-filter-slot" }, button, popup), show, below, button };
}

function renderFilters({ model, el }) {
  const unfollow = widgetRoot(el, "ps-filters");
  const set = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  };
  const zone = () => new Zone(model.get("time_zone"));
  const titled = (text) => visible(text).replace(/(^|[\s-])\p{L}/gu, (match) => match.toUpperCase());
  const choiceText = (facet, value) => {
    if (value === "") return "unknown";
    return facet.trait === "countries" ? titled(value) : visible(value);
  };

  const time = popupButton("Time range", fillTime);
  const facets = FACETS.map((facet) => ({
    ...facet,
    ...popupButton(facet.title, (popup) => fillFacet(facet, popup)),
  }));
  const signalsBox = make("input", {
    type: "checkbox",
    onchange: () => set({ signals_only: signalsBox.checked }),
  });
  const signals = make("label", { class: "ps-filter-check" }, signalsBox, "Signals only");
  const clear = make(
    "button",
    {
      class: "ps-link",
      type: "button",
      onclick: () =>
        set({ time_range: null, countries: [], browsers: [], devices: [], signals_only: false }),
    },
    "Clear filters",
  );
  const count = make("span", { class: "ps-filter-count", role: "status" });
  const row = make(
    "div",
    { class: "ps-filter-row", role: "group", "aria-label": "Filters" },
    time.node,
    facets.map((facet) => facet.node),
    signals,
    clear,
    count,
  );
  el.append(row);

  function fillFacet(facet, popup) {
    const there = model.get("_choices")[facet.trait] ?? [];
    // What was chosen and is no longer there hides all: it must be possible to let it go.
    const gone = model.get(facet.trait).filter((value) => !there.some(([other]) => other === value));
    const choices = [...there, ...gone.map((value) => [value, 0])];
    const list = make("div", { class: "ps-filter-list" });
    const rows = choices.map(([value, number]) => {
      const box = make("input", {
        type: "checkbox",
        onchange: () => {
          const others = model.get(facet.trait).filter((other) => other !== value);
          set({ [facet.trait]: box.checked ? [...others, value] : others });
        },
      });
      box.checked = model.get(facet.trait).includes(value);
      const text = choiceText(facet, value);
      return make(
        "label",
        { class: "ps-filter-check", title: text },
        box,
        make("bdi", null, text),
        make("span", { class: "ps-muted" }, number.toLocaleString("en")),
      );
    });
    list.append(...rows);
    const search = make("input", {
      class: "ps-filter-search",
      type: "text",
      placeholder: `Search ${choices.length} ${facet.every}`,
      "aria-label": `Search ${facet.every}`,
      oninput: () => {
        const wanted = search.value.trim().toLowerCase();
        for (const one of rows) one.hidden = !one.title.toLowerCase().includes(wanted);
      },
    });
    popup.replaceChildren(
      make(
        "div",
        { class: "ps-filter-inner" },
        choices.length >= MANY ? search : null,
        choices.length ? list : make("div", { class: "ps-muted" }, "Nothing to choose from yet."),
      ),
    );
  }

  function fillTime(popup, close) {
    const here = zone();
    const extent = model.get("_extent");
    const range = model.get("time_range") ?? extent;
    const field = (title, at) => {
      const input = make("input", { type: "datetime-local", "aria-label": title, ...YEARS });
      if (range) input.value = inputTime(here, at);
      return { input, node: make("label", { class: "ps-filter-field" }, title, input) };
    };
    const from = field("From", range?.[0]);
    const to = field("To", range?.[1]);
    const wrong = make("div", { class: "ps-filter-wrong", role: "alert", hidden: true });
    const apply = () => {
      const start = instantOf(here, from.input.value);
      // The minute typed is meant to its end.
      const end = instantOf(here, to.input.value) + 59999;
      const beyond = [from, to].some(
        ({ input }) => input.validity.rangeUnderflow || input.validity.rangeOverflow,
      );
      const fault = beyond
        ? "Give years from 1970 to 9998."
        : Number.isNaN(start + end)
          ? "Give both a start and an end."
          : start > end
            ? "The start is after the end."
            : "";
      wrong.textContent = fault;
      wrong.hidden = !fault;
      if (fault) return;
      set({ time_range: [start, end] });
      close();
    };
    const choose = (value) => () => {
      set({ time_range: value });
      close();
    };
    const preset = (title, value) =>
      make("button", { class: "ps-filter-preset", type: "button", onclick: choose(value) }, title);
    popup.replaceChildren(
      make(
        "div",
        {
          class: "ps-filter-inner",
          onkeydown: (event) => {
            if (event.key === "Enter" && event.target.tagName === "INPUT") apply();
          },
        },
        preset("All time", null),
        // Counted from the newest activity: what PingOne keeps of a user may be old.
        extent
          ? SPANS.map(([title, days]) => preset(title, [extent[1] - days * DAY_MS, extent[1]]))
          : null,
        make("div", { class: "ps-filter-rule" }),
        from.node,
        to.node,
        wrong,
        make(
          "div",
          { class: "ps-filter-actions" },
          make("span", { class: "ps-muted" }, extent ? here.labels(...extent) : here.name),
          make("button", { class: "ps-button", type: "button", onclick: apply }, "Apply"),
        ),
      ),
    );
  }

  function draw() {
    const here = zone();
    const range = model.get("time_range");
    time.show(
      range ? `${minuteText(here, range[0])} \u2013 ${minuteText(here, range[1])}` : "All time",
      Boolean(range),
    );
    let active = Boolean(range) || model.get("signals_only");
    for (const facet of facets) {
      const chosen = model.get(facet.trait);
      const words = {
        0: facet.title,
        1: `${facet.title}: ${choiceText(facet, chosen[0] ?? "")}`,
      };
      facet.show(words[chosen.length] ?? `${facet.title}: ${chosen.length}`, chosen.length > 0);
      facet.button.disabled = !model.get("_counts").length;
      active ||= chosen.length > 0;
    }
    time.button.disabled = !model.get("_counts").length;
    signals.hidden = !model.get("_has_signals");
    signalsBox.checked = model.get("signals_only");
    clear.hidden = !active;
    const [shown, total] = model.get("_counts");
    const all = total === undefined ? "" : plural(total, "session");
    const note = model.get("note");
    count.classList.toggle("ps-busy", Boolean(note));
    count.textContent =
      note || (shown === total ? all : `${shown.toLocaleString("en")} of ${all}`);
  }

  const names = [
    ...["time_range", "countries", "browsers", "devices", "signals_only", "time_zone", "note"],
    ...["_choices", "_extent", "_counts", "_has_signals"],
  ];
  for (const name of names) model.on(`change:${name}`, draw);
  draw();
  return () => {
    unfollow();
    for (const one of [time, ...facets]) one.below.close();
    for (const name of names) model.off(`change:${name}`, draw);
  };
}

export default { render: renderFilters };
