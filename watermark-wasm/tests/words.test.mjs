// Both languages have the same words, and sentences claim no more than they may.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { cropShare, onceIn, sentences, shortId } from '../www/verdict.js';
import { en } from '../www/words-en.js';
import { ja } from '../www/words-ja.js';

const shape = (words) => Object.fromEntries(Object.entries(words).map(([name, word]) =>
  [name, typeof word === 'object' ? shape(word) : typeof word === 'function' ? word.length : 'text']));

test('both languages have the same words with the same values', () => {
  assert.deepEqual(shape(ja), shape(en));
});

test('once in N never claims too much', () => {
  assert.deepEqual([-9.9, -4, -6.2, 0, -143.7].map(onceIn), ['10⁹', '10,000', '1,000,000', '1', '10¹⁴³']);
});

test('a figure below the threshold is called a model\'s', () => {
  const mark = { verdict: 'found', payload: null, authentic: null, key_id: '3f2a00112233aabb', log10_p: -30 };
  const [first, second] = sentences(mark, { found_log10_p: -9, wrong_key_trials: 20000 });
  assert.match(first, /^Marked with key 3f2a0011…, with an asset number that is too damaged to be read; an unmarked picture/);
  assert.match(second, /a model's, not a count: the 20,000 trials/);
  assert.equal(sentences({ ...mark, verdict: 'inconclusive', log10_p: -5.5 }, {}).length, 1);
  assert.equal(shortId('3f2a'), '3f2a');
});

test('the share of the original follows from its size', () => {
  const geometry = (short, aspect = 1) => ({ full_short_side_px: short, aspect, scale_certain: true });
  const near = (value, expected) => assert.ok(Math.abs(value - expected) < 1e-9, `${value}`);
  near(cropShare(geometry(1000), { width: 1000, height: 1000 }, 2000, 1000), 0.5);
  near(cropShare(geometry(500), { width: 500, height: 500 }, 1000, 2000), 0.5);
  near(cropShare(geometry(1000), { width: 4000, height: 4000 }, 1000, 1000), 1);
  near(cropShare(geometry(1000, 2), { width: 1000, height: 1000 }, 1000, 1000), 0.5);
  assert.equal(cropShare(geometry(1000), { width: 1, height: 1 }, 0, 1000), null);
  const weak = { ...geometry(1000), scale_certain: false };
  assert.equal(cropShare(weak, { width: 1000, height: 1000 }, 2000, 1000), null);
});

test('every module of the page is asked for at once', async () => {
  const folder = new URL('../www/', import.meta.url);
  const page = await readFile(new URL('index.html', folder), 'utf8');
  const modules = (await readdir(folder)).filter((name) => name.endsWith('.js') && !name.endsWith('worker.js'));
  assert.deepEqual([...page.matchAll(/rel="modulepreload" href="([^"]+)"/g)].map(([, name]) => name).sort(), modules.sort());
});
