// The package's front for pictures.

import { addKey, asBytes, failure, Instance, LOST, previewOf } from './instance.js';
import initialise, * as bindings from './watermark_wasm.js';

const instance = new Instance(initialise, bindings, 'watermark_wasm_bg.wasm');

/** Loads the module once. */
export const load = (source) => instance.load(source);

/** What a key file is, or why it cannot be used. */
export const readKey = (text, passphrase) => instance.onRing((ring) => addKey(ring, { text, passphrase }));

/** Bytes of memory that the module has taken. */
export const memoryBytes = () => bindings.memory_bytes();

export { failure };

export class Verifier {
  #raw;
  #generation = instance.generation;

  /** A verifier for some keys, or `{error, error_kind}`. */
  static new(keys) {
    return instance.ofKeys(keys, (ring) => new Verifier(new bindings.Verifier(ring)));
  }

  constructor(raw) {
    this.#raw = raw;
  }

  /** The report on a file. */
  verify(bytes, options = {}) {
    return this.#report(options, (name, progress) => this.#raw.verify(name, asBytes(bytes), progress));
  }

  /** The report on pixels that the browser decoded. */
  verify_rgba(width, height, pixels, options = {}) {
    return this.#report(options, (name, progress) =>
      this.#raw.verify_rgba(name, width, height, asBytes(pixels), progress));
  }

  /** A small copy of the picture that was looked at last, as an `ImageData` has it; once. */
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

  #report({ name = 'picture', onProgress }, work) {
    if (this.#isLost()) return failure(name, LOST, 'fault');
    try {
      return JSON.parse(work(name, onProgress));
    } catch (error) {
      return failure(name, ...instance.faultOf(error));
    }
  }
}
