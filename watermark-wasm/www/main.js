// The page: takes in pictures and keys, hands them to the workers, and shows what comes back.

import { makeCard, renderCard, renderProgress } from './cards.js';
import { byId } from './dom.js';
import { saveJson, savePage } from './export.js';
import { language, number, setLanguage, text, translate } from './i18n.js';
import { wireIntake } from './intake.js';
import { renderKeys } from './key-list.js';
import { KeyStore } from './keys.js';
import { Pool } from './pool.js';
import { scriptAddress } from './trusted.js';
import { failure } from './failure.js';

const items = [];
let nextId = 1;
/** What the detector says of itself; until then, what is always true. */
let about = null;

const pool = new Pool(hear, (facts) => {
  about = { ...facts, trialsText: number(facts.wrong_key_trials) };
  render();
});
const keys = new KeyStore((key) => pool.inspect(key));

function addPictures(files) {
  for (const file of files) {
    const item = { id: nextId++, file, name: file.name || text('pastedName'), state: 'no_key', share: 0, report: null, preview: null };
    items.push(item);
    byId('cards').append(makeCard(item, actions));
    look(item);
  }
  render();
}

function look(item) {
  Object.assign(item, { report: null, share: 0, frames: null, state: keys.usable.length > 0 ? 'waiting' : 'no_key' });
  if (item.state === 'waiting') pool.verify(item.id, item.file);
  renderCard(item, about);
}

/** After a change of keys every answer is out of date. */
function lookAgain() {
  pool.setKeys(keys.usable);
  for (const item of items) {
    pool.cancel(item.id);
    look(item);
  }
  renderKeys(keys, keyActions);
  render();
}

function hear(id, event) {
  const item = items.find((item) => item.id === id);
  if (!item) return;
  if (event.type === 'start') item.state = 'running';
  if (event.type === 'progress') {
    Object.assign(item, { share: event.share, frames: event.frames ?? null });
    renderProgress(item);
    return;
  }
  if (event.type === 'report') finish(item, event.report, event.preview);
  if (event.type === 'crash') finish(item, failure(item.name, event.reason, event.kind), null);
  renderCard(item, about);
  render();
}

function finish(item, report, preview) {
  Object.assign(item, { report, state: 'done', share: 1 });
  if (!preview) return;
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: preview.width, height: preview.height });
  canvas.getContext('2d').putImageData(new ImageData(preview.pixels, preview.width, preview.height), 0, 0);
  item.preview = { canvas };
}

const actions = {
  cancel(item) {
    pool.cancel(item.id);
    finish(item, failure(item.name, 'cancelled', 'cancelled'), null);
    renderCard(item, about);
    render();
  },
  retry(item) {
    look(item);
    render();
  },
  remove(item) {
    pool.cancel(item.id);
    const next = item.card.nextElementSibling ?? item.card.previousElementSibling;
    item.card.remove();
    items.splice(items.indexOf(item), 1);
    (next?.querySelector('[data-role="remove"]') ?? byId('results')).focus();
    render();
  },
  json: (item) => saveJson([item], usedKeys(), about),
  page: (item) => savePage([item], usedKeys(), about),
};

const keyActions = {
  async unseal(entry, passphrase) {
    await keys.unseal(entry, passphrase);
    if (entry.state === 'sealed') {
      renderKeys(keys, keyActions, entry);
      return;
    }
    keyAdded(entry);
    byId('choose-keys').focus();
  },
  acceptMaster(entry) {
    keys.acceptMaster(entry);
    lookAgain();
    byId('choose-keys').focus();
  },
  remove(entry) {
    const wasUsed = entry.state === 'ready';
    keys.remove(entry);
    if (wasUsed) lookAgain();
    renderKeys(keys, keyActions);
    byId('choose-keys').focus();
  },
};

function keyAdded(entry) {
  renderKeys(keys, keyActions);
  if (entry.state === 'ready') lookAgain();
}

async function addKeyFiles(files) {
  for (const file of files) keyAdded(await keys.addFile(file));
}

async function addKeyText(pasted) {
  keyAdded(await keys.add(text('pastedKey'), new TextEncoder().encode(`${pasted.trim()}\n`)));
}

const usedKeys = () => keys.entries.filter((entry) => entry.state === 'ready').map((entry) => entry.facts);
const finished = () => items.filter((item) => item.report !== null);

/** Everything but the cards. */
function render() {
  const count = (state) => items.filter((item) => item.report?.verdict === state).length;
  const done = finished().length;
  const noKey = items.filter((item) => item.state === 'no_key').length;
  const failed = items.filter((item) => item.report?.error).length;
  const isBusy = items.some((item) => item.state === 'waiting' || item.state === 'running');
  let summary = text('summary.none');
  if (noKey > 0) summary = text('summary.needKey', noKey);
  else if (isBusy) summary = text('summary.looking', done, items.length);
  else if (items.length > 0) {
    summary = text('summary.done', { found: count('found'), inconclusive: count('inconclusive'), notFound: count('not_found'), failed });
  }
  if (byId('summary').textContent !== summary) byId('summary').textContent = summary;
  byId('progress-all').hidden = !isBusy;
  byId('progress-all').firstElementChild.style.width = `${(100 * done) / Math.max(1, items.length)}%`;
  byId('empty').hidden = items.length > 0;
  byId('all-actions').hidden = items.length === 0;
  byId('cancel-all').hidden = !isBusy;
  for (const id of ['export-json', 'export-page', 'print']) byId(id).hidden = done === 0;
  document.body.dataset.phase = items.length > 0 ? 'results' : 'empty';
  renderAbout();
}

function renderAbout() {
  const figure = document.querySelector('[data-text="about.figure"]');
  figure.textContent = about ? text('about.figure', number(about.wrong_key_trials)) : '';
  byId('version').textContent = about ? text('version', about.version) : '';
}

function renderAll() {
  translate();
  if (about) about.trialsText = number(about.wrong_key_trials);
  items.forEach((item) => renderCard(item, about));
  renderKeys(keys, keyActions);
  render();
}

async function example() {
  const fetched = async (name, type) => {
    const response = await fetch(`pkg/example/${name}`);
    if (!response.ok) throw new Error(`${name}: ${response.status}`);
    return new File([await response.blob()], name, { type });
  };
  const wanted = [fetched('detect-only.key', 'text/plain'), fetched('marked.jpg', 'image/jpeg'), fetched('unmarked.jpg', 'image/jpeg')];
  let files;
  try {
    files = await Promise.all(wanted);
  } catch {
    byId('summary').textContent = text('summary.noExample');
    return;
  }
  const [key, ...pictures] = files;
  await addKeyFiles([key]);
  addPictures(pictures);
}

byId('language').value = language();
byId('language').addEventListener('change', (event) => {
  setLanguage(event.target.value);
  renderAll();
});
byId('example').addEventListener('click', example);
byId('forget-keys').addEventListener('click', () => {
  keys.clear();
  lookAgain();
  byId('choose-keys').focus();
});
byId('cancel-all').addEventListener('click', () => {
  items.filter((item) => item.state === 'waiting' || item.state === 'running').forEach(actions.cancel);
});
byId('export-json').addEventListener('click', () => saveJson(finished(), usedKeys(), about));
byId('export-page').addEventListener('click', () => savePage(finished(), usedKeys(), about));
byId('print').addEventListener('click', () => print());
byId('clear').addEventListener('click', () => [...items].forEach(actions.remove));
wireIntake({ addPictures, addKeyFiles, addKeyText });
// A page that is kept for the back button would keep the keys.
addEventListener('pagehide', () => keys.clear());
addEventListener('pageshow', (event) => event.persisted && location.reload());

renderAll();
document.documentElement.dataset.ready = 'true';
performance.mark('interactive');
if ('serviceWorker' in navigator) {
  navigator.serviceWorker.register(scriptAddress('service-worker.js')).catch(() => {
    // Then there is no page without a network, and everything else works.
  });
}
