// Native and browser say the same of a small set of files: each format, marked, attacked, and not marked.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { browserReports, differences } from './agreement.mjs';
import { caseFile, servePage, startBrowser } from './harness.mjs';

test('native and browser agree', async () => {
  const folder = caseFile('agreement');
  const cases = JSON.parse(await readFile(join(folder, 'cases.json'), 'utf8'));
  assert.equal(cases.length, 5);
  assert.equal(cases.filter(({ native }) => native.found).length, 4);
  const server = await servePage();
  const browser = await startBrowser([server.address]);
  try {
    const reports = await browserReports(browser.context, server.address, join(folder, 'title.key'), cases.map(({ file }) => join(folder, file)));
    reports.forEach((report, at) => {
      assert.equal(report.file, cases[at].file);
      assert.deepEqual(differences(cases[at].native, report), [], report.file);
      // The fields of the command line are all there, in their order.
      assert.deepEqual(Object.keys(report).slice(0, Object.keys(cases[at].native).length), Object.keys(cases[at].native));
    });
  } finally {
    await browser.stop();
    await server.stop();
  }
});

test('a difference is noticed', () => {
  const report = { verdict: 'found', found: true, payload: '00', bits: 32, authentic: true, error: null, key_id: 'a',
    log10_p: -50, margin_db: 3, geometry: null, marks: [{}] };
  assert.deepEqual(differences(report, { ...report, log10_p: -50.08, margin_db: 3.04 }), []);
  for (const other of [{ verdict: 'inconclusive' }, { payload: '01' }, { log10_p: -50.2 }, { margin_db: null }, { authentic: null }, { marks: [] }]) {
    assert.notDeepEqual(differences(report, { ...report, ...other }), [], JSON.stringify(other));
  }
});
