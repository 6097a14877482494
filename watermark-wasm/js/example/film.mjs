// node film.mjs FILM KEYFILE: prints the report on a film as JSON. The frames come from ffmpeg, which has to be there; in a
// page `framesOf` of `watermark-wasm/frames` takes them from a <video> element.

import { spawn, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { FilmVerifier, load } from '../films.js';

/** Frames a second that are looked at. */
const RATE = 4;

const [film, keyFile] = process.argv.slice(2);
if (!keyFile) {
  console.error('Usage: node film.mjs FILM KEYFILE');
  process.exit(2);
}

/** Luma of a film's frames, one after the other. */
async function* lumaOf(film, bytes) {
  const words = ['-v', 'error', '-i', film, '-vf', `fps=${RATE}`, '-pix_fmt', 'gray', '-f', 'rawvideo', '-'];
  const { stdout } = spawn('ffmpeg', words, { stdio: ['ignore', 'pipe', 'inherit'] });
  let left = Buffer.alloc(0);
  for await (const chunk of stdout) {
    left = Buffer.concat([left, chunk]);
    for (; left.length >= bytes; left = left.subarray(bytes)) yield left.subarray(0, bytes);
  }
}

const probed = spawnSync('ffprobe', ['-v', 'error', '-select_streams', 'v:0', '-show_entries', 'stream=width,height', '-of', 'csv=p=0', film]);
const [width, height] = String(probed.stdout).split(',').map(Number);
if (!(width > 0 && height > 0)) {
  console.error(`${film}: ${String(probed.stderr).trim() || 'holds no video'}`);
  process.exit(2);
}

await load();
const verifier = FilmVerifier.new([{ text: await readFile(keyFile) }]);
if ('error' in verifier) {
  console.error(`${keyFile}: ${verifier.error}`);
  process.exit(2);
}
let frame = 0;
for await (const luma of lumaOf(film, width * height)) {
  if (!verifier.add_luma(frame / RATE, width, height, luma)) break;
  frame += 1;
}
const report = verifier.finish({ name: film });
verifier.free();
console.log(JSON.stringify(report, null, 2));
process.exitCode = report.error ? 2 : report.found ? 0 : 1;
