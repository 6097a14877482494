// node node.mjs PICTURE KEYFILE: prints the report on a picture as JSON.

import { readFile } from 'node:fs/promises';
import { load, Verifier } from '../index.js';

const [picture, keyFile] = process.argv.slice(2);
if (!keyFile) {
  console.error('Usage: node node.mjs PICTURE KEYFILE');
  process.exit(2);
}

await load();
const verifier = Verifier.new([{ text: await readFile(keyFile) }]);
if ('error' in verifier) {
  console.error(`${keyFile}: ${verifier.error}`);
  process.exit(2);
}
const report = verifier.verify(await readFile(picture), { name: picture });
verifier.free();
console.log(JSON.stringify(report, null, 2));
process.exitCode = report.error ? 2 : report.found ? 0 : 1;
