// One movie holds original and take side by side, so both are cut from one decoded picture: they cannot be two frames.

import { frameDuring, frameStartingAt, middleOf } from "./frames.js";

const A_MOMENT = 40;

/** Looks at the screen until the asked picture is there: many where a picture tells its own time, however slow it is. */
const TRIES = "VideoFrame" in globalThis ? 750 : 25;

export class Player {
  ruler = null;
  frame = -1;
  #video;
  #draw;
  #url = "";
  #told = null;
  #wanted = null;
  #aim = 0;
  #seeking = null;
  #run = 0;
  #settled = false;
  #sheet = document.createElement("canvas");

  /** `draw(picture, frame)` is called with each decoded picture of the pair, and the frame that it really is. */
  constructor(video, draw) {
    this.#video = video;
    this.#draw = draw;
    if (this.#hasCallback) this.#listen();
  }

  get #hasCallback() {
    return "requestVideoFrameCallback" in this.#video;
  }

  /** The frame that is being gone to, else the one that is shown: where the next step begins. */
  get aim() {
    return this.#seeking ? this.#aim : this.frame;
  }

  /** Takes up a movie; true once it can be drawn from, false where another one was asked for meanwhile. */
  async open(movie, ruler) {
    this.close();
    const url = URL.createObjectURL(movie);
    this.#url = url;
    await new Promise((resolve, reject) => {
      const video = this.#video;
      const heard = new AbortController();
      const end = (then) => () => {
        heard.abort();
        then();
      };
      video.addEventListener("loadeddata", end(resolve), { signal: heard.signal });
      video.addEventListener("emptied", end(resolve), { signal: heard.signal });
      video.addEventListener(
        "error",
        end(() => reject(new Error("this browser cannot play the pair"))),
        { signal: heard.signal },
      );
      video.src = url;
    });
    if (this.#url !== url) return false;
    this.ruler = ruler;
    return true;
  }

  close() {
    this.#run += 1;
    this.#wanted = null;
    this.#told = null;
    this.#settled = false;
    this.frame = -1;
    this.ruler = null;
    this.#video.pause();
    if (!this.#url) return;
    URL.revokeObjectURL(this.#url);
    this.#url = "";
    this.#video.removeAttribute("src");
    this.#video.load();
  }

  /** Goes to a frame. Only the newest of several waiting ones is gone to; resolves when nothing waits any more. */
  seek(k) {
    if (!this.ruler) return Promise.resolve();
    this.#aim = this.ruler.within(k);
    this.#wanted = this.#aim;
    this.#seeking ??= this.#seekAll().finally(() => {
      this.#seeking = null;
      // Asked for between the last look at what is wanted and this moment.
      if (this.#wanted !== null) return this.seek(this.#wanted);
    });
    return this.#seeking;
  }

  async #seekAll() {
    while (this.#wanted !== null && this.ruler) {
      const k = this.#wanted;
      this.#wanted = null;
      if (k !== this.frame || !this.#settled) await this.#show(k);
    }
  }

  async #show(k) {
    const video = this.#video;
    const ruler = this.ruler;
    this.#told = null;
    const sought = heardOnce(video, "seeked", 5000);
    video.currentTime = middleOf(k, ruler.rate);
    await sought;
    // "seeked" may come a little before the picture does: it is drawn once it says itself that it is this one.
    for (let i = 0; i < TRIES; i += 1) {
      if (this.ruler !== ruler) return;
      if (this.#drawIf((frame) => frame === k, i < TRIES - 1 ? null : k)) break;
      await heardFrame(video);
    }
    this.#settled = true;
  }

  /** Plays forward from the frame that is shown. `each(frame)` after every picture, `ended()` at frame `end`. */
  async play(speed, end, each, ended) {
    const run = (this.#run += 1);
    const video = this.#video;
    await this.#seeking;
    if (run !== this.#run || !this.ruler) return;
    this.#settled = false;
    video.playbackRate = speed;
    try {
      await video.play();
    } catch {
      return;
    }
    const next = () => (this.#hasCallback ? video.requestVideoFrameCallback(tick) : requestAnimationFrame(tick));
    const tick = () => {
      if (run !== this.#run) return;
      let over = video.ended;
      this.#drawIf((frame) => {
        over ||= frame >= end;
        return frame < end && frame !== this.frame;
      });
      each(this.frame);
      if (over) ended();
      else next();
    };
    video.addEventListener("ended", () => run === this.#run && ended(), { once: true });
    next();
  }

  /** Stops, and stands on the frame that was drawn last. */
  async pause() {
    this.#run += 1;
    if (this.#video.paused) return;
    this.#video.pause();
    await this.seek(this.frame);
  }

  /** Draws the present picture if `fits(frame)`. `else_` is the frame it is taken for where the browser cannot say. */
  #drawIf(fits, else_ = null) {
    const { picture, own } = this.#picture();
    const frame = own ?? this.#known() ?? else_;
    const drawn = picture && frame !== null && (fits(frame) || else_ !== null);
    if (drawn) {
      this.frame = frame;
      this.#draw(picture, frame);
    }
    picture?.close?.();
    return drawn;
  }

  /** The decoded picture, held still, and the frame that it says it is: its own time, where browsers tell that. */
  #picture() {
    const video = this.#video;
    if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return { picture: null, own: null };
    if ("VideoFrame" in globalThis) {
      try {
        const picture = new VideoFrame(video);
        return { picture, own: frameStartingAt(picture.timestamp / 1e6, this.ruler.rate) };
      } catch {
        // Then it is copied once, and both sides are cut from the copy.
      }
    }
    this.#sheet.width = video.videoWidth;
    this.#sheet.height = video.videoHeight;
    this.#sheet.getContext("2d", { alpha: false }).drawImage(video, 0, 0);
    return { picture: this.#sheet, own: null };
  }

  /** The frame on the screen as the browser told it last, or by the clock where it tells nothing. */
  #known() {
    if (this.#hasCallback) return this.#told;
    return frameDuring(this.#video.currentTime, this.ruler.rate);
  }

  #listen() {
    const note = (_now, { mediaTime }) => {
      this.#told = this.ruler && frameStartingAt(mediaTime, this.ruler.rate);
      this.#video.requestVideoFrameCallback(note);
    };
    this.#video.requestVideoFrameCallback(note);
  }
}

function heardOnce(target, name, most) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, most);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    target.addEventListener(name, end, { once: true });
  });
}

/** The next picture of a video, or a moment: a browser tells nothing where the picture stayed the same. */
function heardFrame(video) {
  return new Promise((resolve) => {
    setTimeout(resolve, A_MOMENT);
    video.requestVideoFrameCallback?.(() => resolve());
  });
}
