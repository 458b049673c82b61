// What became of an order that nobody knows: only a person who has looked it up can say, and each answer moves money.

import { act } from "./actions.js";
import { store } from "./board.js";
import { h, labelled } from "./dom.js";
import { money } from "./words.js";

/** Each honest answer: its words, and what it does to the money. `asks` names what must be given with it. */
const ANSWERS = {
  accepted: {
    words: "The service has it",
    money: (price) =>
      `Its price, ${price}, stays reserved; the result is fetched under this id, and nothing is sent again.`,
    asks: ["id", "The id that the service shows"],
  },
  refused: {
    words: "The service never accepted it",
    money: (price) => `${price} is free again, and the order may be sent again after your next confirm.`,
  },
  "written-off": {
    words: "It is lost",
    money: (price, state) =>
      state === "ready"
        ? "Its charge stays as it is, and its result is not fetched any more."
        : `${price} counts as spent, and it is never sent again by itself.`,
  },
  charged: {
    words: "It failed and was charged",
    money: () => "The amount that you give counts as spent; what is over is free again.",
    asks: ["amount", "The amount on the bill"],
  },
  "not-charged": {
    words: "It failed and was not charged",
    money: (price) => `${price} is free again.`,
  },
  there: {
    words: "The service has the result after all",
    money: () => "The result is fetched, and nothing more is charged for it.",
  },
};

/** The form of the answers that are honest now. */
export function openAnswer(order) {
  const price = money(order.cost, store.board.money.currency);
  const name = `answer-${order.short}`;
  const given = {};
  const say = h("button", { type: "submit", class: "primary small", disabled: true }, "Say so");
  const form = h("form", { class: "answers" });
  const chosen = () => form.querySelector(`input[name="${CSS.escape(name)}"]:checked`)?.value ?? "";
  const ready = () => {
    const answer = chosen();
    const asks = ANSWERS[answer]?.asks;
    for (const [key, { label }] of Object.entries(given)) label.hidden = key !== answer;
    say.disabled = !answer || (asks && !given[answer].field.value.trim());
  };
  const lines = order.choices
    .filter((choice) => ANSWERS[choice])
    .map((choice) => {
      const { words, money: does, asks } = ANSWERS[choice];
      const line = h(
        "label",
        { class: "answer" },
        h("input", { type: "radio", name, value: choice }),
        h("span", {}, h("strong", {}, `${words}. `), does(price, order.state)),
      );
      if (!asks) return line;
      const field = h("input", {
        type: "text",
        autocomplete: "off",
        inputmode: asks[0] === "amount" ? "decimal" : null,
      });
      given[choice] = { field, key: asks[0], label: labelled(asks[1], field) };
      given[choice].label.hidden = true;
      return [line, given[choice].label];
    });
  form.append(
    h("fieldset", {}, h("legend", {}, "Look it up at the service, then say what became of it"), ...lines.flat()),
    say,
  );
  form.addEventListener("input", ready);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const answer = chosen();
    const more = given[answer] ? { [given[answer].key]: given[answer].field.value.trim() } : {};
    act("resolve", { order: order.id, answer, ...more }, "Noted");
  });
  return form;
}
