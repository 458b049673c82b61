// After: the takes as numbered cards, to look at, pick, reject or bring back.

import { act, pick } from "./actions.js";
import { buildAgain } from "./again.js";
import { current, currentTake, show, store, when } from "./board.js";
import { dialog, fill, h, labelled } from "./dom.js";
import { money, plural } from "./words.js";

const VERDICTS = [
  ["contradicted", "bad"],
  ["ambiguous", "warn"],
  ["probable", "good"],
  ["certain", "good"],
];

/** The colour of a verdict; a take that is composed of several results has the worst of theirs. */
function worst(verdict) {
  return VERDICTS.find(([word]) => verdict.includes(word))?.[1] ?? "quiet";
}

const cards = { drawn: "" };

/** `place` holds the cards; what is known of the take that is shown goes to the end of `after`. */
export function buildTakes(place, after) {
  const facts = h("section", { class: "take-facts", "aria-labelledby": "take-facts-title" });
  after.append(facts);
  const draw = () => {
    drawCards(place);
    drawFacts(facts);
  };
  when("board", draw);
  when("selected", draw);
  when("shown", draw);
  draw();
  buildAgain(after);
}

function drawCards(place) {
  const request = current();
  const drawn = JSON.stringify([request?.id, request?.made, request?.picked, store.shown]);
  if (!request || drawn === cards.drawn) return;
  cards.drawn = drawn;
  const focused = place.contains(document.activeElement) ? document.activeElement.dataset.act : null;
  const decided = request.made.some((take) => take.state === "picked" || take.state === "rejected");
  fill(
    place,
    h(
      "ol",
      { class: "cards", start: "0" },
      originalCard(request, decided),
      ...request.made.map((take, i) => card_(request, take, i + 1)),
    ),
  );
  // The cards are new; the hand stays where it was.
  if (focused) place.querySelector(`[data-act="${CSS.escape(focused)}"]`)?.focus();
}

function originalCard(request, decided) {
  const picked = !request.picked;
  return h(
    "li",
    { class: picked && decided ? "card is-picked" : "card" },
    h(
      "div",
      { class: "card-show original" },
      h(
        "span",
        { class: "card-line" },
        h("kbd", {}, "0"),
        h("strong", {}, "Original"),
        picked && decided && h("span", { class: "chip good" }, "stays"),
      ),
    ),
    h(
      "div",
      { class: "card-buttons" },
      !picked && button("pick-original", "Pick", "Pick the original", () => pick(request, null)),
    ),
  );
}

function card_(request, take, n) {
  const shown = take.id === store.shown;
  const state = { picked: ["good", "picked"], rejected: ["bad", "rejected"], placed: ["quiet", "in the cut"] }[
    take.state
  ];
  const classes = [
    "card",
    take.state === "picked" && "is-picked",
    take.state === "rejected" && "is-rejected",
    shown && "is-shown",
  ];
  const open = take.state !== "rejected";
  const kind = { sound: "sound", both: "picture, sound" }[take.kind];
  const line = [
    h("kbd", {}, String(n)),
    h("strong", {}, take.label),
    kind && h("span", { class: "quiet-text" }, kind),
    take.verdict && open && h("span", { class: `chip ${worst(take.verdict)}` }, take.verdict),
    state && h("span", { class: `chip ${state[0]}` }, state[1]),
    !take.there && h("span", { class: "chip bad" }, "files missing"),
  ];
  const look = h(
    "button",
    {
      type: "button",
      class: "card-show",
      "aria-pressed": String(shown),
      "data-act": `show-${take.id}`,
      title: take.name,
      onclick: () => show(take.id),
    },
    h("span", { class: "card-line" }, ...line),
  );
  return h(
    "li",
    { class: classes.filter(Boolean).join(" ") },
    look,
    h(
      "div",
      { class: "card-buttons" },
      open &&
        take.id !== request.picked &&
        take.there &&
        button(`pick-${take.id}`, "Pick", `Pick ${take.label}`, () => pick(request, take.id)),
      open && shown && button(`reject-${take.id}`, "Reject\u2026", `Reject ${take.label}`, () => openReject(take)),
      !open &&
        button(`restore-${take.id}`, "Restore", `Restore ${take.label}`, () =>
          act("restore", { take: take.id }, `${take.label} is restored`),
        ),
    ),
  );
}

function button(name, words, label, does) {
  return h(
    "button",
    { type: "button", class: "quiet small", "data-act": name, "aria-label": label, onclick: does },
    words,
  );
}

/** Asks why; the reason is kept with the take, for whoever orders the next one. */
export function openReject(take) {
  const reason = h("input", { type: "text", autocomplete: "off", maxlength: "500" });
  const form = h(
    "form",
    { method: "dialog", class: "dialog-body" },
    h("p", {}, `${take.label} is kept, and not placed in the cut any more. It can be restored.`),
    labelled("Reason", reason),
    h(
      "div",
      { class: "dialog-buttons" },
      h("button", { type: "button", class: "quiet", onclick: () => box.close() }, "Cancel"),
      h("button", { type: "submit", class: "primary" }, "Reject"),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    box.close();
    act("reject", { take: take.id, reason: reason.value.trim() }, `${take.label} is rejected`);
  });
  const box = dialog(`Reject ${take.label}`, form);
  reason.focus();
}

function drawFacts(place) {
  const request = current();
  const take = currentTake();
  place.hidden = !take;
  if (!take) return;
  const orders = request.orders.filter((order) => take.orders.includes(order.id) || take.orders.includes(order.short));
  const currency = store.board.money.currency;
  const costs = orders.map((order) =>
    order.billed === null ? `${money(order.cost, currency)} estimated` : `${money(order.billed, currency)} billed`,
  );
  const fact = (name, words) => words && [h("dt", {}, name), h("dd", {}, words)];
  fill(
    place,
    h("h3", { id: "take-facts-title" }, `${take.label} in words`),
    h(
      "dl",
      { class: "facts" },
      ...fact("File", take.name),
      ...(fact("Verdict", take.verdict) || []),
      ...fact("Prompt", take.prompt || "(none)"),
      ...(fact("Service", unique(orders.map((order) => `${order.service} ${order.model ?? request.model}`.trim()))) ||
        []),
      ...fact("Frames", spans(request, take)),
      ...(fact("Cost", costs.join(", ")) || []),
      ...(fact("Order", unique(orders.length ? orders.map((order) => order.short) : take.orders)) || []),
      ...(fact("Rejected", take.state === "rejected" ? take.reason || "no reason given" : "") || []),
    ),
    take.notes.length > 0 && h("ul", { class: "take-notes" }, ...take.notes.map((note) => h("li", {}, note))),
  );
}

function unique(words) {
  return [...new Set(words)].join(", ");
}

function spans(request, take) {
  const replaced = take.pair
    ? take.pair.replaced.reduce((sum, [from, to]) => sum + to - from, 0)
    : request.replaced_frames;
  return `${plural(request.region_frames, "frame")} marked, ${replaced} replaced`;
}
