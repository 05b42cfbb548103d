// Actions on one upload, or on all that match a filter: what is asked first, and which uploads an action fits.
import * as api from "./api.js";
import { confirm } from "./dialog.js";
import { start } from "./jobs.js";
import { report } from "./load.js";
import { update } from "./store.js";
import { t } from "./text.js";

/** Which rows an action fits. What was cancelled on purpose is retried only where the filter is for it. */
const FITS = {
  retry: ({ state, videoid }, filter) =>
    ["failed", "needs_you", "waiting", "queued"].includes(state) && !videoid || state === "cancelled" && filter.state === state,
  cancel: ({ state, waiting }) =>
    ["queued", "hashing", "uploading", "waiting"].includes(state) || state === "needs_you" && Boolean(waiting),
  callback: ({ state, videoid }) =>
    ["published", "in_review", "failed"].includes(state) || state === "needs_you" && Boolean(videoid),
};

/** The actions that fit some upload of those that match a filter. */
export function bulkFor(filter) {
  const { state } = filter;
  const kinds = [{ state }, { state, waiting: true }, { state, videoid: true }];
  return Object.keys(FITS).filter((action) => !state || kinds.some((row) => FITS[action](row, filter)));
}

/** Asks where something ends or happens twice, then carries the action out for `row`, else for all that match `filter`. */
export async function ask(action, row, filter) {
  update({ refusal: null });
  try {
    const request = row ? await askOne(action, row) : await askAll(action, filter);
    if (request) start(action, request.rows, request.options);
  } catch (error) {
    report(error);
  }
}

async function askOne(action, row) {
  const unsure = action === "retry" && row.error === "commit_unknown";
  if (!unsure && ["retry", "resume"].includes(action)) return { rows: [row] };
  const { agreed, chosen } = await confirm({
    title: t(`act.${action}`),
    lines: [row.title || row.file, t(`ask.${action}`)],
    option: unsure && t("ask.new_session"),
    yes: t(`act.${action}`),
    danger: action === "cancel",
  });
  return agreed && { rows: [row], options: { newSession: chosen } };
}

async function askAll(action, filter) {
  const all = await gather(filter);
  const rows = all.filter((row) => FITS[action](row, filter));
  const left = all.length - rows.length;
  const { agreed } = await confirm({
    title: t("ask.bulk", { what: t(`act.${action}`), n: rows.length }),
    lines: [t(action === "retry" ? "ask.open" : `ask.${action}`), left > 0 && t("ask.left", { n: left })],
    yes: rows.length > 0 && t(`act.${action}`),
    danger: action === "cancel",
  });
  return agreed && { rows };
}

async function gather(filter) {
  const rows = new Map();
  let offset = 0, total = 1;
  while (offset < total) {
    const part = await api.uploads(filter, offset, api.MOST);
    if (!part.rows.length) break;
    // The list moves while it is read: the same upload may come twice.
    part.rows.forEach((row) => rows.set(row.upload_id, row));
    offset += part.rows.length;
    total = part.total;
  }
  return [...rows.values()];
}
