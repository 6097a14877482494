// What a worker is sent of a film: frames, one at a time, and then what is known of the whole.

export class Feed {
  #send;
  #frames;
  #duration_s = null;
  /** Where the last frame was, seconds. */
  #last_s = null;
  #isDone = false;

  /** `send(message, transfer)` sends to the worker that asks. */
  constructor(file, send) {
    this.#send = send;
    this.#frames = import('./pkg/frames.js').then(({ framesOf }) => framesOf(file));
  }

  /** Sends the next frame, or that there is none. */
  async next() {
    if (this.#isDone) return;
    try {
      const { value: frame, done } = await (await this.#frames).next();
      if (done) this.#end({});
      else if (this.#isDone) frame.picture.close();
      else this.#pass(frame);
    } catch (error) {
      this.#end({ error: String(error?.message ?? error), kind: error?.kind ?? 'film_unplayable', stopped_s: this.#last_s });
    }
  }

  /** Nothing more is wanted. */
  async stop() {
    this.#isDone = true;
    const frames = await this.#frames.catch(() => null);
    await frames?.return();
  }

  #pass(frame) {
    [this.#last_s, this.#duration_s] = [frame.time_s, frame.duration_s];
    this.#send({ type: 'frame', frame }, [frame.picture]);
  }

  #end(seen) {
    this.#isDone = true;
    this.#send({ type: 'end', seen: { duration_s: this.#duration_s, ...seen } });
  }
}
