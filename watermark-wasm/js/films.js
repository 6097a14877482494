// The package's front for films: frames in, one report out.

import { asBytes, failure, Instance, LOST, previewOf } from './instance.js';
import initialise, * as bindings from './watermark_films.js';

const instance = new Instance(initialise, bindings, 'watermark_films_bg.wasm');

/** Loads the module once. */
export const load = (source) => instance.load(source);

/** Bytes of memory that the module has taken. */
export const memoryBytes = () => bindings.memory_bytes();

export class FilmVerifier {
  #raw;
  #generation = instance.generation;
  /** What went wrong with the film that is being looked at: a sentence and a kind. */
  #fault = null;

  /** A verifier for some keys, or `{error, error_kind}`. */
  static new(keys) {
    return instance.ofKeys(keys, (ring) => new FilmVerifier(new bindings.FilmVerifier(ring)));
  }

  constructor(raw) {
    this.#raw = raw;
  }

  /** Adds a frame of RGBA pixels; the answer says whether more frames are of use. */
  add_rgba(time_s, width, height, pixels) {
    return this.#add(() => this.#raw.add_rgba(time_s, width, height, asBytes(pixels)));
  }

  /** Adds a frame of which there is luma alone. */
  add_luma(time_s, width, height, pixels) {
    return this.#add(() => this.#raw.add_luma(time_s, width, height, asBytes(pixels)));
  }

  /** The report on all frames since the last one. */
  finish({ name = 'film', duration_s, stopped_s } = {}) {
    let report = null;
    this.#add(() => {
      report = JSON.parse(this.#raw.finish(name, duration_s ?? undefined, stopped_s ?? undefined));
    });
    return report ?? failure(name, ...this.#fault);
  }

  /** A small copy of one of the frames of the film that was looked at last, as an `ImageData` has it; once. */
  take_preview() {
    return this.#isLost() ? null : previewOf(this.#raw.take_preview());
  }

  /** Forgets the keys. */
  free() {
    if (!this.#isLost()) this.#raw.free();
    this.#raw = null;
  }

  #isLost() {
    return this.#raw === null || instance.isLost(this.#generation);
  }

  #add(work) {
    if (this.#isLost()) {
      this.#fault ??= [LOST, 'fault'];
      return false;
    }
    try {
      return work();
    } catch (error) {
      this.#fault = instance.faultOf(error);
      return false;
    }
  }
}
