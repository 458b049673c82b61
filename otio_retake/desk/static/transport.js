// How the player moves: play, shuttle both ways, steps, seams, in and out, loops. Sound follows the pictures.

import { secondsAt } from "./frames.js";

const FASTEST = 4;

/** Frames on either side of a seam that its loop plays. */
export const SEAM_HANDLES = 12;

export class Transport {
  speed = 0;
  loop = "off";
  in = null;
  out = null;
  #player;
  #sound;
  #changed;
  #pair = null;
  #backward = 0;

  /** `changed()` is called whenever speed, loop, in or out differ, and for each frame that is drawn while it runs. */
  constructor(player, sound, changed) {
    this.#player = player;
    this.#sound = sound;
    this.#changed = changed;
  }

  attach(pair) {
    this.#backward += 1;
    this.speed = 0;
    this.in = null;
    this.out = null;
    this.#pair = pair;
    if (this.loop === "marks" || (this.loop.startsWith("seam") && !pair?.seams[this.#seamOf(this.loop)]))
      this.loop = "off";
    this.#sound.stop();
    this.#changed();
  }

  get ready() {
    return Boolean(this.#pair && this.#player.ruler);
  }

  #seamOf(loop) {
    return Number(loop.split(" ")[1]);
  }

  /** The frames that play, half-open, whether they are repeated or not. */
  get range() {
    const { count, region, seams } = this.#pair;
    const within = (from, to) => [Math.max(from, 0), Math.min(to, count)];
    if (this.loop === "region") return within(...region);
    if (this.loop === "marks") return within(this.in ?? 0, (this.out ?? count - 1) + 1);
    if (this.loop.startsWith("seam")) {
      const seam = seams[this.#seamOf(this.loop)];
      return within(seam - SEAM_HANDLES, seam + SEAM_HANDLES);
    }
    return [0, count];
  }

  async setLoop(loop) {
    const running = this.speed;
    this.loop = loop;
    await this.halt();
    const [from, to] = this.range;
    const { frame } = this.#player;
    if (loop !== "off" && (frame < from || frame >= to)) await this.#player.seek(from);
    if (running || loop.startsWith("seam")) this.shuttle(running || 1);
    this.#changed();
  }

  /** Around the next seam after the one that is looped now; off after the last. */
  loopNextSeam() {
    const { seams } = this.#pair;
    const now = this.loop.startsWith("seam") ? this.#seamOf(this.loop) : -1;
    return this.setLoop(now + 1 < seams.length ? `seam ${now + 1}` : "off");
  }

  toggle() {
    return this.speed ? this.halt() : this.shuttle(1);
  }

  /** Faster the same way, or at once the other way. */
  nudge(way) {
    const same = Math.sign(this.speed) === way;
    return this.shuttle(same ? way * Math.min(Math.abs(this.speed) * 2, FASTEST) : way);
  }

  async shuttle(speed) {
    this.#backward += 1;
    this.#sound.stop();
    await this.#player.pause();
    this.speed = speed;
    this.#changed();
    return speed > 0 ? this.#forward() : this.#reverse();
  }

  async halt() {
    this.#backward += 1;
    this.speed = 0;
    this.#sound.stop();
    this.#changed();
    await this.#player.pause();
    this.#changed();
  }

  async #forward() {
    const [from, to] = this.range;
    const { frame } = this.#player;
    if (frame < from || frame >= to - 1) await this.#player.seek(from);
    const rate = this.#player.ruler?.rate;
    const speed = this.speed;
    if (speed <= 0) return;
    await this.#player.play(
      speed,
      to,
      (now) => {
        // Sound has a meaning at one speed only.
        if (speed === 1) this.#sound.keep(secondsAt(now, rate));
        this.#changed();
      },
      () => this.#atEnd(),
    );
  }

  async #atEnd() {
    this.#sound.stop();
    const [from, to] = this.range;
    await this.#player.pause();
    if (this.loop === "off") {
      this.speed = 0;
      await this.#player.seek(to - 1);
      this.#changed();
      return;
    }
    await this.#player.seek(from);
    if (this.speed > 0) await this.#forward();
  }

  /** No browser plays backward: each moment this goes to the frame that is due, and leaves out what it cannot show. */
  async #reverse() {
    const run = (this.#backward += 1);
    const { rate } = this.#player.ruler;
    const speed = -this.speed;
    const [from, to] = this.range;
    let start = this.#player.frame > from && this.#player.frame < to ? this.#player.frame : to - 1;
    let began = performance.now();
    while (run === this.#backward) {
      const now = await nextMoment();
      if (run !== this.#backward) return;
      const due = start - Math.floor(((now - began) / 1000) * speed * (rate.num / rate.den));
      await this.#player.seek(Math.max(due, from));
      this.#changed();
      if (due > from) continue;
      if (this.loop === "off") {
        await this.halt();
        return;
      }
      start = to - 1;
      began = performance.now();
    }
  }

  /** Goes to a frame and goes on playing if it played. */
  async goTo(k) {
    const forward = this.speed > 0;
    if (this.speed < 0) this.#backward += 1;
    this.#sound.stop();
    if (forward) await this.#player.pause();
    await this.#player.seek(k);
    this.#changed();
    if (forward && this.speed > 0) await this.#forward();
    else if (this.speed < 0) await this.#reverse();
  }

  async step(by) {
    if (this.speed) await this.halt();
    await this.#player.seek(this.#player.aim + by);
    this.#changed();
  }

  /** To the first frame on the far side of the next seam, or of the one before. */
  async toSeam(way) {
    if (this.speed) await this.halt();
    const { aim } = this.#player;
    const seams =
      way > 0
        ? this.#pair.seams.filter((seam) => seam > aim)
        : this.#pair.seams.filter((seam) => seam < aim).reverse();
    const edge = way > 0 ? this.#pair.count - 1 : 0;
    await this.step((seams[0] ?? edge) - aim);
  }

  mark(side, frame = this.#player.frame) {
    this[side] = frame;
    if (this.in !== null && this.out !== null && this.in > this.out) this[side === "in" ? "out" : "in"] = null;
    if (this.in === null && this.out === null && this.loop === "marks") this.loop = "off";
    else if (frame !== null && this.loop === "off") this.loop = "marks";
    this.#changed();
  }
}

function nextMoment() {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}
