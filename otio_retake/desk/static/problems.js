// The table of what stands in the way, of the whole cut: each row says what to do, and leads to its request.

import { select, store, when } from "./board.js";
import { fill, h } from "./dom.js";
import { plural } from "./words.js";

const OPEN = "otio-retake-problems-open";
let drawnStamp = "";

export function buildProblems(place) {
  when("board", () => drawProblems(place));
  drawProblems(place);
}

function counted(problems) {
  const count = (level) => problems.filter((problem) => problem.level === level).length;
  const [bad, warnings, notes] = ["problem", "warning", "note"].map(count);
  return [
    bad > 0 && h("span", { class: "chip bad" }, plural(bad, "problem")),
    warnings > 0 && h("span", { class: "chip warn" }, plural(warnings, "warning")),
    notes > 0 && h("span", { class: "chip quiet" }, plural(notes, "note")),
  ];
}

function drawProblems(place) {
  const { problems, requests, stamp } = store.board;
  place.hidden = problems.length === 0;
  if (stamp === drawnStamp) return;
  drawnStamp = stamp;
  if (!problems.length) return;
  // Before anything is ordered problems are what there is to do; later the takes are.
  const early = !requests.some((request) => request.orders.length || request.made.length);
  let open = remembersOpen() ?? early;
  const details = h(
    "details",
    { open },
    h("summary", {}, h("span", { class: "summary-words" }, "In this cut"), ...counted(problems)),
    h(
      "div",
      { class: "problems-scroll", tabindex: "0", role: "region", "aria-label": "Table of problems" },
      table(problems),
    ),
  );
  details.addEventListener("toggle", () => {
    // Being drawn open is told too, and is no choice of the person's.
    if (details.open === open) return;
    open = details.open;
    keepOpen(open);
  });
  fill(place, details);
}

function table(problems) {
  const head = ["Level", "Timecode", "Clip", "What", "What to do"].map((name) => h("th", { scope: "col" }, name));
  return h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...problems.map(row)));
}

function row(problem) {
  const kind = { problem: "bad", warning: "warn" }[problem.level] ?? "quiet";
  const timecode = problem.timecode || "\u2013";
  return h(
    "tr",
    {},
    h("td", {}, h("span", { class: `chip ${kind}` }, problem.level)),
    h("td", { class: "figures" }, problem.request ? opener(timecode, problem.request) : timecode),
    h("td", {}, problem.clip),
    h("td", {}, problem.what),
    h("td", {}, problem.fix),
  );
}

function opener(words, request) {
  const open = () => {
    select(request);
    document.getElementById("detail").focus();
  };
  return h(
    "button",
    { type: "button", class: "link", onclick: open, "aria-label": `Show the request at ${words}` },
    words,
  );
}

function remembersOpen() {
  try {
    const kept = sessionStorage.getItem(OPEN);
    return kept === null ? null : kept === "yes";
  } catch {
    return null;
  }
}

function keepOpen(open) {
  try {
    sessionStorage.setItem(OPEN, open ? "yes" : "no");
  } catch {
    // It opens as it likes the next time.
  }
}
