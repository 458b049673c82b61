// The header: whose cut this is, what it costs, who carries orders out, and what can be done with the whole.

import { act } from "./actions.js";
import { spending, store, when, working } from "./board.js";
import { openConfirm } from "./confirm.js";
import { fill, h, setText } from "./dom.js";
import { parseRate } from "./frames.js";
import { loadPicks, savePicks } from "./picks.js";
import { money, rateName } from "./words.js";
import { openWriting, writingWords } from "./writing.js";

const parts = {};

export function buildBar(place) {
  const offline = store.link.offline;
  const button = (words, act, kind = "quiet") => h("button", { type: "button", class: kind, onclick: act }, words);
  parts.name = h("h1", { class: "bar-cut" });
  parts.form = h("p", { class: "bar-form" });
  parts.sums = h("dl", { class: "sums", "aria-label": "Money" });
  parts.who = h(
    "p",
    { class: "who" },
    h("span", { class: "lamp", "aria-hidden": "true" }),
    (parts.whoWords = h("span")),
  );
  parts.home = button("Bring results home", () => act("resume", {}, "Results are being fetched"));
  parts.confirm = button("Confirm\u2026", openConfirm, "primary");
  parts.stop = button("Stop sending", () => act("stop", {}, "Nothing new is sent"));
  const exported = h(
    "a",
    { class: "button quiet", href: offline ? "#" : store.link.exported(), download: true },
    "Export page",
  );
  parts.write = button(`${writingWords()}\u2026`, openWriting);
  parts.buttons = h(
    "div",
    { class: "bar-buttons", role: "group", "aria-label": "The whole cut" },
    ...(offline ? [] : [parts.home, parts.confirm, parts.stop, parts.write, exported]),
    button("Save picks", savePicks),
    button("Load picks", loadPicks),
  );
  fill(
    place,
    h("div", { class: "bar-name" }, parts.name, parts.form),
    parts.sums,
    offline ? offlineNote() : parts.who,
    parts.buttons,
  );
  when("board", drawBar);
  when("live", drawBar);
  drawBar();
}

function offlineNote() {
  return h("p", { class: "who" }, "Offline copy: picks made here are saved with \u201cSave picks\u201d");
}

function drawBar() {
  const { cut, money: sums, confirm } = store.board;
  // A timeline that is open in Resolve is no file, but has a name of its own.
  const [name, form] = cut.applies ? [cut.title, " \u00b7 in Resolve"] : [cut.title, ` \u00b7 ${cut.form}`];
  document.title = `${name} \u2013 otio-retake desk`;
  setText(parts.name, name);
  parts.name.title = name;
  setText(parts.form, `${rateName(parseRate(cut.rate))} fps${cut.drop ? ", drop frame" : ""}${form}`);
  drawSums(sums);
  const now = working();
  parts.who.dataset.mine = now ? String(now.mine) : "none";
  setText(parts.whoWords, lease(now));
  const atService = store.board.requests.some((request) => request.orders.some((order) => order.at_work));
  parts.home.hidden = Boolean(now) || !atService;
  parts.stop.disabled = !(now?.mine || store.live?.running);
  parts.confirm.disabled = confirm.sends.length === 0;
  parts.confirm.title = confirm.sends.length ? "" : confirm.blocked;
}

function drawSums(sums) {
  const { project, today } = spending();
  const sum = (name, amount, limit) =>
    h(
      "div",
      { class: "sum" },
      h("dt", {}, name),
      h(
        "dd",
        {},
        money(amount, sums.currency),
        limit !== null && limit !== undefined && h("span", { class: "sum-limit" }, ` of ${limit}`),
      ),
    );
  const made = [
    !store.link.offline && sum("To confirm", sums.total, sums.run_limit),
    sum("Spent in project", project.spent, project.limit),
    sum("Spent today", today.spent, today.limit),
  ];
  const words = made.map((each) => each && each.textContent).join("|");
  // A header that is built anew twice a second would take the selection out of a person's hand.
  if (parts.sums.dataset.words === words) return;
  parts.sums.dataset.words = words;
  fill(parts.sums, ...made);
}

function lease(now) {
  if (!now) return "Nobody carries orders out";
  return now.mine ? "This desk carries orders out" : `Process ${now.pid} on ${now.host} carries orders out`;
}
