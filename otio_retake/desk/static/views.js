// Where pictures are drawn: original and take side by side, alone, wiped or as their difference. Always of one frame.

import { fill, h, setText } from "./dom.js";

export const VIEWS = [
  ["side", "Side by side", "s"],
  ["a", "A original", "a"],
  ["b", "B take", "b"],
  ["wipe", "Wipe", "w"],
  ["difference", "Difference", "d"],
];

export const GAINS = [1, 4, 16];

const CAPTION = 22;
const GAP = 8;

export class Views {
  view = "side";
  gain = 4;
  #wipe = 0.5;
  #pair = null;

  constructor(place) {
    const canvas = (id, label) =>
      h("canvas", { id, role: "img", "aria-label": label, width: "16", height: "9", hidden: true });
    this.a = canvas("canvas-a", "Picture of the original");
    this.b = canvas("canvas-b", "Picture of the take");
    this.d = canvas("canvas-d", "Difference of original and take");
    this.captions = { a: h("p", { class: "caption side-a" }), b: h("p", { class: "caption side-b" }) };
    this.divider = h("div", {
      class: "divider",
      role: "slider",
      tabindex: "0",
      hidden: true,
      "aria-label": "Wipe: how much of the original is seen",
      "aria-valuemin": "0",
      "aria-valuemax": "100",
      onkeydown: (event) => this.#walk(event),
    });
    // In the page and behind the pictures: some browsers do not decode for a video that is nowhere.
    this.video = h("video", {
      class: "source",
      muted: true,
      playsinline: true,
      preload: "auto",
      "aria-hidden": "true",
      tabindex: "-1",
    });
    this.video.muted = true;
    this.message = h("p", { class: "stage-message", role: "status" });
    this.stage = h("div", { class: "stage" });
    fill(this.stage, this.video, this.a, this.b, this.d, this.divider, this.captions.a, this.captions.b, this.message);
    this.stage.addEventListener("pointerdown", (event) => this.#grab(event));
    place.append(this.stage);
    this.contexts = [this.a, this.b, this.d].map((each) => each.getContext("2d", { alpha: false }));
    new ResizeObserver(() => this.layout()).observe(this.stage);
  }

  /** Makes room for a pair's pictures; `label` names the take. */
  fit(pair, label) {
    this.#pair = pair;
    for (const [canvas, side] of [
      [this.a, pair.a],
      [this.b, pair.b],
      [this.d, pair.a],
    ]) {
      if (!side) continue;
      canvas.width = side[2];
      canvas.height = side[3];
    }
    setText(this.captions.a, "A \u00b7 original");
    setText(this.captions.b, `B \u00b7 ${label}`);
    this.layout();
  }

  clear(words) {
    this.#pair = null;
    for (const canvas of [this.a, this.b, this.d]) {
      canvas.removeAttribute("data-frame");
      canvas.hidden = true;
    }
    this.say(words);
    this.layout();
  }

  say(words) {
    setText(this.message, words);
    this.message.hidden = !words;
  }

  set(view) {
    this.view = view;
    this.layout();
    this.#subtract();
  }

  amplify(gain) {
    this.gain = gain;
    this.#subtract();
  }

  /** Draws both sides from `picture`, which is one decoded picture of the pair: frame `frame` of it. */
  draw(picture, frame) {
    const { a, b } = this.#pair;
    this.contexts[0].drawImage(picture, ...a, 0, 0, a[2], a[3]);
    this.a.dataset.frame = String(frame);
    if (b) {
      this.contexts[1].drawImage(picture, ...b, 0, 0, b[2], b[3]);
      this.b.dataset.frame = String(frame);
    }
    this.#subtract();
  }

  #subtract() {
    if (this.view !== "difference" || !this.#pair?.b || !this.a.dataset.frame) return;
    const context = this.contexts[2];
    const { width, height } = this.d;
    context.globalCompositeOperation = "copy";
    context.drawImage(this.a, 0, 0, width, height);
    context.globalCompositeOperation = "difference";
    context.drawImage(this.b, 0, 0, width, height);
    // Adding the picture to itself doubles it.
    context.globalCompositeOperation = "lighter";
    for (let gain = 1; gain < this.gain; gain *= 2) context.drawImage(this.d, 0, 0);
    this.d.dataset.frame = this.a.dataset.frame;
  }

  /** Places what the view shows; sizes come from the stage, so that a wipe's two pictures lie exactly on each other. */
  layout() {
    const pair = this.#pair;
    const view = !pair ? "none" : pair.b ? this.view : "a";
    this.stage.dataset.view = view;
    const shows = { side: "ab", a: "a", b: "b", wipe: "ab", difference: "d", none: "" }[view];
    this.a.hidden = !shows.includes("a");
    this.b.hidden = !shows.includes("b");
    this.d.hidden = !shows.includes("d");
    this.captions.a.hidden = !shows.includes("a") && view !== "difference";
    this.captions.b.hidden = !shows.includes("b") && view !== "difference";
    this.divider.hidden = view !== "wipe";
    if (!pair) return;
    const { clientWidth, clientHeight } = this.stage;
    const cell = view === "side" ? (clientWidth - GAP) / 2 : clientWidth;
    const room = clientHeight - CAPTION;
    const side = pair.a;
    const scale = Math.min(cell / side[2], room / side[3]);
    const [width, height] = [Math.floor(side[2] * scale), Math.floor(side[3] * scale)];
    const top = CAPTION + Math.floor((room - height) / 2);
    const left = Math.floor((cell - width) / 2);
    const second = view === "side" ? cell + GAP + left : left;
    for (const [canvas, x] of [
      [this.a, left],
      [this.b, second],
      [this.d, left],
    ])
      place(canvas, x, top, width, height);
    const both = view === "wipe" || view === "difference";
    place(this.captions.a, left, top - CAPTION, both ? width / 2 : width, CAPTION);
    place(this.captions.b, both ? left + width / 2 : second, top - CAPTION, both ? width / 2 : width, CAPTION);
    this.captions.b.classList.toggle("to-end", both);
    this.frameBox = { left, width };
    place(this.divider, left + width * this.#wipe - 12, top, 24, height);
    this.b.style.clipPath = view === "wipe" ? `inset(0 0 0 ${100 * this.#wipe}%)` : "";
    const percent = Math.round(100 * this.#wipe);
    this.divider.setAttribute("aria-valuenow", String(percent));
    this.divider.setAttribute("aria-valuetext", `${percent} % original`);
  }

  #wipeTo(part) {
    this.#wipe = Math.min(Math.max(part, 0), 1);
    this.layout();
  }

  #grab(event) {
    if (this.stage.dataset.view !== "wipe" || event.button !== 0) return;
    const to = (moved) => {
      const x = moved.clientX - this.stage.getBoundingClientRect().left;
      this.#wipeTo((x - this.frameBox.left) / this.frameBox.width);
    };
    this.stage.setPointerCapture(event.pointerId);
    this.stage.addEventListener("pointermove", to);
    const end = () => this.stage.removeEventListener("pointermove", to);
    this.stage.addEventListener("pointerup", end, { once: true });
    this.stage.addEventListener("pointercancel", end, { once: true });
    to(event);
  }

  #walk(event) {
    const by = { ArrowLeft: -0.01, ArrowRight: 0.01, PageDown: -0.1, PageUp: 0.1, Home: -1, End: 1 }[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.#wipeTo(this.#wipe + by * (event.shiftKey ? 10 : 1));
  }
}

function place(element, left, top, width, height) {
  Object.assign(element.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
}
