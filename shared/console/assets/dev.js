// The local clouds of `oss2youku dev`: what is to go wrong.
import * as api from "./api.js";
import { h } from "./dom.js";
import { report } from "./load.js";
import "./more_text.js";
import { say, update } from "./store.js";
import { current, t } from "./text.js";

let faults = [];
const address = () => `/console/faults?lang=${current()}`;

export async function arrive() {
  try {
    faults = await api.get(address());
  } catch (error) {
    report(error);
  }
  update({});
}

async function turn(fault, on) {
  try {
    faults = await api.send(address(), "POST", { fault, on });
    say(t(on ? "dev.done" : "dev.ended"));
  } catch (error) {
    report(error);
  }
  update({});
}

export function view() {
  const card = ({ fault, name, what, lasts, on }) => h("li", { class: `card finding ${on ? "warn" : ""}`, "data-key": fault }, [
    h("h2", {}, on && h("span", { class: "dot" }), name),
    h("p", {}, what),
    h("p", {}, h("button", { "aria-pressed": lasts && String(on), onclick: () => turn(fault, !on) },
      t(lasts ? on ? "dev.end" : "dev.begin" : "dev.now"), h("span", { class: "hidden" }, ` ${name}`))),
  ]);
  return h("main", { class: "one", "data-key": "dev" }, [
    h("h1", { tabindex: "-1" }, t("nav.dev")),
    h("p", { class: "note" }, t("dev.hint")),
    h("ul", { class: "findings" }, faults.map(card)),
  ]);
}
