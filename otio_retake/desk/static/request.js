// Before: what is asked of one request, where it may be changed, and what each change costs.

import { act } from "./actions.js";
import { drawAsked } from "./ask.js";
import { current, store, when } from "./board.js";
import { fill, h, labelled, setText } from "./dom.js";
import { loadLazily } from "./lazy.js";
import { aloud } from "./notices.js";
import { PriceTag } from "./price.js";
import { plural } from "./words.js";

const STILLS = ["before", "first", "middle", "last", "after"];

let form = null;

export function buildRequest(place) {
  const draw = () => {
    const request = current();
    place.hidden = !request;
    if (!request) return;
    if (form?.id !== request.id) {
      if (form?.dirty) form.savePrompt();
      form = new RequestForm(place, request);
    }
    form.update(request);
  };
  when("board", draw);
  when("selected", draw);
  draw();
}

/** Keeps words that were typed and not saved yet: what is confirmed is what stands on the page. */
export async function saveTyped() {
  if (form?.dirty) await form.savePrompt();
}

class RequestForm {
  constructor(place, request) {
    this.id = request.id;
    this.saved = request.prompt;
    const fixed = store.link.offline;
    const change = (name, value) => this.override({ [name]: value });
    this.prompt = h("textarea", {
      rows: "4",
      value: request.prompt,
      disabled: fixed,
      id: "prompt",
      oninput: () => this.typed(),
    });
    this.save = h(
      "button",
      { type: "button", class: "primary small", onclick: () => this.savePrompt() },
      "Save prompt",
    );
    this.undo = h("button", { type: "button", class: "quiet small", onclick: () => this.forget() }, "Undo typing");
    this.asked = h("div", { class: "in-cut asked", hidden: true });
    this.inCut = h("div", { class: "in-cut", hidden: true });
    this.mode = h("select", { disabled: fixed, onchange: () => change("mode", this.mode.value) });
    this.service = h("select", { disabled: fixed, onchange: () => change("service", this.service.value) });
    this.takes = h("select", { disabled: fixed, onchange: () => change("takes", Number(this.takes.value)) });
    this.skip = h("input", { type: "checkbox", disabled: fixed, onchange: () => change("skip", this.skip.checked) });
    this.context = h("input", {
      type: "range",
      min: "0",
      step: "1",
      disabled: fixed,
      oninput: () => this.slid(),
      onchange: () => this.keepContext(),
    });
    this.contextWords = h("output", { class: "figures" });
    this.price = new PriceTag(request.id);
    this.remarks = h("div", { class: "remarks" });
    fill(
      place,
      h("h3", { id: "before-title" }, "Request"),
      stills(request),
      h(
        "div",
        { class: "before-columns" },
        h(
          "div",
          { class: "before-prompt" },
          h("label", { for: "prompt", class: "field-name" }, "Prompt"),
          this.prompt,
          !fixed && h("div", { class: "inline-buttons" }, this.save, this.undo),
          this.asked,
          this.inCut,
        ),
        h(
          "div",
          { class: "before-settings" },
          h(
            "div",
            { class: "selects" },
            labelled("Mode", this.mode),
            labelled("Service", this.service),
            labelled("Takes", this.takes),
          ),
          h(
            "label",
            { class: "field" },
            h("span", { class: "field-name" }, "Context on each side ", this.contextWords),
            this.context,
          ),
          this.price.element,
          h("label", { class: "check" }, this.skip, h("span", {}, "Skip this request")),
        ),
      ),
      this.remarks,
    );
  }

  get dirty() {
    return this.prompt.value !== this.saved;
  }

  update(request) {
    const kept = this.dirty ? this.prompt.value : null;
    this.saved = request.prompt;
    if (kept === null && this.prompt.value !== request.prompt) this.prompt.value = request.prompt;
    this.typed();
    choices(this.service, services(request), request.service);
    choices(this.mode, modes(request), request.mode);
    choices(this.takes, counts(request), String(request.takes));
    this.skip.checked = request.status === "skipped";
    this.context.max = String(Math.max(request.context_most, request.context));
    if (document.activeElement !== this.context) this.context.value = String(request.context);
    this.sayContext();
    this.price.settle(request);
    drawAsked(this.asked, request);
    drawInCut(this.inCut, request);
    drawRemarks(this.remarks, request);
  }

  typed() {
    this.save.disabled = !this.dirty;
    this.undo.hidden = !this.dirty;
  }

  forget() {
    this.prompt.value = this.saved;
    this.typed();
  }

  async savePrompt() {
    const prompt = this.prompt.value;
    if (await this.override({ prompt })) this.saved = prompt;
  }

  override(fields) {
    return act("override", { request: this.id, ...fields }, "Saved");
  }

  sayContext() {
    const words = plural(Number(this.context.value), "frame");
    setText(this.contextWords, words);
    this.context.setAttribute("aria-valuetext", words);
  }

  slid() {
    this.sayContext();
    this.price.ask({ context: Number(this.context.value) });
  }

  /** A drag ends once, keys end at each step: only where the hand rests is kept. */
  keepContext() {
    clearTimeout(this.keeping);
    this.keeping = setTimeout(async () => {
      await this.override({ context: Number(this.context.value) });
      aloud(this.price.words());
    }, 350);
  }
}

function stills(request) {
  if (!request.stills) return h("p", { class: "hint" }, "There are no pictures of it.");
  if (store.link.offline) return stripOf(request);
  const one = (name, n) => {
    const image = h("img", {
      alt: `The frame ${n === 0 || n === 4 ? `${name} the region` : `that is ${name} in the region`}`,
      width: "640",
      height: "360",
      decoding: "async",
    });
    // Before a file's first frame, and after its last, there is none.
    const tries = n === 0 || n === 4 ? 1 : 4;
    loadLazily(image, () => store.link.still(request.id, n), null, tries);
    return h(
      "figure",
      { class: n === 0 || n === 4 ? "still outside" : "still inside" },
      image,
      h("figcaption", {}, name),
    );
  };
  return h("div", { class: "stills" }, ...STILLS.map(one));
}

/** The page without a server holds the small pictures only. */
function stripOf(request) {
  const image = h("img", {
    alt: "Five frames: before the region, its first, middle and last, and after it",
    width: "800",
    height: "90",
  });
  loadLazily(image, () => store.link.strip(request.id), null, 1);
  return h("span", { class: "strip large" }, image, h("span", { class: "strip-region" }));
}

function choices(select, options, value) {
  const drawn = options.join("\u0000");
  if (select.dataset.options !== drawn) {
    fill(select, ...options.map((option) => h("option", { value: option }, option)));
    select.dataset.options = drawn;
  }
  if (document.activeElement !== select || select.value !== value) select.value = value;
}

function services(request) {
  const names = store.board.services.map((service) => service.name);
  return names.includes(request.service) ? names : [request.service, ...names];
}

function modes(request) {
  const found = store.board.services.find((service) => service.name === request.service)?.modes ?? [
    "video",
    "audio",
    "both",
  ];
  return found.includes(request.mode) ? found : [request.mode, ...found];
}

function counts(request) {
  return Array.from({ length: Math.max(20, request.takes) }, (_, i) => String(i + 1));
}

function drawInCut(place, request) {
  place.hidden = !request.overridden;
  if (!request.overridden) return;
  const same = request.prompt === request.prompt_in_cut;
  const [own, first, back, again] = request.asked
    ? ["What was asked is kept", "Asked at first", "Take back the change", "As asked"]
    : ["The cut\u2019s own stand in its mark", "In the cut stands", "Take back to the cut\u2019s", "As in the cut"];
  const button = h(
    "button",
    {
      type: "button",
      class: "quiet small",
      onclick: () => act("override", { request: request.id, clear: true }, again),
    },
    back,
  );
  fill(
    place,
    h("p", {}, same ? `Settings are changed here. ${own}.` : `Changed here. ${first}:`),
    !same && h("blockquote", {}, request.prompt_in_cut || "(no prompt)"),
    !store.link.offline && button,
  );
}

function drawRemarks(place, request) {
  const problems = store.board.problems.filter((problem) => problem.request === request.id);
  const line = ({ level, what, fix }) =>
    h(
      "li",
      { class: level === "problem" ? "is-bad" : level === "warning" ? "is-warn" : null },
      h("strong", {}, `${level}: `),
      what,
      fix && h("span", { class: "fix" }, ` ${fix}`),
    );
  const remarks = request.remarks.map((remark) => h("li", {}, remark));
  fill(place, (problems.length > 0 || remarks.length > 0) && h("ul", {}, ...problems.map(line), ...remarks));
}
