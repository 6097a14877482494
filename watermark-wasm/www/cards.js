// One card for each picture: what it looks like, what was read, and what can be done with it.

import { button, element } from './dom.js';
import { counted, drawMap, FULL_Z } from './evidence.js';
import { number, text } from './i18n.js';
import {
  allSentences, changes, cropShare, errorSentence, framesOf, rangesOf, sentences, shareSentence, stateOf,
} from './verdict.js';

/** The card's element and the ways to change it. `actions` are called with the item. */
export function makeCard(item, actions) {
  const card = element('li', { className: 'card', dataset: { id: String(item.id) } });
  item.card = card;
  item.mapShown = true;
  item.actions = actions;
  renderCard(item, null);
  return card;
}

/** Draws the card anew for the state of its item. */
export function renderCard(item, about) {
  const { card } = item;
  const state = item.report ? stateOf(item.report) : item.state;
  card.dataset.state = state;
  card.dataset.picture = String(item.preview !== null);
  const title = `card-title-${item.id}`;
  card.setAttribute('aria-labelledby', title);
  const head = element('div', { className: 'card-head' },
    element('span', { className: `badge ${state}`, textContent: text(`badge.${state}`) }),
    element('h3', { id: title, textContent: item.name }));
  const body = element('div', { className: 'card-body' }, head, ...bodyOf(item, state, about));
  const wasFocused = card.contains(document.activeElement) ? document.activeElement.dataset.role : null;
  card.replaceChildren(figureOf(item), body);
  // Where the same button is gone, the first of those that took its place.
  if (wasFocused) (card.querySelector(`[data-role="${wasFocused}"]`) ?? card.querySelector('.actions button'))?.focus();
}

/** Progress alone, many times a second. */
export function renderProgress(item) {
  const bar = item.card.querySelector('progress');
  if (!bar) return;
  bar.value = item.share;
  item.card.querySelector('.progress-text').textContent = progressText(item);
}

function progressText(item) {
  if (item.state !== 'running') return text('progress.waiting');
  if (item.frames !== null) {
    const { done, count } = item.frames;
    return done < count ? text('progress.frames', number(done), number(count)) : text('progress.adding');
  }
  return item.share > 0 ? text('progress.looking', number(item.share * 100)) : text('progress.reading');
}

function figureOf(item) {
  const figure = element('div', { className: 'picture' });
  if (!item.preview) return figure;
  const { canvas } = item.preview;
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', text('map.preview', item.name));
  const frame = element('div', { className: 'frame' }, canvas);
  figure.append(frame);
  const map = item.report?.evidence.find((map) => map.key_id === item.report.key_id);
  if (!map) return figure;
  const { strong, all } = counted(map);
  const overlay = element('canvas', { className: 'map', width: canvas.width, height: canvas.height, hidden: !item.mapShown });
  overlay.setAttribute('role', 'img');
  overlay.setAttribute('aria-label', text('map.alt', number(strong), number(all)));
  drawMap(overlay, map);
  frame.append(overlay);
  const toggle = element('input', { type: 'checkbox', checked: item.mapShown, dataset: { role: 'map' } });
  toggle.addEventListener('change', () => {
    item.mapShown = toggle.checked;
    overlay.hidden = !toggle.checked;
  });
  figure.append(element('label', { className: 'map-toggle' }, toggle, element('span', { textContent: text('map.show') })),
    element('p', { className: 'small scale', textContent: text('map.scale', number(FULL_Z)) }));
  return figure;
}

function bodyOf(item, state, about) {
  if (!item.report) return waiting(item, state);
  if (item.report.error !== null) return failed(item);
  return answered(item, about);
}

function waiting(item, state) {
  if (state === 'no_key') return [actionRow(item, ['remove'])];
  const bar = element('progress', { max: 1, value: item.share, attributes: { 'aria-label': text('action.of', text('badge.running'), item.name) } });
  return [bar, element('p', { className: 'progress-text small', textContent: progressText(item) }), actionRow(item, ['cancel'])];
}

function failed(item) {
  const parts = [element('p', { className: 'sentence', textContent: errorSentence(item.report) })];
  if (item.report.error_kind !== 'cancelled') {
    parts.push(element('p', { className: 'small said' }, `${text('error.said')} `,
      element('q', { lang: 'en', textContent: item.report.error })));
  }
  return [...parts, actionRow(item, ['retry', 'json', 'remove'])];
}

function answered(item, about) {
  const { report } = item;
  const [first, ...rest] = allSentences(report, about);
  const parts = [element('p', { className: 'sentence', textContent: first }),
    ...rest.map((sentence) => element('p', { className: 'caveat', textContent: sentence }))];
  const ids = idsOf(report);
  if (ids.length > 0) parts.push(factList(ids, 'facts ids'));
  if (report.geometry) parts.push(geometryPart(item));
  parts.push(element('details', {}, element('summary', { textContent: text('action.details') }),
    factList(detailsOf(report), 'facts')));
  const others = report.marks.slice(1);
  if (others.length > 0) {
    const isFilm = report.clip !== null;
    parts.push(element('p', { className: 'small', textContent: text(isFilm ? 'film.others' : 'sentence.others', others.length) }),
      element('ul', { className: 'others' }, ...others.map((mark) =>
        element('li', { textContent: sentences(mark, about, isFilm).join(' ') }))));
  }
  return [...parts, actionRow(item, ['page', 'json', 'retry', 'remove'])];
}

function geometryPart(item) {
  const list = element('ul', { className: 'changes' },
    ...changes(item.report.geometry).map((sentence) => element('li', { textContent: sentence })));
  const answer = element('li', { className: 'share' });
  answer.setAttribute('role', 'status');
  list.append(answer);
  const field = (name) => {
    const input = element('input', { type: 'number', min: '1', max: '1000000', inputMode: 'numeric', value: item.original?.[name] ?? '' });
    input.addEventListener('input', () => {
      item.original = { ...item.original, [name]: input.value };
      tell();
    });
    return element('label', {}, element('span', { textContent: text(`change.${name}`) }), input);
  };
  const tell = () => {
    const { width, height } = item.original ?? {};
    item.share_of_original = cropShare(item.report.geometry, item.report.picture, Number(width), Number(height));
    answer.textContent = shareSentence(item.share_of_original);
  };
  tell();
  return element('section', { className: 'geometry' }, element('h4', { textContent: text('facts.done') }), list,
    element('fieldset', { className: 'original' }, element('legend', { textContent: text('change.original') }),
      field('width'), field('height')));
}

function factList(facts, className) {
  const list = element('dl', { className });
  for (const [name, value] of facts) list.append(element('dt', { textContent: name }), element('dd', { textContent: value }));
  return list;
}

/** Names and values of all facts, for the printable report. */
export const factsOf = (report) => [...idsOf(report), ...detailsOf(report)];

/** What is compared digit by digit. */
function idsOf(report) {
  if (report.verdict === null || report.verdict === 'not_found') return [];
  const asset = report.payload === null ? text('facts.unreadable') : `${report.payload} (${text('facts.bits', report.bits)})`;
  return [[text('facts.key'), report.key_id], [text('facts.asset'), asset]];
}

function detailsOf(report) {
  const { picture, clip } = report;
  const facts = [];
  if (report.log10_p !== null) facts.push([text('facts.evidence'), text('facts.log10', number(report.log10_p, 1))]);
  if (report.found && report.margin_db !== null) {
    facts.push([text('facts.margin'), text('facts.marginDb', number(report.margin_db, 1))]);
  }
  if (picture.width !== null) facts.push([text(clip === null ? 'facts.picture' : 'facts.film'), pictureWords(picture)]);
  if (clip !== null) facts.push(...clipFacts(clip));
  if (report.sha256 !== null) facts.push([text('facts.sha'), report.sha256]);
  facts.push([text('facts.time'), text('facts.ms', number(report.elapsed_ms))]);
  return facts;
}

function clipFacts(clip) {
  const facts = [[text('facts.frames'), framesOf(clip)]];
  if (clip.duration_s !== null) facts.unshift([text('facts.length'), text('film.seconds', number(clip.duration_s, 1))]);
  if (clip.ranges.length > 0) facts.push([text('facts.ranges'), rangesOf(clip)]);
  return facts;
}

function pictureWords({ width, height, format, decoded_by: decoder }) {
  const size = text('facts.pixels', number(width), number(height));
  return [size, format?.toUpperCase(), decoder === 'browser' ? text('facts.browser') : null].filter(Boolean).join(', ');
}

function actionRow(item, names) {
  const row = element('div', { className: 'row actions' });
  for (const name of names) {
    const action = button(text(`action.${name}`), () => item.actions[name](item), name === 'page' ? '' : 'quiet');
    action.dataset.role = name;
    action.setAttribute('aria-label', text('action.of', text(`action.${name}`), item.name));
    row.append(action);
  }
  return row;
}
