// Native and browser on every picture of a folder, and what they say in docs/studies/browser-agreement.md. Run by
// `cargo xtask web-agreement`, which writes the files and the native reports first; the argument is the commit.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { browserReports, differences, TOLERANCE } from './agreement.mjs';
import { root, servePage, startBrowser } from './harness.mjs';

const [commit = 'an unknown commit'] = process.argv.slice(2);
const folder = join(root, 'target/web/agreement');
const cases = JSON.parse(await readFile(join(folder, 'cases.json'), 'utf8'));

const server = await servePage();
const browser = await startBrowser([server.address]);
let reports, version;
try {
  version = (await browser.context.pages()[0].evaluate(() => navigator.userAgent)).match(/Chrome\/\d+/)[0].replace('/', ' ');
  const files = cases.map(({ file }) => join(folder, file));
  reports = await browserReports(browser.context, server.address, join(folder, 'title.key'), files, 10,
    (done) => console.error(`browser: ${done} of ${files.length}`));
} finally {
  await browser.stop();
  await server.stop();
}

const compared = cases.map((one, at) => ({ ...one, browser: reports[at], differs: differences(one.native, reports[at]) }));
const variants = [...new Set(cases.map(({ variant }) => variant))];
const disagree = compared.filter(({ differs }) => differs.length > 0);
const largest = (some, of) => Math.max(0, ...some.map(({ native, browser }) =>
  (native[of] === null || browser[of] === null ? 0 : Math.abs(native[of] - browser[of]))));

function row(variant) {
  const some = compared.filter((one) => one.variant === variant);
  const count = (verdict) => some.filter(({ native }) => native.verdict === verdict).length;
  const found = some.filter(({ native }) => native.verdict === 'found');
  const equal = some.filter(({ native, browser }) => native.log10_p === browser.log10_p).length;
  const cells = [variant, some.length, count('found'), count('inconclusive'), count('not_found'),
    some.filter(({ native }) => native.error !== null).length, some.filter(({ differs }) => differs.length === 0).length,
    equal, largest(found, 'log10_p').toFixed(3), largest(some.filter(({ native }) => native.verdict === 'not_found'), 'log10_p').toFixed(3)];
  return `| ${cells.join(' | ')} |`;
}

const pictures = new Set(cases.map(({ picture }) => picture)).size;
const text = `# Native and browser agree

Written by \`cargo xtask web-agreement\` at ${commit}; do not edit by hand. Browser: ${version}, headless.

${pictures} pictures (every file of the folders \`photo\` and \`art\` of the project's pictures, or those named with the command),
each as it is (not marked) and, where it can carry a mark, as marked copies: PNG, JPEG 70, WebP 60, and turned, cut to 60 %
and coded as JPEG 75. Each file was read by the native detector on one core and chosen in the real page, whose JSON was
saved; ${cases.length} files in all.

**${cases.length - disagree.length} of ${cases.length} agree.** To agree, verdict, payload, bits, authenticity and error sentence must be equal, and
for a mark or a trace \`log10_p\` within ${TOLERANCE.relative * 100} % or ${TOLERANCE.absolute}, \`margin_db\` within ${TOLERANCE.margin_db} dB, the rotation within
${TOLERANCE.angle_deg} degrees and the short side within 1 px or ${TOLERANCE.side * 100} %. Sums are rounded otherwise by other vector instructions; without a mark
\`log10_p\` hangs on which of many bad alignments is the best, and only the verdict counts.

| file | files | found | inconclusive | not found | errors | agree | \`log10_p\` equal to 3 decimals | largest difference, found | not found |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${variants.map(row).join('\n')}

## Differences

${disagree.length === 0 ? 'None.' : disagree.map(({ file, differs }) => `- \`${file}\`: ${differs.join('; ')}`).join('\n')}
`;
await mkdir(join(root, 'docs/studies'), { recursive: true });
await writeFile(join(root, 'docs/studies/browser-agreement.md'), text);
console.error(`wrote docs/studies/browser-agreement.md: ${cases.length - disagree.length} of ${cases.length} agree`);
process.exitCode = disagree.length === 0 ? 0 : 1;
