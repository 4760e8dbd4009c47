/** Returns the element with this id. */
const $ = (id) => document.getElementById(id);

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns a value of a response as text, and an empty text for everything that is not text or a number. */
const text = (value) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

/** Returns the texts in a list of a response. */
const texts = (value) => (Array.isArray(value) ? value.map(text).filter(Boolean) : []);

function element(name, content, className) {
  const made = document.createElement(name);
  made.append(...(Array.isArray(content) ? content : [content]));
  if (className) {
    made.className = className;
  }
  return made;
}

/** Makes words that only a screen reader presents. */
const spoken = (words) => element('span', words, 'unseen');

function setBusy(button, isBusy) {
  button.setAttribute('aria-disabled', String(isBusy));
}

/** Makes one row of a `dl` of facts. */
const fact = (term, content) =>
  element('div', [element('dt', term), element('dd', content)]);
