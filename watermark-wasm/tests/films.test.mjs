// Films on the page: frames that the browser plays are added up, and what it cannot play is told with a way out.

import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, test } from 'node:test';
import { filmFile, makeFilms } from './films.mjs';
import { addKeys, addTo, caseFile, downloaded, pagesOfOneBrowser, readCard, waitForAnswers } from './harness.mjs';

const open = pagesOfOneBrowser();
let page;
before(makeFilms);
beforeEach(async () => {
  page = await open();
  await addKeys(page, 'title.key');
});
afterEach(async () => {
  assert.deepEqual(page.complaints, []);
  await page.close();
});

const addFilms = (...names) => addTo(page, '#pictures', names.map(filmFile));

/** The report that the card's own button saves. */
async function saved(name) {
  const { text } = await downloaded(page, () => page.getByRole('button', { name: `JSON: ${name}`, exact: true }).click());
  return JSON.parse(text).reports[0];
}

test('a marked film is found, an unmarked one is not, and pictures go on beside them', async () => {
  await addFilms('marked.mp4', 'unmarked.mp4', '../marked.jpg');
  await waitForAnswers(page, 3, 120_000);
  const { badge, words, card } = await readCard(page, /^marked\.mp4$/);
  assert.equal(badge, 'Found', words);
  assert.match(words, /asset 91c04be2…, issued by the key's owner; an unmarked film would give such a reading less than once in/);
  assert.match(words, /The mark was seen at \d\.\d–\d\.\d s of the film\./);
  assert.match(words, /This browser played the film, and frames spread over its length were read and added up \((\d+) read/);
  assert.ok(await card.getByRole('img', { name: 'Preview of marked.mp4' }).isVisible());
  const report = await saved('marked.mp4');
  assert.deepEqual([report.verdict, report.payload, report.authentic], ['found', '91c04be2a7d35f18', true]);
  assert.deepEqual(report.picture, { format: null, width: 640, height: 480, decoded_by: 'browser' });
  const { duration_s: duration, ranges, frames, repeated, stopped_s: stopped } = report.clip;
  assert.deepEqual([duration, frames + repeated, stopped], [4, 40, null]);
  assert.ok(frames > 30 && ranges.length > 0, JSON.stringify(report.clip));

  const unmarked = await readCard(page, 'unmarked.mp4');
  assert.equal(unmarked.badge, 'Not found');
  assert.match(unmarked.words, /The film may carry a mark of another key/);
  assert.equal((await saved('marked.jpg')).clip, null);
});

test('it is told when in the film the mark is, in both languages and in the printable report', async () => {
  await addFilms('half.webm');
  await waitForAnswers(page, 1, 120_000);
  const { badge, words } = await readCard(page, 'half.webm');
  assert.equal(badge, 'Found', words);
  const { clip } = await saved('half.webm');
  assert.ok(Math.abs(clip.duration_s - 8) < 0.2, JSON.stringify(clip));
  const [from, to] = [clip.ranges[0][0], clip.ranges.at(-1)[1]];
  assert.ok(from > 3.4 && from < 6 && to > 6.5, JSON.stringify(clip));
  const printed = await downloaded(page, () => page.getByRole('button', { name: 'Printable report: half.webm' }).click());
  assert.match(printed.text, /The mark was seen at [\d.–, ]+ s of the film/);
  await page.getByRole('combobox', { name: 'Language' }).selectOption('ja');
  assert.match((await readCard(page, 'half.webm')).words, /透かしが見えたのは動画の [\d.–, ]+ 秒です/);
  await page.getByRole('combobox').selectOption('en');
});

test('a film can be called off, and looked at again', async () => {
  await addFilms('unmarked.mp4');
  await page.getByText(/Playing the film: \d+ of 40 frames read\./).waitFor();
  await page.getByRole('button', { name: 'Cancel: unmarked.mp4' }).click();
  assert.equal((await readCard(page, 'unmarked.mp4')).badge, 'Cancelled');
  await page.getByRole('button', { name: 'Look again: unmarked.mp4' }).click();
  await page.waitForSelector('.card[data-state="not_found"]', { timeout: 60_000 });
});

test('what the browser cannot play is told, with a way out', async () => {
  await addFilms('foreign.mp4');
  await waitForAnswers(page, 1);
  const { badge, words } = await readCard(page, 'foreign.mp4');
  assert.equal(badge, 'Not verified');
  assert.match(words, /This browser cannot play the film\. Verify it with the command line \(watermark detect\), .* or take screenshots/);
  assert.match(words, /foreign\.mp4: this browser cannot play it \(.*no supported streams\)/);
});

test('a film that breaks off is judged by what there is of it, and that is said', async () => {
  await addFilms('cut.mp4');
  await waitForAnswers(page, 1, 60_000);
  const { badge, words } = await readCard(page, 'cut.mp4');
  assert.equal(badge, 'Found', words);
  assert.match(words, /could not play the film beyond [123]\.\d s: the answer is that of the part before/);
});

test('the module for films is loaded for the first film alone', async () => {
  const names = () => page.workers()[0].evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name.split('/').at(-1)));
  await addTo(page, '#pictures', caseFile('marked.jpg'));
  await waitForAnswers(page, 1);
  assert.ok(!(await names()).includes('watermark_films_bg.wasm'));
  await addFilms('unmarked.mp4');
  await waitForAnswers(page, 2, 60_000);
  assert.ok((await names()).includes('watermark_films_bg.wasm'));
});
