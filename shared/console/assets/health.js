// Health: what `doctor` finds, each with its way out, and where the ledger is.
import * as api from "./api.js";
import { h } from "./dom.js";
import { fact, wide } from "./facts.js";
import { say, state, update } from "./store.js";
import { current, t, word } from "./text.js";

/** Runs the checks, unless they run or their findings are there in the language in use. */
export async function check({ again = false } = {}) {
  const { health } = state;
  if (!state.info?.can.doctor || (health && health.language === current() && !again)) return;
  const mine = { language: current(), running: true, findings: health?.findings };
  update({ health: mine });
  say(t("health.checking"));
  let result;
  try {
    result = await api.doctor();
  } catch (error) {
    result = { failure: error.message || error.code };
  }
  if (state.health !== mine) return;
  update({ health: { language: mine.language, ...result } });
  say(verdict(state.health));
}

function verdict({ running, failure, findings }) {
  if (running) return t("health.checking");
  if (failure) return `${t("state.failed")}: ${failure}`;
  const bad = findings.filter(({ ok }) => !ok).length;
  return bad ? t("health.problems", { n: bad }) : t("health.well");
}

export function healthView() {
  const { health, info } = state;
  return h("main", { class: "one", "data-key": "health" }, [
    h("header", { class: "head" }, [
      h("h1", { tabindex: "-1" }, t("nav.health")),
      info?.can.doctor && h("button", { disabled: Boolean(health?.running), onclick: () => check({ again: true }) }, t("health.again")),
    ]),
    info && place(info),
    health ? [
      h("p", { class: `verdict ${health.running ? "" : health.all_well ? "good" : "bad"}` }, verdict(health)),
      h("ul", { class: "findings" }, sorted(health.findings ?? []).map(finding)),
    ] : info && !info.can.doctor && h("p", { class: "empty" }, t("health.none")),
  ]);
}

function place({ ledger, accounts, version }) {
  return h("section", { class: "card", "aria-label": t("health.ledger") }, h("dl", {}, [
    wide("health.ledger", word("ledger", ledger.kind), " ", h("code", {}, ledger.place)),
    accounts.length > 0 && fact("col.account", accounts.join(", ")),
    fact("health.version", version),
  ]));
}

function finding({ check: name, tried, ok, result, advice }) {
  const kind = ok ? (advice ? "warn" : "ok") : "bad";
  return h("li", { class: `card finding ${kind}` }, [
    h("h2", {}, h("span", { class: "dot" }), name, h("span", { class: "note" }, t(kind === "bad" ? "state.failed" : `health.${kind}`))),
    h("p", {}, result),
    advice && h("p", { class: "advice" }, h("strong", {}, t("upload.way_out")), " ", advice),
    h("p", { class: "note" }, tried),
  ]);
}

const rank = ({ ok, advice }) => (ok ? (advice ? 1 : 2) : 0);
const sorted = (findings) => [...findings].sort((one, other) => rank(one) - rank(other));
