// Health: what `doctor` finds, each with its way out, and where the ledger is.
import * as api from "./api.js";
import { h } from "./dom.js";
import { fact, wide } from "./facts.js";
import "./more_text.js";
import { ago, moment } from "./format.js";
import { robotsCard } from "./robots.js";
import { say, state, update } from "./store.js";
import { current, t, word } from "./text.js";

/** What the process answers, or why it does not. */
const read = (name) => api.get(`/console/${name}?lang=${current()}`)
  .catch(({ status, message, code }) => ({ failure: status ? message || code : t("live.lost") }));

/** Runs the checks, unless they run or their findings are there in the language in use. */
export async function arrive({ again = false } = {}) {
  const { health } = state;
  if (!state.info?.can.doctor) return;
  ["health", "robots"].forEach(readPart);
  if (health && health.language === current() && !again) return;
  const mine = { language: current(), running: true, findings: health?.findings };
  update({ health: mine });
  say(t("health.checking"));
  const result = await read("doctor");
  if (state.health !== mine) return;
  update({ health: { language: mine.language, ...result } });
  say(verdict(state.health));
}

/** What was read of tokens and sweeps, and of the robots: each shows by itself. */
const parts = {};

async function readPart(name) {
  parts[name] = await read(name);
  update({});
}

function part(name, title, draw) {
  const one = parts[name];
  if (one?.failure) return h("ul", {}, finding({ check: t(title), result: one.failure }));
  return one && draw(one);
}

function verdict({ running, failure, findings }) {
  if (running) return t("health.checking");
  if (failure) return `${t("state.failed")}: ${failure}`;
  const bad = findings.filter(({ ok }) => !ok).length;
  return bad ? t("health.problems", { n: bad }) : t("health.well");
}

export function view() {
  const { health, info } = state;
  return h("main", { class: "one", "data-key": "health" }, [
    h("header", { class: "head" }, [
      h("h1", { tabindex: "-1" }, t("nav.health")),
      info?.can.doctor && h("button", { disabled: Boolean(health?.running), onclick: () => arrive({ again: true }) }, t("health.again")),
    ]),
    info && place(info),
    part("health", "health.standing", (standing) => [standing.tokens.map(token), sweep(standing)]),
    health ? [
      h("p", { class: `verdict ${health.running ? "" : health.all_well ? "good" : "bad"}` }, verdict(health)),
      h("ul", { class: "findings" }, sorted(health.findings ?? []).map(finding)),
    ] : info && !info.can.doctor && h("p", { class: "empty" }, t("health.none")),
    part("robots", "robot.title", ({ robots }) => robotsCard(robots)),
  ]);
}

function place({ ledger, accounts, version }) {
  return h("section", { class: "card", "aria-label": t("health.ledger") }, h("dl", {}, [
    wide("health.ledger", word("ledger", ledger.kind), " ", h("code", {}, ledger.place)),
    accounts.length > 0 && fact("col.account", accounts.join(", ")),
    fact("health.version", version),
  ]));
}

const DAY = 86400000;

/** Less than a week is worth a look: it is renewed when a quarter of its life is left. */
function token({ account, state: name, until, trouble }) {
  const left = until ? new Date(until) - Date.now() : null;
  const bad = trouble || name === "reauthorize" || (left !== null && left < 0);
  const kind = bad ? "bad" : left !== null && left < 7 * DAY ? "warn" : "ok";
  return h("section", { class: `card finding ${kind}`, "data-key": `token-${account}` }, [
    h("h2", {}, h("span", { class: "dot" }), t("health.token", { account }),
      left !== null && h("span", { class: "note" }, t("health.days", { n: Math.max(0, Math.floor(left / DAY)) }))),
    h("p", {}, trouble ?? word("token", name)),
    until && h("p", { class: "note" }, t("health.until", { time: moment(until) })),
  ]);
}

function sweep({ last_sweep: last, sweep_enabled: enabled }) {
  return h("section", { class: `card finding ${last ? "ok" : "warn"}`, "data-key": "sweep" }, [
    h("h2", {}, h("span", { class: "dot" }), t("health.sweep")),
    h("p", {}, last ? ago(last) : t("health.no_sweep")),
    !enabled && h("p", { class: "note" }, t("health.sweep_off")),
  ]);
}

function finding({ check: name, tried, ok, result, advice }) {
  const kind = ok ? (advice ? "warn" : "ok") : "bad";
  return h("li", { class: `card finding ${kind}` }, [
    h("h2", {}, h("span", { class: "dot" }), name, h("span", { class: "note" }, t(kind === "bad" ? "state.failed" : `health.${kind}`))),
    h("p", {}, result),
    advice && h("p", {}, h("strong", {}, t("upload.way_out")), " ", advice),
    tried && h("p", { class: "note" }, tried),
  ]);
}

const rank = ({ ok, advice }) => (ok ? (advice ? 1 : 2) : 0);
const sorted = (findings) => [...findings].sort((one, other) => rank(one) - rank(other));
