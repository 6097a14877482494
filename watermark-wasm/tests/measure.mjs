// Speed and memory of the page in headless Chromium, in docs/measurements-browser.md. Run by `cargo xtask web-measure`,
// which writes the files and the native times of the same run first; arguments: commit, machine, native runs.

import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { addTo, bindings, openPage, root, servePage, startBrowser, waitForAnswers } from './harness.mjs';

const RUNS = 9;
const GOALS = { interactive: 300, untouched: 250, unmarked: 1500, factor: 3, memory: 600 };

const [commit = 'an unknown commit', machine = 'an unknown machine', nativeRuns = '?'] = process.argv.slice(2);
const folder = join(root, 'target/web/measure');
const timed = JSON.parse(await readFile(join(folder, 'native.json'), 'utf8'));
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const load = loadavg()[0].toFixed(2);

const server = await servePage();

/** Milliseconds from the start of the navigation until the page takes input, in browsers of their own. */
async function interactive() {
  const times = [];
  for (let run = 0; run < RUNS; run += 1) {
    const browser = await startBrowser([server.address], { direct: true });
    const page = await openPage(browser.context, server.address);
    times.push(await page.evaluate(() => performance.getEntriesByName('interactive')[0].startTime));
    await browser.stop();
  }
  return times;
}

/** Times of one file: in the worker, as its report says, the first of a fresh page and then the others. */
async function verify(file) {
  const browser = await startBrowser([server.address], { direct: true });
  const page = await openPage(browser.context, server.address);
  await addTo(page, '#key-files', [join(folder, 'title.key')]);
  await page.waitForSelector('.key.ready');
  const times = [];
  for (let run = 0; run <= RUNS; run += 1) {
    await addTo(page, '#pictures', [join(folder, file)]);
    await waitForAnswers(page, 1);
    const words = await page.locator('.facts').last().textContent();
    times.push(Number(words.match(/([\d,]+) ms/)[1].replace(',', '')));
    await page.locator('#clear').click();
  }
  const wasm = Math.max(...await Promise.all(page.workers().map((worker) =>
    worker.evaluate(() => import('./pkg/index.js').then(({ memoryBytes }) => memoryBytes())))));
  const process = await largestRenderer(browser.profile);
  await browser.stop();
  return { first: times[0], median: median(times.slice(1)), wasm: wasm / 2 ** 20, process };
}

/** Peak of the resident memory of the largest page process of a browser, MiB. */
async function largestRenderer(profile) {
  const processes = [];
  for (const id of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    try {
      const [words, status] = await Promise.all(['cmdline', 'status'].map((name) => readFile(`/proc/${id}/${name}`, 'utf8')));
      processes.push({ id: Number(id), parent: Number(status.match(/PPid:\s+(\d+)/)[1]), words, peak: Number(status.match(/VmHWM:\s+(\d+)/)?.[1] ?? 0) / 1024 });
    } catch {
      // It has ended meanwhile.
    }
  }
  const ours = new Set(processes.filter(({ words }) => words.includes(profile)).map(({ id }) => id));
  for (let grown = -1; grown !== ours.size;) {
    grown = ours.size;
    processes.filter(({ parent }) => ours.has(parent)).forEach(({ id }) => ours.add(id));
  }
  return Math.max(...processes.filter(({ id, words }) => ours.has(id) && words.includes('--type=renderer')).map(({ peak }) => peak));
}

const start = await interactive();
for (const one of timed) {
  console.error(`browser: ${one.file}`);
  Object.assign(one, await verify(one.file));
}
await server.stop();

const of = (size, what) => timed.find(({ file }) => file === `${size}-${what}.jpg`);
const weights = JSON.parse(await readFile(join(root, 'target/web/weights.json'), 'utf8'));
const code = weights.reduce((sum, [, bytes]) => sum + bytes, 0);
/** What reads each format, and the rest by what it is for. */
const PARTS = [
  ['transforms', ['rustfft', 'realfft', 'transpose', 'num_complex', 'num_integer', 'primal_check', 'strength_reduce']],
  ['detector', ['watermark_core', 'ndarray', 'libm', 'rand_chacha', 'hkdf', 'hmac']],
  ['JPEG', ['zune_jpeg', 'zune_core']],
  ['WebP', ['image_webp', 'byteorder_lite', 'quick_error']],
  ['PNG', ['png', 'fdeflate', 'miniz_oxide', 'flate2', 'crc32fast', 'simd_adler32']],
  ['TIFF (besides what it shares with PNG)', ['tiff', 'weezl', 'fax']],
  ['metadata, limits, orientation', ['watermark_media']],
  ['key files with their seals, reports', ['watermark_formats', 'watermark_wasm', 'argon2', 'blake2', 'chacha20', 'chacha20poly1305', 'poly1305', 'sha2', 'serde_json', 'serde_core', 'zmij', 'itoa', 'digest', 'zeroize']],
  ['bindings, most of which wasm-bindgen takes out', ['js_sys', 'wasm_bindgen']],
  ['standard library', ['core', 'alloc', 'std', 'dlmalloc', 'hashbrown', 'compiler_builtins', 'memchr']],
];
const named = new Set(PARTS.flatMap(([, crates]) => crates));
const weigh = (isOurs) => weights.filter(([name]) => isOurs(name)).reduce((sum, [, bytes]) => sum + bytes, 0);
const parts = [...PARTS.map(([part, crates]) => [part, weigh((name) => crates.includes(name))]), ['everything else', weigh((name) => !named.has(name))]]
  .sort(([, a], [, b]) => b - a);
const sizes = await Promise.all(['pkg/watermark_wasm_bg.wasm'].map(async (name) => {
  const path = join(bindings, 'page', name);
  return { raw: (await stat(path)).size, packed: gzipSync(await readFile(path), { level: 9 }).length };
}));
const [{ raw, packed }] = sizes;
const table = timed.map((one) => `| ${one.megapixels.toFixed(0)} MP JPEG, ${one.what} | ${one.native_ms.toFixed(0)} | ${one.median} | ${(one.median / one.native_ms).toFixed(1)} | ${one.first} | ${one.wasm.toFixed(0)} | ${one.process.toFixed(0)} |`);
const goals = [
  ['page interactive after loading from loopback: at most 300 ms', `${median(start).toFixed(0)} ms`, median(start) <= GOALS.interactive],
  ['untouched 2 MP JPEG, decoding included: at most 250 ms', `${of('2MP', 'untouched').median} ms`, of('2MP', 'untouched').median <= GOALS.untouched],
  ['full search on an unmarked 2 MP picture: at most 1,500 ms', `${of('2MP', 'unmarked').median} ms`, of('2MP', 'unmarked').median <= GOALS.unmarked],
  ['at most 3 times the native time', `${Math.max(...timed.map((one) => one.median / one.native_ms)).toFixed(1)}`, timed.every((one) => one.median <= GOALS.factor * one.native_ms)],
  ['12 MP within 600 MB, the whole process of the page', `${Math.max(of('12MP', 'untouched').process, of('12MP', 'unmarked').process).toFixed(0)} MiB`, timed.every((one) => one.process * 1.048576 <= GOALS.memory)],
  ['module: at most 2,300,000 bytes, 550,000 gzipped', `${raw}, ${packed}`, raw <= 2_300_000 && packed <= 550_000],
];

const text = `# Speed and memory in the browser

Written by \`cargo xtask web-measure\` at ${commit}; do not edit by hand.

Machine: ${machine}. Load average before the browser began: ${load}; above about 1.3 others were at work, and the times are
too long. Headless Chromium, the page as \`watermark verify-page\` serves it and as the tests load it.

Times are of decoding and detecting one JPEG file with one key: native medians of ${nativeRuns} runs on one core, then in the same run
medians of ${RUNS} in the page's worker, which also makes the preview and the digest of the file. *First* is the first picture of a
fresh page, while the browser still compiles. Memory: what the module took, and the peak of the page's whole process after
${RUNS + 1} pictures.

| file | native, ms | browser, ms | times native | first, ms | module, MiB | process, MiB |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
${table.join('\n')}

The page took input ${median(start).toFixed(0)} ms after the start of the navigation (median of ${RUNS} fresh browsers, ${Math.min(...start).toFixed(0)} to ${Math.max(...start).toFixed(0)} ms).

## What the module is made of

Bytes of functions by the crate that defines them, before wasm-bindgen and wasm-opt take away a tenth; ${code} in all, besides
tables and texts.

| part | bytes | % |
| --- | ---: | ---: |
${parts.map(([part, bytes]) => `| ${part} | ${bytes} | ${((100 * bytes) / code).toFixed(1)} |`).join('\n')}

## Against the goals

| goal | measured | met |
| --- | ---: | --- |
${goals.map(([goal, measured, met]) => `| ${goal} | ${measured} | ${met ? 'yes' : 'no'} |`).join('\n')}
`;
await writeFile(join(root, 'docs/measurements-browser.md'), text);
console.error('wrote docs/measurements-browser.md');
