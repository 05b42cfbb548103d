// The address: `?state=&account=&error=&text=&page=` is the list's filter, `#/uploads/ID`, `#/new`, `#/health` and `#/dev` the other pages.

import { h } from "./dom.js";

/** Views that are loaded when they are opened. */
const OTHERS = ["new", "health", "dev"];
const FIELDS = ["state", "account", "error", "text"];

export function read() {
  const query = new URLSearchParams(location.search);
  const filter = Object.fromEntries(FIELDS.map((name) => [name, query.get(name) ?? ""]));
  const page = Math.max(1, Math.trunc(Number(query.get("page"))) || 1);
  const [, first, second] = location.hash.split("/");
  if (first === "uploads" && second) return { view: "upload", id: decode(second), filter, page };
  return { view: OTHERS.includes(first) ? first : "list", filter, page };
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function listAddress(filter, page = 1) {
  const query = new URLSearchParams(FIELDS.filter((name) => filter[name]).map((name) => [name, filter[name]]));
  if (page > 1) query.set("page", page);
  return `/${query.size ? `?${query}` : ""}#/`;
}

/** The address of one upload: the filter stays, so that the way back leads to the same list. */
export const uploadAddress = (id) => `#/uploads/${encodeURIComponent(id)}`;

/** Goes to an address of this page. A choice is a step of the history; typing replaces the present one. */
export function go(address, { replace = false } = {}) {
  if (new URL(address, location).href === location.href) return;
  history[replace ? "replaceState" : "pushState"](null, "", address);
  dispatchEvent(new Event("routed"));
}

/** A link within this page; with a modifier the browser follows it. */
export function link(address, props, ...children) {
  const onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(address);
  };
  return h("a", { href: address, onclick, ...props }, ...children);
}

export const isFiltered = (filter) => FIELDS.some((name) => filter[name]);

/** Calls back whenever the address has changed. */
export function watch(changed) {
  let seen = location.href;
  const look = () => {
    if (location.href === seen) return;
    seen = location.href;
    changed();
  };
  for (const name of ["routed", "popstate", "hashchange"]) addEventListener(name, look);
}
