// Asking again: one more take, with another prompt if need be. It is planned here and ordered by the header's confirm.

import { act } from "./actions.js";
import { current, store, when } from "./board.js";
import { fill, h } from "./dom.js";
import { PriceTag } from "./price.js";
import { isNothing, money } from "./words.js";

let asking = { id: "", planned: null };

export function buildAgain(after) {
  const place = h("section", { class: "again", "aria-labelledby": "again-title" });
  after.append(place);
  const draw = () => {
    const request = current();
    place.hidden = !request?.made.length || store.link.offline;
    if (place.hidden) return;
    if (asking.id === request.id && asking.planned === request.again) return;
    asking = { id: request.id, planned: request.again };
    fill(place, h("h3", { id: "again-title" }, "Ask again"), request.again ? planned(request) : form_(request));
  };
  when("board", draw);
  when("selected", draw);
  draw();
}

function planned(request) {
  const cost = isNothing(request.cost) ? "at no cost" : `for ${money(request.cost, store.board.money.currency)}`;
  const back = h("button", { type: "button", class: "quiet small", onclick: () => act("again", { request: request.id, on: false }, "Not asked again") }, "Take back");
  return h("p", { class: "planned" }, h("span", {}, `One more take is planned, ${cost}. It is sent with the next confirm.`), back);
}

function form_(request) {
  const prompt = h("textarea", { rows: "2", value: request.prompt, "aria-label": "Prompt of the next take" });
  const price = new PriceTag(request.id, true);
  const ask = () => price.ask({ prompt: prompt.value });
  const form = h(
    "form",
    { class: "again-form" },
    prompt,
    h("div", { class: "again-side" }, price.element, h("button", { type: "submit", class: "small" }, "Plan one more take")),
  );
  prompt.addEventListener("input", ask);
  prompt.addEventListener("focus", ask, { once: true });
  price.settle(request);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const changed = prompt.value !== request.prompt ? { prompt: prompt.value } : {};
    act("again", { request: request.id, on: true, ...changed }, "One more take is planned");
  });
  return form;
}
