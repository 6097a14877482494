// Every control and picture has a name that a screen reader can say, and text stands out enough, in light and dark.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addKeys, addPictures, pagesOfOneBrowser, waitForAnswers } from './harness.mjs';

const NAMED = new Set(['button', 'link', 'textbox', 'checkbox', 'combobox', 'MenuListPopup', 'spinbutton', 'image', 'img', 'progressbar',
  'ProgressIndicator', 'list', 'region', 'DisclosureTriangle', 'heading', 'status', 'group', 'option', 'menuListOption']);
/** Landmarks, groups and live texts may go without a name when they hold text of their own. */
const MAY_BE_NAMELESS = new Set(['list', 'group', 'status', 'MenuListPopup']);
/** Contrast of text that WCAG 2.2 asks for at level AA. */
const CONTRAST = 4.5;

const open = pagesOfOneBrowser();

async function nameless(page) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  const controls = nodes.filter((node) => !node.ignored && NAMED.has(node.role?.value));
  assert.ok(controls.length > 8, 'the tree was not read');
  return controls.filter((node) => !node.name?.value && !MAY_BE_NAMELESS.has(node.role.value)).map((node) => node.role.value);
}

for (const language of ['en', 'ja']) {
  test(`every control has a name: empty, with keys that want something, with results (${language})`, async () => {
    const page = await open();
    await page.locator('#language').selectOption(language);
    assert.deepEqual(await nameless(page), []);
    await page.locator('#paste-key').click();
    await addKeys(page, 'sealed.key', 'master.key', 'damaged.key', 'detect-only.key');
    await page.waitForSelector('.key.bad');
    assert.deepEqual(await nameless(page), []);
    await addPictures(page, 'marked.jpg', 'attacked.jpg', 'unmarked.jpg', 'text.jpg');
    await page.waitForSelector('progress');
    assert.deepEqual(await nameless(page), []);
    await waitForAnswers(page, 4);
    assert.deepEqual(await nameless(page), []);
    await page.locator('#language').selectOption('en');
    await page.close();
  });
}

for (const colorScheme of ['light', 'dark']) {
  test(`text stands out from its ground (${colorScheme})`, async () => {
    const page = await open();
    await page.emulateMedia({ colorScheme });
    await addKeys(page, 'detect-only.key', 'damaged.key', 'master.key');
    await addPictures(page, 'marked.jpg', 'unmarked.jpg', 'text.jpg');
    await waitForAnswers(page, 3);
    assert.deepEqual(await page.evaluate(faint, CONTRAST), []);
    await page.close();
  });
}

/** Runs in the page: texts whose contrast is too low. */
function faint(least) {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const colour = (value) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = value;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const value = colour(getComputedStyle(at).backgroundColor);
      if (value[3] > 250) return value;
    }
    return [255, 255, 255, 255];
  };
  const light = ([red, green, blue]) => {
    const linear = (level) => (level / 255 <= 0.04045 ? level / 255 / 12.92 : ((level / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) {
    const node = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !node.checkVisibility() || node.closest('.skip, option')) continue;
    const [a, b] = [light(colour(getComputedStyle(node).color)), light(ground(node))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < least) found.push(`${contrast.toFixed(2)}: ${texts.currentNode.data.trim().slice(0, 40)}`);
  }
  return found;
}

test('nothing is wider than a phone, or lost on a wide screen', async () => {
  const page = await open();
  await addKeys(page, 'title.key');
  await addPictures(page, 'attacked.jpg', 'text.jpg');
  await waitForAnswers(page, 2);
  for (const width of [320, 390, 768, 1280, 2200]) {
    await page.setViewportSize({ width, height: 900 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= width, `${wide} px at ${width}`);
  }
  await page.close();
});
