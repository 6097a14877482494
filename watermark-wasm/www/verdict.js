// What a report says, in sentences. Each says what the figure means, and none says more than it does: the probability is
// that of such a reading if the picture is unmarked, never the probability that the picture is unmarked.

import { number, text } from './i18n.js';

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
/** Powers of ten up to this are written out. */
const WRITTEN_OUT = 6;
/** Smaller than what the search resolves or an eye would call a change. */
const SAME_ASPECT = 0.005;
const SAME_ANGLE = 0.05;

/** The N of "less than once in N", never more than the figure allows. */
export function onceIn(log10P) {
  const exponent = Math.max(0, Math.floor(-log10P));
  if (exponent <= WRITTEN_OUT) return number(10 ** exponent);
  return `10${[...String(exponent)].map((digit) => SUPERSCRIPTS[digit]).join('')}`;
}

/** The first digits of an identifier, as people compare them; the whole stands among the facts. */
export const shortId = (id) => (id.length > 8 ? `${id.slice(0, 8)}…` : id);

/** What state a card is in, as a word of the style sheet. */
export function stateOf(report) {
  if (report.error !== null) return report.error_kind === 'cancelled' ? 'cancelled' : 'error';
  return report.verdict;
}

/** The verdict in one or two sentences. `about` has the thresholds and the number of trials. */
export function sentences(mark, about, isFilm = false) {
  const of = isFilm ? 'film' : 'sentence';
  if (mark.verdict === 'not_found') return [text(`${of}.notFound`)];
  const once = onceIn(mark.log10_p);
  if (mark.verdict === 'inconclusive') return [text(`${of}.inconclusive`, once)];
  const asset = mark.payload === null
    ? text('sentence.asset.none')
    : text(`sentence.asset.${mark.authentic}`, shortId(mark.payload));
  const said = [text(`${of}.marked`, shortId(mark.key_id), asset, once)];
  if (mark.log10_p <= about.found_log10_p) said.push(text('sentence.modelled', number(about.wrong_key_trials)));
  return said;
}

/** The sentences of a whole report: of a film also when the mark was seen, and how that was looked at. */
export function allSentences(report, about) {
  const { clip } = report;
  const said = sentences(report, about, clip !== null);
  if (clip === null) return report.picture.decoded_by === 'browser' ? [...said, text('sentence.drawn')] : said;
  if (clip.ranges.length > 0) said.push(text('film.ranges', rangesOf(clip)));
  if (clip.stopped_s !== null) said.push(text('film.stopped', number(clip.stopped_s, 1)));
  said.push(text('film.drawn', framesOf(clip)));
  return said;
}

/** The stretches of a film in which the mark was seen; one that was seen in a single frame is a point in time. */
export function rangesOf(clip) {
  const stretches = clip.ranges.map((range) => [...new Set(range.map((time) => number(time, 1)))].join('–'));
  return text('film.seconds', stretches.join(', '));
}

/** How many frames were read. */
export function framesOf({ frames, repeated }) {
  return repeated > 0 ? text('film.someRepeated', number(frames), number(repeated)) : text('film.frames', number(frames));
}

/** What was done to the picture since it was marked, a sentence each. */
export function changes(geometry) {
  const said = [];
  if (geometry.mirrored) said.push(text('change.mirrored'));
  const { rotation_deg: angle, aspect } = geometry;
  if (Math.abs(angle) >= SAME_ANGLE) {
    said.push(text(angle > 0 ? 'change.counter' : 'change.clockwise', number(Math.abs(angle), 1)));
  }
  if (Math.abs(aspect - 1) >= SAME_ASPECT) {
    const percent = number(Math.abs(aspect - 1) * 100, 1);
    said.push(text(aspect > 1 ? 'change.wider' : 'change.narrower', percent));
  }
  if (said.length === 0) said.push(text('change.upright'));
  if (geometry.scale_certain && geometry.full_short_side_px !== null) {
    said.push(text('change.short', number(Math.round(geometry.full_short_side_px))));
  }
  return said;
}

/**
 * Share of the original's area that is in the picture, 0 to 1, when the original had `width` x `height` pixels. The mark
 * tells the scale of one side; which side of the original is the short one is taken to be as in the picture, unless its
 * shape says otherwise.
 */
export function cropShare(geometry, picture, width, height) {
  const { full_short_side_px: short, aspect, scale_certain: certain } = geometry;
  if (!(certain && short > 0 && width > 0 && height > 0)) return null;
  const shortIsWidth = width < height;
  const scaleX = shortIsWidth ? short / width : (short / height) * aspect;
  const scaleY = shortIsWidth ? short / width / aspect : short / height;
  return Math.min(1, (picture.width * picture.height) / (width * height * scaleX * scaleY));
}

/** The sentence for a share. */
export function shareSentence(share) {
  if (share === null) return text('change.shareUnknown');
  return share > 0.98 ? text('change.whole') : text('change.share', number(Math.max(1, share * 100)));
}

/** What went wrong, in the reader's language. */
export function errorSentence(report) {
  const words = text('error');
  return words[report.error_kind] ?? words.input;
}
