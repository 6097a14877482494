// Nothing leaves: what the browser sends is written down by a proxy, whoever in the page sends it.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import http from 'node:http';
import { extname, join } from 'node:path';
import { test } from 'node:test';
import { filmFile, makeFilms } from './films.mjs';
import {
  addKeys, addPictures, addTo, bindings, downloaded, openPage, servePage, startBrowser, waitForAnswers,
} from './harness.mjs';

const ELSEWHERE = 'http://elsewhere.example/collect';

async function withPage(work) {
  const server = await servePage();
  const browser = await startBrowser([server.address]);
  try {
    await work(await openPage(browser.context, server.address), browser, server);
  } finally {
    await browser.stop();
    await server.stop();
  }
}

test('after it is loaded, the page sends nothing, not even to its own server', async () => {
  await makeFilms();
  await withPage(async (page, browser, server) => {
    const loaded = browser.requests();
    assert.ok(loaded.length > 20 && loaded.every(({ url, method, bytes }) =>
      url.startsWith(server.address) && method === 'GET' && bytes === 0), JSON.stringify(loaded));
    assert.ok(loaded.some(({ url }) => url.endsWith('.wasm')));

    await addKeys(page, 'title.key', 'damaged.key');
    await addPictures(page, 'marked.jpg', 'attacked.jpg', 'unmarked.jpg', 'text.jpg', 'marked.bmp');
    await page.waitForSelector('.card[data-state="running"]');
    await page.getByRole('button', { name: /^Cancel: / }).first().click();
    await waitForAnswers(page, 5);
    await page.getByRole('button', { name: 'Try the example' }).click();
    await waitForAnswers(page, 7);
    await addTo(page, '#pictures', filmFile('marked.mp4'));
    await waitForAnswers(page, 8);
    await downloaded(page, () => page.getByRole('button', { name: 'Save JSON' }).click());
    await downloaded(page, () => page.getByRole('button', { name: 'Save printable report' }).click());
    await page.getByRole('combobox', { name: 'Language' }).selectOption('ja');
    await page.reload();
    await page.waitForSelector('html[data-ready]');
    // The browser itself looks whether the service worker has changed.
    const isUpdateCheck = ({ method, url, bytes }) => method === 'GET' && bytes === 0 && url === `${server.address}service-worker.js`;
    const later = browser.requests().slice(loaded.length).filter((request) => !isUpdateCheck(request));
    assert.deepEqual(later.map(({ method, url }) => `${method} ${url}`), []);
  });
});

test('no file of the page names a host', async () => {
  const folder = join(bindings, 'page');
  const names = await readdir(folder, { recursive: true });
  const sources = names.filter((name) => /\.(js|html|css|svg)$/.test(name));
  assert.ok(sources.length > 20);
  for (const name of sources) {
    const source = (await readFile(join(folder, name), 'utf8')).replaceAll('http://www.w3.org/2000/svg', '');
    assert.doesNotMatch(source, /\b(https?|wss?):\/\//, name);
  }
});

test('page, worker and service worker are forbidden to send', async () => {
  await withPage(async (page, browser) => {
    const send = async (address) => {
      const refused = await Promise.allSettled([fetch(address, { mode: 'no-cors' }),
        fetch(address, { method: 'POST', body: 'picture', mode: 'no-cors' })]);
      return refused.every(({ status }) => status === 'rejected');
    };
    await addKeys(page, 'title.key');
    const [worker] = page.workers();
    const [serviceWorker] = browser.context.serviceWorkers();
    assert.ok(worker && serviceWorker);
    for (const place of [page, worker, serviceWorker]) assert.ok(await place.evaluate(send, ELSEWHERE), place.url());
    await page.evaluate((address) => {
      navigator.sendBeacon?.(address, 'picture');
      new Image().src = address;
      const frame = document.body.appendChild(document.createElement('iframe'));
      frame.src = address;
      const form = document.body.appendChild(document.createElement('form'));
      Object.assign(form, { action: address, method: 'post', target: '_blank' });
      form.submit();
    }, ELSEWHERE);
    await page.waitForTimeout(300);
    const sent = browser.requests().filter(({ url }) => url.includes('elsewhere'));
    assert.deepEqual(sent, []);
  });
});

test('the server says so in its headers', async () => {
  const server = await servePage();
  try {
    for (const name of ['', 'worker.js', 'service-worker.js', 'pkg/watermark_wasm_bg.wasm', 'missing']) {
      const response = await fetch(server.address + name);
      assert.equal(response.status, name === 'missing' ? 404 : 200, name);
      const policy = response.headers.get('content-security-policy');
      for (const part of ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "connect-src 'self'", "form-action 'none'", "frame-ancestors 'none'"]) {
        assert.ok(policy.includes(part), `${name}: ${part}`);
      }
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    }
    assert.equal((await fetch(server.address, { method: 'POST', body: 'x' })).status, 405);
  } finally {
    await server.stop();
  }
});

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.wasm': 'application/wasm', '.jpg': 'image/jpeg' };

test('a plain server in a subfolder is enough, and the page keeps its policy', async () => {
  const plain = http.createServer(async (request, response) => {
    try {
      const name = request.url.replace(/^\/tools\/verify\//, '') || 'index.html';
      const bytes = await readFile(join(bindings, 'page', name));
      response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'text/plain' }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => plain.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${plain.address().port}/tools/verify/`;
  const browser = await startBrowser([address]);
  try {
    const page = await openPage(browser.context, address);
    await page.getByRole('button', { name: 'Try the example' }).click();
    await waitForAnswers(page, 2);
    assert.equal(await page.locator('#summary').innerText(), '1 found, 1 not found.');
    assert.deepEqual(page.complaints, []);
    const isRefused = (address) => fetch(address, { mode: 'no-cors' }).then(() => false, () => true);
    assert.ok(await page.evaluate(isRefused, ELSEWHERE));
    // A worker goes by its script's headers, which this server does not send: the service worker adds them.
    await page.reload();
    await page.waitForFunction(() => document.getElementById('version').textContent !== '');
    const [worker] = page.workers();
    const said = await worker.evaluate(() => new Promise((resolve) => {
      addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
      fetch('http://elsewhere.example/collect', { mode: 'no-cors' }).catch(() => setTimeout(() => resolve('no violation'), 500));
    }));
    assert.equal(said, 'connect-src');
    assert.equal(await page.evaluate((address) => fetch(address).then(({ status }) => status), `${address}not-of-the-page`), 404);
  } finally {
    await browser.stop();
    plain.close();
  }
});
