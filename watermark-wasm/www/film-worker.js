// Adds the frames of a film up, away from the page. The page plays the film, as workers cannot, and sends a frame whenever
// one is asked for. What is needed is loaded when there is a first film.

import { failure } from './failure.js';

/** Bytes of a file's start that say what it is. */
const SNIFFED = 1024;
/** Brands of still pictures in the container that films use too. */
const STILL_BRANDS = new Set(['avif', 'avis', 'heic', 'heix', 'mif1', 'msf1', 'heim', 'hevc']);
/** First boxes of QuickTime files that are older than brands. */
const OLD_BOXES = new Set(['moov', 'mdat', 'wide', 'free']);
/** Matroska and WebM, Ogg, Flash, Windows Media, MXF, MPEG. */
const STARTS = ['\x1a\x45\xdf\xa3', 'OggS', 'FLV\x01', '\x30\x26\xb2\x75\x8e\x66\xcf\x11', '\x06\x0e\x2b\x34\x02\x05\x01\x01',
  '\x00\x00\x01\xba', '\x00\x00\x01\xb3'];

/** Whether a file begins like a film: by its first bytes, as on the command line. */
export async function isFilm(file) {
  const bytes = new Uint8Array(await file.slice(0, SNIFFED).arrayBuffer());
  const start = String.fromCharCode(...bytes);
  const [box, brand] = [start.slice(4, 8), start.slice(8, 12)];
  if (box === 'ftyp') return !STILL_BRANDS.has(brand);
  if (start.startsWith('RIFF')) return brand === 'AVI ';
  const isTransport = [0, 188, 376].every((at) => start[at] === 'G');
  return OLD_BOXES.has(box) || isTransport || STARTS.some((known) => start.startsWith(known));
}

/** One film. */
export class Film {
  #verifier;
  #canvas = null;
  #memory;

  /** Loads what is needed; `{error, error_kind}` when the keys cannot be used. */
  static async begin(keys) {
    const films = await import('./pkg/films.js');
    await films.load();
    const verifier = films.FilmVerifier.new(keys);
    return 'error' in verifier ? verifier : new Film(verifier, films.memoryBytes);
  }

  constructor(verifier, memory) {
    this.#verifier = verifier;
    this.#memory = memory;
  }

  get memoryBytes() {
    return this.#memory();
  }

  /** Adds a frame; whether more are of use. */
  add({ time_s, picture }) {
    const { width, height } = picture;
    if (this.#canvas?.width !== width || this.#canvas?.height !== height) this.#canvas = new OffscreenCanvas(width, height);
    const context = this.#canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(picture, 0, 0);
    picture.close();
    return this.#verifier.add_rgba(time_s, width, height, context.getImageData(0, 0, width, height).data);
  }

  /** The report, and a preview. A film that could not be played to its end is judged by what was seen of it. */
  finish(name, { duration_s = null, stopped_s = null, error = null, kind = null }) {
    const report = error === null || stopped_s !== null
      ? this.#verifier.finish({ name, duration_s, stopped_s })
      : failure(name, error, kind);
    const preview = this.#verifier.take_preview();
    this.#verifier.free();
    return { report, preview };
  }
}
