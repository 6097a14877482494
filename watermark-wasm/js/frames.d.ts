/** Frames that are taken of a film when nothing else is said. */
export const FRAMES: number;

export interface Frame {
  /** Its time in the film, seconds. */
  time_s: number;
  /** Belongs to whoever takes it: close it, or hand it on. */
  picture: ImageBitmap;
  /** Its place among `count` frames, from 0. */
  index: number;
  count: number;
  /** Length of the film, seconds. */
  duration_s: number;
}

/** Why a film gives no frames, or no more. */
export class FilmError extends Error {
  kind: 'film_unplayable';
}

/**
 * Frames spread evenly over a film that the browser can play, taken from a `<video>` element that is never shown. For pages
 * only: workers have no such elements. A page's policy has to allow `media-src blob:`. Throws a `FilmError`.
 */
export function framesOf(file: Blob, options?: { count?: number }): AsyncGenerator<Frame, void, void>;
