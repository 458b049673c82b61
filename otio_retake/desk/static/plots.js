// The verdict's numbers, small: seams and colour against their limits. What is bad is red, and says so.

import { fill, h, svg } from "./dom.js";
import { isStray } from "./timeline.js";
import { figure, plural } from "./words.js";

const WIDTH = 120;

/** Fills `place` with the plots of `numbers`; `goTo(frame)` leads to a seam. */
export function drawPlots(place, numbers, ruler, goTo) {
  if (!numbers) {
    fill(place, h("p", { class: "hint" }, "There are no numbers for this take."));
    return;
  }
  fill(
    place,
    plot("Seams", seamRows(numbers, ruler, goTo)),
    plot("Colour", colourRows(numbers)),
    changeNote(numbers),
    checksTable(numbers.checks),
  );
}

function plot(title, rows) {
  return h("section", { class: "plot" }, h("h3", {}, title), rows);
}

/** A bar from 0, with its limit as a line: over it, it is red. */
function limitBar(value, limit) {
  const most = Math.max(limit * 1.6, value);
  const x = (at) => (WIDTH * at) / most;
  return svg(
    "svg",
    { class: "bar-plot", viewBox: `0 0 ${WIDTH} 12`, preserveAspectRatio: "none", height: 12, "aria-hidden": "true" },
    svg("rect", { class: "track", x: 0, y: 3, width: WIDTH, height: 6 }),
    svg("rect", { class: value > limit ? "bar bad" : "bar", x: 0, y: 3, width: Math.max(1, x(value)), height: 6 }),
    svg("line", { class: "limit", x1: x(limit), x2: x(limit), y1: 0, y2: 12 }),
  );
}

function measured(name, value, limit, excused) {
  if (value === null || value === undefined)
    return [
      h("span", {}, name),
      h("span", { class: "figures" }, "\u2013"),
      null,
      h("span", { class: "quiet-text" }, "not measured"),
    ];
  const over = value > limit && !excused;
  const words = over ? `over ${figure(limit, 1)}` : excused ? "the source cuts here" : `within ${figure(limit, 1)}`;
  return [
    h("span", {}, name),
    h("span", { class: over ? "figures is-bad" : "figures" }, figure(value)),
    limitBar(value, excused ? Math.max(limit, value) : limit),
    h("span", { class: over ? "is-bad" : "quiet-text" }, words),
  ];
}

function seamRows(numbers, ruler, goTo) {
  if (!numbers.seams.length) return h("p", { class: "quiet-text" }, "It has no seam inside the clip.");
  const rows = numbers.seams.map((seam, i) => {
    const label = `Seam ${i + 1} at ${ruler.at(seam.frame)}`;
    const to = h(
      "button",
      { type: "button", class: "link", onclick: () => goTo(seam.frame), title: "Go to its first frame" },
      label,
    );
    const lines = [
      measured("jump", seam.jump, numbers.jump_limit, seam.cut),
      measured("step", seam.step, numbers.step_limit, seam.cut),
    ];
    return h("div", { class: "seam-row" }, to, ...lines.map((cells) => h("div", { class: "measure" }, ...cells)));
  });
  return h("div", {}, ...rows);
}

/** A bar to the left or right of where nothing is changed. */
function leaningBar(value, middle, reach) {
  const half = WIDTH / 2;
  const length = Math.min(Math.abs(value - middle) / reach, 1) * half;
  return svg(
    "svg",
    { class: "bar-plot", viewBox: `0 0 ${WIDTH} 12`, preserveAspectRatio: "none", height: 12, "aria-hidden": "true" },
    svg("rect", { class: "track", x: 0, y: 3, width: WIDTH, height: 6 }),
    svg("rect", {
      class: "bar",
      x: value < middle ? half - length : half,
      y: 3,
      width: Math.max(1, length),
      height: 6,
    }),
    svg("line", { class: "limit", x1: half, x2: half, y1: 0, y2: 12 }),
  );
}

function colourRows({ colour, checks }) {
  if (!colour) return h("p", { class: "quiet-text" }, "It was not measured.");
  const level = checks.find((check) => /colou?r/i.test(check.name))?.level ?? "none";
  const bad = level === "reject" || level === "warn";
  const rows = ["Y", "Cb", "Cr"].map((name, i) =>
    h(
      "div",
      { class: "measure colour" },
      h("span", {}, name),
      h("span", { class: "figures" }, `\u00d7 ${figure(colour.gains[i], 3)}`),
      leaningBar(colour.gains[i], 1, 0.1),
      h(
        "span",
        { class: "figures" },
        `${colour.offsets[i] < 0 ? "\u2212" : "+"} ${figure(Math.abs(colour.offsets[i]), 1)}`,
      ),
      leaningBar(colour.offsets[i], 0, 10),
    ),
  );
  const words = colour.corrected
    ? "The take is corrected by this."
    : bad
      ? "It is shifted, and not corrected."
      : "Nothing had to be corrected.";
  return h(
    "div",
    { class: bad && !colour.corrected ? "colour-rows bad" : "colour-rows" },
    ...rows,
    h("p", { class: bad && !colour.corrected ? "is-bad" : "quiet-text" }, words),
  );
}

function changeNote(numbers) {
  const stray = numbers.differences.map((_, k) => k).filter((k) => isStray(numbers, k));
  const measuredAny = numbers.differences.some((value) => value !== null);
  const words = !measuredAny
    ? "The change of each frame was not measured."
    : stray.length
      ? `${plural(stray.length, "frame")} changed outside the changed span: ${ranges(stray)}.`
      : numbers.changed
        ? `Frames ${numbers.changed[0]} to ${numbers.changed[1] - 1} changed, and no other.`
        : "No frame changed.";
  return plot("Change", h("p", { class: stray.length ? "is-bad" : "quiet-text" }, words));
}

/** 3, 4, 5, 9 as "3\u20135, 9". */
function ranges(frames) {
  const runs = [];
  for (const k of frames) {
    if (runs.length && runs.at(-1)[1] === k - 1) runs.at(-1)[1] = k;
    else runs.push([k, k]);
  }
  return runs.map(([from, to]) => (from === to ? String(from) : `${from}\u2013${to}`)).join(", ");
}

const LEVELS = { pass: "good", warn: "warn", reject: "bad" };

function checksTable(checks) {
  if (!checks.length) return null;
  const row = (check) =>
    h(
      "tr",
      {},
      h(
        "td",
        {},
        h("span", { class: `chip ${LEVELS[check.level] ?? "quiet"}` }, check.level === "none" ? "said" : check.level),
      ),
      h("th", { scope: "row" }, check.name),
      h("td", { class: check.level === "reject" ? "is-bad" : null }, check.value),
      h("td", { class: "quiet-text" }, check.reason),
    );
  return h("table", { class: "checks", "aria-label": "Checks of this take" }, h("tbody", {}, ...checks.map(row)));
}
