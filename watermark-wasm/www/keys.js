// The keys: in memory only, told to nobody but the workers.

const MAGIC = 'watermark-key ';
/** Larger files are no key files; the format's own limit is smaller. */
const MAX_BYTES = 64 * 1024;

/** Whether a file looks like a key file: by its first bytes, as its name says little. */
export async function isKeyFile(file) {
  if (file.size > MAX_BYTES) return false;
  try {
    return (await file.slice(0, MAGIC.length).text()) === MAGIC;
  } catch {
    return false;
  }
}

export const isKeyText = (text) => text.trimStart().startsWith(MAGIC);

export class KeyStore {
  #entries = [];
  #next = 1;
  #inspect;

  /** `inspect` asks a worker what a key is. */
  constructor(inspect) {
    this.#inspect = inspect;
  }

  get entries() {
    return this.#entries;
  }

  /** Keys that pictures are looked at with. */
  get usable() {
    return this.#entries.filter((entry) => entry.state === 'ready').map((entry) => entry.key);
  }

  async addFile(file) {
    let text;
    try {
      text = new Uint8Array(await file.slice(0, MAX_BYTES).arrayBuffer());
    } catch (error) {
      text = new Uint8Array();
    }
    return this.add(file.name, text);
  }

  /** Adds a key; the states are `ready`, `sealed` (wants its passphrase), `master` (wants a decision), `bad`. */
  async add(name, text) {
    const entry = { id: this.#next++, name, key: { text }, facts: null, state: 'bad' };
    await this.#judge(entry);
    const same = this.#entries.find((other) => other.state !== 'bad' && other.facts.id === entry.facts.id
      && other.facts.role === entry.facts.role);
    if (same && entry.state !== 'bad') {
      text.fill(0);
      return same;
    }
    this.#entries = this.#entries.filter((other) => !(other.state === 'bad' && other.name === name));
    this.#entries.push(entry);
    return entry;
  }

  async unseal(entry, passphrase) {
    entry.key.passphrase = passphrase;
    await this.#judge(entry);
    if (entry.state === 'sealed') delete entry.key.passphrase;
  }

  acceptMaster(entry) {
    entry.state = 'ready';
  }

  remove(entry) {
    wipe(entry);
    this.#entries = this.#entries.filter((other) => other !== entry);
  }

  clear() {
    this.#entries.forEach(wipe);
    this.#entries = [];
  }

  async #judge(entry) {
    entry.facts = await this.#inspect(entry.key);
    entry.state = stateOf(entry.facts);
    if (entry.state === 'bad') wipe(entry);
  }
}

function stateOf(facts) {
  if (facts.error_kind === 'key_sealed' || facts.error_kind === 'key_passphrase') return 'sealed';
  if (facts.error !== null && facts.error !== undefined) return 'bad';
  return facts.role === 'master' ? 'master' : 'ready';
}

function wipe(entry) {
  entry.key.text.fill(0);
  delete entry.key.passphrase;
}
