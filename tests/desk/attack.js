// Everything that a web page can try at an address that is not its own; `base` is http://host:port and `room` one that
// it should never have learned. Gives what it could read: nothing, where the other side is careful.
async ([base, room]) => {
  const got = [];
  const inside = `${base}/d/${room}/`;
  const say = JSON.stringify({ request: "mark-1", take: "take-1" });
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  const read = async (name, path, how) => {
    try {
      const answer = await fetch(`${inside}${path}?${name}`, { credentials: "include", ...how });
      const text = await answer.text();
      if (text || answer.type !== "opaque") got.push([name, text]);
    } catch { /* as it should be */ }
  };
  await read("fetch-cors", "board", { mode: "cors" });
  await read("fetch-blind", "board", { mode: "no-cors" });
  await read("fetch-file", "pair/take-1", { mode: "no-cors", headers: { Range: "bytes=0-9" } });
  await read("post-json", "pick", { method: "POST", body: say, headers: { "Content-Type": "application/json" } });
  await read("post-text", "pick", { method: "POST", mode: "no-cors", body: say });
  await read("post-form", "pick", { method: "POST", mode: "no-cors", body: new URLSearchParams({ request: "mark-1" }) });
  navigator.sendBeacon(`${inside}stop?beacon`, "{}");

  const put = (tag, loads, properties) =>
    new Promise((done) => {
      const element = document.createElement(tag);
      for (const event of loads) element.addEventListener(event, () => { got.push([tag, event]); done(); });
      element.addEventListener("error", done);
      Object.assign(element, properties);
      document.body.append(element);
      setTimeout(done, 2000);
    });
  await put("img", ["load"], { src: `${inside}strip/mark-1?img` });
  await put("video", ["loadedmetadata"], { src: `${inside}pair/take-1?video` });
  await put("script", ["load"], { src: `${base}/static/link.js?script` });
  await put("link", ["load"], { rel: "stylesheet", href: `${base}/static/desk.css?style` });

  const live = new EventSource(`${inside}events?live`, { withCredentials: true });
  live.onopen = () => got.push(["live", "open"]);
  live.addEventListener("live", (event) => got.push(["live", event.data]));
  const socket = new WebSocket(`${inside.replace("http", "ws")}events?socket`);
  socket.onopen = () => got.push(["socket", "open"]);

  for (const [name, path] of [["frame", ""], ["frame-room", `d/${room}/board`]]) {
    const frame = document.createElement("iframe");
    frame.src = `${base}/${path}?${name}`;
    document.body.append(frame);
    await pause(700);
    try { got.push([name, frame.contentDocument.body.innerText]); } catch { /* as it should be */ }
  }
  for (const enctype of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
    const sink = document.createElement("iframe");
    sink.name = `sink-${enctype}`;
    const form = document.createElement("form");
    Object.assign(form, { method: "POST", action: `${inside}pick?form-${enctype}`, enctype, target: sink.name });
    const field = document.createElement("input");
    Object.assign(field, { name: '{"request":"mark-1","take":"take-1","', value: '":""}' });
    form.append(field);
    document.body.append(sink, form);
    form.submit();
    await pause(300);
  }
  for (const [name, path] of [["window", ""], ["window-room", `d/${room}/board`], ["window-export", `d/${room}/export`]]) {
    const other = window.open(`${base}/${path}?${name}`);
    await pause(700);
    try { got.push([name, other.document.body.innerText]); } catch { /* as it should be */ }
    try { other.postMessage({ stop: true }, "*"); } catch { /* as it should be */ }
  }
  live.close();
  return got;
}
