// What the page says: a passing word, a fault that stays until it is put away, and a banner while the server is gone.

import { fill, h, setText } from "./dom.js";

const STAY = 7000;
const MOST = 4;

/** A word in passing, also read aloud. */
export function say(text, ...more) {
  aloud(text);
  const note = notice("note", h("p", {}, text), ...more);
  if (!more.length) setTimeout(() => note.remove(), STAY);
}

/** Reads `text` aloud without showing it: what changed is on the page already. */
export function aloud(text) {
  setText(document.getElementById("said-aloud"), text);
}

/** What, where, and what to do. */
export function complain(fault) {
  const { what, where, fix } = threeParts(fault);
  notice("fault", ...faultText({ what, where, fix }));
}

/** A fault's three parts; an error of the page itself gets them too. */
export function threeParts(fault) {
  if (fault.what) return fault;
  return {
    what: `The page failed: ${fault.message}`,
    where: fault.name ?? "",
    fix: "Reload it; nothing is lost by that.",
  };
}

export function faultText({ what, where, fix }) {
  return [
    h("p", { class: "fault-what" }, what),
    where && h("p", { class: "fault-where" }, where),
    fix && h("p", { class: "fault-fix" }, fix),
  ];
}

function notice(kind, ...inside) {
  const place = document.getElementById("notices");
  const close = h("button", { type: "button", class: "notice-close", "aria-label": "Put this message away" }, "\u00d7");
  const box = h(
    "div",
    { class: `notice ${kind}`, role: kind === "fault" ? "alert" : null },
    h("div", {}, ...inside),
    close,
  );
  close.addEventListener("click", () => box.remove());
  place.append(box);
  while (place.children.length > MOST) place.firstElementChild.remove();
  return box;
}

/** A line over everything, until it is called with nothing. */
export function banner(text) {
  const place = document.getElementById("banner");
  place.hidden = !text;
  setText(place, text ?? "");
}

/** The whole page where nobody is let in. */
export function closed(fault) {
  document.body.classList.add("is-shut");
  fill(document.getElementById("bar"), h("h1", { class: "bar-cut" }, "otio-retake desk"));
  fill(document.getElementById("desk"), h("div", { class: "shut", role: "alert" }, ...faultText(threeParts(fault))));
}
