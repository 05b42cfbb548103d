// Actions that run: a few at once, with the result of each upload.
import { act } from "./api.js";
import { h } from "./dom.js";
import { load } from "./load.js";
import { uploadAddress } from "./route.js";
import { say, state, update } from "./store.js";
import { t, word } from "./text.js";

/** How many run at once: browsers open six connections to one host, of which one listens and one asks. */
const AT_ONCE = 4;
/** Actions that last until an upload has ended. */
const LONG = ["retry", "resume", "again", "publish"];

/** Results in the order in which they are shown: first what a person should read. */
const RANKS = ["bad", "conflict", "running", "good"];
/** Most results that are shown. */
const SHOWN = 100;

let held = 0;
const queue = [];

/** Waits for a place; short actions need none. */
async function enter(action) {
  if (!LONG.includes(action)) return () => {};
  if (held === AT_ONCE) await new Promise((resolve) => queue.push(resolve));
  else held += 1;
  return () => (queue.length ? queue.shift()() : (held -= 1));
}

export function start(action, rows, options) {
  const job = { action, stopped: false, items: rows.map((row) => ({ row, result: "todo" })) };
  update({ jobs: [job, ...state.jobs] });
  const left = [...job.items];
  const work = async () => {
    while (left.length && !job.stopped) await carryOut(job, left.shift(), options);
  };
  Promise.all(Array.from({ length: AT_ONCE }, work)).then(() => report(job));
}

async function carryOut(job, item, options) {
  const leave = await enter(job.action);
  if (!job.stopped) {
    item.result = "running";
    update({});
    try {
      item.outcome = await act(job.action, item.row, options);
      item.result = "good";
    } catch (error) {
      item.result = error.status === 409 ? "conflict" : "bad";
      item.error = error;
    }
  }
  leave();
  const { done, n } = tally(job);
  // Screen readers hear the quarters, not each upload.
  if (done < n && done % Math.max(1, Math.ceil(n / 4)) === 0) report(job);
  update({});
  load();
}

function tally({ items, action, stopped }) {
  const [bad, conflict, running, good] = RANKS.map((result) => items.filter((item) => item.result === result).length);
  const n = items.length;
  const done = good + conflict + bad;
  return { good, conflict, bad, running, done, n, what: t(`act.${action}`), ended: done === n || (stopped && !running) };
}

function headline(sums) {
  if (sums.done === sums.n) return t("job.finished", sums);
  return t(sums.ended ? "job.stopped" : "job.running", sums);
}

const figures = (sums) => RANKS.filter((name) => sums[name]).map((name) => t(`sum.${name}`, { n: sums[name] }));

function report(job) {
  const sums = tally(job);
  say([headline(sums), ...figures(sums)].join(" · "));
}

function describe({ action }, { result, error, outcome }) {
  if (result === "running") return t("phase.now");
  if (result === "good") {
    const what = LONG.includes(action) ? "state.published" : action === "cancel" ? "state.cancelled" : "phase.done";
    return [t(what), outcome?.data?.warning].filter(Boolean).join(" · ");
  }
  return `${t(result === "bad" ? "state.failed" : "job.conflict")} · ${word(error.code === "lost" ? "live" : "why", error.code)}`;
}

export function jobsView() {
  if (!state.jobs.length) return null;
  return h("section", { class: "jobs", "aria-label": t("job.title"), "data-key": "jobs" }, state.jobs.map(card));
}

function card(job, at) {
  const sums = tally(job);
  const stop = () => {
    job.stopped = true;
    update({});
  };
  const ranked = RANKS.flatMap((result) => job.items.filter((item) => item.result === result));
  const results = h("ul", {}, ranked.slice(0, SHOWN).map((item) => line(job, item)));
  const close = () => update({ jobs: state.jobs.filter((other) => other !== job) });
  return h("article", { "data-key": `job-${state.jobs.length - at}` }, [
    h("header", {}, [
      h("strong", {}, headline(sums)),
      sums.ended ? h("button", { onclick: close }, t("act.close"))
        : sums.n > 1 && h("button", { onclick: stop, disabled: job.stopped }, t("act.stop")),
    ]),
    sums.n === 1 ? results : [
      h("progress", { value: sums.done, max: sums.n, "aria-label": sums.what }),
      h("p", { class: "note" }, figures(sums).join(" · ")),
      h("details", {}, h("summary", {}, t("job.results")), results),
    ],
  ]);
}

function line(job, item) {
  const { row, result, outcome } = item;
  const made = outcome?.data?.upload_id;
  const id = made ?? row.upload_id;
  return h("li", { class: result }, h("a", { href: uploadAddress(id) }, row.title || row.file), " ", h("span", {}, describe(job, item)));
}

/** The browser asks before the page is left: what has not begun ends with it. */
addEventListener("beforeunload", (event) => {
  if (state.jobs.some((job) => !job.stopped && job.items.some(({ result }) => result === "todo"))) event.preventDefault();
});
