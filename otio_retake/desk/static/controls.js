// The player's buttons and readings. All of them are also keys; what a key did shows here.

import { fill, h, setText, sign, tool } from "./dom.js";
import { SEAM_HANDLES } from "./transport.js";
import { GAINS, VIEWS } from "./views.js";

export class Controls {
  byHand = false;
  #watch;
  #take = null;
  #drawn = "";

  constructor(watch) {
    this.#watch = watch;
    this.loop = h("select", {
      "aria-label": "Loop",
      class: "loop",
      onchange: () => this.#loopChosen(),
      onpointerdown: () => (this.byHand = true),
      onkeydown: () => (this.byHand = false),
    });
    const loop = h("label", { class: "inline to-right" }, "Loop", this.loop);
    this.top = h("div", { class: "player-top" }, this.#viewButtons(), this.#gainButtons(), loop, this.#soundButtons());
    this.timecode = h("span", { class: "timecode", id: "timecode" });
    this.place = h("span", { class: "frame-place figures" });
    this.speed = h("span", { class: "speed figures" });
    this.play = tool("Play or stop (space)", () => this.#transport.toggle(), sign("play"));
    this.in = tool("In", () => this.#transport.mark("in"));
    this.out = tool("Out", () => this.#transport.mark("out"));
    this.in.title = "Mark in at this frame (I; shift+I clears)";
    this.out.title = "Mark out at this frame (O; shift+O clears)";
    this.goTo = h("input", {
      id: "go-to",
      type: "text",
      autocomplete: "off",
      spellcheck: "false",
      placeholder: "timecode, frame, +n",
      "aria-label": "Go to a timecode or a frame",
      onkeydown: (event) => this.#go(event),
    });
    this.bottom = h(
      "div",
      { class: "player-bottom", role: "group", "aria-label": "Transport" },
      h("p", { class: "reading" }, this.timecode, this.place),
      h(
        "div",
        { class: "tools" },
        tool("Previous seam (up)", () => this.#transport.toSeam(-1), sign("previous")),
        tool("One frame back (left)", () => this.#transport.step(-1), sign("back")),
        this.play,
        tool("One frame on (right)", () => this.#transport.step(1), sign("forward")),
        tool("Next seam (down)", () => this.#transport.toSeam(1), sign("next")),
      ),
      this.speed,
      h("div", { class: "tools" }, this.in, this.out),
      h("label", { class: "inline to-right" }, "Go to", this.goTo),
    );
  }

  #loopChosen() {
    // After a mouse, letters are for the player again; keys go on in the list.
    if (this.byHand) this.loop.blur();
    this.#transport.setLoop(this.loop.value);
  }

  get #transport() {
    return this.#watch.transport;
  }

  #viewButtons() {
    this.views = new Map(
      VIEWS.map(([name, words, key]) => {
        const button = tool(words, () => this.see(name));
        button.title = `${words} (${key.toUpperCase()})`;
        return [name, button];
      }),
    );
    return h("div", { class: "tools", role: "group", "aria-label": "View" }, ...this.views.values());
  }

  #gainButtons() {
    this.gains = new Map(GAINS.map((gain) => [gain, tool(`\u00d7${gain}`, () => this.#amplify(gain))]));
    this.gainBox = h(
      "div",
      { class: "tools", role: "group", "aria-label": "Difference, how many times", hidden: true },
      ...this.gains.values(),
    );
    return this.gainBox;
  }

  #soundButtons() {
    this.sides = new Map([
      ["a", tool("Sound A", () => this.hear("a"))],
      ["b", tool("Sound B", () => this.hear("b"))],
    ]);
    this.mute = tool("Mute", () => this.setMute());
    this.mute.title = "Mute (M)";
    return h("div", { class: "tools", role: "group", "aria-label": "Sound" }, ...this.sides.values(), this.mute);
  }

  /** Takes up what a take has: which views, whose sound, which loops. */
  attach(take) {
    this.#take = take;
    const pair = take?.pair;
    const { sound } = this.#watch;
    if (take && !take[`sound_${sound.side}`]) sound.hear(take.sound_b ? "b" : "a");
    if (take?.sound_b && take.kind !== "picture") sound.hear("b");
    const seams = (pair?.seams ?? []).map((_, i) => [`seam ${i}`, `Seam ${i + 1} \u00b1 ${SEAM_HANDLES} frames`]);
    const loops = [["off", "Off"], ["all", "All"], ["region", "Marked region"], ["marks", "In to out"], ...seams];
    fill(this.loop, ...loops.map(([value, words]) => h("option", { value }, words)));
    for (const [name, button] of this.views) button.disabled = !pair || (!pair.b && name !== "a");
    for (const element of [this.loop, ...this.bottom.querySelectorAll("button, input")]) element.disabled = !pair;
    this.#drawn = "";
    this.draw();
  }

  see(view) {
    this.#watch.views.set(view);
    this.draw();
  }

  /** Original and take in turn, in one place: the oldest way to see a difference. */
  flip() {
    this.see(this.#watch.views.view === "a" ? "b" : "a");
  }

  #amplify(gain) {
    this.#watch.views.amplify(gain);
    this.draw();
  }

  hear(side) {
    if (this.#take?.[`sound_${side}`]) this.#watch.sound.hear(side);
    this.draw();
  }

  otherSound() {
    this.hear(this.#watch.sound.side === "a" ? "b" : "a");
  }

  setMute(muted = !this.#watch.sound.muted) {
    this.#watch.sound.mute(muted);
    this.draw();
  }

  silent(side) {
    this.sides.get(side).title = "Its sound could not be read";
  }

  draw() {
    const { player, transport, views, sound, pair } = this.#watch;
    if (!transport) return;
    const { frame, ruler } = player;
    const there = Boolean(pair && ruler && frame >= 0);
    const clock = ruler?.ofSource ? "source timecode \u00b7 " : "";
    setText(this.timecode, there ? ruler.at(frame) : "\u2013\u2013:\u2013\u2013:\u2013\u2013:\u2013\u2013");
    setText(this.place, there ? `${clock}frame ${frame} of ${ruler.count} \u00b7 source ${ruler.source(frame)}` : "");
    const state = JSON.stringify([
      views.view,
      views.gain,
      sound.side,
      sound.muted,
      transport.speed,
      transport.loop,
      transport.in,
      transport.out,
      this.#take?.id,
    ]);
    // Pictures come many times a second; buttons change when pressed.
    if (state === this.#drawn) return;
    this.#drawn = state;
    this.#drawState(views, sound, transport, pair);
  }

  #drawState(views, sound, transport, pair) {
    for (const [name, button] of this.views)
      button.setAttribute("aria-pressed", String(name === (pair && !pair.b ? "a" : views.view)));
    for (const [gain, button] of this.gains) button.setAttribute("aria-pressed", String(gain === views.gain));
    this.gainBox.hidden = views.view !== "difference" || !pair?.b;
    for (const [side, button] of this.sides) {
      button.setAttribute(
        "aria-pressed",
        String(!sound.muted && side === sound.side && Boolean(this.#take?.[`sound_${side}`])),
      );
      button.disabled = !this.#take?.[`sound_${side}`];
      button.title = button.disabled ? "It has no sound" : `Hear ${side.toUpperCase()} (T changes sides)`;
    }
    this.mute.setAttribute("aria-pressed", String(sound.muted));
    fill(this.play, sign(transport.speed ? "pause" : "play"));
    setText(
      this.speed,
      transport.speed ? `${transport.speed > 0 ? "" : "\u2212"}${Math.abs(transport.speed)}\u00d7` : "stop",
    );
    this.loop.value = transport.loop;
    this.in.setAttribute("aria-pressed", String(transport.in !== null));
    this.out.setAttribute("aria-pressed", String(transport.out !== null));
  }

  #go(event) {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const { player, transport } = this.#watch;
    const frame = player.ruler?.parse(this.goTo.value, player.frame) ?? null;
    this.goTo.setAttribute("aria-invalid", String(frame === null));
    if (frame === null) return;
    // From the field back to the frames, where the keys act.
    this.goTo.value = "";
    this.#watch.timeline.over.focus({ preventScroll: true });
    transport.halt().then(() => transport.goTo(frame));
  }
}
