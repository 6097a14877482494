// Pictures of the page for the documents (docs/page-*.png), and of states that are only to be looked at (target/web/looks).

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { filmFile, makeFilms } from './films.mjs';
import { addKeys, addPictures, addTo, openPage, root, servePage, startBrowser, waitForAnswers } from './harness.mjs';

const looks = join(root, 'target/web/looks');
await mkdir(looks, { recursive: true });
const server = await servePage();
const browser = await startBrowser([server.address], { deviceScaleFactor: 1.5 });

async function shot(file, { width, height = 800, scheme = 'light', language = 'en', full = true }, prepare) {
  const page = await openPage(browser.context, server.address);
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme: scheme });
  await page.locator('#language').selectOption(language);
  await prepare(page);
  await page.evaluate(() => document.activeElement?.blur());
  await page.waitForTimeout(200);
  await page.screenshot({ path: file, fullPage: full });
  await page.close();
}

const example = async (page) => {
  await page.locator('#example').click();
  await waitForAnswers(page, 2);
};
const states = async (page) => {
  await addKeys(page, 'title.key');
  await addPictures(page, 'attacked.jpg', 'unmarked.jpg', 'truncated.png', 'marked.bmp');
  await waitForAnswers(page, 4);
};
const films = async (page) => {
  await addKeys(page, 'title.key');
  await addTo(page, '#pictures', ['half.webm', 'unmarked.mp4', 'foreign.mp4'].map(filmFile));
  await waitForAnswers(page, 3, 120_000);
};
const filmAtWork = async (page) => {
  await addKeys(page, 'title.key');
  await addTo(page, '#pictures', filmFile('marked.mp4'));
  await page.locator('.progress-text', { hasText: / of 40 / }).waitFor();
};
const keys = async (page) => {
  await addKeys(page, 'detect-only.key', 'sealed.key', 'master.key', 'damaged.key');
  await page.waitForSelector('.key.bad');
};
const look = (name) => join(looks, `${name}.png`);

try {
  await shot(join(root, 'docs/page-found.png'), { width: 1200, height: 1150, full: false }, example);
  await shot(join(root, 'docs/page-phone-ja.png'), { width: 390, height: 1150, full: false, language: 'ja', scheme: 'dark' }, async (page) => {
    await example(page);
    await page.locator('#results').scrollIntoViewIfNeeded();
    await page.evaluate(() => document.getElementById('results').scrollIntoView());
  });
  await shot(look('empty'), { width: 1200 }, async () => {});
  await shot(look('empty-dark-phone'), { width: 390, scheme: 'dark' }, async () => {});
  await shot(look('states'), { width: 1200 }, states);
  await shot(look('states-phone'), { width: 390 }, states);
  await shot(look('states-ja-dark'), { width: 1200, language: 'ja', scheme: 'dark' }, states);
  await shot(look('states-wide'), { width: 2000 }, states);
  await makeFilms();
  await shot(look('films'), { width: 1200 }, films);
  await shot(look('films-ja-phone'), { width: 390, language: 'ja', scheme: 'dark' }, films);
  await shot(look('film-at-work'), { width: 1200 }, filmAtWork);
  await shot(look('keys'), { width: 1200 }, keys);
  await shot(look('keys-ja'), { width: 390, language: 'ja' }, keys);
} finally {
  await browser.stop();
  await server.stop();
}
