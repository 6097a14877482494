// Short ways to make elements. Text goes in as text; nothing here reads HTML.

export const byId = (id) => document.getElementById(id);

/** An element with properties and children; `dataset` and `attributes` are taken apart. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  const { dataset = {}, attributes = {}, ...plain } = properties;
  Object.assign(made, plain);
  Object.assign(made.dataset, dataset);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function button(text, onclick, className = '') {
  return element('button', { type: 'button', textContent: text, onclick, className });
}

/** Offers bytes as a file. */
export function save(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = element('a', { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
