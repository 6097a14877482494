// Films for the tests: made by ffmpeg of the portrait, moving over it, and marked by the command line.

import { execFile } from 'node:child_process';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { caseFile, program } from './harness.mjs';

const run = promisify(execFile);
const folder = caseFile('films');
/** Length of each of them, seconds. */
const LENGTH_S = 4;
/** Where the film is cut that is cut short, seconds. */
const CUT_S = 2;
const MOVING = 'scale=800:800,crop=640:480:x=t*30:y=t*20,format=yuv420p';

/** A film that `makeFilms` has made. */
export const filmFile = (name) => join(folder, name);

const ffmpeg = (...words) => run('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...words]);

/** A byte in the middle of the first frame of a film that is shown at `seconds` or later. */
async function middleOf(film, seconds) {
  const { stdout } = await run('ffprobe', ['-v', 'error', '-select_streams', 'v', '-show_entries', 'packet=pts_time,size,pos', '-of',
    'csv=p=0', film]);
  const packets = stdout.trim().split('\n').map((line) => line.split(',').map(Number));
  const [, size, place] = packets.find(([time]) => time >= seconds);
  return place + Math.floor(size / 2);
}

/** Makes them, unless they are there. */
export async function makeFilms() {
  const [unmarked, marked, half, foreign] = ['unmarked.mp4', 'marked.mp4', 'half.webm', 'foreign.mp4'].map(filmFile);
  if (await access(foreign).then(() => true, () => false)) return;
  await mkdir(folder, { recursive: true });
  await ffmpeg('-loop', '1', '-framerate', '12', '-t', String(LENGTH_S), '-i', caseFile('unmarked.jpg'), '-vf', MOVING,
    '-c:v', 'libx264', '-crf', '18', '-preset', 'veryfast', '-tune', 'fastdecode', unmarked);
  // The tests' keys are public.
  await run(program, ['embed', '--allow-open-key', unmarked, '--out', marked, '--key', caseFile('title.key'), '--payload',
    '91c04be2a7d35f18', '--no-registry', '--quiet']);
  // Unmarked in its first half, in the codec of browsers, and without a length, as browsers record.
  await ffmpeg('-i', unmarked, '-i', marked, '-filter_complex', '[0:v][1:v]concat=n=2', '-c:v', 'libvpx', '-b:v', '3M',
    '-deadline', 'realtime', '-live', '1', half);
  // The end is missing, the table of contents is not.
  const whole = filmFile('whole.mp4');
  await ffmpeg('-i', marked, '-c', 'copy', '-movflags', '+faststart', whole);
  const bytes = await readFile(whole);
  await writeFile(filmFile('cut.mp4'), bytes.subarray(0, await middleOf(whole, CUT_S)));
  // Browsers do not know this codec.
  await ffmpeg('-i', unmarked, '-c:v', 'mpeg4', foreign);
}
