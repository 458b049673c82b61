// Elements are built, never written as markup: text from a cut or a service cannot become a part of the page.

const SVG = "http://www.w3.org/2000/svg";

/** Properties that an attribute only sets the beginning of. */
const LIVE = new Set(["value", "checked", "disabled", "hidden", "open", "selected", "indeterminate"]);

function dressed(element, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (LIVE.has(name)) element[name] = value;
    else if (value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...kept(children));
  return element;
}

function kept(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false && child !== "");
}

/** An HTML element: `h("button", {class: "quiet", onclick: act}, "Pick")`. What is null or false is left out. */
export function h(tag, props = {}, ...children) {
  const element = dressed(document.createElement(tag), props, children);
  // A select takes its value only once its options are there.
  if (tag === "select" && props.value !== undefined) element.value = props.value;
  return element;
}

/** The same in SVG. */
export function svg(tag, props = {}, ...children) {
  return dressed(document.createElementNS(SVG, tag), props, children);
}

/** Everything in `parent` gives way to `children`. */
export function fill(parent, ...children) {
  parent.replaceChildren(...kept(children));
  return parent;
}

/** Sets text only where it differs, so that nothing is laid out or read aloud again for nothing. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const SHAPES = {
  play: "M4 2.5v11l9-5.5z",
  pause: "M4 2.5h3v11H4zM9 2.5h3v11H9z",
  back: "M11 3v10L4.5 8z",
  forward: "M5 3v10l6.5-5z",
  previous: "M3 3h2v10H3zM13 3v10L6 8z",
  next: "M11 3h2v10h-2zM3 3v10l7-5z",
};

/** A transport sign; the button that holds it has the words. */
export function sign(name) {
  return svg("svg", { class: "sign", viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: SHAPES[name] }));
}

/** A button of the player; a sign in it needs words beside it. */
export function tool(words, act, ...inside) {
  const named = inside.length ? { "aria-label": words, title: words } : {};
  return h("button", { type: "button", class: "tool", ...named, onclick: act }, ...(inside.length ? inside : [words]));
}

/** A label and its field, joined. */
export function labelled(words, field, hint = null) {
  return h("label", { class: "field" }, h("span", { class: "field-name" }, words), field, hint);
}

/** A modal dialog with a heading; it is taken off the page when closed. */
export function dialog(title, ...inside) {
  const heading = h("h2", { class: "dialog-title", id: "dialog-title" }, title);
  const box = h("dialog", { class: "dialog", "aria-labelledby": "dialog-title" }, heading, ...inside);
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
  return box;
}
