// From object to video: the phases of an upload with their durations, and every step of the ledger.
import { h } from "./dom.js";
import { bytes, clock, duration, moment, percent, share } from "./format.js";
import { t, word } from "./text.js";

const ORDER = ["prepare", "transfer", "commit", "video"];
/** The step that ends a phase. */
const ENDS = { prepare: "created", transfer: "transferred", commit: "committed" };

/** When each phase began and ended. What was begun anew is counted from there. */
function phases({ row, steps }) {
  const begun = steps.findLast(({ step }) => step === "reopened") ?? steps[0];
  const marks = { prepare: begun?.at };
  ORDER.slice(0, -1).forEach((name, at) => {
    const end = steps.findLast(({ step }) => step === ENDS[name]);
    // A step of the session before counts for nothing once another has begun.
    if (end && (!marks[name] || end.at >= marks[name])) marks[ORDER[at + 1]] = end.at;
  });
  const reached = ORDER.findLastIndex((name) => marks[name]);
  return ORDER.map((name, at) => {
    const next = marks[ORDER[at + 1]];
    const from = marks[name];
    return { name, state: phaseState(row, at, reached), took: from && next ? new Date(next) - new Date(from) : null };
  });
}

function phaseState({ state, videoid }, at, reached) {
  if (at < reached) return "done";
  if (at > Math.max(0, reached)) return "todo";
  if (state === "published" || (state === "needs_you" && videoid)) return "done";
  if (["failed", "cancelled", "needs_you"].includes(state)) return "stopped";
  return ["waiting", "queued"].includes(state) ? "waiting" : "now";
}

export function rail(data) {
  const { row, steps } = data;
  const attempts = new Set(steps.map(({ epoch }) => epoch)).size;
  const note = ({ name, state, took }) => {
    if (took !== null) return duration(took);
    if (name === "transfer" && state === "now" && share(row) !== null) return percent(row);
    if (name === "video" && row.state === "in_review") return t("state.in_review");
    return word(state === "waiting" ? "state" : "phase", state);
  };
  const phase = (name, state, text) => h("li", { class: state }, [
    h("span", { class: "dot" }), h("strong", {}, t(`phase.${name}`)), h("span", { class: "note" }, text),
  ]);
  return h("section", { class: "card", "aria-labelledby": "rail" }, [
    h("h2", { id: "rail" }, t("upload.timeline"), attempts > 1 && h("span", { class: "note" }, t("upload.attempts", { n: attempts }))),
    h("ol", { class: "rail" }, [
      phase("object", "done", row.size === undefined ? t("phase.done") : bytes(row.size)),
      phases(data).map((one) => phase(one.name, one.state, note(one))),
    ]),
  ]);
}

export function stepList({ steps }) {
  const item = ({ step, at, epoch, explanation }, index) => {
    const before = steps[index - 1];
    return h("li", { class: step, "data-key": `step-${index}` }, [
      h("time", { datetime: at, title: moment(at) }, before ? clock(at) : moment(at)),
      h("span", { class: "after" }, before ? `+${duration(new Date(at) - new Date(before.at))}` : ""),
      h("code", {}, step),
      h("span", { class: "text" }, explanation),
      h("span", { class: "note" }, t("upload.epoch", { n: epoch })),
    ]);
  };
  return h("section", { class: "card", "aria-labelledby": "steps" }, [
    h("h2", { id: "steps" }, t("upload.steps")),
    h("ol", { class: "steps" }, steps.map(item)),
  ]);
}
