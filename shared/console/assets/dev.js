// The local clouds of `oss2youku dev`: what is to go wrong.
import * as api from "./api.js";
import { h } from "./dom.js";
import { report } from "./load.js";
import "./more_text.js";
import { say, update } from "./store.js";
import { current, t } from "./text.js";

let faults = [];
const address = () => `/console/faults?lang=${current()}`;

async function take(answer, said = "") {
  try {
    faults = await answer;
    say(said);
  } catch (error) {
    report(error);
  }
  update({});
}

export const arrive = () => take(api.get(address()));

const turn = (fault, on) => take(api.send(address(), "POST", { fault, on }), t(on ? "dev.done" : "dev.ended"));

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
