// The list of keys: what each is, and what it still needs.

import { button, byId, element } from './dom.js';
import { text } from './i18n.js';

/** Draws the list; `focused` is an entry whose passphrase was wrong. */
export function renderKeys(keys, actions, focused = null) {
  byId('key-list').replaceChildren(...keys.entries.map((entry) => keyItem(entry, actions, entry === focused)));
  byId('forget-keys').hidden = keys.entries.length === 0;
  if (focused) byId(`passphrase-${focused.id}`)?.focus();
}

function keyItem(entry, actions, wasWrong) {
  const { facts } = entry;
  const role = facts.role ? text(`key.role.${facts.role}`) : '';
  const remove = button(text('key.removeShort'), () => actions.remove(entry), 'quiet');
  remove.setAttribute('aria-label', text('key.remove', entry.name));
  const head = element('div', { className: 'key-head' },
    element('span', { className: `dot ${entry.state}`, attributes: { 'aria-hidden': 'true' } }),
    element('span', { className: 'key-words' }, element('span', { className: 'key-name', textContent: entry.name }),
      element('span', { className: 'small', textContent: entry.state === 'ready' ? text('key.inUse', role) : role }),
      element('span', { className: 'small key-id', textContent: facts.id ?? '' })),
    remove);
  return element('li', { className: `key ${entry.state}` }, head, ...needs(entry, actions, wasWrong));
}

function needs(entry, actions, wasWrong) {
  if (entry.state === 'sealed') return [passphrase(entry, actions, wasWrong)];
  if (entry.state === 'master') {
    return [element('p', { className: 'notice', textContent: text('key.master') }),
      button(text('key.useMaster'), () => actions.acceptMaster(entry))];
  }
  if (entry.state === 'bad') {
    const kind = entry.facts.error_kind in text('key.bad') ? entry.facts.error_kind : 'other';
    return [element('p', { className: 'notice', attributes: { role: 'alert' } }, `${text(`key.bad.${kind}`)} `,
      element('span', { className: 'small said' }, `${text('error.said')} `, element('q', { lang: 'en', textContent: entry.facts.error })))];
  }
  return [];
}

function passphrase(entry, actions, wasWrong) {
  const id = `passphrase-${entry.id}`;
  const field = element('input', { type: 'password', id, autocomplete: 'off' });
  const open = () => {
    const typed = field.value;
    field.value = '';
    if (typed !== '') actions.unseal(entry, typed);
  };
  field.addEventListener('keydown', (event) => event.key === 'Enter' && open());
  const parts = [element('label', { htmlFor: id, textContent: text('key.sealed') }),
    element('div', { className: 'row' }, field, button(text('key.unseal'), open))];
  if (wasWrong) parts.push(element('p', { className: 'notice', attributes: { role: 'alert' }, textContent: text('key.wrongPassphrase') }));
  return element('div', { className: 'unseal' }, ...parts);
}
