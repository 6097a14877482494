// What a person reads for marked, attacked, unmarked, wrongly keyed, foreign and broken files.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { addKeys, addPictures, pagesOfOneBrowser, readCard, waitForAnswers } from './harness.mjs';

const open = pagesOfOneBrowser();
let page;
afterEach(async () => {
  assert.deepEqual(page.complaints, []);
  await page.close();
});

async function verified(keys, pictures) {
  page = await open();
  await addKeys(page, ...keys);
  await addPictures(page, ...pictures);
  await waitForAnswers(page, pictures.length);
}

test('a marked picture: key, asset, issuer, and how seldom chance does it', async () => {
  await verified(['title.key'], ['marked.jpg']);
  const { badge, words } = await readCard(page, 'marked.jpg');
  assert.equal(badge, 'Found');
  assert.match(words, /Marked with key [0-9a-f]{8}…, asset 91c04be2…, issued by the key's owner; an unmarked picture would give such a reading less than once in 10[⁰¹²³⁴⁵⁶⁷⁸⁹]+ trials\./);
  assert.match(words, /a model's, not a count: the 100,000 trials with wrong keys/);
  assert.match(words, /Upright, neither turned nor mirrored\.\s*The whole original's short side would be 512 px at this scale\./);
  assert.match(words, /91c04be2a7d35f18 \(64 bits\)/);
  assert.doesNotMatch(words, /innocent|probability that|odds/);
});

test('a detect-only key does not say who issued the mark', async () => {
  await verified(['detect-only.key'], ['marked.jpg']);
  const { words } = await readCard(page, 'marked.jpg');
  assert.match(words, /asset 91c04be2… \(a detect-only key cannot tell who issued it\)/);
  assert.doesNotMatch(words, /issued by the key's owner/);
});

test('an attacked copy: what was done to it, and where the mark is', async () => {
  await verified(['title.key'], ['attacked.jpg']);
  const { card, badge, words } = await readCard(page, 'attacked.jpg');
  assert.equal(badge, 'Found');
  assert.match(words, /Mirrored\./);
  assert.match(words, /Turned [67]\.\d° (counter-)?clockwise\./);
  const map = card.getByRole('img', { name: /Evidence map: the mark stands out in \d+ of \d+ cells/ });
  assert.ok(await map.isVisible());
  await card.getByRole('checkbox', { name: 'Show where the mark was read' }).uncheck();
  assert.ok(!(await map.isVisible()));
});

test('the crop share is told once the size of the original is', async () => {
  await verified(['title.key'], ['attacked.jpg']);
  const { card } = await readCard(page, 'attacked.jpg');
  const share = card.locator('.share');
  assert.match(await share.innerText(), /once the original's size is known/);
  await card.getByRole('spinbutton', { name: 'Width, px' }).fill('512');
  await card.getByRole('spinbutton', { name: 'Height, px' }).fill('512');
  const percent = Number((await share.innerText()).match(/About (\d+) % of the original's area is here/)[1]);
  assert.ok(percent > 60 && percent < 95, `${percent}`);
});

test('an unmarked picture, and a marked one with the key of another title', async () => {
  await verified(['title.key'], ['unmarked.jpg']);
  const unmarked = await readCard(page, 'unmarked.jpg');
  assert.equal(unmarked.badge, 'Not found');
  assert.match(unmarked.words, /this does not show that it was never marked/);
  await page.close();
  await verified(['other.key'], ['marked.jpg']);
  assert.equal((await readCard(page, 'marked.jpg')).badge, 'Not found');
});

test('a second key answers the pictures anew', async () => {
  await verified(['other.key'], ['marked.jpg']);
  assert.equal((await readCard(page, 'marked.jpg')).badge, 'Not found');
  await addKeys(page, 'title.key');
  await page.waitForSelector('.card[data-state="found"]');
});

test('broken files are told apart, and the others go on', async () => {
  const names = ['truncated.png', 'text.jpg', 'empty.png', 'huge.png', 'marked.jpg'];
  await verified(['title.key'], names);
  const expected = {
    'truncated.png': [/ends before the picture does/, /truncated\.png: the PNG data ends before the picture is complete/],
    'text.jpg': [/no picture that can be read here/, /text\.jpg: a file of unknown kind is not supported/],
    'empty.png': [/The file is empty/, /empty\.png: the file is empty; copy or export it again/],
    'huge.png': [/larger than what is accepted/, /huge\.png: the longest side in pixels is 20000, the limit is 16384/],
  };
  for (const [name, patterns] of Object.entries(expected)) {
    const { badge, words } = await readCard(page, name);
    assert.equal(badge, 'Not verified', name);
    patterns.forEach((pattern) => assert.match(words, pattern));
  }
  assert.equal((await readCard(page, 'marked.jpg')).badge, 'Found');
  assert.equal(await page.locator('#summary').innerText(), '1 found, 4 not verified.');
});

test('what only the browser decodes is verified, and that is said', async () => {
  await verified(['title.key'], ['marked.bmp', 'marked.tif']);
  const bitmap = await readCard(page, 'marked.bmp');
  assert.equal(bitmap.badge, 'Found');
  assert.match(bitmap.words, /This browser decoded the picture, not our decoder/);
  const tiff = await readCard(page, 'marked.tif');
  assert.equal(tiff.badge, 'Found');
  assert.doesNotMatch(tiff.words, /This browser decoded/);
  assert.ok(await tiff.card.getByRole('img', { name: 'Preview of marked.tif' }).isVisible());
});

test('a worker that crashes takes only its own picture along', async () => {
  page = await open();
  await addKeys(page, 'title.key');
  await page.waitForSelector('.key.ready');
  // Whatever the worker is given next makes it fail.
  await page.workers()[0].evaluate(() => { onmessage = () => { throw new Error('made to fail'); }; });
  await addPictures(page, 'unmarked.jpg', 'marked.jpg', 'attacked.jpg');
  await waitForAnswers(page, 3);
  const lost = await readCard(page, 'unmarked.jpg');
  assert.equal(lost.badge, 'Not verified');
  assert.match(lost.words, /Our program failed on this picture.*made to fail/s);
  for (const name of [/^marked\.jpg$/, 'attacked.jpg']) assert.equal((await readCard(page, name)).badge, 'Found');
  await page.getByRole('button', { name: 'Look again: unmarked.jpg' }).click();
  await page.waitForSelector('.card[data-state="not_found"]');
});
