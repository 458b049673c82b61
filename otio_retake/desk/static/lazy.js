// Pictures are asked for only once their place has stayed in view: what is scrolled past is never made.

const PATIENCE = 150;
const watchers = new Map();
const waiting = new WeakMap();

/** Sets `image.src` to what `source()` gives when `image` has been visible within `root` for a moment. */
export function loadLazily(image, source, root = null, tries = 4) {
  if (!watchers.has(root)) watchers.set(root, new IntersectionObserver(seen, { root, rootMargin: "120px 0px" }));
  waiting.set(image, { source, timer: 0, tries, failed: 0 });
  watchers.get(root).observe(image);
}

function seen(entries, watcher) {
  for (const { target, isIntersecting } of entries) {
    const held = waiting.get(target);
    if (!held) continue;
    clearTimeout(held.timer);
    if (isIntersecting) held.timer = setTimeout(() => load(target, held, watcher), PATIENCE);
  }
}

function load(image, held, watcher) {
  watcher.unobserve(image);
  image.addEventListener("load", () => image.classList.add("is-there"), { once: true });
  image.addEventListener("error", () => again(image, held, watcher), { once: true });
  image.src = held.source();
}

/** A server that was away or busy is asked again, a few times. */
function again(image, held, watcher) {
  held.failed += 1;
  image.removeAttribute("src");
  if (held.failed < held.tries) setTimeout(() => watcher.observe(image), 3000 * held.failed);
}
