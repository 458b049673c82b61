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
  const status = h("div", { class: "applying-said", role: "status" });
  const all = h("div");
  fill(place, status, all);
  let drawn = "null";
  const draw = () => {
    const row = store.board.applying;
    const now = JSON.stringify(row);
    if (drawn === now) return;
    drawn = now;
    fill(status, ...(row ? saidOf(row, () => fill(status) && fill(all)) : []));
    fill(all, row && everyTake(row));
  };
  when("board", draw);
  draw();
}

const isWell = (result) => ["done", "already there"].includes(result.outcome) && !result.why;

function saidOf(row, putAway) {
  const close = h("button", { type: "button", class: "quiet small to-right", onclick: putAway }, "Put away");
  if (row.waiting) {
    const chip = h("span", { class: "chip busy" }, "Waiting for Resolve");
    return [h("p", { class: "applying-head" }, chip, h("span", {}, row.why || NOBODY))];
  }
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
    h("p", { class: "applying-head" }, h("strong", {}, "In Resolve"), ...counts, none, kept, close),
    lines.length + told.length > 0 && h("ul", { class: "applying-lines", tabindex: "0" }, ...lines, ...told),
  ];
}

function outcomeLine(result) {
  const [kind, words] = OUTCOMES[result.outcome] ?? ["quiet", result.outcome];
  return h("li", {}, h("span", { class: `is-${kind}` }, `${result.name} ${words}`), result.why && `: ${result.why}`);
}

/** Each take with what came of it, folded: mostly all went well. */
function everyTake(row) {
  if (row.waiting || !row.results.length) return null;
  const items = row.results.map((result) =>
    h("li", {}, takeOpener(result), ` ${(OUTCOMES[result.outcome] ?? ["", result.outcome])[1]}`),
  );
  return h(
    "details",
    {},
    h("summary", {}, row.results.length === 1 ? "The take" : `All ${row.results.length} takes`),
    h("ul", { class: "applying-lines", tabindex: "0", "aria-label": "Takes in Resolve" }, ...items),
  );
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
