// Numbers as an editor reads them. Money stays decimal text: it is never a float.

/** `text` as an integer of `places` decimal places. */
function scaled(text, places) {
  const [whole, part = ""] = String(text).replace("-", "").split(".");
  const value =
    BigInt(whole || "0") * 10n ** BigInt(places) + BigInt((part + "0".repeat(places)).slice(0, places) || "0");
  return String(text).startsWith("-") ? -value : value;
}

const PLACES = 6;

function unscaled(value) {
  const digits = String(value < 0n ? -value : value).padStart(PLACES + 1, "0");
  const part = digits.slice(-PLACES).replace(/0+$/, "").padEnd(2, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -PLACES)}.${part}`;
}

/** `amount` less all of `others`, exactly. */
export function less(amount, ...others) {
  return unscaled(others.reduce((left, other) => left - scaled(other, PLACES), scaled(amount, PLACES)));
}

/** Whether an amount is nothing at all. */
export function isNothing(amount) {
  return scaled(amount ?? "0", PLACES) === 0n;
}

export function isBelowNothing(amount) {
  return scaled(amount, PLACES) < 0n;
}

/** An amount with at least two places, all that it has, and its currency, as the command line writes it. */
export function money(amount, currency) {
  if (amount === null || amount === undefined) return "not known";
  const sum = unscaled(scaled(amount, PLACES));
  return currency === "USD" ? `$${sum}`.replace("$-", "-$") : `${sum} ${currency}`;
}

export function plural(count, one, many = `${one}s`) {
  return `${count} ${count === 1 ? one : many}`;
}

/** Seconds as 0:05, 12:40, 1:02:03. */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** A time of day, local, with the day where it is not today. */
export function timeOfDay(epoch) {
  const at = new Date(epoch * 1000);
  const time = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return at.toDateString() === new Date().toDateString() ? time : `${at.toLocaleDateString()} ${time}`;
}

/** A rate as it is called: 24000/1001 is 23.976. */
export function rateName(rate) {
  return String(Number((rate.num / rate.den).toFixed(3)));
}

/** A measured value, short. */
export function figure(value, places = 2) {
  return value === null || value === undefined ? "-" : Number(value).toFixed(places);
}

export function capital(text) {
  return text ? text[0].toUpperCase() + text.slice(1) : "";
}
