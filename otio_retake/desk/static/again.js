// Asking again: one more take, with another prompt if need be. It is planned here and ordered by the header's confirm.

import { act } from "./actions.js";
import { current, store, when } from "./board.js";
import { fill, h } from "./dom.js";
import { PriceTag } from "./price.js";
import { isNothing, money } from "./words.js";

export function buildAgain(after) {
  const title = h("h3", { id: "again-title" }, "Ask again");
  const inside = h("div");
  const place = h("section", { class: "again", "aria-labelledby": "again-title" }, title, inside);
  after.append(place);
  let form = null;
  const draw = () => {
    const request = current();
    place.hidden = !request?.made.length || store.link.offline;
    if (place.hidden) return;
    if (request.again) {
      form = null;
      fill(inside, planned(request));
      return;
    }
    if (form?.id !== request.id) {
      form = new AgainForm(request);
      fill(inside, form.element);
    }
    form.update(request);
  };
  when("board", draw);
  when("selected", draw);
  draw();
}

function planned(request) {
  const cost = isNothing(request.cost) ? "at no cost" : `for ${money(request.cost, store.board.money.currency)}`;
  const back = h(
    "button",
    {
      type: "button",
      class: "quiet small",
      onclick: () => act("again", { request: request.id, on: false }, "Not asked again"),
    },
    "Take back",
  );
  return h(
    "p",
    { class: "planned" },
    h("span", {}, `One more take is planned, ${cost}. It is sent with the next confirm.`),
    back,
  );
}

class AgainForm {
  constructor(request) {
    this.id = request.id;
    this.saved = request.prompt;
    this.prompt = h("textarea", {
      rows: "2",
      value: request.prompt,
      "aria-label": "Prompt of the next take",
      oninput: () => this.price.ask({ prompt: this.prompt.value }),
    });
    this.price = new PriceTag(request.id, true);
    const plan = h("button", { type: "submit", class: "small" }, "Plan one more take");
    const side = h("div", { class: "again-side" }, this.price.element, plan);
    this.element = h("form", { class: "again-form", onsubmit: (event) => this.plan(event) }, this.prompt, side);
  }

  /** A board that comes while somebody types changes nothing under the hand. */
  update(request) {
    if (this.prompt.value !== this.saved) return;
    this.saved = request.prompt;
    this.prompt.value = request.prompt;
    this.price.settle(request);
  }

  plan(event) {
    event.preventDefault();
    const changed = this.prompt.value !== this.saved ? { prompt: this.prompt.value } : {};
    act("again", { request: this.id, on: true, ...changed }, "One more take is planned");
  }
}
