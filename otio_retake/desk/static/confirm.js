// The one place from which anything is sent: what leaves the machine, to whom, how much of it, and for how much.

import { refresh } from "./actions.js";
import { setBoard, spending, store } from "./board.js";
import { dialog, fill, h } from "./dom.js";
import { complain, faultText, say, threeParts } from "./notices.js";
import { saveTyped } from "./request.js";
import { isBelowNothing, isNothing, less, money, plural } from "./words.js";

export async function openConfirm() {
  await saveTyped();
  const inside = h("div", { class: "dialog-body" });
  const box = dialog("Confirm what is sent", inside);
  drawConfirm(box, inside, null);
}

function drawConfirm(box, inside, fault) {
  const { confirm, money: sums } = store.board;
  const currency = sums.currency;
  const skip = h("input", { type: "checkbox" });
  const amount = money(confirm.cost, currency);
  const send = h(
    "button",
    { type: "submit", class: "primary" },
    isNothing(confirm.cost) ? `Go ahead for ${amount}` : `Send for ${amount}`,
  );
  const cancel = h("button", { type: "button", class: "quiet", onclick: () => box.close() }, "Send nothing");
  const nothing = Boolean(confirm.blocked) || confirm.sends.length === 0;
  const ready = () => (send.disabled = nothing || (confirm.problems > 0 && !skip.checked));
  skip.addEventListener("change", ready);
  ready();
  const form = h(
    "form",
    { class: "confirm", method: "dialog" },
    fault &&
      h(
        "div",
        { class: "inline-fault", role: "alert" },
        ...faultText(threeParts(fault)),
        h("p", {}, "Below is the plan as it is now."),
      ),
    h("p", { class: "confirm-question" }, confirm.question),
    confirm.blocked && h("p", { class: "inline-fault", role: "alert" }, confirm.blocked),
    confirm.sends.length > 0 && sendsTable(confirm, currency),
    confirm.sends.length > 0 && remainders(confirm, sums),
    confirm.problems > 0 && leftOut(confirm, skip),
    h("p", { class: "hint" }, "Nothing of this has left this machine yet."),
    h("div", { class: "dialog-buttons" }, cancel, send),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    await sendAll(box, inside, confirm, skip.checked);
  });
  fill(inside, form);
  (send.disabled ? cancel : send).focus();
}

function sendsTable(confirm, currency) {
  const names = ["To", "Requests", "Takes", "Frames", "What leaves this machine", "Cost"];
  const numeric = new Set([1, 2, 3, 5]);
  const cell = (tag) => (value, i) =>
    h(tag, { class: numeric.has(i) ? "number" : null, scope: tag === "th" ? "col" : null }, value);
  const rows = confirm.sends.map((send) =>
    h(
      "tr",
      {},
      ...[
        send.service,
        String(send.requests),
        String(send.takes),
        String(send.frames),
        send.leaves,
        money(send.cost, currency),
      ].map(cell("td")),
    ),
  );
  const sum = (key) => String(confirm.sends.reduce((total, send) => total + send[key], 0));
  const total = ["In total", sum("requests"), sum("takes"), sum("frames"), "", money(confirm.cost, currency)];
  return h(
    "table",
    { class: "sends" },
    h("thead", {}, h("tr", {}, ...names.map(cell("th")))),
    h("tbody", {}, ...rows),
    h("tfoot", {}, h("tr", {}, ...total.map(cell("td")))),
  );
}

/** What is left of each limit once this is spent. */
function remainders(confirm, sums) {
  const { project, today } = spending();
  const limits = [
    ["Budget of this run", sums.run_limit, sums.run_spent],
    ["Budget of the project", project.limit, project.spent],
    ["Budget of today", today.limit, today.spent],
  ].filter(([, limit]) => limit !== null && limit !== undefined);
  if (!limits.length) return h("p", { class: "hint" }, "No budget is set.");
  const line = ([name, limit, spent]) => {
    const left = less(limit, spent, confirm.cost);
    const over = isBelowNothing(left);
    const words = over
      ? `${money(left.slice(1), sums.currency)} over the budget of ${limit}`
      : `${money(left, sums.currency)} of ${limit} left after this`;
    return [h("dt", {}, name), h("dd", { class: over ? "is-bad" : null }, words)];
  };
  return h("dl", { class: "facts", "aria-label": "Budgets" }, ...limits.flatMap(line));
}

function leftOut(confirm, skip) {
  const words = `Leave out what has a problem (${plural(confirm.problems, "problem")}), and send the rest`;
  return h("label", { class: "check" }, skip, h("span", {}, words));
}

/** Says yes to `confirm`, which is what was shown: where the plan is another one by now, the server says so. */
async function sendAll(box, inside, { digest, cost }, skip) {
  const amount = money(cost, store.board.money.currency);
  try {
    setBoard(await store.link.send("confirm", { digest, skip_problems: skip }));
    box.close();
    say(`Accepted for ${amount}: orders are on their way.`);
  } catch (fault) {
    if (fault.status !== 409) {
      box.close();
      complain(fault);
      return;
    }
    await refresh();
    drawConfirm(box, inside, fault);
  }
}
