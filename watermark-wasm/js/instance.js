// One module of WebAssembly: loads it once, and turns everything that can go wrong with it into values.

const MEMORY = 'the memory that the browser gives is used up; scale the picture down, or use the command line';
export const LOST = 'an earlier fault ended this verifier; make a new one';

export class Instance {
  #initialise;
  #bindings;
  #file;
  #loading = null;
  /** Counts the instances of the module: a fault ends one, and what belongs to it. */
  #generation = 0;
  #faulted = false;

  /** For what wasm-bindgen made of a module, and the name of its file beside this one. */
  constructor(initialise, bindings, file) {
    this.#initialise = initialise;
    this.#bindings = bindings;
    this.#file = file;
  }

  get generation() {
    return this.#generation;
  }

  isLost(generation) {
    return this.#faulted || generation !== this.#generation;
  }

  /** Loads the module once; `source` is what `WebAssembly.instantiate` takes, a URL or a response. */
  load(source) {
    this.#loading ??= this.#start(source).catch((error) => {
      this.#loading = null;
      throw error;
    });
    return this.#loading;
  }

  async #start(source) {
    const address = new URL(this.#file, import.meta.url);
    const module = source ?? (address.protocol === 'file:' ? await readFile(address) : address);
    await this.#initialise({ module_or_path: module });
    this.#bindings.install_fault_hook();
    return JSON.parse(this.#bindings.about());
  }

  /** Makes something of a ring of keys, or says why not: `{error, error_kind}`. */
  ofKeys(keys, make) {
    return this.onRing((ring) => {
      for (const key of keys) {
        const facts = addKey(ring, key);
        if (facts.error !== null) return { error: facts.error, error_kind: facts.error_kind };
      }
      try {
        return make(ring);
      } catch (error) {
        if (typeof error !== 'string') throw error;
        return { error, error_kind: 'key' };
      }
    });
  }

  /** Does something with a new ring of keys and wipes it. */
  onRing(work) {
    if (this.#faulted) {
      this.#bindings.__wbg_reset_state();
      this.#bindings.install_fault_hook();
      this.#faulted = false;
      this.#generation += 1;
    }
    try {
      const ring = new this.#bindings.KeyRing();
      try {
        return work(ring);
      } finally {
        ring.free();
      }
    } catch (error) {
      const [sentence, kind] = this.faultOf(error);
      return { error: sentence, error_kind: kind };
    }
  }

  /** The sentence and the kind of an exception; the instance is not used again after it. */
  faultOf(error) {
    this.#faulted = true;
    const message = String(error?.message ?? error);
    if (message.startsWith('internal fault')) return [message, 'fault'];
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) return [MEMORY, 'memory'];
    return [`internal fault (${message}); please report it, with the file if you can`, 'fault'];
  }
}

/** Node's `fetch` does not read files. The name stands in a variable, so that bundlers for browsers do not look for it. */
async function readFile(address) {
  const files = 'node:fs/promises';
  const { readFile } = await import(/* webpackIgnore: true */ /* @vite-ignore */ files);
  return readFile(address);
}

export function addKey(ring, { text, passphrase }) {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : asBytes(text);
  const facts = JSON.parse(ring.add(bytes, passphrase));
  if (typeof text === 'string') bytes.fill(0);
  return facts;
}

export function asBytes(data) {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** A preview of the bindings as an `ImageData` has it, or `null`. */
export function previewOf(preview) {
  if (!preview) return null;
  const { width, height } = preview;
  const pixels = new Uint8ClampedArray(preview.take_pixels().buffer);
  preview.free();
  return { width, height, pixels };
}

/** A report that has every field. */
export function failure(name, sentence, kind) {
  return {
    file: name, verdict: null, found: false, payload: null, bits: null, authentic: null, log10_p: null, key_id: null,
    margin_db: null, geometry: null, marks: [], elapsed_ms: 0, error: `${name}: ${sentence}`,
    picture: { format: null, width: null, height: null, decoded_by: null }, sha256: null, tried: null, evidence: [],
    clip: null, error_kind: kind,
  };
}
