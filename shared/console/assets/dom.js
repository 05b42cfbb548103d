// Elements, and how a newly built tree is brought into the page without losing focus, scroll or what is unfolded.

/** Builds an element. Text never becomes markup; `on...` and `value` are properties, the rest attributes. */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  append(element, children);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on") || name === "value" && tag !== "progress") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  return element;
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child);
  }
}

/** Closures that know the newest data. */
const PROPERTIES = ["onclick", "oninput", "onchange", "onsubmit"];

/** Changes `old` into `fresh` in place. Elements with a `data-key` keep their identity when they move. */
function morph(old, fresh) {
  for (const { name } of [...old.attributes]) {
    // A person unfolds; the page never folds.
    if (!fresh.hasAttribute(name) && !(name === "open" && old.localName === "details")) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const name of PROPERTIES) if (old[name] !== fresh[name]) old[name] = fresh[name];
  morphChildren(old, fresh);
  if (old.matches("input, select, textarea") && old.value !== fresh.value) old.value = fresh.value;
}

function morphChildren(old, fresh) {
  const wantedKeys = new Set([...fresh.children].map((child) => child.dataset.key));
  const keyed = new Map();
  for (const child of [...old.children]) {
    const { key } = child.dataset;
    if (key && wantedKeys.has(key)) keyed.set(key, child);
    else if (key) child.remove();
  }
  let at = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const key = wanted.dataset?.key;
    const known = key ? keyed.get(key) : at && !at.dataset?.key ? at : null;
    if (!known || known.nodeName !== wanted.nodeName) {
      old.insertBefore(wanted, at);
      continue;
    }
    if (known === at) at = at.nextSibling;
    else old.insertBefore(known, at);
    if (known.nodeType === Node.ELEMENT_NODE) morph(known, wanted);
    else if (known.data !== wanted.data) known.data = wanted.data;
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

/** Brings a newly built tree into the page; what had the focus keeps it, also where it moved. */
export function show(root, fresh) {
  const focused = document.activeElement;
  morph(root, fresh);
  if (focused !== document.activeElement && focused?.isConnected && focused !== document.body) {
    focused.focus({ preventScroll: true });
  }
}
