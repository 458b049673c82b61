// Frames are integers and rates are two integers. Seconds exist only where a browser asks for them.

/** "24000/1001" as {num, den}. */
export function parseRate(text) {
  const [num, den = "1"] = String(text).split("/");
  return { num: Number(num), den: Number(den) };
}

/** Seconds from the start of frame 0 to `position`, in frames and parts of one. The one place that makes seconds. */
export function secondsAt(position, rate) {
  return (position * rate.den) / rate.num;
}

/** Where to seek for a frame: its middle, half a frame away from every rounding. */
export function middleOf(frame, rate) {
  return secondsAt(frame + 0.5, rate);
}

/** The frame whose own time, its start, is `seconds`; null where that is no frame's time. */
export function frameStartingAt(seconds, rate) {
  const position = (seconds * rate.num) / rate.den;
  const frame = Math.round(position);
  return Math.abs(position - frame) < 0.25 ? frame : null;
}

/** The frame that is on the screen at `seconds`. */
export function frameDuring(seconds, rate) {
  return Math.floor((seconds * rate.num) / rate.den + 1e-6);
}

/** The record frame under frame `k` of a pair that starts at record frame `first`, where its rate may be another. */
export function recordFrame(k, first, rate, cutRate) {
  return first + Math.floor((k * cutRate.num * rate.den) / (cutRate.den * rate.num));
}

/** The first frame of the pair that stands at or after record frame `record`. */
export function pairFrame(record, first, rate, cutRate) {
  return Math.ceil(((record - first) * cutRate.den * rate.num) / (cutRate.num * rate.den));
}

/** Labels that drop-frame counting skips each minute: 2 at 30, 4 at 60. */
function skipped(fps, drop) {
  return drop && fps % 30 === 0 ? fps / 15 : 0;
}

/** The label of `frame`, counted from 00:00:00:00 at the whole rate `fps`; ";" before the frames says drop-frame. */
export function timecodeOf(frame, fps, drop = false) {
  const skip = skipped(fps, drop);
  const day = 24 * 3600 * fps - skip * (24 * 60 - 24 * 6);
  let label = ((frame % day) + day) % day;
  if (skip) {
    const perMinute = 60 * fps - skip;
    const perTen = 600 * fps - 9 * skip;
    const tens = Math.floor(label / perTen);
    const rest = label % perTen;
    const minutes = rest < 60 * fps ? 0 : 1 + Math.floor((rest - 60 * fps) / perMinute);
    label += skip * (9 * tens + minutes);
  }
  const seconds = Math.floor(label / fps);
  const two = (n) => String(n).padStart(2, "0");
  const clock = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((n) => two(Math.floor(n))).join(":");
  const frames = String(label % fps).padStart(Math.max(2, String(fps - 1).length), "0");
  return `${clock}${skip ? ";" : ":"}${frames}`;
}

const LABEL = /^(\d{1,2}):(\d{2}):(\d{2})[:;.,](\d{2,3})$/;

/** The frame that a timecode labels; null for what is no timecode at this rate, a label that is skipped among them. */
export function frameOfTimecode(text, fps, drop = false) {
  const found = LABEL.exec(text.trim());
  if (!found) return null;
  const [hours, minutes, seconds, frames] = found.slice(1).map(Number);
  if (hours > 23 || minutes > 59 || seconds > 59 || frames >= fps) return null;
  const skip = skipped(fps, drop);
  if (skip && minutes % 10 && seconds === 0 && frames < skip) return null;
  const total = hours * 60 + minutes;
  return (total * 60 + seconds) * fps + frames - skip * (total - Math.floor(total / 10));
}

/** Everything a pair knows about where its frames stand: `at(k)` is the timecode, `source(k)` the source frame. */
export class Ruler {
  constructor(pair, cut) {
    this.count = pair.count;
    this.first = pair.first;
    this.rate = parseRate(pair.rate);
    // Where the clip does not play frame for frame the pair counts by its source's own clock, one label a frame.
    this.cutRate = pair.clock ? this.rate : parseRate(cut.rate);
    this.fps = pair.clock?.fps ?? cut.timecode_fps;
    this.drop = pair.clock?.drop ?? cut.drop;
    this.ofSource = pair.clock?.kind === "source";
    this.record = pair.timecode[1];
  }

  at(k) {
    return timecodeOf(recordFrame(k, this.record, this.rate, this.cutRate), this.fps, this.drop);
  }

  source(k) {
    return this.first + k;
  }

  within(k) {
    return Math.min(Math.max(Math.round(k), 0), this.count - 1);
  }

  /** What a person typed, as a frame of the pair: a timecode, an index, +n or -n from `now`; null where it is none. */
  parse(text, now) {
    const trimmed = text.trim();
    if (/^[+-]\d+$/.test(trimmed)) return this.within(now + Number(trimmed));
    if (/^\d+$/.test(trimmed)) return Number(trimmed) < this.count ? Number(trimmed) : null;
    const record = frameOfTimecode(trimmed, this.fps, this.drop);
    if (record === null) return null;
    const k = pairFrame(record, this.record, this.rate, this.cutRate);
    return k >= 0 && k < this.count ? k : null;
  }
}
