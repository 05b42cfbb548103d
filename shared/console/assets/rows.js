// The rows of the list: one upload each.
import { h } from "./dom.js";
import { ago, bytes, film, percent, rate, share, timeLeft, until } from "./format.js";
import { uploadAddress } from "./route.js";
import { t, word } from "./text.js";

const MOVING = ["hashing", "uploading"];

/** The roles are stated: on a narrow screen the rows are no table to the browser any more. */
export function rows(list) {
  const columns = ["state", "video", "size", "account", "entry", "age"];
  return h("table", { class: "rows", role: "table", "aria-label": t("nav.uploads"), "data-key": "rows" }, [
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" },
      columns.map((name) => h("th", { role: "columnheader", scope: "col", class: name }, t(`col.${name}`))))),
    h("tbody", { role: "rowgroup" }, list.map(row)),
  ]);
}

function row(upload) {
  const cell = (name, ...children) => h("td", { role: "cell", class: name }, ...children);
  const name = upload.title || upload.file;
  return h("tr", { role: "row", "data-key": upload.upload_id, class: upload.state }, [
    cell("state", badge(upload), progress(upload)),
    cell("video", [
      h("a", { href: uploadAddress(upload.upload_id), title: name }, name),
      h("span", { class: "file" }, upload.title && h("span", { title: upload.object }, upload.file), film(upload) && h("span", {}, film(upload)), why(upload)),
    ]),
    cell("size", upload.size === undefined ? "" : bytes(upload.size)),
    cell("account", upload.account),
    cell("entry", upload.entrypoint ? word("entry", upload.entrypoint) : ""),
    cell("age", ago(upload.at)),
  ]);
}

export function badge(upload) {
  return h("span", { class: `badge ${upload.state}` }, [
    h("span", { class: "dot" }), word("state", upload.state), upload.state === "uploading" && share(upload) !== null && ` ${percent(upload)}`,
  ]);
}

export function progress(upload) {
  const done = share(upload);
  if (!MOVING.includes(upload.state) || done === null) return null;
  const left = timeLeft(upload);
  return [
    h("progress", { value: done, max: 100, "aria-label": t("state.uploading") }),
    upload.rate && h("span", { class: "pace" }, rate(upload.rate), left && ` · ${t("row.left", { time: left })}`),
  ];
}

export function why({ error, waiting, not_before: notBefore, callback, callback_failed: refused, state }) {
  if (error) return h("span", { class: "why bad" }, word("why", error));
  const css = state === "needs_you" ? "why bad" : "why";
  if (waiting) return h("span", { class: css }, word("why", waiting), notBefore && [" · ", until(notBefore)]);
  if (refused) return h("span", { class: "why bad" }, `${word("why", "callback_failed")}: ${refused}`);
  return callback ? h("span", { class: "why" }, t("row.callback"), callback.code && `: ${callback.code}`) : null;
}
