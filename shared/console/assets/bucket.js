// Objects in the bucket of a rule, a page at a time; for a deployed function an object by its name.
import * as api from "./api.js";
import { h } from "./dom.js";
import { ago, bytes } from "./format.js";
import { state, update } from "./store.js";
import { current, t } from "./text.js";

const picked = new Set();
let rules = [];
let page = null;
let trouble = null;
const query = { rule: 0, prefix: "" };
/** The object that is being typed. */
let named = "";

export const chosen = () => [...picked];
export const unchoose = () => picked.clear();

export async function openBucket() {
  if (state.info?.can.plan) ({ rules } = await api.get("/console/keys"));
}

async function list(after) {
  const fields = new URLSearchParams({ ...query, ...(after && { after }), lang: current() });
  trouble = null;
  try {
    page = await api.get(`/console/keys?${fields}`);
  } catch (error) {
    trouble = error.message || error.code;
  }
  update({});
}

function toggle(object, changed) {
  if (!picked.delete(object)) picked.add(object);
  changed();
}

export function bucketCard(changed) {
  return h("section", { class: "card bucket", "aria-labelledby": "bucket" }, [
    h("h2", { id: "bucket" }, t("new.bucket")),
    state.info.can.plan ? rules.length ? browse(changed) : h("p", { class: "note" }, t("bucket.no_rules")) : byName(changed),
    picked.size > 0 && h("ul", { "aria-label": t("bucket.chosen") }, chosen().map((object) => h("li", { "data-key": `picked-${object}` }, [
      h("code", {}, object),
      h("button", { class: "copy", onclick: () => toggle(object, changed), "aria-label": `${t("file.remove")} ${object}` }, t("file.remove")),
    ]))),
  ]);
}

function byName(changed) {
  const add = (event) => {
    event.preventDefault();
    if (!/^(oss|s3):\/\/.+\/.+/.test(named)) return document.getElementById("object").focus();
    picked.add(named);
    named = "";
    changed();
  };
  return h("form", { class: "filter", onsubmit: add }, [
    h("input", { type: "search", id: "object", value: named, oninput: ({ target }) => (named = target.value), "aria-label": t("bucket.object"), placeholder: t("bucket.object") }),
    h("button", {}, t("bucket.add")),
  ]);
}

function browse(changed) {
  const choose = ({ target }) => {
    query.rule = target.value;
    list();
  };
  const search = (event) => {
    event.preventDefault();
    list();
  };
  const item = ({ key, object, size, modified }) => h("li", { "data-key": object }, [
    h("button", { class: "copy", "aria-pressed": String(picked.has(object)), "aria-label": `${t("bucket.choose")} ${key}`, onclick: () => toggle(object, changed) }, t("bucket.choose")),
    h("span", {}, key), h("span", { class: "note" }, bytes(size), " · ", ago(modified)),
  ]);
  return [
    h("form", { class: "filter", onsubmit: search }, [
      h("select", { "aria-label": t("bucket.rule"), value: query.rule, onchange: choose },
        rules.map(({ place, account }, at) => h("option", { value: at }, `${place} → ${account}`))),
      h("input", { type: "search", id: "prefix", "aria-label": t("bucket.prefix"), placeholder: t("bucket.prefix"), value: query.prefix, oninput: ({ target }) => (query.prefix = target.value) }),
      h("button", {}, t("bucket.list")),
    ]),
    trouble && h("p", { class: "why bad", role: "alert" }, trouble),
    page && (page.keys.length ? h("ul", { class: "keys-found" }, page.keys.map(item)) : h("p", { class: "note" }, t("bucket.none"))),
    page?.next && h("p", {}, h("button", { onclick: () => list(page.next) }, t("bucket.next"))),
  ];
}
