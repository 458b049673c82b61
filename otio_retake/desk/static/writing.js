// Writing the cut, or handing its takes to Resolve: for which editor, and what came of it.

import { refresh } from "./actions.js";
import { store } from "./board.js";
import { dialog, fill, h, labelled } from "./dom.js";
import { faultText, say, threeParts } from "./notices.js";
import { capital, plural } from "./words.js";

/** What writing is called: a timeline that is open in Resolve is no file. */
export function writingWords() {
  return store.board.cut.applies ? "Apply in Resolve" : "Write cut";
}

export function openWriting() {
  const { cut, requests } = store.board;
  const picked = requests.filter((request) => request.picked).length;
  const options = ["", ...cut.editors].map((name) =>
    h("option", { value: name }, name ? capital(name) : "As the cut is"),
  );
  const editor = h("select", { value: cut.editor }, ...options);
  const result = h("div", { class: "written", role: "status" });
  const write = h("button", { type: "submit", class: "primary" }, writingWords());
  const form = h(
    "form",
    { method: "dialog", class: "dialog-body" },
    h("p", {}, `${plural(picked, "request")} of ${requests.length} picked. `, whatHappens(cut)),
    !cut.applies && labelled("For the editor", editor),
    result,
    h(
      "div",
      { class: "dialog-buttons" },
      h("button", { type: "button", class: "quiet", onclick: () => box.close() }, "Close"),
      write,
    ),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    write.disabled = true;
    fill(result, h("p", {}, cut.applies ? "Handing over\u2026" : "Writing\u2026"));
    const answer = await store.link.send("write", { editor: editor.value }).catch((fault) => ({ fault }));
    write.disabled = false;
    fill(result, ...(answer.fault ? refused(answer.fault) : written(answer)));
    if (answer.fault || !cut.applies) return;
    // What comes of it is said on the page behind.
    if (!answer.warnings.length && !answer.left_out.length) box.close();
    say(`Handed to Resolve: ${plural(answer.added, "take")}.`);
    refresh();
  });
  const box = dialog(writingWords(), form);
}

function whatHappens(cut) {
  if (!cut.applies) return `The cut is written as a new file, ${cut.output}; your own file stays as it is.`;
  return (
    "Every take goes into the take list of its clip, or onto a track above where it cannot. What is picked is" +
    " selected; elsewhere the original stays so. The timeline is duplicated first."
  );
}

function refused(fault) {
  return [h("div", { class: "inline-fault", role: "alert" }, ...faultText(threeParts(fault)))];
}

function written(answer) {
  const takes = plural(answer.added, "take");
  const { applies } = store.board.cut;
  const words = applies ? `Handed to Resolve: ${takes}.` : `Written: ${answer.written}, ${takes} added.`;
  return [
    h("p", { class: "is-good" }, words),
    listed("Warnings", answer.warnings),
    listed("Left out", answer.left_out),
  ];
}

function listed(title, lines) {
  return lines?.length ? [h("h3", {}, title), h("ul", {}, ...lines.map((line) => h("li", {}, said(line))))] : null;
}

/** A remark may be a sentence or the three parts of one. */
function said(line) {
  return typeof line === "string" ? line : [line.where, line.what, line.fix].filter(Boolean).join(": ");
}
