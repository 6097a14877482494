// How pictures and keys come in: dropped anywhere, pasted anywhere, chosen.

import { byId } from './dom.js';
import { isKeyFile, isKeyText } from './keys.js';

/** Wires the page's inputs to what takes pictures, key files and the text of keys. */
export function wireIntake(take) {
  const receive = async (files) => {
    const isKey = await Promise.all(files.map(isKeyFile));
    const keyFiles = files.filter((_, at) => isKey[at]);
    const pictures = files.filter((_, at) => !isKey[at]);
    if (keyFiles.length > 0) await take.addKeyFiles(keyFiles);
    if (pictures.length > 0) take.addPictures(pictures);
  };
  wireChoice('choose-pictures', 'pictures', receive);
  wireChoice('choose-keys', 'key-files', take.addKeyFiles);
  wireDrop(receive);
  wirePaste(receive, take.addKeyText);
  wireKeyText(take.addKeyText);
}

function wireChoice(buttonId, inputId, receive) {
  const input = byId(inputId);
  byId(buttonId).addEventListener('click', () => input.click());
  input.addEventListener('change', async () => {
    const files = [...input.files];
    // So that the same file can be chosen again.
    input.value = '';
    await receive(files);
  });
}

function wireDrop(receive) {
  let depth = 0;
  const show = (isOver) => { byId('veil').hidden = !isOver; };
  const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes('Files');
  addEventListener('dragenter', (event) => {
    if (!hasFiles(event)) return;
    depth += 1;
    show(true);
  });
  addEventListener('dragleave', (event) => {
    if (!hasFiles(event)) return;
    depth = Math.max(0, depth - 1);
    show(depth > 0);
  });
  addEventListener('dragover', (event) => event.preventDefault());
  addEventListener('drop', (event) => {
    event.preventDefault();
    depth = 0;
    show(false);
    receive([...event.dataTransfer.files]);
  });
}

function wirePaste(receive, addKeyText) {
  addEventListener('paste', (event) => {
    const files = [...event.clipboardData.files];
    const pasted = event.clipboardData.getData('text/plain');
    if (files.length > 0) receive(files);
    else if (isKeyText(pasted) && event.target !== byId('key-text')) addKeyText(pasted);
    else return;
    event.preventDefault();
  });
}

function wireKeyText(addKeyText) {
  const [toggle, panel, field] = [byId('paste-key'), byId('key-paste'), byId('key-text')];
  toggle.addEventListener('click', () => {
    panel.hidden = !panel.hidden;
    toggle.setAttribute('aria-expanded', String(!panel.hidden));
    if (!panel.hidden) field.focus();
  });
  byId('add-key').addEventListener('click', async () => {
    const pasted = field.value;
    field.value = '';
    if (pasted.trim() === '') {
      field.focus();
      return;
    }
    await addKeyText(pasted);
    panel.hidden = true;
    toggle.setAttribute('aria-expanded', 'false');
    toggle.focus();
  });
}
