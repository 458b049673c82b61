// What becomes of the takes in Resolve: that they are waited for, then what came of each.

import { select, show, store, when } from "./board.js";
import { fill, h } from "./dom.js";

const OUTCOMES = {
  done: ["good", "done"],
  "already there": ["quiet", "there already"],
  refused: ["warn", "refused"],
  undone: ["warn", "taken away again"],
  failed: ["bad", "failed"],
};
const NOBODY =
  "While Retake runs in Resolve it takes them by itself; else choose Workspace > Scripts > Retake - Collect there.";

export function buildApplying(place) {
  const { cut } = store.board;
  if (store.link.offline || !cut.applies) return;
  place.hidden = false;
  // It is there before anything is said in it: what appears together with its words is not read aloud.
  const status = h("div", { role: "status" });
  const buttons = h("p", { class: "applying-head" });
  const every = h("ul", { id: "applied-takes", class: "applying-lines", tabindex: "0", hidden: true });
  every.setAttribute("aria-label", "Takes in Resolve");
  fill(place, h("div", { class: "applying" }, status, buttons), every);
  const clear = () => [status, buttons, every].forEach((part) => fill(part));
  let drawn = "null";
  const draw = () => {
    const row = store.board.applying;
    const now = JSON.stringify(row);
    if (drawn === now) return;
    drawn = now;
    clear();
    every.hidden = true;
    if (!row) return;
    fill(status, ...(row.waiting ? waitsOf(row) : cameOf(row)));
    if (row.waiting) return;
    fill(every, ...row.results.map(takeLine));
    fill(buttons, row.results.length > 0 && unfold(every), putAway(clear));
  };
  when("board", draw);
  draw();
}

const isWell = (result) => ["done", "already there"].includes(result.outcome) && !result.why;

function putAway(clear) {
  return h("button", { type: "button", class: "quiet small", onclick: clear }, "Put away");
}

/** A button that shows each take with what came of it: mostly all went well. */
function unfold(every) {
  const attributes = { type: "button", class: "quiet small", "aria-expanded": "false", "aria-controls": every.id };
  const button = h("button", attributes, "Takes");
  button.addEventListener("click", () => {
    every.hidden = !every.hidden;
    button.setAttribute("aria-expanded", String(!every.hidden));
  });
  return button;
}

function waitsOf(row) {
  const chip = h("span", { class: "chip busy" }, "Waiting for Resolve");
  return [h("p", { class: "applying-head" }, chip, h("span", {}, row.why || NOBODY))];
}

function cameOf(row) {
  const counts = Object.entries(OUTCOMES).map(([outcome, [kind, words]]) => {
    const count = row.results.filter((result) => result.outcome === outcome).length;
    return count > 0 && h("span", { class: `chip ${kind}` }, `${count} ${words}`);
  });
  const kept = row.duplicate && h("span", { class: "hint" }, `The timeline as it was: ${row.duplicate}`);
  const none = row.results.length === 0 && h("span", {}, "There was nothing to do.");
  const lines = row.results.filter((result) => !isWell(result)).map(outcomeLine);
  const moved = !row.restored && !row.said.length && "Page, bin or playhead are not as they were.";
  const told = [...row.said, moved].filter(Boolean).map((line) => h("li", {}, line));
  return [
    h("p", { class: "applying-head" }, h("strong", {}, "In Resolve"), ...counts, none, kept),
    lines.length + told.length > 0 && h("ul", { class: "applying-lines", tabindex: "0" }, ...lines, ...told),
  ];
}

function outcomeLine(result) {
  const [kind, words] = OUTCOMES[result.outcome] ?? ["quiet", result.outcome];
  return h("li", {}, h("span", { class: `is-${kind}` }, `${result.name} ${words}`), result.why && `: ${result.why}`);
}

function takeLine(result) {
  return h("li", {}, takeOpener(result), ` ${(OUTCOMES[result.outcome] ?? ["", result.outcome])[1]}`);
}

function takeOpener(result) {
  const request = store.board.requests.find((each) => each.made.some((take) => take.id === result.take));
  if (!request) return h("span", {}, result.name);
  const open = () => {
    select(request.id);
    show(result.take);
    document.getElementById("detail").focus();
  };
  return h("button", { type: "button", class: "link", onclick: open }, result.name);
}
