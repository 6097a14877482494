// The page's languages. Words are in `words-en.js` and `words-ja.js`, under the same names.

import { en } from './words-en.js';
import { ja } from './words-ja.js';

const LANGUAGES = { en, ja };
const STORED = 'language';

let current = initial();

function initial() {
  const wanted = [stored(), ...(globalThis.navigator?.languages ?? [])].filter(Boolean).map((tag) => tag.slice(0, 2));
  return wanted.find((tag) => tag in LANGUAGES) ?? 'en';
}

function stored() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

export const language = () => current;
export const words = () => LANGUAGES[current];

export function setLanguage(tag) {
  current = tag in LANGUAGES ? tag : 'en';
  try {
    localStorage.setItem(STORED, current);
  } catch {
    // Then it is not remembered.
  }
}

/** A text by its name, such as `badge.found`; functions among the words get the values. */
export function text(name, ...values) {
  const word = name.split('.').reduce((inner, part) => inner?.[part], words());
  if (word === undefined) throw new Error(`no word ${name}`);
  return typeof word === 'function' ? word(...values) : word;
}

/** Puts the words into everything below `root` that names one. */
export function translate(root = document) {
  document.documentElement.lang = current;
  document.title = text('title');
  for (const node of root.querySelectorAll('[data-text]')) node.textContent = text(node.dataset.text);
  for (const node of root.querySelectorAll('[data-label]')) node.setAttribute('aria-label', text(node.dataset.label));
}

/** A number as the language writes it, with a minus sign in place of the hyphen. */
export function number(value, digits = 0) {
  const format = new Intl.NumberFormat(current, { maximumFractionDigits: digits, minimumFractionDigits: digits });
  return format.format(value).replace('-', '−');
}
