// What a person may do, as calls. Each answer is the new board; each failure is said where the person looks.

import { setBoard, store } from "./board.js";
import { aloud, complain } from "./notices.js";

/** Does `name`, takes up the board that comes back and says `done`. Null where it failed, which is then said. */
export async function act(name, body, done = "") {
  try {
    const board = await store.link.send(name, body);
    setBoard(board);
    if (done) aloud(done);
    return board;
  } catch (fault) {
    complain(fault);
    if (fault.status === 409) await refresh();
    return null;
  }
}

let reading = null;

/** Reads the board again, once at a time. */
export function refresh() {
  reading ??= store.link
    .board()
    .then(setBoard)
    .catch(complain)
    .finally(() => (reading = null));
  return reading;
}

export function pick(request, take) {
  const label = request.made.find((made) => made.id === take)?.label ?? "the original";
  return act("pick", { request: request.id, take }, `Picked ${label}`);
}
