// What the page knows, and when it is drawn anew.
import { h } from "./dom.js";

export const state = {
  route: null,
  info: null,
  /** What `/console/uploads` answered for the page that is shown. */
  list: null,
  /** `{ id, data }`, or `{ id, missing: true }`. */
  upload: null,
  /** `{ running, findings, all_well, failure }`. */
  health: null,
  /** `connecting`, `live`, `lost` or `refused`. */
  link: "connecting",
  /** What the process answered instead of a list. */
  trouble: null,
  /** What it answered to something that a person did on this page. */
  refusal: null,
  /** Actions that run or ran, the newest first. */
  jobs: [],
};

let draw = () => {};
let due = false;

export const onDraw = (to) => (draw = to);

/** Changes what the page knows, and draws it once for all changes of a moment. */
export function update(change) {
  Object.assign(state, change);
  if (due) return;
  due = true;
  queueMicrotask(() => {
    due = false;
    draw();
  });
}

const voice = h("div", { class: "hidden", role: "status", "aria-live": "polite" });
document.body.append(voice);

/** Tells screen readers, when they have finished what they say. */
export const say = (text) => (voice.textContent = text);
