// Dropped files: sent to the console's spool one by one, from where a broken transfer ended.
import * as api from "./api.js";
import { h } from "./dom.js";
import { bytes, number } from "./format.js";
import { link, uploadAddress } from "./route.js";
import { say, state, update } from "./store.js";
import { t, word } from "./text.js";

export let files = [];
let spool = null;
/** Files of the browser that wait for their turn, and what could not be taken. */
const queue = [];
let sending = null;
let refused = [];

export const ready = () => files.filter((file) => file.state === "ready");

export async function refreshFiles() {
  try {
    spool = await api.get("/console/files");
  } catch {
    return; // The next second asks again; that nothing answers is said elsewhere.
  }
  files = spool.files;
  update({});
}

export async function drop(list, changed) {
  queue.push(...list);
  changed();
  if (sending) return;
  refused = [];
  while (queue.length) {
    sending = queue.shift();
    await send(sending);
    await refreshFiles();
    changed();
  }
  sending = null;
}

async function send(file) {
  try {
    const told = { name: file.name, size: file.size, modified: file.lastModified };
    const { id, received } = await api.send("/console/files", "POST", told);
    await refreshFiles();
    await api.put(`/console/files/${id}?offset=${received}`, file.slice(received));
  } catch (error) {
    refused.push({ name: file.name, error });
    say(`${file.name}: ${why(error)}`);
  }
}

const why = ({ code, message }) => {
  const said = word("file", code);
  return said === code ? message || code : said;
};

export function fileList(changed) {
  const pick = ({ target }) => drop([...target.files], changed);
  const mark = ({ type, currentTarget }) => currentTarget.classList.toggle("over", type === "dragover");
  return h("section", { class: "card files", "aria-labelledby": "files" }, [
    h("h2", { id: "files" }, t("new.files")),
    h("label", { class: "drop", ondragover: mark, ondragleave: mark, ondrop: mark }, [
      h("span", {}, t("new.drop")),
      h("input", { type: "file", multiple: true, onchange: pick }),
    ]),
    spool && h("p", { class: "note" }, t("new.room", { used: bytes(spool.used), limit: bytes(spool.limit) })),
    refused.map(({ name, error }) => h("p", { class: "why bad", role: "alert" }, `${name}: ${why(error)}`)),
    h("ul", {}, [
      files.map((file) => line(file, changed)),
      queue.map(({ name }) => h("li", {}, h("strong", {}, name), h("span", { class: "note" }, t("file.waits")))),
    ]),
  ]);
}

const STATES = { published: "published", failed: "failed", cancelled: "cancelled", running: "uploading", queued: "queued" };

function line(file, changed) {
  const { id, name, size, received, progress, failure, upload_id: upload } = file;
  const part = progress ? progress.done / progress.total : file.state === "receiving" ? received / size : null;
  const remove = async () => {
    await api.send(`/console/files/${id}`, "DELETE").catch(({ message }) => say(message));
    await refreshFiles();
    changed();
  };
  const broken = file.state === "receiving" && sending?.name !== name;
  const stage = progress?.stage === "reading" ? "hashing" : STATES[file.state];
  const text = stage ? t(`state.${stage}`) : t(broken ? "file.broken" : `file.${file.state}`);
  return h("li", { class: stage ?? "", "data-key": id }, [
    h("strong", {}, upload ? link(uploadAddress(upload), {}, name) : name),
    h("span", { class: "note" }, `${bytes(size)} · `, text, part !== null && ` ${number(Math.floor(100 * part) / 100, { style: "percent" })}`),
    file.state !== "running" && h("button", { class: "copy", onclick: remove, "aria-label": `${t("file.remove")} ${name}` }, t("file.remove")),
    part !== null && h("progress", { value: Math.floor(100 * part), max: 100, "aria-label": name }),
    failure && h("p", { class: "why bad" }, failure.message, failure.advice && ` · ${failure.advice}`),
  ]);
}
