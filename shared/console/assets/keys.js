// The page by keyboard alone.
import { help } from "./dialog.js";
import { go, listAddress } from "./route.js";
import { state } from "./store.js";

const links = () => [...document.querySelectorAll("table.rows td.video a")];

/** Moves the focus between the rows: by one, from wherever it is. */
function move(by) {
  const all = links();
  const row = document.activeElement?.closest("tr");
  const at = all.findIndex((link) => link.closest("tr") === row);
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))];
  next?.focus();
  next?.closest("tr").scrollIntoView({ block: "nearest" });
}

const toList = () => go(listAddress(state.route.filter, state.route.page));
const press = (selector) => document.querySelector(selector)?.click();

function back() {
  if (state.route.view !== "list") toList();
  else if (document.activeElement?.id === "search") document.activeElement.blur();
}

const KEYS = {
  "/": () => {
    if (state.route.view !== "list") toList();
    // The list is drawn before the next event.
    queueMicrotask(() => document.getElementById("search")?.focus());
  },
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  n: () => press("nav.pager a[rel=next]"),
  p: () => press("nav.pager a[rel=prev]"),
  u: toList,
  c: () => go("#/new"),
  h: () => go("#/health"),
  "?": help,
};

/** Arrows move the rows only where they would not scroll or choose something else. */
const arrowsFit = (target) => target.closest("table.rows") || target.id === "search";

export function listen() {
  addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
    if (key === "Escape") return back();
    const arrow = key.startsWith("Arrow");
    if (arrow ? !arrowsFit(target) : target.matches("input, select, textarea")) return;
    if (!Object.hasOwn(KEYS, key)) return;
    event.preventDefault();
    KEYS[key]();
  });
}
