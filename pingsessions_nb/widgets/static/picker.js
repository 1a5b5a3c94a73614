import { make, popupBelow, visible, widgetRoot } from "./elements.js";
import { agoText, utc } from "./times.js";

const TYPING_PAUSE_MS = 150;
const CHIPS = 10; // shown before the rest is folded away

/* Search as you type, after the ARIA combobox pattern: the input keeps the focus, the list below
   it shows the active user. The kernel asks PingOne; only the newest question's answer counts. */
function renderPicker({ model, el }) {
  const unfollow = widgetRoot(el, "ps-picker");
  const id = `ps-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}`;
  let question = 0;
  let answered = 0;
  let users = [];
  let active = -1;
  let pause = null;
  let unfolded = false;

  const chips = make("span", { class: "ps-picker-chips", role: "list", "aria-label": "Chosen" });
  const input = make("input", {
    class: "ps-picker-input",
    id: `${id}-input`,
    type: "text",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    "aria-expanded": "false",
    "aria-controls": `${id}-list`,
    "aria-autocomplete": "list",
    "aria-describedby": `${id}-status`,
  });
  const clear = make(
    "button",
    { class: "ps-picker-clear", type: "button", onclick: () => choose([]) },
    "Clear",
  );
  const field = make("div", { class: "ps-picker-field" }, chips, input, clear);
  const population = make("select", {
    class: "ps-picker-population",
    "aria-label": "Population",
    onchange: () => {
      model.set("population", population.value || null);
      model.save_changes();
    },
  });
  const list = make("div", {
    class: "ps-picker-list",
    id: `${id}-list`,
    role: "listbox",
    "aria-label": "Users found",
    "aria-multiselectable": String(model.get("multiple")),
  });
  const status = make("div", { class: "ps-picker-status", id: `${id}-status`, role: "status" });
  const popup = make(
    "div",
    { class: "ps-picker-popup", onmousedown: (event) => event.preventDefault() },
    make("div", { class: "ps-picker-found" }, list, status),
  );
  el.append(
    make("label", { class: "ps-picker-label", for: input.id }, "Users"),
    make("div", { class: "ps-picker-row" }, field, population),
    popup,
  );
  const known = new Map();
  const below = popupBelow(field, popup, {
    stretch: true,
    onclose: () => {
      input.setAttribute("aria-expanded", "false");
      input.value = "";
    },
  });

  const chosen = () => model.get("value");

  function choose(ids) {
    model.set("value", ids);
    model.save_changes();
  }

  function toggle(user) {
    const others = chosen().filter((other) => other !== user.id);
    const had = others.length < chosen().length;
    const multiple = model.get("multiple");
    // The card travels along, so that the chip has a name before the kernel has answered.
    known.set(user.id, user);
    if (had) choose(others);
    else choose(multiple ? [...others, user.id] : [user.id]);
    if (!multiple) below.close();
    input.focus();
    input.select(); // the next name replaces this one, while the list still shows its namesakes
  }

  function drawChips() {
    for (const card of model.get("_cards")) known.set(card.id, card);
    const all = chosen();
    const shown = unfolded || all.length <= CHIPS + 1 ? all : all.slice(0, CHIPS);
    const more = make(
      "button",
      {
        class: "ps-picker-more",
        type: "button",
        onclick: () => {
          unfolded = !unfolded;
          drawChips();
        },
      },
      unfolded ? "Show fewer" : `+${all.length - shown.length} more`,
    );
    chips.replaceChildren(
      ...shown.map((userId) => {
        const card = known.get(userId) ?? { name: userId };
        const name = visible(card.name);
        const remove = make(
          "button",
          { type: "button", "aria-label": `Remove ${name}`, onclick: () => toggleOff(userId) },
          "\u00d7",
        );
        return make(
          "span",
          { class: "ps-picker-chip", role: "listitem", title: visible(card.username ?? userId) },
          make("bdi", null, name),
          remove,
        );
      }),
      all.length > CHIPS + 1 ? make("span", { role: "listitem" }, more) : "",
    );
    clear.hidden = chosen().length < 2;
    input.placeholder = chosen().length ? "" : "Search by username, e-mail or name";
    for (const row of list.children) {
      row.setAttribute("aria-selected", String(chosen().includes(row.dataset.user)));
    }
    if (below.isOpen()) below.place();
  }

  function toggleOff(userId) {
    choose(chosen().filter((other) => other !== userId));
    input.focus();
  }

  /* From now on answers to what was typed before are out of date. */
  function ask(delay = 0) {
    clearTimeout(pause);
    question += 1;
    list.setAttribute("aria-busy", "true");
    say("Searching \u2026");
    // The population travels along: a trait's change may be held back while the kernel is busy.
    pause = setTimeout(() => {
      const text = input.value.trim();
      model.send({ type: "search", question, text, population: model.get("population") });
    }, delay);
  }

  function say(text, kind = "") {
    status.className = `ps-picker-status ${kind}`;
    status.replaceChildren(visible(text));
  }

  function open() {
    if (below.isOpen()) return;
    below.open();
    input.setAttribute("aria-expanded", "true");
    ask();
  }

  function onAnswer(message) {
    if (message.type !== "found" && message.type !== "failed") return;
    if (message.question !== question) return;
    answered = message.question;
    list.removeAttribute("aria-busy");
    users = message.users ?? [];
    const text = input.value.trim();
    list.replaceChildren(...users.map(userRow));
    setActive(users.length && text ? 0 : -1);
    list.scrollTop = 0;
    if (message.type === "failed") {
      say(message.sentence, "ps-error");
      status.append(
        " ",
        make("button", { type: "button", class: "ps-link", onclick: () => ask() }, "Try again"),
      );
    } else if (!users.length) {
      say(
        text
          ? `Nobody matches \u201c${text}\u201d. Names, usernames and e-mail addresses are searched.`
          : "There are no users here.",
      );
    } else if (message.more) {
      say(`The first ${users.length} are shown. Type more to narrow them down.`);
    } else {
      say(users.length === 1 ? "1 user" : `${users.length} users`);
    }
    below.place();
  }

  function words(name, text) {
    return make("bdi", { class: name, title: visible(text ?? "") }, visible(text ?? ""));
  }

  function userRow(user, index) {
    const at = user.last_sign_on_at;
    const exact = at === null ? "Never signed on" : `Last sign-on ${utc.full(at)} UTC`;
    return make(
      "div",
      {
        class: "ps-user",
        id: `${id}-option-${index}`,
        role: "option",
        "data-user": user.id,
        "aria-selected": String(chosen().includes(user.id)),
        onpointermove: () => setActive(index),
        onclick: () => toggle(user),
      },
      make("span", { class: "ps-user-check", "aria-hidden": "true" }, "\u2713"),
      make(
        "span",
        { class: "ps-user-name" },
        make("bdi", { title: visible(user.name) }, visible(user.name)),
        user.enabled === false ? make("span", { class: "ps-tag" }, "disabled") : null,
      ),
      words("ps-user-username", user.username),
      words("ps-user-population", user.population),
      make("span", { class: "ps-user-seen", title: exact }, at === null ? "never" : agoText(utc, at)),
    );
  }

  function setActive(index) {
    list.children[active]?.classList.remove("ps-active");
    active = index;
    const row = list.children[active];
    if (!row) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    row.classList.add("ps-active");
    input.setAttribute("aria-activedescendant", row.id);
    row.scrollIntoView({ block: "nearest" });
  }

  function onKey(event) {
    const last = users.length - 1;
    const moves = {
      ArrowDown: () => setActive(active >= last ? 0 : active + 1),
      ArrowUp: () => setActive(active <= 0 ? last : active - 1),
      Home: () => setActive(0),
      End: () => setActive(last),
    };
    if (event.key === "Escape") {
      if (!below.isOpen()) return;
      below.close();
    } else if (event.key === "Backspace" && !input.value && chosen().length) {
      choose(chosen().slice(0, -1));
    } else if (event.key === "Enter") {
      // While the list answers an older question, its first row is not what was typed.
      if (below.isOpen() && users[active] && answered === question && !list.ariaBusy) {
        toggle(users[active]);
      } else open();
    } else if (moves[event.key] && (below.isOpen() || event.key.startsWith("Arrow"))) {
      if (below.isOpen()) moves[event.key]();
      else open();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function drawPopulations() {
    const choices = model.get("_populations");
    population.hidden = choices.length === 1;
    population.disabled = !choices.length; // until the kernel has told them
    population.replaceChildren(
      make("option", { value: "" }, "All populations"),
      ...choices.map(([value, name]) => make("option", { value }, visible(name))),
    );
    population.value = model.get("population") ?? "";
  }

  input.addEventListener("input", () => {
    open();
    ask(TYPING_PAUSE_MS);
  });
  input.addEventListener("click", open);
  input.addEventListener("keydown", onKey);
  input.addEventListener("blur", (event) => {
    if (!el.contains(event.relatedTarget)) below.close();
  });
  field.addEventListener("pointerdown", (event) => {
    if (event.target !== field && event.target !== chips) return;
    event.preventDefault();
    input.focus();
    open();
  });

  const onPopulation = () => {
    population.value = model.get("population") ?? "";
    if (below.isOpen()) ask();
  };
  const changes = {
    "change:value change:_cards": drawChips,
    "change:_populations": drawPopulations,
    "change:population": onPopulation,
    "msg:custom": onAnswer,
  };
  for (const [event, handler] of Object.entries(changes)) model.on(event, handler);
  drawPopulations();
  drawChips();
  return () => {
    clearTimeout(pause);
    below.close();
    unfollow();
    for (const [event, handler] of Object.entries(changes)) model.off(event, handler);
  };
}

export default { render: renderPicker };
