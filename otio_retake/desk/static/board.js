// What is known: the board as it was last read, what has moved since, and what the person looks at.

export const store = { board: null, live: null, link: null, selected: "", shown: "", filter: "all" };

const listeners = new Map();

/** Calls `listener` whenever `topic` changes: "board", "live", "selected", "shown", "filter". */
export function when(topic, listener) {
  listeners.set(topic, [...(listeners.get(topic) ?? []), listener]);
}

function tell(topic) {
  for (const listener of listeners.get(topic) ?? []) listener();
}

export function setBoard(board) {
  store.board = board;
  const known = board.requests.some((request) => request.id === store.selected);
  if (!known) store.selected = board.requests[0]?.id ?? "";
  const request = current();
  const there = request?.made.some((take) => take.id === store.shown);
  if (!there) store.shown = firstTake(request);
  tell("board");
  if (!known) tell("selected");
  if (!there) tell("shown");
}

export function setLive(live) {
  store.live = live;
  tell("live");
}

export function select(id) {
  if (id === store.selected) return;
  store.selected = id;
  store.shown = firstTake(current());
  tell("selected");
  tell("shown");
}

export function show(take) {
  if (take === store.shown) return;
  store.shown = take;
  tell("shown");
}

export function setFilter(filter) {
  store.filter = filter;
  tell("filter");
}

/** The take that is looked at first: the picked one, else the newest that may be picked. */
function firstTake(request) {
  if (!request) return "";
  const open = request.made.filter((take) => take.there && take.state !== "rejected");
  return request.picked ?? open.at(-1)?.id ?? request.made.at(-1)?.id ?? "";
}

export function current() {
  return store.board?.requests.find((request) => request.id === store.selected) ?? null;
}

export function currentTake() {
  return current()?.made.find((take) => take.id === store.shown) ?? null;
}

/** An order as it is now: the board's, with what has moved since. */
export function orderNow(order) {
  return { ...order, ...(store.live?.orders?.[order.id] ?? {}) };
}

export function working() {
  return store.live ? store.live.working : (store.board?.working ?? null);
}

/** What is spent, by now: {project, today}, each {spent, limit}. */
export function spending() {
  const { project, today } = store.board.money;
  const now = store.live?.spent;
  return {
    project: { ...project, spent: now?.project ?? project.spent },
    today: { ...today, spent: now?.today ?? today.spent },
  };
}

function pickedTake(request) {
  return request.made.find((take) => take.id === request.picked) ?? null;
}

const toReview = (request) => !request.picked && request.made.some((take) => take.there && take.state !== "rejected");

/** Whether money hangs on what only a person can find out: was it accepted, was it charged. */
export function asksPerson(order) {
  return order.choices.includes("refused") || order.choices.includes("charged");
}

const needsPerson = (request) => request.status === "problem" || request.orders.some(asksPerson);
const UNSENT = new Set(["planned", "pulled", "uploaded"]);
/** Accepted, and on its way to a service. */
const waits = (request) => request.status !== "new" && request.orders.some((order) => UNSENT.has(order.state));
const running = (request) => waits(request) || request.orders.some((order) => order.at_work);

export const FILTERS = [
  ["all", "All", () => true],
  ["send", "To send", (request) => request.status === "new" || request.again],
  ["running", "Running", running],
  ["review", "To review", toReview],
  ["picked", "Picked", (request) => Boolean(request.picked)],
  ["problems", "Problems", needsPerson],
];

export function passes(request) {
  return FILTERS.find(([name]) => name === store.filter)[2](request);
}

/** What became of a request of which there is no take to look at. */
const ENDED = {
  done: { kind: "quiet", words: "Done" },
  failed: { kind: "bad", words: "Failed" },
  rejected: { kind: "bad", words: "Rejected" },
  expired: { kind: "bad", words: "Expired" },
  "given up": { kind: "quiet", words: "Given up" },
  cancelled: { kind: "quiet", words: "Cancelled" },
};

/** A request's state in a word or two, and the kind that colours it: what needs a person comes first. */
export function stateOf(request) {
  const orders = request.orders;
  if (request.status === "problem") return { kind: "bad", words: "Problem" };
  if (orders.some((order) => order.state === "unknown")) return { kind: "bad", words: "Unknown" };
  const busy = orders.filter((order) => order.at_work).length;
  if (busy) return { kind: "busy", words: busy > 1 ? `Running ${busy}` : "Running" };
  if (waits(request)) return { kind: "busy", words: "Waiting" };
  if (orders.some(asksPerson)) return { kind: "warn", words: "Needs you" };
  if (request.picked) return { kind: "good", words: `Picked ${pickedTake(request)?.label ?? ""}`.trim() };
  if (toReview(request)) return { kind: "review", words: "To review" };
  if (request.status === "new") return { kind: "send", words: "To send" };
  if (request.status === "skipped") return { kind: "quiet", words: "Skipped" };
  if (request.made.length) return { kind: "quiet", words: "All rejected" };
  return ENDED[request.status] ?? { kind: "quiet", words: "Open" };
}

/** The request before or after the selected one, among those that the filter lets through. */
export function neighbour(by) {
  const shown = store.board.requests.filter(passes);
  const at = shown.findIndex((request) => request.id === store.selected);
  return shown[at < 0 ? 0 : Math.min(Math.max(at + by, 0), shown.length - 1)]?.id ?? store.selected;
}
