// The package's front: loads the module, and turns everything that can go wrong into values.

import initialise, * as bindings from './watermark_wasm.js';

const MEMORY = 'the memory that the browser gives is used up; scale the picture down, or use the command line';
const LOST = 'an earlier fault ended this verifier; make a new one';

let loading = null;
/** Counts the instances of the module: a fault ends one, and what belongs to it. */
let generation = 0;
let faulted = false;

/** Loads the module once; `source` is what `WebAssembly.instantiate` takes, a URL or a response. */
export function load(source) {
  loading ??= start(source).catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function start(source) {
  const address = new URL('watermark_wasm_bg.wasm', import.meta.url);
  const module = source ?? (address.protocol === 'file:' ? await readFile(address) : address);
  await initialise({ module_or_path: module });
  bindings.install_fault_hook();
  return JSON.parse(bindings.about());
}

/** Node's `fetch` does not read files. The name stands in a variable, so that bundlers for browsers do not look for it. */
async function readFile(address) {
  const files = 'node:fs/promises';
  const { readFile } = await import(/* webpackIgnore: true */ /* @vite-ignore */ files);
  return readFile(address);
}

/** What a key file is, or why it cannot be used. */
export function readKey(text, passphrase) {
  return onRing((ring) => addKey(ring, { text, passphrase }));
}

/** Bytes of memory that the module has taken. */
export function memoryBytes() {
  return bindings.memory_bytes();
}

export class Verifier {
  #raw;
  #generation = generation;

  /** A verifier for some keys, or `{error, error_kind}`. */
  static new(keys) {
    return onRing((ring) => {
      for (const key of keys) {
        const facts = addKey(ring, key);
        if (facts.error !== null) return { error: facts.error, error_kind: facts.error_kind };
      }
      try {
        return new Verifier(new bindings.Verifier(ring));
      } catch (error) {
        if (typeof error !== 'string') throw error;
        return { error, error_kind: 'key' };
      }
    });
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
    const preview = this.#isLost() ? undefined : this.#raw.take_preview();
    if (!preview) return null;
    const { width, height } = preview;
    const pixels = new Uint8ClampedArray(preview.take_pixels().buffer);
    preview.free();
    return { width, height, pixels };
  }

  /** Forgets the keys. */
  free() {
    if (!this.#isLost()) this.#raw.free();
    this.#raw = null;
  }

  #isLost() {
    return this.#raw === null || faulted || this.#generation !== generation;
  }

  #report({ name = 'picture', onProgress }, work) {
    if (this.#isLost()) return failure(name, LOST, 'fault');
    try {
      return JSON.parse(work(name, onProgress));
    } catch (error) {
      return failure(name, ...faultOf(error));
    }
  }
}

/** Does something with a new ring of keys and wipes it. */
function onRing(work) {
  if (faulted) {
    bindings.__wbg_reset_state();
    bindings.install_fault_hook();
    faulted = false;
    generation += 1;
  }
  try {
    const ring = new bindings.KeyRing();
    try {
      return work(ring);
    } finally {
      ring.free();
    }
  } catch (error) {
    const [sentence, kind] = faultOf(error);
    return { error: sentence, error_kind: kind };
  }
}

function addKey(ring, { text, passphrase }) {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : asBytes(text);
  const facts = JSON.parse(ring.add(bytes, passphrase));
  if (typeof text === 'string') bytes.fill(0);
  return facts;
}

function asBytes(data) {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** The sentence and the kind of an exception; the instance is not used again after it. */
function faultOf(error) {
  faulted = true;
  const message = String(error?.message ?? error);
  if (message.startsWith('internal fault')) return [message, 'fault'];
  if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) return [MEMORY, 'memory'];
  return [`internal fault (${message}); please report it, with the file if you can`, 'fault'];
}

/** A report that has every field. */
export function failure(name, sentence, kind) {
  return {
    file: name, verdict: null, found: false, payload: null, bits: null, authentic: null, log10_p: null, key_id: null,
    margin_db: null, geometry: null, marks: [], elapsed_ms: 0, error: `${name}: ${sentence}`,
    picture: { format: null, width: null, height: null, decoded_by: null }, sha256: null, tried: null, evidence: [],
    error_kind: kind,
  };
}
