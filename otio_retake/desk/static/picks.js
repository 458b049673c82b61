// Picks as a small file: saved here, loaded here or on another desk.

import { setBoard, store } from "./board.js";
import { h } from "./dom.js";
import { complain, say } from "./notices.js";
import { plural } from "./words.js";

export async function savePicks() {
  try {
    const url = URL.createObjectURL(await store.link.picks());
    const stem = store.board.cut.name.replace(/[^\w.-]+/g, "_");
    const anchor = h("a", { href: url, download: `${stem}-picks.json` });
    document.body.append(anchor);
    anchor.click();
    anchor.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  } catch (fault) {
    complain(fault);
  }
}

export function loadPicks() {
  const input = h("input", {
    type: "file",
    accept: ".json,application/json",
    class: "unseen",
    "aria-label": "A file of picks",
    tabindex: "-1",
  });
  input.addEventListener("change", async () => {
    if (input.files[0]) await apply(input.files[0]);
    input.remove();
  });
  input.addEventListener("cancel", () => input.remove());
  document.body.append(input);
  input.click();
}

async function apply(file) {
  let picks;
  try {
    picks = JSON.parse(await file.text());
  } catch {
    complain({
      what: "The file is no JSON.",
      where: file.name,
      fix: "Choose a file that \u201cSave picks\u201d made.",
    });
    return;
  }
  try {
    const { applied, unknown, board } = await store.link.send("picks", picks);
    setBoard(board);
    const words = `${plural(applied, "pick")} loaded from ${file.name}.`;
    if (unknown.length) say(words, h("p", {}, `Not known here: ${unknown.map(String).join(", ")}`));
    else say(words);
  } catch (fault) {
    complain(fault);
  }
}
