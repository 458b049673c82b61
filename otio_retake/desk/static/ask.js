// Asking without a marker: for what is selected in Resolve, from its in to its out point, for the clip at its playhead.

import { act } from "./actions.js";
import { select, store, when } from "./board.js";
import { fill, h, labelled } from "./dom.js";
import { aloud, say } from "./notices.js";
import { capital, plural } from "./words.js";

const MODES = [
  ["", "As set"],
  ["video", "Video"],
  ["audio", "Audio"],
  ["both", "Both"],
];
const CLIPS_NAMED = 2;

/** The form for it; null where nothing can be asked for so. */
export function askBox() {
  if (store.link.offline || !store.board.cut.applies) return null;
  const form = new AskForm();
  when("board", () => form.update());
  form.update();
  return form.element;
}

class AskForm {
  constructor() {
    this.offers = h("fieldset", { class: "offers" });
    this.prompt = h("textarea", { rows: "2", required: true, id: "ask-prompt" });
    this.mode = h(
      "select",
      { id: "ask-mode" },
      ...MODES.map(([value, words]) => h("option", { value }, words)),
    );
    this.button = h("button", { type: "submit", class: "primary small" }, "Ask for it");
    const form = h(
      "form",
      { class: "ask-form", onsubmit: (event) => this.ask(event) },
      this.offers,
      labelled("Prompt", this.prompt),
      h("div", { class: "ask-foot" }, h("label", { class: "inline" }, "Mode", this.mode), this.button),
    );
    this.summary = h("summary", {}, "Ask for a retake without a marker");
    // Where no marker asks for anything this is how to begin.
    this.element = h("details", { class: "ask", open: store.board.requests.length === 0 }, this.summary, form);
  }

  update() {
    const { offers } = store.board;
    this.element.hidden = offers.length === 0;
    const drawn = JSON.stringify(offers);
    if (this.drawn === drawn) return;
    this.drawn = drawn;
    const chosen = this.chosen() ?? offers[0]?.offer;
    fill(this.offers, h("legend", { class: "field-name" }, "What"), ...offers.map((offer) => choice(offer, chosen)));
  }

  chosen() {
    return this.offers.querySelector("input:checked")?.value;
  }

  async ask(event) {
    event.preventDefault();
    if (this.button.disabled) return;
    const before = new Set(store.board.requests.map((request) => request.asked));
    const mode = this.mode.value ? { mode: this.mode.value } : {};
    this.button.disabled = true;
    const board = await act("ask", { offer: this.chosen(), prompt: this.prompt.value, ...mode });
    this.button.disabled = false;
    if (!board) return;
    const made = board.requests.filter((request) => !before.has(request.asked));
    this.prompt.value = "";
    if (!made.length) {
      say("Asked, but no request came of it: see the problems of the cut.");
      return;
    }
    aloud(`Asked: ${plural(made.length, "request")}. Nothing is sent before you confirm.`);
    select(made[0].id);
    this.element.open = false;
    this.summary.focus();
  }
}

function choice(offer, chosen) {
  const { timecode, until, frames, whole, clips } = offer;
  const named = clips.slice(0, CLIPS_NAMED).join(", ");
  const others = clips.length > CLIPS_NAMED ? ` and ${clips.length - CLIPS_NAMED} more` : "";
  const span = whole && frames === 1 ? timecode : `${timecode} \u2013 ${until}`;
  const facts = [span, !whole && plural(frames, "frame"), named + others].filter(Boolean).join(" \u00b7 ");
  return h(
    "label",
    { class: "answer" },
    h("input", { type: "radio", name: "offer", value: offer.offer, checked: offer.offer === chosen }),
    h("span", {}, capital(offer.what), h("span", { class: "offer-facts" }, facts)),
  );
}

/** That a request was asked for so, and how to take it back. */
export function drawAsked(place, request) {
  place.hidden = !request.asked;
  const together = store.board.requests.filter((other) => other.asked === request.asked).length;
  const drawn = `${request.asked} ${together}`;
  if (place.hidden || place.dataset.drawn === drawn) return;
  place.dataset.drawn = drawn;
  const others = together > 1 ? `, together with ${plural(together - 1, "other request")}` : "";
  const back = h("button", { type: "button", class: "quiet small", onclick: () => takeBack(request) }, "Take back");
  fill(place, h("p", {}, `Asked on the desk${others}, not by a marker.`), !store.link.offline && back);
}

async function takeBack(request) {
  const kept = request.orders.length ? " Its orders stay in the project." : "";
  // The button goes with the request: what is shown then is where to go on.
  if (await act("unask", { asked: request.asked }, `Taken back.${kept}`)) document.getElementById("detail").focus();
}
