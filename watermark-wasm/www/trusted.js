// The one place that makes addresses of scripts: the page's policy lets no other code do so.

const SCRIPTS = new Set(['worker.js', 'service-worker.js']);

const policy = globalThis.trustedTypes?.createPolicy('watermark-page', {
  createScriptURL(name) {
    if (!SCRIPTS.has(name)) throw new TypeError(`no script of this page: ${name}`);
    return new URL(name, import.meta.url).href;
  },
});

export function scriptAddress(name) {
  return policy ? policy.createScriptURL(name) : new URL(name, import.meta.url).href;
}
