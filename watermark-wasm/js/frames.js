// Frames of a film that the browser plays: a <video> element is sent to places spread over its length, and what it shows
// there is taken. Only pages have such elements, workers do not.

/** Frames that are taken of a film; the command line takes as many. */
export const FRAMES = 40;
/** Longest time for one step of the browser, milliseconds. */
const PATIENCE_MS = 20_000;
/** When a place was found and nothing is shown for so long, the page is hidden; the frame is there all the same. */
const SHOWN_MS = 300;
/** A place beyond the end of every film. */
const BEYOND_S = 1e9;
const WAY_OUT = 'use the command line (watermark detect), or verify screenshots of it as pictures';

/** Why a film gives no frames; its `kind` is a word for programs. */
export class FilmError extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

/**
 * Frames of a file, the earliest first: `{ time_s, picture, index, count, duration_s }`, where `picture` is an `ImageBitmap`
 * that belongs to whoever takes it. Throws a `FilmError` when the browser cannot play the film, or not any further.
 */
export async function* framesOf(file, { count = FRAMES } = {}) {
  const address = URL.createObjectURL(file);
  const video = Object.assign(document.createElement('video'), { muted: true, playsInline: true, preload: 'auto' });
  try {
    const loaded = happening(video, 'loadedmetadata');
    video.src = address;
    await loaded;
    if (video.videoWidth === 0) throw unplayable('it plays its sound at most, and none of its pictures');
    const duration_s = await lengthOf(video);
    for (let index = 0; index < count; index += 1) {
      const time_s = await seek(video, (duration_s * (index + 0.5)) / count, duration_s / count);
      const picture = await createImageBitmap(video, { premultiplyAlpha: 'none' });
      yield { time_s, picture, index, count, duration_s };
    }
  } finally {
    video.removeAttribute('src');
    video.load();
    URL.revokeObjectURL(address);
  }
}

/** Recordings of browsers do not say how long they are, until their end is asked for. */
async function lengthOf(video) {
  if (video.duration === Infinity) {
    const known = happening(video, 'durationchange');
    video.currentTime = BEYOND_S;
    await known;
  }
  if (!Number.isFinite(video.duration)) throw unplayable('it does not find out how long the film is');
  return video.duration;
}

/** Shows the frame at a place and gives its own time. Frames further off than `near_s` are of the place before. */
async function seek(video, place_s, near_s) {
  const found = happening(video, 'seeked');
  const shown = showing(video, (time_s) => Math.abs(time_s - place_s) < near_s);
  video.currentTime = place_s;
  await found;
  return (await shown()) ?? video.currentTime;
}

/** What waits until a frame is shown that is meant, and gives its time. */
function showing(video, isMeant) {
  if (!video.requestVideoFrameCallback) return () => null;
  const { promise, resolve } = withResolvers();
  let request = null;
  const listen = () => {
    request = video.requestVideoFrameCallback((_, { mediaTime }) => (isMeant(mediaTime) ? resolve(mediaTime) : listen()));
  };
  listen();
  return async () => {
    const time_s = await Promise.race([promise, later(SHOWN_MS)]);
    video.cancelVideoFrameCallback(request);
    return time_s;
  };
}

const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for an event of a film; fails when the browser gives up, or takes too long. */
function happening(video, name) {
  const done = new AbortController();
  const { promise, resolve, reject } = withResolvers();
  const once = { once: true, signal: done.signal };
  video.addEventListener(name, resolve, once);
  video.addEventListener('error', () => reject(unplayable(video.error?.message || `error ${video.error?.code}`)), once);
  const timer = setTimeout(() => reject(unplayable(`it takes more than ${PATIENCE_MS / 1000} s to show a frame`)), PATIENCE_MS);
  return promise.finally(() => {
    clearTimeout(timer);
    done.abort();
  });
}

function withResolvers() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

function unplayable(why) {
  return new FilmError('film_unplayable', `this browser cannot play it (${why}); ${WAY_OUT}`);
}
