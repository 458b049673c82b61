// A waveform: the loudest and the deepest sample under each pixel, of both channels.

/** Draws `buffer` on `canvas`, over as long as the pair plays: `seconds`. `colour` is that of its side. */
export function drawWaveform(canvas, buffer, seconds, colour) {
  const ratio = globalThis.devicePixelRatio || 1;
  const width = Math.max(1, Math.round(canvas.clientWidth * ratio));
  const height = Math.max(1, Math.round(canvas.clientHeight * ratio));
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, width, height);
  if (!buffer) return;
  context.fillStyle = colour;
  const channels = Array.from({ length: buffer.numberOfChannels }, (_, i) => buffer.getChannelData(i));
  const perPixel = (seconds * buffer.sampleRate) / width;
  const middle = height / 2;
  for (let x = 0; x < width; x += 1) {
    const [low, high] = extremes(channels, Math.floor(x * perPixel), Math.floor((x + 1) * perPixel));
    const top = middle - high * middle;
    context.fillRect(x, top, 1, Math.max(1, (high - low) * middle));
  }
}

function extremes(channels, from, to) {
  let low = 0;
  let high = 0;
  for (const samples of channels) {
    const end = Math.min(Math.max(to, from + 1), samples.length);
    for (let i = from; i < end; i += 1) {
      if (samples[i] < low) low = samples[i];
      else if (samples[i] > high) high = samples[i];
    }
  }
  return [low, high];
}
