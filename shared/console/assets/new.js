// A new upload: dropped files or objects of a rule's bucket, the form, a dry run, and the upload.
import * as api from "./api.js";
import { bucketCard, chosen, openBucket, unchoose } from "./bucket.js";
import { faults, fields, filled, form, readLimits } from "./form.js";
import { h } from "./dom.js";
import { drop, fileList, files, ready, refreshFiles } from "./files.js";
import { start } from "./jobs.js";
import { report } from "./load.js";
import "./more_text.js";
import { say, state, update } from "./store.js";
import { current, t } from "./text.js";

/** What the dry run said of each source, by its key: `{ lines, title, warning }` or `{ error }`. `null`: it has to run. */
let plans = null;
let running = false;

export async function arrive() {
  try {
    await Promise.all([readLimits(), state.info?.can.files && refreshFiles(), openBucket()]);
  } catch (error) {
    report(error);
  }
  update({});
}

/** Files that were dropped onto any page. */
export const take = (list) => drop(list, forget);

/** Whatever the dry run was for has changed. */
function forget() {
  plans = null;
  update({});
}

/** What is uploaded: dropped files that are complete, then the chosen objects. */
const sources = () => [
  ...ready().map(({ id, name }) => ({ key: id, name, source: { file: id } })),
  ...chosen().map((object) => ({ key: object, name: object, source: { object } })),
];

const stated = (number) => ({ account: form.account || undefined, number, language: current(), video: filled() });

async function plan() {
  const all = sources();
  const mine = new Map();
  running = true;
  plans = mine;
  update({});
  for (const [at, { key, source }] of all.entries()) {
    try {
      mine.set(key, await api.send("/console/plan", "POST", { source, form: stated(at + 1) }));
    } catch (error) {
      mine.set(key, { error: error.message || error.code });
    }
    if (plans !== mine) break;
    update({});
  }
  running = false;
  say(t(isGood() ? "new.plan_good" : "new.plan_bad"));
  update({});
}

const isGood = () => plans && sources().length > 0 && sources().every(({ key }) => plans.get(key)?.lines);

async function upload() {
  const rows = [];
  running = true;
  update({ refusal: null });
  for (const [at, { key, name, source }] of sources().entries()) {
    if (source.file) {
      // It arrives even if the page is left at once.
      await api.send(`/console/files/${source.file}/upload`, "POST", stated(at + 1), { keepalive: true }).catch(report);
      continue;
    }
    const { title, upload_id = "" } = plans?.get(key) ?? {};
    const { preflight, ...video } = filled();
    video.title = title ?? video.title;
    rows.push({ upload_id, file: name, task: { source: source.object, account: form.account || undefined, preflight, video } });
  }
  running = false;
  if (rows.length) start("publish", rows);
  unchoose();
  forget();
  if (!state.refusal) say(t("new.begun"));
  if (state.info.can.files) refreshFiles();
}

function planned({ key, name }) {
  const { lines, warning, error } = plans.get(key) ?? {};
  return h("li", { class: `card finding ${error ? "bad" : lines ? "ok" : ""}`, "data-key": key }, [
    h("h2", {}, h("span", { class: "dot" }), name),
    error && h("p", {}, error),
    warning && h("p", {}, warning),
    lines ? h("dl", {}, lines.map(([label, text]) => h("div", {}, h("dt", {}, label), h("dd", {}, text))))
      : !error && h("p", { class: "note" }, t("new.planning")),
  ]);
}

export function view() {
  const { info } = state;
  if (!info) return h("main", { class: "one" }, h("h1", { tabindex: "-1" }, t("nav.new")));
  const all = sources();
  const untried = info.can.plan && !isGood();
  const blocked = !all.length || faults().length > 0 || running;
  const submit = (event) => {
    event.preventDefault();
    if (untried) plan();
    else upload();
  };
  return h("main", { class: "one new", "data-key": "new" }, [
    h("h1", { tabindex: "-1" }, t("nav.new")),
    info.can.files ? fileList(forget) : h("p", { class: "card note" }, t(info.can.plan ? "new.no_spool" : "new.function")),
    bucketCard(forget),
    h("form", { class: "card fields", "aria-labelledby": "form", onsubmit: submit }, [
      h("h2", { id: "form" }, t("new.form")),
      fields(forget),
      h("p", { class: "note" }, t(info.can.plan ? "new.defaults" : "new.no_plan")),
      h("p", { class: "actions" }, [
        info.can.plan && h("button", { type: "button", "data-key": "plan", onclick: plan, disabled: blocked }, t("new.plan")),
        h("button", { class: "main", "data-key": "send", disabled: blocked || untried }, t("new.upload", { n: all.length })),
        h("span", { class: "note" }, all.length ? untried && t("new.plan_first") : t("new.nothing")),
      ]),
    ]),
    plans && h("ul", { class: "findings", "aria-label": t("new.plan") }, all.map(planned)),
  ]);
}

/** Files move while nobody touches the page. */
setInterval(() => {
  if (state.route.view === "new" && !document.hidden && state.info?.can.files && files.some(({ state }) => ["receiving", "queued", "running"].includes(state))) refreshFiles();
}, 1000);
