// What a request costs as it stands, and what it would cost while something about it is being changed.

import { store } from "./board.js";
import { fill, h } from "./dom.js";
import { threeParts } from "./notices.js";
import { isNothing, money, plural } from "./words.js";

const REST = 180;

export class PriceTag {
  #timer = 0;
  #asked = 0;

  /** With `each` it is the price of one take, however many are asked for. */
  constructor(request, each = false) {
    this.request = request;
    this.each = each;
    this.element = h("p", { class: "price" });
  }

  /** The price of the request as it is kept. */
  settle(request) {
    clearTimeout(this.#timer);
    this.#asked += 1;
    this.#draw(
      { ...request, pull: request.pull_frames, replaced: request.replaced_frames, problems: [] },
      request.takes,
    );
  }

  /** The price with `fields` changed, asked for once the hand rests; nothing is kept. */
  ask(fields) {
    clearTimeout(this.#timer);
    const mine = (this.#asked += 1);
    this.element.classList.add("is-asking");
    this.#timer = setTimeout(async () => {
      try {
        const price = await store.link.send("price", { request: this.request, ...fields });
        if (mine === this.#asked) this.#draw(price, null);
      } catch (fault) {
        if (mine === this.#asked)
          fill(this.element, h("span", { class: "is-bad" }, `${threeParts(fault).what} ${threeParts(fault).fix}`));
      }
    }, REST);
  }

  words() {
    return this.element.textContent;
  }

  #draw(price, takes) {
    const currency = store.board.money.currency;
    const sum = this.each ? price.cost_each : price.cost;
    const counted = !this.each && takes > 1 && price.cost_each ? `${money(price.cost_each, currency)} each, ` : "";
    const cost =
      sum === null || sum === undefined ? "no price" : isNothing(sum) ? "no cost" : `${counted}${money(sum, currency)}`;
    this.element.classList.remove("is-asking");
    fill(
      this.element,
      price.pull !== null && price.pull !== undefined && h("span", {}, `${plural(price.pull, "frame")} sent`),
      price.replaced !== null &&
        price.replaced !== undefined &&
        h("span", {}, `${plural(price.replaced, "frame")} replaced`),
      h("strong", {}, cost),
      ...price.problems.map((problem) =>
        h(
          "span",
          { class: problem.level === "problem" ? "is-bad" : "is-warn" },
          `${problem.what} ${problem.fix ?? ""}`,
        ),
      ),
    );
  }
}
