// The local clouds of `oss2youku dev`: what is to go wrong.
import * as api from "./api.js";
import { h } from "./dom.js";
import { report } from "./load.js";
import "./more_text.js";
import { say, update } from "./store.js";
import { t } from "./text.js";

let faults = [];

export async function arrive() {
  try {
    faults = await api.get("/console/faults");
  } catch (error) {
    report(error);
  }
  update({});
}

async function turn(fault, on) {
  try {
    faults = await api.send("/console/faults", "POST", { fault, on });
    say(t(on ? "dev.done" : "dev.ended"));
  } catch (error) {
    report(error);
  }
  update({});
}

export function view() {
  const card = ({ fault, lasts, on }) => h("li", { class: `card finding ${on ? "warn" : ""}`, "data-key": fault }, [
    h("h2", {}, on && h("span", { class: "dot" }), t(`fault.${fault}`)),
    h("p", {}, t(`fault.${fault}.what`)),
    h("p", {}, h("button", { "aria-pressed": lasts && String(on), onclick: () => turn(fault, !on) },
      t(lasts ? on ? "dev.end" : "dev.begin" : "dev.now"), h("span", { class: "hidden" }, ` ${t(`fault.${fault}`)}`))),
  ]);
  return h("main", { class: "one", "data-key": "dev" }, [
    h("h1", { tabindex: "-1" }, t("nav.dev")),
    h("p", { class: "note" }, t("dev.hint")),
    h("ul", { class: "findings" }, faults.map(card)),
  ]);
}
