// The sound of either side, decoded whole: it starts at the frame's own sample, and is set right where it drifts.

const DRIFT = 0.06;
const RATE = 48000;

export class Sound {
  side = "b";
  muted = false;
  #buffers = { a: null, b: null };
  #context = null;
  #playing = null;

  clear() {
    this.stop();
    this.#buffers = { a: null, b: null };
  }

  /** Decodes a WAV for one side; the buffer is also what the waveform is drawn from. */
  async take(side, bytes) {
    const buffer = await new OfflineAudioContext(2, 1, RATE).decodeAudioData(bytes);
    this.#buffers[side] = buffer;
    return buffer;
  }

  has(side) {
    return this.#buffers[side] !== null;
  }

  hear(side) {
    this.side = side;
    this.stop();
  }

  mute(muted) {
    this.muted = muted;
    if (muted) this.stop();
  }

  /** Called with the time of each picture that is shown: starts, or starts again where sound and picture parted. */
  keep(seconds) {
    const buffer = this.#buffers[this.side];
    if (this.muted || !buffer || seconds >= buffer.duration) return;
    this.#context ??= new AudioContext({ sampleRate: RATE, latencyHint: "interactive" });
    const context = this.#context;
    if (context.state !== "running") {
      // It starts with a later picture, once the browser lets it.
      context.resume();
      return;
    }
    if (this.#playing) {
      const at = this.#playing.offset + (context.currentTime - this.#playing.began);
      if (Math.abs(at - seconds) < DRIFT) return;
    }
    this.stop();
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(context.destination);
    source.start(0, seconds);
    this.#playing = { source, began: context.currentTime, offset: seconds };
  }

  stop() {
    if (!this.#playing) return;
    this.#playing.source.stop();
    this.#playing.source.disconnect();
    this.#playing = null;
  }
}
