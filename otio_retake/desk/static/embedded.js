// The page without a server: what it shows is embedded in it, and picks stay in the browser until they are saved.

import { Fault } from "./fault.js";

const TYPES = {
  pair: "video/mp4",
  "sound-a": "audio/wav",
  "sound-b": "audio/wav",
  strip: "image/jpeg",
  still: "image/jpeg",
};

function embeddedText(id) {
  return document.getElementById(id)?.textContent ?? null;
}

function unwrapped(text) {
  const binary = atob(text.trim());
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

export class EmbeddedLink {
  offline = true;
  #board;
  #urls = new Map();
  #place;

  constructor() {
    this.#board = JSON.parse(embeddedText("board"));
    // The stamp keeps two exports of one cut apart.
    this.#place = `otio-retake-picks ${this.#board.cut.name} ${this.#board.stamp}`;
    try {
      const kept = localStorage.getItem(this.#place);
      if (kept) this.#apply(JSON.parse(kept));
    } catch {
      // A browser that keeps nothing for files still plays and picks.
    }
    this.first = this.#board;
  }

  async board() {
    return structuredClone(this.#board);
  }

  async numbers(take) {
    return JSON.parse(embeddedText(`numbers-${take}`) ?? "null");
  }

  async movie(take) {
    return this.#blob("pair", `pair-${take}`);
  }

  async sound(take, side) {
    return (await this.#blob(`sound-${side}`, `sound-${side}-${take}`)).arrayBuffer();
  }

  strip(request) {
    return this.#url("strip", `strip-${request}`);
  }

  still(request, n) {
    return this.#url("still", `still-${request}-${n}`);
  }

  /** Picks, rejections and files of picks; nothing else can be done without the server. */
  async send(name, body) {
    let applied = null;
    if (name === "pick") this.#pick(body.request, body.take);
    else if (name === "reject") this.#mark(body.take, "rejected", body.reason);
    else if (name === "restore") this.#mark(body.take, "made", "");
    else if (name === "picks") applied = this.#apply(body);
    else throw new Fault({ what: "This cannot be done offline.", where: name, fix: "Open the desk itself." });
    try {
      localStorage.setItem(this.#place, JSON.stringify(this.#file()));
    } catch {
      // As above: "Save picks" is what keeps them for certain.
    }
    const board = await this.board();
    return applied ? { ...applied, board } : board;
  }

  async picks() {
    return new Blob([JSON.stringify(this.#file(), null, 1)], { type: "application/json" });
  }

  follow() {
    // Nothing changes but by the person.
  }

  #request(id) {
    return this.#board.requests.find((request) => request.id === id);
  }

  #pick(id, take) {
    const request = this.#request(id);
    if (!request || (take !== null && !request.made.some((made) => made.id === take))) return false;
    request.picked = take;
    request.original_chosen = take === null;
    for (const made of request.made) {
      if (made.id === take) Object.assign(made, { state: "picked", reason: "" });
      else if (made.state === "picked") made.state = "made";
    }
    return true;
  }

  #mark(id, state, reason) {
    const request = this.#board.requests.find((each) => each.made.some((take) => take.id === id));
    const take = request?.made.find((made) => made.id === id);
    if (!take) return false;
    if (request.picked === id) request.picked = null;
    Object.assign(take, { state, reason });
    return true;
  }

  #file() {
    const takes = this.#board.requests.flatMap((request) => request.made);
    const named = (id) => takes.find((take) => take.id === id)?.name ?? "original";
    // What nobody decided is left to whoever does.
    const decided = this.#board.requests.filter((request) => request.picked !== null || request.original_chosen);
    return {
      otio_retake_picks: 1,
      cut: this.#board.cut.name,
      picks: decided.map((request) => ({ mark: request.id, take: request.picked, name: named(request.picked) })),
      rejected: takes
        .filter((take) => take.state === "rejected")
        .map(({ id, name, reason }) => ({ take: id, name, reason })),
    };
  }

  #apply(file) {
    if (file?.otio_retake_picks !== 1) {
      throw new Fault({ what: "This is no file of picks.", fix: "Load one that a desk saved." });
    }
    const unknown = [];
    let applied = 0;
    const note = (done, name) => (done ? (applied += 1) : unknown.push(name));
    for (const { take, name, reason } of file.rejected ?? [])
      note(this.#mark(take, "rejected", reason ?? ""), name ?? take);
    for (const { mark, take, name } of file.picks ?? []) note(this.#pick(mark, take), name ?? mark);
    return { applied, unknown };
  }

  #url(kind, id) {
    if (!this.#urls.has(id)) {
      const text = embeddedText(id);
      this.#urls.set(id, text ? URL.createObjectURL(new Blob([unwrapped(text)], { type: TYPES[kind] })) : "");
    }
    return this.#urls.get(id);
  }

  async #blob(kind, id) {
    const text = embeddedText(id);
    if (!text) throw new Fault({ what: "This page was exported without it.", where: id, fix: "Export it again." });
    return new Blob([unwrapped(text)], { type: TYPES[kind] });
  }
}
