import type { About, ErrorKind, Failure, Key, Report } from './index.js';

export type { About, ErrorKind, Failure, Key, Report };

/** Loads the module for films; to be awaited before anything else. In Node and in browsers it finds its own file. */
export function load(source?: URL | Request | Response | BufferSource | WebAssembly.Module): Promise<About>;

/** Bytes of memory that the module has taken. It never gives any back. */
export function memoryBytes(): number;

type Pixels = Uint8Array | Uint8ClampedArray | ArrayBuffer;

/** Adds the frames of a film up and looks for the marks of some keys. Calls keep their thread busy: use a Web Worker. */
export class FilmVerifier {
  private constructor();
  static new(keys: Key[]): FilmVerifier | Failure;
  /**
   * Adds a frame of RGBA pixels, as `ImageData` has them. Frames may be left out and need not be in order, but all have
   * one size. `false`: more frames are of no use, and `finish` says why. Never throws.
   */
  add_rgba(time_s: number, width: number, height: number, pixels: Pixels): boolean;
  /** The same with luma alone: one byte a pixel, full range. */
  add_luma(time_s: number, width: number, height: number, pixels: Pixels): boolean;
  /**
   * The report on all frames since the last report; the next film can follow. Where nothing is certain yet, a search comes
   * first, which takes as long as some ten pictures do. Never throws.
   */
  finish(options?: {
    /** What the report calls the film. */
    name?: string;
    /** Its length, for the report. */
    duration_s?: number | null;
    /** Where it could not be played any further, for the report. */
    stopped_s?: number | null;
  }): Report;
  /** A small copy of one of the frames of the film that was looked at last; once. */
  take_preview(): { width: number; height: number; pixels: Uint8ClampedArray } | null;
  /** Forgets the keys. */
  free(): void;
}
