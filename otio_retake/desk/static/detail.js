// The right side: the selected request, first what came back, then its orders, then what is asked.

import { current, neighbour, select, stateOf, store, when } from "./board.js";
import { fill, h, setText } from "./dom.js";
import { openKeyMap } from "./keys.js";
import { buildOrders } from "./orders.js";
import { buildRequest } from "./request.js";
import { buildTakes } from "./takes.js";
import { buildWatch } from "./watch.js";

const view = {};

export function buildDetail(place) {
  const step = (by, words, signs) =>
    h(
      "button",
      {
        type: "button",
        class: "quiet small",
        onclick: () => select(neighbour(by)),
        "aria-label": `${words} request`,
        title: `${words} request, ${signs}`,
      },
      signs,
    );
  const keys = h(
    "button",
    { type: "button", class: "quiet small", onclick: openKeyMap, "aria-label": "Keys", title: "Keys, ?" },
    "?",
  );
  view.title = h("h2", { id: "detail-title", class: "detail-title" });
  view.clip = h("span", { class: "detail-clip" });
  view.chip = h("span", { class: "chip" });
  view.facts = h("p", { class: "detail-facts" });
  view.empty = h("p", { class: "empty", hidden: true });
  const head = h(
    "div",
    { class: "detail-head" },
    view.title,
    view.clip,
    view.chip,
    view.facts,
    step(-1, "Previous", "["),
    step(1, "Next", "]"),
    keys,
  );
  const after = h("section", { class: "after", "aria-label": "Takes" });
  const during = h("section", { class: "during", "aria-labelledby": "orders-title" });
  const before = h("section", { class: "before", "aria-labelledby": "before-title" });
  fill(place, head, view.empty, after, during, before);
  const takes = h("div", { class: "takes" });
  const watch = h("div", { class: "watch" });
  after.append(takes, watch);
  when("board", () => drawHead(head));
  when("selected", () => {
    drawHead(head);
    place.scrollTop = 0;
  });
  drawHead(head);
  place.addEventListener("mousedown", leaveFocus);
  buildWatch(watch);
  buildTakes(takes, after);
  buildOrders(during);
  buildRequest(before);
}

/** A mouse on a button beside the player takes the hand out of a field or the list: keys are the player's again. */
function leaveFocus(event) {
  if (!event.target.closest(".after button, .detail-head button")) return;
  event.preventDefault();
  if (document.activeElement?.matches("input, textarea, select, button, .row")) document.activeElement.blur();
}

function drawHead(head) {
  const request = current();
  head.hidden = !request;
  view.empty.hidden = Boolean(request);
  const asks = store.board.offers?.length && !store.link.offline ? " Ask for one at the left." : "";
  setText(view.empty, `Nothing in this cut asks for a retake.${asks}`);
  if (!request) return;
  const state = stateOf(request);
  setText(view.title, `${request.timecode} \u2013 ${request.until}`);
  setText(view.clip, request.clip);
  setText(view.chip, state.words);
  view.chip.className = `chip ${state.kind}`;
  const at = store.board.requests.findIndex((each) => each.id === request.id);
  const others = request.marks_on_clip > 1 ? ` \u00b7 one of ${request.marks_on_clip} on this clip` : "";
  setText(view.facts, `${at + 1} of ${store.board.requests.length}${others}`);
}
