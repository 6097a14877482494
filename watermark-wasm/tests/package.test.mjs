// The npm package in Node: the example program, calling off, and faults as values.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { filmFile, makeFilms } from './films.mjs';
import { bindings, caseFile } from './harness.mjs';

const folder = join(bindings, 'pkg');
const example = (name) => readFile(join(folder, 'example', name));

/** The module with an end to its memory, MiB, so that it runs out where we want. */
async function limited(mebibytes) {
  const bytes = [...await readFile(join(folder, 'watermark_wasm_bg.wasm'))];
  const number = (at) => {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = bytes[at++];
      value += (byte & 127) * 2 ** shift;
      shift += 7;
      if (byte < 128) return [value, at];
    }
  };
  const MEMORY = 5;
  for (let at = 8; at < bytes.length;) {
    const id = bytes[at];
    const [length, start] = number(at + 1);
    if (id === MEMORY) {
      const [least] = number(start + 2);
      const leb = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...leb(value >> 7)]);
      const section = [1, 1, ...leb(least), ...leb(mebibytes * 16)];
      bytes.splice(at, start - at + length, MEMORY, ...leb(section.length), ...section);
      return new Uint8Array(bytes);
    }
    at = start + length;
  }
  throw new Error('no memory section');
}

let front;
before(async () => {
  front = await import(join(folder, 'index.js'));
  const about = await front.load(await WebAssembly.compile(await limited(64)));
  assert.deepEqual([about.found_log10_p, about.inconclusive_log10_p, about.wrong_key_trials], [-9, -4, 100000]);
});

test('the example program of the package', async () => {
  const run = (...names) => promisify(execFile)(process.execPath, [join(folder, 'example/node.mjs'), ...names.map((name) => join(folder, 'example', name))]);
  const { stdout } = await run('marked.jpg', 'detect-only.key');
  assert.equal(JSON.parse(stdout).verdict, 'found');
  await assert.rejects(run('unmarked.jpg', 'detect-only.key'), (error) => error.code === 1);
  await assert.rejects(run('unmarked.jpg', 'node.mjs'), (error) => error.code === 2 && /is not a key file/.test(error.stderr));
});

test('the example program for films', async () => {
  await makeFilms();
  const run = (film, key = 'title.key') => promisify(execFile)(process.execPath, [join(folder, 'example/film.mjs'), filmFile(film), caseFile(key)]);
  const report = JSON.parse((await run('marked.mp4')).stdout);
  assert.deepEqual([report.verdict, report.payload, report.clip.frames], ['found', '91c04be2a7d35f18', 16]);
  await assert.rejects(run('unmarked.mp4', 'detect-only.key'), (error) => error.code === 1);
  await assert.rejects(run('missing.mp4'), (error) => error.code === 2 && /missing\.mp4/.test(error.stderr));
});

test('frames that cannot be used, and faults, are told at the end', async () => {
  const { FilmVerifier, load } = await import(join(folder, 'films.js'));
  await load();
  assert.match(FilmVerifier.new([]).error, /no key was given/);
  const verifier = FilmVerifier.new([{ text: await example('detect-only.key') }]);
  assert.match(verifier.finish().error, /^film: the clip has no frames/);
  assert.ok(verifier.add_luma(0, 256, 256, new Uint8Array(65536)));
  assert.ok(!verifier.add_luma(1, 256, 256, new Uint8Array(100)));
  const report = verifier.finish({ name: 'a.mp4' });
  assert.deepEqual([report.error_kind, report.clip], ['input', null]);
  assert.match(report.error, /^a\.mp4: .*100 samples .* do not hold 256x256 px/);
  verifier.free();
  assert.ok(!verifier.add_rgba(0, 1, 1, new Uint8Array(4)));
  assert.equal(verifier.finish().error_kind, 'fault');
});

test('keys that cannot be used are values', () => {
  assert.match(front.Verifier.new([]).error, /no key was given/);
  assert.equal(front.Verifier.new([{ text: 'watermark-key 9\n' }]).error_kind, 'key_foreign');
  assert.equal(front.readKey(new Uint8Array()).error_kind, 'key_foreign');
});

test('progress is told, and returning false calls the work off', async () => {
  const verifier = front.Verifier.new([{ text: await example('detect-only.key') }]);
  const picture = await example('unmarked.jpg');
  const told = [];
  assert.equal(verifier.verify(picture, { onProgress: (share) => { told.push(share); } }).verdict, 'not_found');
  assert.ok(told.length > 5 && told[0] === 0 && told.at(-1) === 1, String(told));
  const report = verifier.verify(picture, { name: 'a.jpg', onProgress: (share) => share < 0.05 });
  assert.deepEqual([report.error, report.error_kind], ['a.jpg: cancelled', 'cancelled']);
  const thrown = verifier.verify(picture, { onProgress: () => { throw new Error('x'); } });
  assert.equal(thrown.error_kind, 'cancelled');
  verifier.free();
  assert.equal(verifier.verify(picture).error_kind, 'fault');
});

test('pixels of another size than they are said to have are refused', async () => {
  const verifier = front.Verifier.new([{ text: await example('detect-only.key') }]);
  const report = verifier.verify_rgba(100, 100, new Uint8ClampedArray(16));
  assert.deepEqual([report.error_kind, report.picture.decoded_by], ['input', 'browser']);
  assert.match(report.error, /16 samples .* do not hold 100x100 px/);
});

test('when memory runs out, that is said, and a new verifier works', async () => {
  const keys = [{ text: await example('detect-only.key') }];
  const verifier = front.Verifier.new(keys);
  const report = verifier.verify_rgba(4000, 4000, new Uint8Array(4000 * 4000 * 4), { name: 'large' });
  assert.deepEqual([report.error_kind, report.verdict], ['memory', null]);
  assert.match(report.error, /^large: the memory that the browser gives is used up/);
  assert.match(verifier.verify(await example('marked.jpg')).error, /an earlier fault ended this verifier/);
  const again = front.Verifier.new(keys);
  assert.equal(again.verify(await example('marked.jpg')).verdict, 'found');
});

test('what is exported has a type', async () => {
  for (const front of ['index', 'films', 'frames']) {
    const types = await readFile(join(folder, `${front}.d.ts`), 'utf8');
    for (const name of Object.keys(await import(join(folder, `${front}.js`)))) {
      assert.match(types, new RegExp(`export (class|function|const) ${name}\\b`), `${front}: ${name}`);
    }
  }
});

test('a key can be given as text', async () => {
  assert.equal(front.readKey(await readFile(caseFile('title.key'), 'utf8')).role, 'title');
});
