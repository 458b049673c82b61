// The player on the page: it takes up the take that is shown, and joins pictures, sound, timeline and numbers.

import { current, currentTake, store, when } from "./board.js";
import { Controls } from "./controls.js";
import { h } from "./dom.js";
import { Ruler } from "./frames.js";
import { threeParts } from "./notices.js";
import { Player } from "./player.js";
import { drawPlots } from "./plots.js";
import { Sound } from "./sound.js";
import { Timeline } from "./timeline.js";
import { Transport } from "./transport.js";
import { Views } from "./views.js";

/** What the keys act on; null until the page is built. */
export const onScreen = { watch: null };

export function buildWatch(place) {
  const watch = new Watch(place);
  onScreen.watch = watch;
  const look = () => {
    place.parentElement.hidden = !current()?.made.length;
    watch.look(currentTake());
  };
  when("shown", look);
  when("board", look);
  look();
}

class Watch {
  #loading = new AbortController();
  #taken = "";

  constructor(place) {
    this.element = h("section", { id: "player", class: "player", "aria-label": "Player" });
    place.append(this.element);
    this.sound = new Sound();
    this.controls = new Controls(this);
    this.element.append(this.controls.top);
    this.views = new Views(this.element);
    this.player = new Player(this.views.video, (picture, frame) => this.views.draw(picture, frame));
    this.transport = new Transport(this.player, this.sound, () => this.moved());
    this.element.append(this.controls.bottom);
    this.timeline = new Timeline(this.element, (frame) => this.transport.goTo(frame));
    this.plots = h("div", { class: "plots" });
    this.element.append(this.plots);
    this.controls.draw();
  }

  get ready() {
    return this.transport.ready && !this.element.closest("[hidden]");
  }

  moved() {
    const { frame } = this.player;
    this.timeline.setFrame(frame);
    this.timeline.setMarks(this.transport.in, this.transport.out);
    this.controls.draw();
  }

  /** Shows a take, from the source frame that was on the screen if the last one was of the same request. */
  async look(take) {
    if ((take?.id ?? "") === this.#taken) return;
    const held = this.#heldFrame();
    this.#taken = take?.id ?? "";
    this.request = store.selected;
    this.#loading.abort();
    this.#loading = new AbortController();
    delete this.element.dataset.playerReady;
    this.transport.attach(null);
    this.player.close();
    this.sound.clear();
    this.plots.replaceChildren();
    this.pair = null;
    if (!take?.pair || !take.there) {
      this.views.clear(take ? "The files of this take are not there any more." : "");
      this.controls.attach(null);
      return;
    }
    this.views.clear("Preparing pictures\u2026");
    try {
      await this.#open(take, held, this.#loading.signal);
    } catch (fault) {
      if (fault.name === "AbortError") return;
      const { what, fix } = threeParts(fault);
      this.#taken = "";
      this.views.clear(`${what} ${fix}`);
    }
  }

  #heldFrame() {
    return this.request === store.selected && this.player.ruler ? this.player.ruler.source(this.player.frame) : null;
  }

  async #open(take, held, signal) {
    const { pair } = take;
    const ruler = new Ruler(pair, store.board.cut);
    const movie = await store.link.movie(take.id, signal);
    signal.throwIfAborted();
    if (!(await this.player.open(movie, ruler))) return;
    this.pair = pair;
    this.views.say("");
    this.views.fit(pair, take.label);
    this.timeline.set(pair, ruler);
    this.transport.attach(pair);
    this.controls.attach(take);
    await this.player.seek(held === null ? pair.region[0] : held - pair.first);
    signal.throwIfAborted();
    this.moved();
    this.element.dataset.playerReady = take.id;
    this.#hearAndMeasure(take, ruler, signal);
  }

  /** Sound and numbers come after the pictures, each as it can. */
  #hearAndMeasure(take, ruler, signal) {
    for (const side of ["a", "b"]) {
      if (!take[`sound_${side}`]) continue;
      this.#soundOf(take, side, signal).catch((fault) => fault.name === "AbortError" || this.controls.silent(side));
    }
    const measured = (numbers) => {
      if (signal.aborted) return;
      this.timeline.setNumbers(numbers);
      this.timeline.setFrame(this.player.frame);
      drawPlots(this.plots, numbers, ruler, (frame) => this.transport.goTo(frame));
    };
    store.link.numbers(take.id).then(measured, () => measured(null));
  }

  async #soundOf(take, side, signal) {
    const bytes = await store.link.sound(take.id, side, signal);
    signal.throwIfAborted();
    const buffer = await this.sound.take(side, bytes);
    signal.throwIfAborted();
    this.timeline.setSound(side, buffer);
    this.controls.draw();
  }
}
