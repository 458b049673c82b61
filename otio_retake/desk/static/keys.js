// The keys, as editors know them. One table makes both what they do and the key map that `?` shows.

import { pick } from "./actions.js";
import { current, currentTake, neighbour, select, show } from "./board.js";
import { dialog, fill, h } from "./dom.js";
import { say } from "./notices.js";
import { openReject } from "./takes.js";
import { onScreen } from "./watch.js";

const OFF = "otio-retake-keys-off";
let held = false;
let off = false;

/** Acts only where there is a player to act on. */
const playing = (does) => () => {
  const { watch } = onScreen;
  if (!watch?.ready) return false;
  does(watch.transport, watch.controls);
  return true;
};

const shuttle = (way) => playing((transport) => (held ? transport.step(way) : transport.nudge(way)));

function pickNth(n) {
  const request = current();
  if (!request?.made.length) return false;
  if (n === 0) return (pick(request, null), true);
  const take = request.made[n - 1];
  if (!take) return false;
  if (!take.there || take.state === "rejected") {
    say(`${take.label} ${take.there ? "is rejected: restore it first." : "has no files any more."}`);
    return true;
  }
  show(take.id);
  pick(request, take.id);
  return true;
}

function rejectShown() {
  const take = currentTake();
  if (!take || take.state === "rejected") return false;
  openReject(take);
  return true;
}

const KEYS = [
  ["Play", [" "], "space", "play or stop", playing((transport) => transport.toggle())],
  ["Play", ["l"], "L", "forward; again: 2\u00d7, 4\u00d7", shuttle(1)],
  ["Play", ["j"], "J", "backward; again: 2\u00d7, 4\u00d7", shuttle(-1)],
  ["Play", ["k"], "K", "stop; held with J, L or an arrow: one frame", playing((transport) => transport.halt())],
  [
    "Step",
    ["ArrowLeft", "ArrowRight"],
    "\u2190 \u2192",
    "one frame",
    (event) => playing((transport) => transport.step(event.key === "ArrowLeft" ? -1 : 1))(),
  ],
  [
    "Step",
    ["shift+ArrowLeft", "shift+ArrowRight"],
    "shift \u2190 \u2192",
    "ten frames",
    (event) => playing((transport) => transport.step(event.key === "ArrowLeft" ? -10 : 10))(),
  ],
  [
    "Step",
    ["ArrowUp", "ArrowDown"],
    "\u2191 \u2193",
    "previous, next seam",
    (event) => playing((transport) => transport.toSeam(event.key === "ArrowUp" ? -1 : 1))(),
  ],
  [
    "Step",
    ["Home", "End"],
    "home end",
    "first, last frame",
    (event) => playing((transport) => transport.step(event.key === "Home" ? -1e9 : 1e9))(),
  ],
  ["Step", ["g"], "G", "go to a timecode or frame", playing((_transport, controls) => controls.goTo.select())],
  [
    "Range",
    ["i", "o"],
    "I O",
    "in, out",
    (event) => playing((transport) => transport.mark(event.key.toLowerCase() === "i" ? "in" : "out"))(),
  ],
  [
    "Range",
    ["shift+i", "shift+o"],
    "shift I O",
    "clear in, out",
    (event) => playing((transport) => transport.mark(event.key.toLowerCase() === "i" ? "in" : "out", null))(),
  ],
  ["Range", ["n"], "N", "loop the next seam", playing((transport) => transport.loopNextSeam())],
  [
    "Range",
    ["r"],
    "R",
    "loop the marked region, or not",
    playing((transport) => transport.setLoop(transport.loop === "region" ? "off" : "region")),
  ],
  ["View", ["s"], "S", "side by side", playing((_transport, controls) => controls.see("side"))],
  ["View", ["a"], "A", "the original", playing((_transport, controls) => controls.see("a"))],
  ["View", ["b"], "B", "the take", playing((_transport, controls) => controls.see("b"))],
  ["View", ["f"], "F", "flip between original and take", playing((_transport, controls) => controls.flip())],
  ["View", ["w"], "W", "wipe", playing((_transport, controls) => controls.see("wipe"))],
  ["View", ["d"], "D", "difference", playing((_transport, controls) => controls.see("difference"))],
  ["Sound", ["t"], "T", "hear the other side", playing((_transport, controls) => controls.otherSound())],
  ["Sound", ["m"], "M", "mute", playing((_transport, controls) => controls.setMute())],
  ["Choose", [..."123456789"], "1 \u2026 9", "pick that take", (event) => pickNth(Number(event.key))],
  ["Choose", ["0"], "0", "pick the original", () => pickNth(0)],
  ["Choose", ["x"], "X", "reject the take that is shown", rejectShown],
  [
    "Choose",
    ["[", ",", "]", "."],
    "[ ] or , .",
    "previous, next request",
    (event) => (select(neighbour("[,".includes(event.key) ? -1 : 1)), true),
  ],
  ["Choose", ["?"], "?", "this map", () => (openKeyMap(), true)],
];

const BOUND = new Map(KEYS.flatMap(([, keys, , , does]) => keys.map((key) => [key, does])));

export function listenToKeys() {
  try {
    off = localStorage.getItem(OFF) === "yes";
  } catch {
    // Then they are on.
  }
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "k") held = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (isForPage(event) && !off) run(event);
    else if (event.key === "?" && isForPage(event)) openKeyMap();
  });
  document.addEventListener("keyup", (event) => {
    if (event.key.toLowerCase() === "k") held = false;
  });
  addEventListener("blur", () => (held = false));
}

function run(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const shifted = event.shiftKey && (event.key.length > 1 || /[a-z]/.test(key));
  const does = BOUND.get(shifted ? `shift+${key}` : key);
  // A held K repeats: it stops once.
  if (!does || (event.repeat && key === "k")) return;
  if (does(event)) event.preventDefault();
}

const MOVES_VALUE = new Set([" ", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);

/** Whether a key is the page's to act on: not the browser's, not a field's, not a dialog's. */
function isForPage(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return false;
  if (document.querySelector("dialog[open]")) return false;
  const target = event.target;
  if (target.closest?.("textarea, select, [contenteditable], input:not([type=range], [type=checkbox], [type=radio])")) {
    if (event.key === "Escape") target.blur();
    return false;
  }
  if (target.closest?.("input")) return !MOVES_VALUE.has(event.key);
  if (target.closest?.("button, summary, a")) return event.key !== " " && event.key !== "Enter";
  // What scrolls keeps the arrows while it has the focus.
  return !(target.closest?.(".problems-scroll") && MOVES_VALUE.has(event.key));
}

export function openKeyMap() {
  const groups = [...new Set(KEYS.map(([group]) => group))];
  const turn = h("input", { type: "checkbox", checked: !off, onchange: () => keep(!turn.checked) });
  const body = h("div", { class: "key-map" });
  const part = (group) =>
    h(
      "section",
      {},
      h("h3", {}, group),
      h(
        "dl",
        {},
        ...KEYS.filter(([of]) => of === group).flatMap(([, , keys, words]) => [
          h("dt", {}, h("kbd", {}, keys)),
          h("dd", {}, words),
        ]),
      ),
    );
  fill(body, ...groups.map(part));
  const close = h("button", { type: "button", class: "primary", onclick: () => box.close() }, "Close");
  const box = dialog(
    "Keys",
    body,
    h(
      "label",
      { class: "check" },
      turn,
      h("span", {}, "Single keys act (turn off if they get in the way of speech input)"),
    ),
    h("div", { class: "dialog-buttons" }, close),
  );
  close.focus();
}

function keep(is) {
  off = is;
  try {
    localStorage.setItem(OFF, off ? "yes" : "no");
  } catch {
    // It holds until the page is left.
  }
}
