// Decodes and detects, away from the page. It hears nothing while it works: to call it off, the page ends it.

import { Film, isFilm } from './film-worker.js';
import { failure, load, memoryBytes, readKey, Verifier } from './pkg/index.js';

/** A worker that has taken more is replaced after the picture: memory of wasm does not shrink. */
const WORN_BYTES = 700 * 2 ** 20;
/** Largest picture that is drawn by the browser for us, pixels: its canvases end there. */
const MAX_DRAWN_PIXELS = 16_384 * 16_384;
/** Largest file that is read, bytes: as the command line has it, less what the browser's module can hold beside it. */
const MAX_FILE_BYTES = 2 ** 30;
/** Smallest step of progress that is told. */
const STEP = 0.01;

let verifier = null;
/** The film that is being looked at. */
let film = null;
const ready = load();
ready.then((about) => postMessage({ type: 'ready', about }), (error) => postMessage({ type: 'broken', error: String(error) }));

const tasks = {
  async inspect({ id, key }) {
    const facts = readKey(key.text, key.passphrase);
    key.text.fill(0);
    postMessage({ type: 'inspected', id, facts });
  },

  async keys({ keys }) {
    if (verifier !== null && !('error' in verifier)) verifier.free();
    verifier = keys.length > 0 ? Verifier.new(keys) : null;
    keys.forEach((key) => key.text.fill(0));
  },

  async verify({ id, file }) {
    if (await isFilm(file).catch(() => false)) postMessage({ type: 'film', id });
    else answer(id, await look(file, (share) => postMessage({ type: 'progress', id, share })));
  },

  async film({ id, name, keys }) {
    const begun = await Film.begin(keys);
    keys.forEach((key) => key.text.fill(0));
    if ('error' in begun) {
      answer(id, { report: failure(name, begun.error, begun.error_kind), preview: null });
      return;
    }
    film = begun;
    postMessage({ type: 'next', id });
  },

  async frame({ id, name, frame }) {
    if (film === null) return;
    const { index, count } = frame;
    // The page fetches the next one while this one is read.
    postMessage({ type: 'next', id });
    const isOfUse = film.add(frame);
    postMessage({ type: 'progress', id, share: (index + 1) / count, frames: { done: index + 1, count } });
    if (!isOfUse) await tasks.end({ id, name, seen: {} });
  },

  async end({ id, name, seen }) {
    if (film === null) return;
    answer(id, film.finish(name, seen), film.memoryBytes);
    film = null;
  },
};

/** Tells the page what was found; `more` is memory that was taken besides the module's. */
function answer(id, { report, preview }, more = 0) {
  const message = { type: 'report', id, report, preview, worn: memoryBytes() + more > WORN_BYTES || isFatal(report) };
  postMessage(message, preview ? [preview.pixels.buffer] : []);
}

onmessage = async ({ data }) => {
  try {
    await ready;
    await tasks[data.type](data);
  } catch (error) {
    postMessage({ type: 'broken', id: data.id, error: String(error?.message ?? error) });
  }
};

function isFatal(report) {
  return report.error_kind === 'memory' || report.error_kind === 'fault';
}

async function look(file, tell) {
  if ('error' in verifier) return { report: failure(file.name, verifier.error, verifier.error_kind), preview: null };
  if (file.size > MAX_FILE_BYTES) {
    const sentence = `the file has ${file.size} bytes, at most ${MAX_FILE_BYTES} are read; give a smaller file`;
    return { report: failure(file.name, sentence, 'file_size'), preview: null };
  }
  let bytes;
  try {
    bytes = await file.arrayBuffer();
  } catch (error) {
    return { report: failure(file.name, `cannot be read (${error.message ?? error})`, 'unreadable'), preview: null };
  }
  const options = { name: file.name, onProgress: stepwise(tell) };
  const report = verifier.verify(bytes, options);
  if (report.error_kind !== 'unsupported') return { report, preview: verifier.take_preview() };
  const drawn = await draw(file);
  if (drawn === null) return { report, preview: null };
  if ('error' in drawn) return { report: { ...failure(file.name, drawn.error, drawn.error_kind), sha256: report.sha256 }, preview: null };
  const ofPixels = verifier.verify_rgba(drawn.width, drawn.height, drawn.data, options);
  return { report: { ...ofPixels, sha256: report.sha256 }, preview: verifier.take_preview() };
}

function stepwise(tell) {
  let told = -1;
  return (share) => {
    if (share - told >= STEP) {
      told = share;
      tell(share);
    }
  };
}

/**
 * The pixels of a format that only the browser knows; of an animation the first picture. `null` where the browser does not
 * know it either, an error where it does and the pixels cannot be had.
 */
async function draw(file) {
  let picture;
  try {
    picture = await createImageBitmap(file, { premultiplyAlpha: 'none', colorSpaceConversion: 'none' });
  } catch {
    return null;
  }
  const { width, height } = picture;
  try {
    if (width * height > MAX_DRAWN_PIXELS) {
      return { error: `${width} x ${height} pixels are more than the ${MAX_DRAWN_PIXELS} that a browser draws`, error_kind: 'limit' };
    }
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    context.drawImage(picture, 0, 0);
    return context.getImageData(0, 0, width, height);
  } catch (error) {
    return { error: `the browser does not give its ${width} x ${height} pixels (${error.message ?? error})`, error_kind: 'memory' };
  } finally {
    picture.close();
  }
}
