// Keeps the page for use without a network. It answers from its own copy only, and asks the server for nothing but the
// page's files when it is installed. A new version waits until every window of the old one is closed, so that page,
// worker and module always belong together.

const FILES = ['@FILES@'];
const VERSION = '@VERSION@';
const PREFIX = 'watermark-page-';
const CACHE = `${PREFIX}${VERSION}`;
/** The page's own policy, for servers that send none: a worker goes by the headers of its script alone. */
const POLICY = '@POLICY@';

addEventListener('install', (event) => {
  event.waitUntil(keep());
});

async function keep() {
  const cache = await caches.open(CACHE);
  const fresh = ['./', ...FILES].map((name) => new Request(name, { cache: 'reload', credentials: 'omit' }));
  await cache.addAll(fresh);
}

addEventListener('activate', (event) => {
  event.waitUntil(forgetOlder());
});

/** A page that was there before its first service worker is taken over, so that its later workers come from here. */
async function forgetOlder() {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(older.map((name) => caches.delete(name)));
  await clients.claim();
}

addEventListener('fetch', (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== 'GET' || address.origin !== location.origin) {
    event.respondWith(Response.error());
    return;
  }
  event.respondWith(answer(event.request));
});

async function answer(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, { ignoreSearch: true });
  if (!kept) return new Response(null, { status: 404 });
  const headers = new Headers(kept.headers);
  if (!headers.has('content-security-policy')) headers.set('content-security-policy', POLICY);
  return new Response(kept.body, { status: kept.status, statusText: kept.statusText, headers });
}
