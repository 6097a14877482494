/** What the detector says of itself. */
export interface About {
  version: string;
  /** Largest `log10_p` of the verdict `found`. */
  found_log10_p: number;
  /** Largest `log10_p` of the verdict `inconclusive`. */
  inconclusive_log10_p: number;
  /** Readings without the mark of the key that were made to test `log10_p`; what is smaller rests on the model. */
  wrong_key_trials: number;
}

export type Verdict = 'found' | 'inconclusive' | 'not_found';
export type Role = 'master' | 'title' | 'detect-only';

export type ErrorKind =
  | 'empty' | 'unsupported' | 'corrupt' | 'truncated' | 'limit' | 'animated' | 'cmyk' | 'depth' | 'input'
  | 'key' | 'key_foreign' | 'key_damaged' | 'key_sealed' | 'key_passphrase'
  | 'cancelled' | 'memory' | 'fault' | 'film_unplayable';

/** Something went wrong: a sentence for people and a word for programs. */
export interface Failure {
  error: string;
  error_kind: ErrorKind;
}

export interface Key {
  /** The whole text of a key file. */
  text: string | Uint8Array | ArrayBuffer;
  /** For a key that is sealed with one. */
  passphrase?: string;
}

export interface KeyFacts {
  id: string | null;
  role: Role | null;
  /** Whether it can tell who issued a payload; detect-only keys cannot. */
  can_check_issuer: boolean;
  sealed: boolean;
  error: string | null;
  error_kind: ErrorKind | null;
}

export interface Geometry {
  /** Degrees counter-clockwise. */
  rotation_deg: number | null;
  /** Width over height, 1 when unchanged. */
  aspect: number | null;
  mirrored: boolean;
  /** The short side that the whole original would have at this copy's scale. */
  full_short_side_px: number | null;
  /** Whether that can be relied on; of a weak reading it may be off by a power of two. */
  scale_certain: boolean;
}

/** What is said of one mark. */
export interface Mark {
  verdict: Verdict | null;
  found: boolean;
  /** Hexadecimal digits, when they were readable. */
  payload: string | null;
  bits: number | null;
  /** `null` without a payload, or when the key is for detection only. */
  authentic: boolean | null;
  /** How often an unmarked picture would give such a reading, decimal logarithm. */
  log10_p: number | null;
  key_id: string | null;
  /** Signal over what reading needs, dB. */
  margin_db: number | null;
  geometry: Geometry | null;
}

/** The fields of `watermark detect --json`, and some more. */
export interface Report extends Mark {
  file: string;
  /** Every mark that is found or inconclusive, the strongest first. */
  marks: Mark[];
  elapsed_ms: number;
  error: string | null;
  error_kind: ErrorKind | null;
  picture: {
    format: 'png' | 'jpeg' | 'webp' | 'tiff' | null;
    width: number | null;
    height: number | null;
    /** `wasm`: by the command line's own decoders; `browser`: the pixels were handed to `verify_rgba`. */
    decoded_by: 'wasm' | 'browser' | null;
  };
  /** Of the file's bytes; `null` for bare pixels. */
  sha256: string | null;
  /** Hypotheses that `log10_p` was corrected for. */
  tried: number | null;
  /** For each mark whose payload was read, where it is: row by row, in standard deviations of no mark. */
  evidence: { key_id: string; columns: number; rows: number; z: (number | null)[] }[];
  /** Of a film; `null` for pictures. */
  clip: Clip | null;
}

/** What was seen of a film. */
export interface Clip {
  /** Length, seconds; `null` where whoever gave the frames did not say. */
  duration_s: number | null;
  /** Times of the first and the last frame of each stretch in which the strongest mark was seen, seconds. */
  ranges: [number, number][];
  /** Frames that were read. */
  frames: number;
  /** Frames that repeat the one before and were not read. */
  repeated: number;
  /** Where the film could not be played any further, seconds; `null` when it was played to its end. */
  stopped_s: number | null;
}

export interface Options {
  /** What the report calls the picture. */
  name?: string;
  /** Called with the share that is done, 0 to 1. Returning `false` calls the work off. */
  onProgress?: (share: number) => boolean | void;
}

/** Loads the module; to be awaited before anything else. In Node and in browsers it finds its own file. */
export function load(source?: URL | Request | Response | BufferSource | WebAssembly.Module): Promise<About>;

/** What a key file is, or why it cannot be used. */
export function readKey(text: Key['text'], passphrase?: string): KeyFacts | Failure;

/** Bytes of memory that the module has taken. It never gives any back. */
export function memoryBytes(): number;

/** A report of something that went wrong. */
export function failure(name: string, sentence: string, kind: ErrorKind): Report;

/** Looks for the marks of some keys. A call keeps its thread busy until it is done: use a Web Worker. */
export class Verifier {
  private constructor();
  static new(keys: Key[]): Verifier | Failure;
  /** The report on a PNG, JPEG, WebP or TIFF file. Never throws. */
  verify(bytes: Uint8Array | ArrayBuffer, options?: Options): Report;
  /** The report on RGBA pixels that the browser decoded, as `ImageData` has them. Never throws. */
  verify_rgba(
    width: number, height: number, pixels: Uint8Array | Uint8ClampedArray | ArrayBuffer, options?: Options,
  ): Report;
  /** A small copy of the picture that was looked at last; once. */
  take_preview(): { width: number; height: number; pixels: Uint8ClampedArray } | null;
  /** Forgets the keys. */
  free(): void;
}
