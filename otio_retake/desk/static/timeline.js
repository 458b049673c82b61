// What lies along the frames, on one scale: timecode, what was marked and replaced, seams, both sounds, the change.

import { fill, h, setText, svg } from "./dom.js";
import { secondsAt } from "./frames.js";
import { drawWaveform } from "./waveform.js";
import { figure } from "./words.js";

const MOST_LABELS = 7;

export class Timeline {
  #pair = null;
  #ruler = null;
  #numbers = null;
  #buffers = { a: null, b: null };

  /** `goTo(frame)` is called as the playhead is dragged. */
  constructor(place, goTo) {
    this.goTo = goTo;
    const lane = (name, kind, box) => [h("span", { class: `lane-name ${kind}` }, name), (this[kind] = box)];
    const graph = (name) =>
      svg("svg", { class: `lane-box ${name}`, preserveAspectRatio: "none", "aria-hidden": "true" });
    const wave = (name) => h("canvas", { class: `lane-box ${name}`, "aria-hidden": "true" });
    this.changeNow = h("span", { class: "figures" });
    this.head = h("div", { class: "playhead" });
    this.outside = [h("div", { class: "outside-marks" }), h("div", { class: "outside-marks" })];
    this.over = h(
      "div",
      {
        class: "lanes-over",
        role: "slider",
        tabindex: "0",
        "aria-label": "Frame",
        "aria-valuemin": "0",
        onpointerdown: (event) => this.#scrub(event),
      },
      this.head,
      ...this.outside,
    );
    this.element = h(
      "div",
      { class: "lanes" },
      ...lane("Timecode", "ticks", h("div", { class: "lane-box ticks" })),
      ...lane("Marked", "region", graph("region")),
      ...lane("Replaced", "replaced", graph("replaced")),
      ...lane("Sound A", "waveA", wave("wave side-a")),
      ...lane("Sound B", "waveB", wave("wave side-b")),
      ...lane(["Change ", this.changeNow], "change", graph("change")),
      this.over,
    );
    place.append(this.element);
    new ResizeObserver(() => this.#drawWaves()).observe(this.element);
  }

  set(pair, ruler) {
    this.#pair = pair;
    this.#ruler = ruler;
    this.#numbers = null;
    this.#buffers = { a: null, b: null };
    this.over.setAttribute("aria-valuemax", String(pair.count - 1));
    this.#drawTicks();
    this.#drawSpans(this.region, [pair.region], "span-region");
    this.#drawSpans(this.replaced, pair.replaced, "span-replaced");
    this.setNumbers(null);
    this.#drawWaves();
  }

  setSound(side, buffer) {
    this.#buffers[side] = buffer;
    this.#drawWaves();
  }

  setFrame(k) {
    if (!this.#pair || k < 0) return;
    const { count } = this.#pair;
    this.head.style.left = `${(100 * k) / count}%`;
    this.head.style.width = `max(2px, ${100 / count}%)`;
    this.over.setAttribute("aria-valuenow", String(k));
    this.over.setAttribute("aria-valuetext", `${this.#ruler.at(k)}, frame ${k} of ${count}`);
    const value = this.#numbers?.differences?.[k];
    setText(this.changeNow, value === null || value === undefined ? "" : figure(value, 1));
  }

  setMarks(from, to) {
    if (!this.#pair) return;
    const { count } = this.#pair;
    this.outside[0].style.left = "0";
    this.outside[0].style.width = `${(100 * (from ?? 0)) / count}%`;
    this.outside[1].style.right = "0";
    this.outside[1].style.width = `${(100 * (count - 1 - (to ?? count - 1))) / count}%`;
  }

  /** The change of each frame, on a square-root scale: a small one where none should be is seen beside a large one. */
  setNumbers(numbers) {
    this.#numbers = numbers;
    const { count, seams } = this.#pair;
    const values = numbers?.differences ?? [];
    const threshold = numbers?.threshold ?? null;
    const top = Math.sqrt(Math.max(...values.filter((value) => value !== null), threshold ?? 0, 1));
    const y = (value) => 96 - 92 * (Math.sqrt(Math.max(value, 0)) / top);
    const bars = values.map((value, k) => {
      if (value === null || k >= count) return null;
      const bad = isStray(numbers, k);
      return svg("rect", { class: bad ? "bar bad" : "bar", x: k, y: y(value), width: 1, height: 100 - y(value) });
    });
    const changed = numbers?.changed;
    this.change.setAttribute("viewBox", `0 0 ${count} 100`);
    fill(
      this.change,
      changed && svg("rect", { class: "shade", x: changed[0], y: 0, width: changed[1] - changed[0], height: 100 }),
      ...bars,
      threshold !== null && svg("line", { class: "limit", x1: 0, x2: count, y1: y(threshold), y2: y(threshold) }),
      ...seams.map((seam) => seamLine(seam)),
    );
  }

  #drawSpans(graph, spans, kind) {
    const { count, seams } = this.#pair;
    graph.setAttribute("viewBox", `0 0 ${count} 100`);
    fill(
      graph,
      ...spans.map(([from, to]) => svg("rect", { class: kind, x: from, y: 20, width: to - from, height: 60 })),
      ...seams.map((seam) => seamLine(seam)),
    );
  }

  #drawTicks() {
    const { count } = this.#pair;
    const { fps } = this.#ruler;
    const every = [1, 2, 5, 10, 15, 30, 60].find((seconds) => count / (seconds * fps) <= MOST_LABELS) ?? 120;
    const labels = [];
    for (let k = 0; k < count; k += 1) {
      // Whole seconds of the timecode, as an editor's own ruler has them.
      const label = this.#ruler.at(k);
      if (/[:;]0+$/.test(label) && Number(label.slice(6, 8)) % every === 0) labels.push([k, label]);
    }
    fill(
      this.ticks,
      ...labels.map(([k, label]) => {
        const tick = h("span", { class: "tick" }, label);
        tick.style.left = `${(100 * k) / count}%`;
        // At the right end a label would hang over the border.
        if (k / count > 0.88) tick.classList.add("to-left");
        return tick;
      }),
    );
  }

  #drawWaves() {
    if (!this.#pair) return;
    const seconds = secondsAt(this.#pair.count, this.#ruler.rate);
    for (const [canvas, side] of [
      [this.waveA, "a"],
      [this.waveB, "b"],
    ]) {
      drawWaveform(canvas, this.#buffers[side], seconds, getComputedStyle(canvas).color);
    }
  }

  #scrub(event) {
    if (event.button !== 0 || !this.#pair) return;
    const to = (moved) => {
      const { left, width } = this.over.getBoundingClientRect();
      this.goTo(this.#ruler.within(Math.floor(((moved.clientX - left) / width) * this.#pair.count)));
    };
    this.over.setPointerCapture(event.pointerId);
    this.over.addEventListener("pointermove", to);
    const end = () => this.over.removeEventListener("pointermove", to);
    this.over.addEventListener("pointerup", end, { once: true });
    this.over.addEventListener("pointercancel", end, { once: true });
    to(event);
  }
}

function seamLine(seam) {
  return svg("line", { class: "seam", x1: seam, x2: seam, y1: 0, y2: 100 });
}

/** Whether frame `k` changed although it lies outside what was measured to be the change. */
export function isStray(numbers, k) {
  const value = numbers?.differences?.[k];
  if (value === null || value === undefined || numbers.threshold === null || value <= numbers.threshold) return false;
  return !numbers.changed || k < numbers.changed[0] || k >= numbers.changed[1];
}
