// Writing the cut: for which editor, and what came of it.

import { store } from "./board.js";
import { dialog, fill, h, labelled } from "./dom.js";
import { faultText, threeParts } from "./notices.js";
import { capital, plural } from "./words.js";

export function openWriting() {
  const { cut, requests } = store.board;
  const picked = requests.filter((request) => request.picked).length;
  const options = ["", ...cut.editors].map((name) =>
    h("option", { value: name }, name ? capital(name) : "As the cut is"),
  );
  const editor = h("select", { value: cut.editor }, ...options);
  const result = h("div", { class: "written", role: "status" });
  const write = h("button", { type: "submit", class: "primary" }, "Write cut");
  const form = h(
    "form",
    { method: "dialog", class: "dialog-body" },
    h(
      "p",
      {},
      `${plural(picked, "request")} of ${requests.length} picked. `,
      `The cut is written as a new file, ${cut.output}; your own file stays as it is.`,
    ),
    labelled("For the editor", editor),
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
    fill(result, h("p", {}, "Writing\u2026"));
    fill(result, ...(await written(editor.value)));
    write.disabled = false;
  });
  const box = dialog("Write cut", form);
}

async function written(editor) {
  try {
    const said = await store.link.send("write", { editor });
    return [
      h("p", { class: "is-good" }, `Written: ${said.written}, ${plural(said.added, "take")} added.`),
      listed("Warnings", said.warnings),
      listed("Left out", said.left_out),
    ];
  } catch (fault) {
    return [h("div", { class: "inline-fault", role: "alert" }, ...faultText(threeParts(fault)))];
  }
}

function listed(title, lines) {
  return lines?.length ? [h("h3", {}, title), h("ul", {}, ...lines.map((line) => h("li", {}, said(line))))] : null;
}

/** A remark may be a sentence or the three parts of one. */
function said(line) {
  return typeof line === "string" ? line : [line.where, line.what, line.fix].filter(Boolean).join(": ");
}
