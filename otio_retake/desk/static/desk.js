// The page begins here: it is let in, reads the board, builds itself, and then follows what changes.

import { refresh } from "./actions.js";
import { buildApplying } from "./applying.js";
import { buildBar } from "./bar.js";
import { setBoard, setLive, store, when } from "./board.js";
import { buildDetail } from "./detail.js";
import { fill, h, setText } from "./dom.js";
import { listenToKeys } from "./keys.js";
import { openLink } from "./link.js";
import { buildList } from "./list.js";
import { aloud, banner, closed, complain } from "./notices.js";
import { buildProblems } from "./problems.js";

const ELSEWHERE =
  "The desk\u2019s server does not answer. What is at a service is safe;" +
  " this page goes on by itself when the server is back.";

async function begin() {
  try {
    store.link = await openLink();
  } catch (fault) {
    closed(fault);
    return;
  }
  setBoard(store.link.first);
  document.body.classList.toggle("is-offline", store.link.offline);
  buildBar(document.getElementById("bar"));
  buildProblems(document.getElementById("problems"));
  buildApplying(document.getElementById("applying"));
  buildList(document.getElementById("requests"));
  buildDetail(document.getElementById("detail"));
  if (!store.link.offline) buildLog(document.getElementById("requests"));
  listenToKeys();
  document.body.dataset.ready = "yes";
  store.link.follow({
    live: followed,
    lost: () => banner(ELSEWHERE),
    found,
    gone: ({ what, fix }) => banner(`${what} ${fix}`),
  });
}

function followed(live) {
  banner("");
  setLive(live);
  if (live.stamp !== store.board.stamp) refresh();
}

let wasLost = false;

function found() {
  banner("");
  if (wasLost) refresh();
  wasLost = true;
}

/** The run's last remarks, at the foot of the list. */
function buildLog(place) {
  const last = h("span", { class: "log-last" });
  const all = h("ul", { class: "log-all" });
  const details = h("details", { class: "log" }, h("summary", {}, last), all);
  place.append(details);
  let drawn = null;
  const draw = () => {
    const said = store.live?.said ?? store.board.said;
    const cooking = store.live?.cooking ?? 0;
    const words = said.at(-1) ?? "Nothing to remark so far.";
    setText(last, cooking ? `${words} \u00b7 making ${cooking} for the player` : words);
    const now = said.join("\n");
    if (now === drawn) return;
    if (drawn !== null && said.length) aloud(words);
    drawn = now;
    fill(all, ...said.toReversed().map((line) => h("li", {}, line)));
  };
  when("live", draw);
  when("board", draw);
  draw();
}

addEventListener("hashchange", () => {
  // A new link pasted into this page: it is entered by a fresh start.
  if (location.hash.startsWith("#t=")) location.reload();
});
addEventListener("unhandledrejection", (event) => complain(event.reason));

begin();
