// Whether native and browser say the same of a picture, and by how much figures may differ.

import { addTo, openPage, waitForAnswers, downloaded } from './harness.mjs';

/**
 * Transforms run with other vector instructions natively (AVX, FMA) than in wasm, so that sums are rounded otherwise. The
 * verdict, the payload and what is said of its issuer must be equal. `log10_p` may differ by a part of itself, and by a
 * little where it is small; without a mark it hangs on which of many bad alignments is the best and only has to stay clear
 * of the verdicts that claim something.
 */
export const TOLERANCE = { relative: 0.002, absolute: 0.02, margin_db: 0.05, angle_deg: 0.02, aspect: 0.001, side: 0.001 };

const near = (a, b, most) => (a === null) === (b === null) && (a === null || Math.abs(a - b) <= most);

/** What differs between two reports, in words; empty when they agree. */
export function differences(native, browser) {
  const found = [];
  for (const field of ['verdict', 'found', 'payload', 'bits', 'authentic', 'error']) {
    if (native[field] !== browser[field]) found.push(`${field}: ${native[field]} / ${browser[field]}`);
  }
  if (native.verdict === null || native.verdict === 'not_found') return found;
  const { relative, absolute, margin_db: margin, angle_deg: angle, aspect, side } = TOLERANCE;
  if (native.marks.length !== browser.marks.length) found.push(`marks: ${native.marks.length} / ${browser.marks.length}`);
  if (native.key_id !== browser.key_id) found.push(`key_id: ${native.key_id} / ${browser.key_id}`);
  const figure = (name, a, b, most) => near(a, b, most) || found.push(`${name}: ${a} / ${b}`);
  figure('log10_p', native.log10_p, browser.log10_p, Math.max(absolute, relative * Math.abs(native.log10_p)));
  figure('margin_db', native.margin_db, browser.margin_db, margin);
  const [a, b] = [native.geometry, browser.geometry];
  if ((a === null) !== (b === null)) found.push('geometry');
  if (a && b) {
    if (a.mirrored !== b.mirrored) found.push('mirrored');
    figure('rotation_deg', a.rotation_deg, b.rotation_deg, angle);
    figure('aspect', a.aspect, b.aspect, aspect);
    figure('full_short_side_px', a.full_short_side_px, b.full_short_side_px, Math.max(1, side * a.full_short_side_px));
  }
  return found;
}

/** What the real page says of files, in their order: chosen, verified, and saved as JSON. */
export async function browserReports(context, address, keyFile, files, batch = 12, tell = () => {}) {
  const page = await openPage(context, address);
  await addTo(page, '#key-files', [keyFile]);
  const reports = [];
  for (let at = 0; at < files.length; at += batch) {
    const some = files.slice(at, at + batch);
    await addTo(page, '#pictures', some);
    await waitForAnswers(page, some.length, 600_000);
    const { text } = await downloaded(page, () => page.locator('#export-json').click());
    reports.push(...JSON.parse(text).reports);
    await page.locator('#clear').click();
    tell(reports.length);
  }
  await page.close();
  return reports;
}
