// During: each order of the request, where it is, how long it has been there, and what only a person can say of it.

import { act } from "./actions.js";
import { asksPerson, current, orderNow, store, when } from "./board.js";
import { fill, h, setText } from "./dom.js";
import { openAnswer } from "./resolve.js";
import { duration, money, plural, timeOfDay } from "./words.js";

const clocks = { drawn: "", cards: new Map() };

export function buildOrders(place) {
  const draw = () => drawOrders(place);
  when("board", draw);
  when("selected", draw);
  when("live", tick);
  // Times count by themselves; the server only says when each began.
  setInterval(tick, 1000);
  draw();
}

function drawOrders(place) {
  const request = current();
  place.hidden = !request?.orders.length;
  const drawn = JSON.stringify([request?.id, request?.orders]);
  if (!request || drawn === clocks.drawn) return;
  clocks.drawn = drawn;
  clocks.cards.clear();
  fill(
    place,
    h("h3", { id: "orders-title" }, plural(request.orders.length, "order")),
    h("ol", { class: "orders" }, ...byNeed(request.orders).map(card)),
  );
  tick();
}

/** What needs a person first, then what is on its way, then the rest, newest first. */
function byNeed(orders) {
  const need = (order) => (asksPerson(order) ? 0 : order.at_work ? 1 : order.since ? 3 : 2);
  return orders.toSorted((a, b) => need(a) - need(b) || (b.since ?? 0) - (a.since ?? 0));
}

function card(order) {
  const parts = {
    chip: h("span", { class: "chip" }),
    words: h("p", { class: "order-words" }),
    bar: h("progress", { hidden: true, "aria-label": "Progress of this step" }),
    times: h("p", { class: "order-times figures" }),
  };
  clocks.cards.set(order.id, { order, parts });
  const currency = store.board.money.currency;
  const billed =
    order.billed === null ? `${money(order.cost, currency)} estimated` : `${money(order.billed, currency)} billed`;
  const offline = store.link.offline;
  return h(
    "li",
    { class: "order" },
    h(
      "div",
      { class: "order-head" },
      h("strong", {}, `Take ${order.ordinal}`),
      parts.chip,
      h("span", { class: "order-to" }, `${order.service} ${order.model ?? ""}`.trim()),
      h("span", { class: "order-cost figures" }, billed),
      h("span", { class: "order-short", title: order.id }, order.short),
      !offline && order.can_cancel && cancelButton(order),
    ),
    parts.words,
    parts.bar,
    parts.times,
    order.why.length > 0 && h("ul", { class: "why" }, ...order.why.map((why) => h("li", {}, why))),
    !offline && order.choices.length > 0 && answerTo(order),
    order.prompt !== current().prompt && h("p", { class: "order-prompt" }, `Asked for: ${order.prompt}`),
  );
}

/** What only a person knows is asked for openly; what may be said as well is folded away. */
function answerTo(order) {
  if (asksPerson(order)) return openAnswer(order);
  return h("details", { class: "may-say" }, h("summary", {}, "Say what became of it"), openAnswer(order));
}

function cancelButton(order) {
  const cancel = () => act("cancel", { order: order.id }, "Cancelling");
  return h(
    "button",
    {
      type: "button",
      class: "quiet small",
      onclick: cancel,
      "aria-label": `Cancel the order of take ${order.ordinal}`,
    },
    "Cancel",
  );
}

function kindOf(order) {
  if (order.state === "unknown") return "bad";
  if (["failed", "expired", "refused", "rejected"].includes(order.state)) return "warn";
  if (order.at_work) return "busy";
  return ["placed", "conformed", "verified"].includes(order.state) ? "good" : "quiet";
}

function tick() {
  for (const { order, parts } of clocks.cards.values()) {
    const now = orderNow(order);
    setText(parts.chip, now.state.replaceAll("_", " "));
    parts.chip.className = `chip ${kindOf(now)}`;
    setText(parts.words, now.words);
    drawProgress(parts.bar, now);
    setText(parts.times, times(now, Date.now() / 1000));
  }
}

function drawProgress(bar, order) {
  bar.hidden = !order.step;
  if (bar.hidden) return;
  if (order.total) {
    bar.max = order.total;
    bar.value = order.done ?? 0;
  } else {
    bar.removeAttribute("value");
  }
}

const STEP_WORDS = {
  pull: "cutting out frames",
  upload: "uploading",
  submit: "submitting",
  find: "looking it up",
  poll: "at the service",
  cancel: "cancelling",
  fetch: "fetching",
  verify: "checking",
  conform: "conforming",
  place: "placing",
};

function times(order, now) {
  const said = [];
  if (order.step) {
    const step = STEP_WORDS[order.step] ?? order.step;
    said.push(order.total ? `${step} ${Math.floor((100 * (order.done ?? 0)) / order.total)} %` : step);
  }
  if (order.since && order.ended) said.push(`took ${duration(order.ended - order.since)}`);
  else if (order.since && order.at_work) said.push(`${duration(now - order.since)} so far`);
  else if (order.since) said.push(`sent ${timeOfDay(order.since)}`);
  if (order.typical && order.at_work) said.push(`typically ${duration(order.typical)}`);
  if (order.expires_at) {
    const left = order.expires_at - now;
    said.push(
      left > 0
        ? `can be fetched until ${timeOfDay(order.expires_at)}, ${duration(left)} left`
        : `could be fetched until ${timeOfDay(order.expires_at)}`,
    );
  }
  return said.join(" \u00b7 ");
}
