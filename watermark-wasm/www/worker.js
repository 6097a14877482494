// Decodes and detects, away from the page. It hears nothing while it works: to call it off, the page ends it.

import { failure, load, memoryBytes, readKey, Verifier } from './pkg/index.js';

/** A worker that has taken more is replaced after the picture: memory of wasm does not shrink. */
const WORN_BYTES = 700 * 2 ** 20;
/** Largest picture that is drawn by the browser for us, pixels: its canvases end there. */
const MAX_DRAWN_PIXELS = 16_384 * 16_384;
/** Smallest step of progress that is told. */
const STEP = 0.01;

let verifier = null;
const ready = load();
ready.then((about) => postMessage({ type: 'ready', about }), (error) => postMessage({ type: 'broken', error: String(error) }));

const tasks = {
  async inspect({ id, key }) {
    const facts = readKey(key.text, key.passphrase);
    postMessage({ type: 'inspected', id, facts });
  },

  async keys({ keys }) {
    if (verifier !== null && !('error' in verifier)) verifier.free();
    verifier = Verifier.new(keys);
    keys.forEach((key) => key.text.fill(0));
  },

  async verify({ id, file }) {
    const { report, preview } = await look(file, (share) => postMessage({ type: 'progress', id, share }));
    const message = { type: 'report', id, report, preview, worn: memoryBytes() > WORN_BYTES || isFatal(report) };
    postMessage(message, preview ? [preview.pixels.buffer] : []);
  },
};

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

/** The pixels of a format that only the browser knows; of an animation the first picture. */
async function draw(file) {
  try {
    const picture = await createImageBitmap(file, { premultiplyAlpha: 'none', colorSpaceConversion: 'none' });
    const { width, height } = picture;
    if (width * height > MAX_DRAWN_PIXELS) return null;
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    context.drawImage(picture, 0, 0);
    picture.close();
    return context.getImageData(0, 0, width, height);
  } catch {
    return null;
  }
}
