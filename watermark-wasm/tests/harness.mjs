// Chromium with the built page in it, as `watermark verify-page` serves it. Everything that the browser sends, from
// page, worker or service worker, goes through a proxy of ours that writes it down and lets only that server be reached.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const bindings = fileURLToPath(new URL('..', import.meta.url));
export const root = fileURLToPath(new URL('../..', import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
export const program = join(target, 'release', 'watermark');
const browser = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** A file that `xtask-web cases` wrote. */
export const caseFile = (name) => join(root, 'target/web/cases', name);

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-default-apps',
  '--disable-domain-reliability', '--disable-client-side-phishing-detection',
  '--disable-features=AutofillServerCommunication,OptimizationHints,MediaRouter,Translate,SignIn', '--proxy-bypass-list=<-loopback>'];

/** The program, serving the built page; `stop` ends it. */
export async function servePage() {
  const child = spawn(program, ['verify-page', '--port', '0', '--page', join(bindings, 'page')], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  const address = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`verify-page ended with ${code}`)));
    child.stdout.on('data', (chunk) => {
      said += chunk;
      const found = said.match(/http:\/\/127\.0\.0\.1:\d+\//);
      if (found) resolve(found[0]);
    });
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  return { address, stop: () => { child.kill(); return ended; } };
}

/** A proxy that lets through to `allowed` hosts alone and writes down every request. */
async function startProxy(allowed) {
  const requests = [];
  const server = http.createServer((request, response) => {
    let bytes = 0;
    request.on('data', (chunk) => { bytes += chunk.length; });
    const entry = { method: request.method, url: request.url, get bytes() { return bytes; } };
    requests.push(entry);
    const { host } = new URL(request.url);
    if (!allowed.has(host)) {
      response.writeHead(502).end();
      return;
    }
    const onward = http.request(request.url, { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('connect', (request, socket) => {
    requests.push({ method: 'CONNECT', url: request.url, bytes: 0 });
    socket.destroy();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { requests, port: server.address().port, stop: () => server.close() };
}

/**
 * Services of Chromium's maker, which it asks of its own accord whatever page is open. That the page's files name no host at
 * all is a test of its own.
 */
const OF_THE_BROWSER = /^(https?:\/\/)?[a-z0-9-]+\.(google|googleapis|gvt1|gstatic)\.com[:/]/;

/** A browser with a profile of its own; `requests` are all that it sent, unless it goes past the proxy. */
export async function startBrowser(addresses, { direct = false, ...options } = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'watermark-page-'));
  const proxy = await startProxy(new Set(addresses.map((address) => new URL(address).host)));
  const through = direct ? {} : { proxy: { server: `http://127.0.0.1:${proxy.port}`, bypass: '<-loopback>' } };
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: browser, acceptDownloads: true, locale: 'en-GB', viewport: { width: 1280, height: 900 },
    ...through, args: FLAGS, ...options,
  });
  return {
    context,
    profile,
    requests: () => proxy.requests.filter((request) => !OF_THE_BROWSER.test(request.url)),
    async stop() {
      await context.close();
      proxy.stop();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** The page, ready for use; what it complains of is collected. */
export async function openPage(context, address, { offline = false } = {}) {
  const page = await context.newPage();
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && page.complaints.push(message.text()));
  await page.goto(address);
  await page.waitForSelector('html[data-ready]');
  await page.waitForFunction(() => document.getElementById('version').textContent !== '');
  if (!offline) await page.evaluate(() => navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller
    ?? new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', () => resolve(null)))));
  return page;
}

/** One server and one browser for all tests of a file, stopped after the last; gives what opens the page in a new tab. */
export function pagesOfOneBrowser() {
  let server, browser;
  before(async () => {
    server = await servePage();
    browser = await startBrowser([server.address]);
  });
  after(async () => {
    await browser?.stop();
    await server?.stop();
  });
  return () => openPage(browser.context, server.address);
}

export const addTo = (page, input, files) => page.setInputFiles(input, files);
export const addKeys = (page, ...names) => addTo(page, '#key-files', names.map(caseFile));
export const addPictures = (page, ...names) => addTo(page, '#pictures', names.map(caseFile));

const DONE = ['found', 'inconclusive', 'not_found', 'error', 'cancelled'];

/** Waits until `count` cards have an answer. */
export async function waitForAnswers(page, count, timeout = 60_000) {
  const selector = DONE.map((state) => `.card[data-state="${state}"]`).join(',');
  await page.waitForFunction(([selector, count]) => document.querySelectorAll(selector).length >= count,
    [selector, count], { timeout });
}

/** The card of a file, as a person sees it. */
export async function readCard(page, name) {
  const card = page.locator('.card', { has: page.locator('h3', { hasText: name }) });
  return {
    card,
    state: await card.getAttribute('data-state'),
    badge: await card.locator('.badge').innerText(),
    words: await card.locator('.card-body').innerText(),
  };
}

/** What a click downloads, as text. */
export async function downloaded(page, click) {
  const [download] = await Promise.all([page.waitForEvent('download'), click()]);
  const stream = await download.createReadStream();
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return { name: download.suggestedFilename(), text: Buffer.concat(chunks).toString('utf8') };
}
