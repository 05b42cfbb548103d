// Numbers, sizes and times, as the language in use and the viewer's zone have them.
import { h } from "./dom.js";
import { locale, t } from "./text.js";

const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

const made = new Map();

/** A formatter of the language in use. They are slow to make: each is made once. */
function formatter(kind, options) {
  const key = JSON.stringify([kind, locale(), options]);
  if (!made.has(key)) made.set(key, new Intl[kind](locale(), options));
  return made.get(key);
}

export const number = (n, options) => formatter("NumberFormat", options).format(n);

/** Bytes in decimal units, three digits. */
export function bytes(n) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (n >= 999.5 && unit < units.length - 1) {
    n /= 1000;
    unit += 1;
  }
  return `${number(n, { maximumSignificantDigits: unit ? 3 : 4 })} ${units[unit]}`;
}

export const rate = (n) => `${bytes(n)}/s`;

/** How much of an upload has arrived, in whole percent: never 100 before the end. */
export function share(row) {
  if (!row.size || row.moved === undefined) return null;
  return Math.min(row.moved >= row.size ? 100 : 99, Math.floor((100 * row.moved) / row.size));
}

export const percent = (row) => number(share(row) / 100, { style: "percent" });

/** A duration in milliseconds, in its largest units: two of them where nobody says how many. */
export function duration(ms, most = 2) {
  const seconds = Math.max(0, ms) / 1000;
  const say = (n, unit) => number(n, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 });
  if (seconds < 10) return say(seconds, "second");
  let rest = Math.round(seconds);
  const first = UNITS.findIndex(([, size]) => rest >= size);
  const parts = [];
  for (const [unit, size] of UNITS.slice(first, first + most)) {
    const n = Math.floor(rest / size);
    rest -= n * size;
    if (n) parts.push(say(n, unit));
  }
  return parts.join(" ");
}

/** How long a film plays, its picture and its codec, as far as they are known. */
export const film = ({ media: { duration_ms: ms, width, height, codec } = {} }) =>
  [ms && duration(ms), width && `${width}×${height}`, codec].filter(Boolean).join(" · ");

export function timeLeft(row) {
  if (!row.rate || !row.size || row.moved === undefined || row.moved >= row.size) return null;
  return duration((1000 * (row.size - row.moved)) / row.rate, 1);
}

const stamp = (options) => formatter("DateTimeFormat", options);

export const clock = (at) => stamp({ timeStyle: "medium", hourCycle: "h23" }).format(new Date(at));
export const day = (at) => stamp({ dateStyle: "medium" }).format(new Date(at));
export const moment = (at) => stamp({ dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" }).format(new Date(at));

/** A moment relative to now, such as "3 min ago" or "in 2 h". */
function relative(at) {
  const seconds = (new Date(at) - Date.now()) / 1000;
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? UNITS[3];
  const format = formatter("RelativeTimeFormat", { numeric: unit === "second" ? "auto" : "always", style: "narrow" });
  return format.format(Math.trunc(seconds / size), unit);
}

/** A moment as an element: relative, the exact time in its title. */
export const ago = (at) => h("time", { datetime: at, title: moment(at) }, relative(at));

/** The clock, with the day where it is another one. */
export function until(at) {
  const same = new Date(at).toDateString() === new Date().toDateString();
  return [t("until"), " ", h("time", { datetime: at, title: moment(at) }, same ? clock(at) : moment(at))];
}
