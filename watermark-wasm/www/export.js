// What can be taken away: the reports as JSON, and a page of its own for print and files.

import { factsOf } from './cards.js';
import { element, save } from './dom.js';
import { language, text } from './i18n.js';
import { allSentences, changes, errorSentence, sentences, shareSentence, stateOf } from './verdict.js';

const STYLE = `
  @page { margin: 18mm 16mm; }
  body { font: 11pt/1.5 system-ui, "Hiragino Sans", "Noto Sans CJK JP", sans-serif; color: #16211d; margin: 2em auto; max-width: 46em; padding: 0 1em; }
  h1 { font-size: 17pt; margin: 0 0 .2em; } h2 { font-size: 13pt; margin: 0; overflow-wrap: anywhere; }
  header { border-bottom: 1px solid #9aa8a2; padding-bottom: .8em; } header p { margin: .2em 0; color: #44524d; }
  article { break-inside: avoid; border-bottom: 1px solid #d4dcd8; padding: 1.2em 0; }
  .pictures { display: flex; gap: 1em; margin: .8em 0; } .pictures img { max-width: 47%; max-height: 15em; border: 1px solid #d4dcd8; }
  .verdict { font-weight: 700; } .caveat { color: #44524d; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .15em 1em; font-size: 9.5pt; } dd { margin: 0; overflow-wrap: anywhere; }
  footer { font-size: 9.5pt; color: #44524d; padding-top: 1em; }
`;

/** The reports of some items, with when and with what they were made. */
export function saveJson(items, keys, about) {
  const whole = { made: new Date().toISOString(), version: about.version, wrong_key_trials: about.wrong_key_trials,
    keys: keys.map(({ id, role }) => ({ id, role })), reports: items.map((item) => item.report) };
  save(`${fileName(items)}.json`, 'application/json', `${JSON.stringify(whole, null, 2)}\n`);
}

/** A page without scripts that holds everything, pictures included. */
export function savePage(items, keys, about) {
  const page = document.implementation.createHTMLDocument(text('report.title'));
  page.documentElement.lang = language();
  page.head.prepend(element('meta', { attributes: { charset: 'utf-8' } }));
  page.head.append(element('meta', { attributes: { 'http-equiv': 'Content-Security-Policy',
    content: "default-src 'none'; img-src data:; style-src 'unsafe-inline'" } }));
  const when = new Intl.DateTimeFormat(language(), { dateStyle: 'long', timeStyle: 'long' }).format(new Date());
  page.body.append(
    element('header', {}, element('h1', { textContent: text('report.title') }),
      element('p', { textContent: text('report.made', when) }),
      element('p', { textContent: text('report.by', about.version) }),
      element('p', { textContent: `${text('report.keys')}: ${keys.map(keyWords).join(', ')}` })),
    ...items.map((item) => article(item, about)),
    element('footer', {}, ...['figure', 'not_found', 'geometry'].map((name) =>
      element('p', { textContent: text(`about.${name}`, about.trialsText) }))));
  // Put in as text: our own policy forbids styles that are made by scripts, also in documents that are not shown.
  const whole = page.documentElement.outerHTML.replace('</head>', `<style>${STYLE}</style></head>`);
  save(`${fileName(items)}.html`, 'text/html', `<!doctype html>\n${whole}\n`);
}

function keyWords({ id, role }) {
  return `${id} (${text(`key.role.${role}`)})`;
}

function fileName(items) {
  const date = new Date().toISOString().slice(0, 10);
  if (items.length !== 1) return `watermark-report-${date}`;
  return `${items[0].name.replace(/[^\p{L}\p{N}._-]+/gu, '_')}-report-${date}`;
}

function article(item, about) {
  const { report } = item;
  const made = element('article', {}, element('h2', { textContent: item.name }),
    element('p', { className: 'verdict', textContent: text(`badge.${stateOf(report)}`) }));
  if (report.error !== null) {
    made.append(element('p', { textContent: errorSentence(report) }), element('p', { className: 'caveat', textContent: report.error }));
    return made;
  }
  const pictures = element('div', { className: 'pictures' });
  for (const canvas of item.card.querySelectorAll('.frame canvas')) {
    if (canvas.classList.contains('map')) pictures.append(picture(overlaid(item.preview.canvas, canvas), canvas));
    else pictures.append(picture(canvas, canvas));
  }
  made.append(pictures, ...allSentences(report, about).map((sentence, at) =>
    element('p', { className: at > 0 ? 'caveat' : '', textContent: sentence })));
  if (report.geometry) {
    const said = changes(report.geometry);
    if (item.share_of_original) said.push(shareSentence(item.share_of_original));
    made.append(element('p', { textContent: said.join(' ') }));
  }
  const others = report.marks.slice(1);
  if (others.length > 0) {
    const isFilm = report.clip !== null;
    made.append(element('p', { textContent: text(isFilm ? 'film.others' : 'sentence.others', others.length) }),
      element('ul', {}, ...others.map((mark) => element('li', { textContent: sentences(mark, about, isFilm).join(' ') }))));
  }
  const list = element('dl');
  for (const [name, value] of factsOf(report)) {
    list.append(element('dt', { textContent: name }), element('dd', { textContent: value }));
  }
  made.append(list);
  return made;
}

function picture(canvas, named) {
  return element('img', { src: canvas.toDataURL('image/jpeg', 0.85), alt: named.getAttribute('aria-label') });
}

function overlaid(below, above) {
  const both = element('canvas', { width: below.width, height: below.height });
  const context = both.getContext('2d');
  context.drawImage(below, 0, 0);
  context.drawImage(above, 0, 0);
  return both;
}
