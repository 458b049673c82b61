// The only module that reaches outside the page: to the server that made it, or to what is embedded in it.

import { EmbeddedLink } from "./embedded.js";
import { Fault } from "./fault.js";

const ROOM = "otio-retake-room";
let heldRoom = "";

/** What is outside: embedded data where there are any, else the server. Throws `Fault` where neither lets in. */
export async function openLink() {
  if (document.getElementById("board")) return new EmbeddedLink();
  const token = takeToken();
  if (token) {
    const room = await enter(token);
    if (room) remember(room);
  }
  const room = remembered();
  if (!room) throw shut("This page was opened without its key.");
  const link = new ServerLink(room);
  try {
    link.first = await link.board();
  } catch (fault) {
    throw isShut(fault) ? shut(OLD_KEY) : fault;
  }
  return link;
}

const OLD_KEY = "The key of this page is no longer good: the desk was started anew.";

function isShut(fault) {
  return [401, 403, 404].includes(fault.status);
}

function shut(what) {
  const fix =
    "Open the file that `otio-retake desk` names in its terminal. The link in it works once; each time the desk is" +
    " opened it is written anew.";
  return new Fault({ what, where: location.host, fix }, 403);
}

/** The token of the fragment, which goes out of the address at once: it must not stay in the history. */
function takeToken() {
  const found = /^#t=(.+)$/.exec(location.hash);
  if (!found) return "";
  history.replaceState(null, "", location.pathname);
  return decodeURIComponent(found[1]);
}

async function enter(token) {
  const answer = await fetch("/enter", asJson({ token }));
  return answer.ok ? (await answer.json()).room : "";
}

function remember(room) {
  try {
    sessionStorage.setItem(ROOM, room);
  } catch {
    // Without storage the page works until it is reloaded.
  }
  heldRoom = room;
}

function remembered() {
  if (heldRoom) return heldRoom;
  try {
    return sessionStorage.getItem(ROOM) ?? "";
  } catch {
    return "";
  }
}

function asJson(body) {
  return { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

const LOST = {
  what: "The desk's server does not answer.",
  where: "otio-retake desk",
  fix: "See whether its terminal is still open; orders at a service are safe, start it again to go on.",
};

class ServerLink {
  offline = false;
  first = null;

  constructor(room) {
    this.base = `/d/${encodeURIComponent(room)}/`;
  }

  at(...parts) {
    return this.base + parts.map(encodeURIComponent).join("/");
  }

  async fetched(url, how = {}) {
    let answer;
    try {
      answer = await fetch(url, how);
    } catch (error) {
      throw error.name === "AbortError" ? error : new Fault(LOST);
    }
    if (answer.ok) return answer;
    const said = await answer.json().catch(() => ({ what: `The server answers ${answer.status}.` }));
    throw new Fault(said, answer.status);
  }

  async board() {
    return (await this.fetched(this.at("board"))).json();
  }

  async numbers(take) {
    return (await this.fetched(this.at("numbers", take))).json();
  }

  async send(name, body) {
    return (await this.fetched(this.at(name), asJson(body))).json();
  }

  async movie(take, signal) {
    return (await this.fetched(this.at("pair", take), { signal })).blob();
  }

  async sound(take, side, signal) {
    return (await this.fetched(this.at("sound", take, side), { signal })).arrayBuffer();
  }

  strip(request) {
    return this.at("strip", request);
  }

  still(request, n) {
    return this.at("still", request, String(n));
  }

  async picks() {
    return (await this.fetched(this.at("picks"))).blob();
  }

  exported() {
    return this.at("export");
  }

  /**
   * Calls `live` with each state, `lost` and `found` as the server goes and comes back. It never gives up but where the
   * server knows this page no more: then `gone` is called with why.
   */
  follow({ live, lost, found, gone }) {
    let source = null;
    const open = () => {
      source?.close();
      source = new EventSource(this.at("events"));
      source.addEventListener("open", found);
      source.addEventListener("live", (event) => live(JSON.parse(event.data)));
      source.addEventListener("error", () => {
        lost();
        // A stream that broke opens itself again; a refused one is closed for good.
        if (source.readyState === EventSource.CLOSED)
          this.#askWhy().then((why) => (why ? gone(why) : setTimeout(reopen, 2000)));
      });
    };
    const reopen = () => !document.hidden && open();
    addEventListener("pagehide", () => source?.close());
    // A browser opens six connections to a server: pages that nobody looks at leave theirs to the others.
    document.addEventListener("visibilitychange", () => {
      source?.close();
      if (!document.hidden) open();
    });
    open();
  }

  async #askWhy() {
    try {
      await this.board();
      return null;
    } catch (fault) {
      return isShut(fault) ? shut(OLD_KEY) : null;
    }
  }
}
