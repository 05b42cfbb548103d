// One upload: where it stands, why, what helps, and how it came there.
import { ask } from "./actions.js";
import { h } from "./dom.js";
import { facts } from "./facts.js";
import { link, listAddress } from "./route.js";
import { badge, progress, why } from "./rows.js";
import { state } from "./store.js";
import { t } from "./text.js";
import { rail, stepList } from "./timeline.js";

export function uploadView() {
  const { upload, route } = state;
  const known = upload?.id === route.id ? upload : null;
  return h("main", { class: "one", "data-key": `upload-${route.id}` }, [
    h("p", {}, link(listAddress(route.filter, route.page), {}, "← ", t("upload.back"))),
    known?.missing ? missing(route) : known ? details(known.data) : waiting(route),
  ]);
}

/** The heading is there from the beginning, since it gets the focus. */
function head(title, more, actions) {
  return h("header", { class: "head" }, h("div", {}, h("h1", { tabindex: "-1" }, title), more), actions);
}

function waiting({ id }) {
  const row = state.list?.rows.find((row) => row.upload_id === id);
  return [head(row ? row.title || row.file : id), h("p", { class: "empty" }, t("live.connecting"))];
}

function missing({ id }) {
  const hint = t("upload.unknown_hint", { id, place: state.info?.ledger.place ?? "" });
  return [head(t("upload.unknown")), h("p", { class: "empty" }, hint)];
}

function details(data) {
  const { row, actions } = data;
  return [
    head(
      row.title || row.file,
      [h("p", {}, badge(row)), progress(row)],
      h("div", { class: "actions" }, actions.map((action, at) => button(action, at, data))),
    ),
    notice(data),
    rail(data),
    facts(data),
    state.info?.dev && row.videoid && h("video", { class: "card player", controls: true, preload: "metadata", src: `/console/videos/${row.videoid}`, "aria-label": t("upload.player") }),
    stepList(data),
    h("details", { class: "card raw" }, [
      h("summary", {}, t("upload.raw")),
      h("pre", { tabindex: "0" }, JSON.stringify(data.status, null, 2)),
    ]),
  ];
}

function button(action, at, { row, task }) {
  const onclick = () => ask(action, { ...row, task });
  const css = action === "cancel" ? "danger" : at ? "" : "main";
  return h("button", { class: css, "data-key": action, onclick }, t(`act.${action}`));
}

function notice({ row, explanation, next, advice, obstacle }) {
  const line = (key, text) => text && h("p", {}, h("strong", {}, t(key)), " ", text);
  const bad = ["failed", "needs_you"].includes(row.state) || obstacle;
  return h("section", { class: bad ? "notice bad" : "notice" }, [
    h("p", {}, explanation ?? why(row)),
    line("upload.blocked", obstacle?.message),
    line("upload.next", next),
    line("upload.way_out", advice ?? obstacle?.advice),
  ]);
}
