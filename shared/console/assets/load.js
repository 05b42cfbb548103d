// What the page that is shown needs is read again: at once where a person chose something, else at most once a second.
import * as api from "./api.js";
import { share } from "./format.js";
import { go, listAddress } from "./route.js";
import { say, state, update } from "./store.js";
import { t, useKept, word } from "./text.js";

export const PAGE = 100;
const PAUSE = 1000;
const PATIENCE = 15000;

let running = null;
let again = false;
let started = 0;
let timer = 0;

/** Whether to tell how many uploads match, once they are there: a person changed the filter. */
let tell = false;

/** Reads what is shown; `urgent`: a person chose something, so that what is on its way is for another page. */
export function load({ urgent = false } = {}) {
  tell ||= urgent;
  if (running && !urgent) {
    again = true;
    return;
  }
  running?.abort();
  clearTimeout(timer);
  const wait = urgent ? 0 : started + PAUSE - Date.now();
  if (wait > 0) timer = setTimeout(run, wait);
  else run();
}

async function run() {
  const mine = new AbortController();
  running = mine;
  again = false;
  started = Date.now();
  try {
    const change = await read(state.route, AbortSignal.any([mine.signal, AbortSignal.timeout(PATIENCE)]));
    if (running !== mine) return;
    if (state.link === "lost") say(t("live.back"));
    if (change.upload) hear(state.upload, change.upload);
    update({ ...change, link: "live", trouble: null });
    if (tell && change.list) say(t("list.total", { n: change.list.total }));
    tell = false;
  } catch (error) {
    if (running === mine) report(error, "trouble");
  } finally {
    if (running === mine) {
      running = null;
      if (again) load();
    }
  }
}

async function read({ view, id, filter, page }, signal) {
  const other = !["list", "upload"].includes(view);
  if (!state.info || other) await greet(signal);
  if (other) return {};
  if (view === "upload") return { upload: await readUpload(id, signal) };
  const list = await api.uploads(filter, (page - 1) * PAGE, PAGE, signal);
  // The page that the address names has gone: its rows were taken out by the filter, or by time.
  if (!list.rows.length && page > 1) go(listAddress(filter, Math.ceil(list.total / PAGE)), { replace: true });
  return { list };
}

/** Says a new state of the same upload, and each quarter of its way. */
function hear(before, { id, data }) {
  const quarter = ({ row }) => word("state", row.state) + (share(row) === null ? "" : ` ${25 * Math.floor(share(row) / 25)}%`);
  if (before?.id === id && before.data && data && quarter(before.data) !== quarter(data)) say(quarter(data));
}

/** Asks the process what it is; that decides the language until the user chooses. */
export async function greet(signal) {
  state.info = await api.info(signal);
  useKept(state.info.language);
}

async function readUpload(id, signal) {
  try {
    return { id, data: await api.upload(id, signal) };
  } catch (error) {
    if ([404, 400].includes(error.status)) return { id, missing: true };
    throw error;
  }
}

/** Says on the page what a request came to; `as`: whether what the page shows could not be read, or something was refused. */
export function report(error, as = "refusal") {
  if (error.status === 0 || error.name === "TimeoutError") update({ link: "lost" });
  else if ([401, 403].includes(error.status)) update({ link: "refused" });
  else update({ link: "live", [as]: error.message || error.code });
}
