// Workers and what they are given to do: a picture each, in the order in which they came. A worker that crashes, hangs on
// a picture that is called off, or has grown too large is ended and another takes its place. A worker that finds that its
// file is a film asks for the frames.

import { Feed } from './feed.js';
import { scriptAddress } from './trusted.js';

/** Workers that a key is asked of, one after the other, before it is given up. */
const MOST_INSPECTIONS = 2;
/** More would not be faster on most machines, and each can take some hundred megabytes. */
const MOST_WORKERS = 3;

export class Pool {
  #slots = [];
  #waiting = [];
  #keys = [];
  #onEvent;
  #onReady;
  #inspections = new Map();
  #nextInspection = 0;

  #isStarted = false;

  /**
   * `onEvent(id, event)` hears of every picture: `start`, `progress`, `report`, `crash`; a crash is `broken` when no worker
   * of this page has ever started.
   */
  constructor(onEvent, onReady) {
    this.#onEvent = onEvent;
    const count = Math.max(1, Math.min(MOST_WORKERS, (navigator.hardwareConcurrency ?? 2) - 1));
    // The first is made at once, the others when there is work for them.
    this.#slots = Array.from({ length: count }, () => ({ worker: null, job: null, keyed: false, feed: null }));
    // When the page has been shown: starting it takes a core for a moment.
    setTimeout(() => this.#employ(this.#slots[0]));
    this.#onReady = onReady;
  }

  /** The keys that pictures are looked at with from now on. Workers without work forget the ones before at once. */
  setKeys(keys) {
    this.#keys = keys;
    for (const slot of this.#slots) {
      if (slot.keyed && slot.job === null) slot.worker.postMessage({ type: 'keys', keys: [] });
      slot.keyed = false;
    }
  }

  /** Facts of a key file. */
  inspect(key) {
    const id = this.#nextInspection++;
    return new Promise((resolve) => {
      this.#inspections.set(id, { resolve, key, attempts: 0, slot: null });
      this.#ask(id);
    });
  }

  /** Hands a key to a worker; whoever ends that worker comes here again. */
  #ask(id) {
    const inspection = this.#inspections.get(id);
    inspection.attempts += 1;
    inspection.slot = this.#slots.find((slot) => slot.job === null) ?? this.#slots[0];
    this.#employ(inspection.slot);
    inspection.slot.worker.postMessage({ type: 'inspect', id, key: copyOf(inspection.key) });
  }

  /** Looks at a file when a worker is free. */
  verify(id, file) {
    this.#waiting.push({ id, file });
    this.#assign();
  }

  /** Calls a picture off, whether it waits or is being looked at. */
  cancel(id) {
    this.#waiting = this.#waiting.filter((job) => job.id !== id);
    const slot = this.#slots.find((slot) => slot.job?.id === id);
    if (slot) this.#dismiss(slot);
    this.#assign();
  }

  #assign() {
    for (const slot of this.#slots) {
      if (this.#waiting.length === 0) return;
      if (slot.job !== null) continue;
      const job = this.#waiting.shift();
      this.#employ(slot);
      if (!slot.keyed) {
        slot.worker.postMessage({ type: 'keys', keys: this.#keys.map(copyOf) });
        slot.keyed = true;
      }
      slot.job = job;
      slot.worker.postMessage({ type: 'verify', id: job.id, file: job.file });
      this.#onEvent(job.id, { type: 'start' });
    }
  }

  #employ(slot) {
    if (slot.worker !== null) return;
    const worker = new Worker(scriptAddress('worker.js'), { type: 'module' });
    Object.assign(slot, { worker, keyed: false });
    // What an earlier worker of this slot still says does not concern the one that took its place.
    worker.onmessage = ({ data }) => slot.worker === worker && this.#hear(slot, data);
    worker.onerror = (event) => {
      event.preventDefault();
      if (slot.worker === worker) this.#crash(slot, event.message ?? 'without a message');
    };
  }

  #hear(slot, message) {
    if (message.type === 'ready') {
      this.#isStarted = true;
      this.#onReady(message.about);
    } else if (message.type === 'inspected') this.#inspected(message.id, message.facts);
    else if (message.type === 'broken') this.#crash(slot, message.error);
    else if (message.id !== slot.job?.id) return;
    else if (message.type === 'film') this.#feed(slot);
    else if (message.type === 'next') slot.feed?.next();
    else {
      this.#onEvent(message.id, message);
      if (message.type !== 'report') return;
      this.#release(slot);
      if (message.worn) this.#dismiss(slot);
      this.#assign();
    }
  }

  /** Sends keys, and then frames as they are asked for. */
  #feed(slot) {
    const { worker, job } = slot;
    const { id, file } = job;
    worker.postMessage({ type: 'film', id, name: file.name, keys: this.#keys.map(copyOf) });
    const isWanted = () => slot.job === job;
    slot.feed = new Feed(file, (message, transfer) => isWanted() && worker.postMessage({ id, name: file.name, ...message }, transfer));
  }

  /** The job of a worker is done. */
  #release(slot) {
    slot.feed?.stop();
    Object.assign(slot, { job: null, feed: null });
  }

  #inspected(id, facts) {
    this.#inspections.get(id)?.resolve(facts);
    this.#inspections.delete(id);
  }

  #crash(slot, reason) {
    const job = slot.job;
    const kind = this.#isStarted ? 'fault' : 'broken';
    this.#dismiss(slot, { error: reason, error_kind: kind });
    if (job !== null) this.#onEvent(job.id, { type: 'crash', reason, kind });
    this.#assign();
  }

  /** Ends a worker. A key that it was asked about goes to another one; after a `fault`, not for ever. */
  #dismiss(slot, fault = null) {
    slot.worker?.terminate();
    this.#release(slot);
    Object.assign(slot, { worker: null, keyed: false });
    for (const [id, inspection] of this.#inspections) {
      if (inspection.slot !== slot) continue;
      if (fault && inspection.attempts >= MOST_INSPECTIONS) this.#inspected(id, fault);
      else this.#ask(id);
    }
  }
}

/** The worker wipes what it gets. */
function copyOf(key) {
  return { text: key.text.slice(), passphrase: key.passphrase };
}
