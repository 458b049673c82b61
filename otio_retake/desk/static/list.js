// The bin: every request of the cut as a row. Rows are plain and all there, so that scrolling never shows a blank one.

import { askBox } from "./ask.js";
import { FILTERS, passes, select, setFilter, stateOf, store, when } from "./board.js";
import { fill, h, setText } from "./dom.js";
import { loadLazily } from "./lazy.js";
import { isNothing, money, plural } from "./words.js";

const bin = { rows: new Map(), filters: new Map(), box: null, empty: null };

export function buildList(place) {
  const filters = h("div", { class: "filters", role: "group", "aria-label": "Show" }, ...FILTERS.map(filterButton));
  bin.box = h("div", { class: "bin", role: "listbox", "aria-label": "Requests", onkeydown: walk, onclick: choose });
  bin.empty = h("p", { class: "empty", hidden: true });
  const title = h("h2", { id: "requests-title", class: "unseen" }, "Requests");
  fill(place, title, askBox(), filters, bin.box, bin.empty);
  when("board", drawList);
  when("filter", drawFilter);
  when("selected", () => markSelected(true));
  drawList();
}

function filterButton([name, words]) {
  const count = h("span", { class: "count" });
  const button = h(
    "button",
    { type: "button", class: "filter", "aria-pressed": "false", onclick: () => setFilter(name) },
    h("span", {}, words),
    count,
  );
  bin.filters.set(name, { button, count });
  return button;
}

function drawList() {
  const order = store.board.requests.map((request) => {
    const known = bin.rows.get(request.id) ?? newRow(request);
    drawRow(known, request);
    return known.element;
  });
  const old = [...bin.box.children];
  if (order.length !== old.length || order.some((element, i) => element !== old[i])) {
    const kept = new Set(order);
    for (const [id, row] of bin.rows) if (!kept.has(row.element)) bin.rows.delete(id);
    bin.box.replaceChildren(...order);
  }
  for (const [name, , fits] of FILTERS)
    setText(bin.filters.get(name).count, String(store.board.requests.filter(fits).length));
  drawFilter();
  markSelected(false);
}

function newRow(request) {
  const parts = {
    timecode: h("span", { class: "row-timecode" }),
    clip: h("span", { class: "row-clip" }),
    chip: h("span", { class: "chip" }),
    plus: h("span", { class: "chip send", hidden: true }, "+1"),
    prompt: h("span", { class: "row-prompt" }),
    cost: h("span", { class: "row-cost" }),
    how: h("span", { class: "row-how" }),
  };
  const strip = h("span", { class: "strip" });
  if (request.stills) {
    const image = h("img", { alt: "", width: "800", height: "90", decoding: "async" });
    strip.append(image, h("span", { class: "strip-region" }));
    loadLazily(image, () => store.link.strip(request.id), bin.box);
  }
  const element = h(
    "div",
    { class: "row", role: "option", tabindex: "-1", "aria-selected": "false", "data-request": request.id },
    h("span", { class: "row-head" }, parts.timecode, parts.clip),
    h("span", { class: "row-state" }, parts.plus, parts.chip),
    strip,
    parts.cost,
    h("span", { class: "row-foot" }, parts.prompt, parts.how),
  );
  const made = { element, parts, drawn: "" };
  bin.rows.set(request.id, made);
  return made;
}

function drawRow(known, request) {
  const state = stateOf(request);
  const how = `${request.mode} \u00b7 ${request.service}${request.takes > 1 ? ` \u00d7${request.takes}` : ""}`;
  const cost = costOf(request);
  const prompt = request.prompt || "(no prompt)";
  const drawn = [request.timecode, request.clip, state.kind, state.words, request.again, how, cost, prompt].join(
    "\u0000",
  );
  if (drawn === known.drawn) return;
  known.drawn = drawn;
  const { parts } = known;
  setText(parts.timecode, request.timecode);
  setText(parts.clip, request.clip);
  setText(parts.prompt, prompt);
  setText(parts.how, how);
  setText(parts.cost, cost);
  setText(parts.chip, state.words);
  parts.chip.className = `chip ${state.kind}`;
  parts.plus.hidden = !request.again;
}

/** What the row says at its side: the price while there is something to buy, else how many takes there are. */
function costOf(request) {
  const asked = request.status === "new" || request.again;
  if (asked && request.cost !== null)
    return isNothing(request.cost) ? "no cost" : money(request.cost, store.board.money.currency);
  return request.made.length ? plural(request.made.length, "take") : "";
}

function drawFilter() {
  for (const [name, { button }] of bin.filters) button.setAttribute("aria-pressed", String(name === store.filter));
  let shown = 0;
  for (const request of store.board.requests) {
    const fits = passes(request);
    bin.rows.get(request.id).element.hidden = !fits;
    shown += fits ? 1 : 0;
  }
  bin.empty.hidden = shown > 0;
  setText(bin.empty, store.board.requests.length ? "No request is like that." : "Nothing is asked for yet.");
  // The arrow keys start where Tab can go: at the selected row, or the first that is shown.
  markSelected(false);
}

function markSelected(reveal) {
  const shown = [...bin.box.children].filter((element) => !element.hidden);
  const selected = bin.rows.get(store.selected)?.element;
  const stop = selected && !selected.hidden ? selected : shown[0];
  for (const { element } of bin.rows.values()) {
    const is = element === selected;
    if ((element.getAttribute("aria-selected") === "true") !== is) element.setAttribute("aria-selected", String(is));
    const index = element === stop ? "0" : "-1";
    if (element.getAttribute("tabindex") !== index) element.setAttribute("tabindex", index);
  }
  if (reveal && selected) selected.scrollIntoView({ block: "nearest" });
}

function choose(event) {
  const row = event.target.closest(".row");
  if (row) select(row.dataset.request);
}

const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 6, PageUp: -6, Home: -Infinity, End: Infinity };

function walk(event) {
  if (!(event.key in STEPS) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  const shown = [...bin.box.children].filter((element) => !element.hidden);
  const at = shown.indexOf(event.target.closest(".row"));
  const next = shown[Math.min(Math.max(at + STEPS[event.key], 0), shown.length - 1)];
  if (!next) return;
  next.focus();
  select(next.dataset.request);
}
