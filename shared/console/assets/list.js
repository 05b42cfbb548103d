// The list: states with their counts, the filter, the rows, and the way through the pages.
import { ask, bulkFor } from "./actions.js";
import { h } from "./dom.js";
import { clock, day, number } from "./format.js";
import { PAGE } from "./load.js";
import { go, isFiltered, link, listAddress } from "./route.js";
import { rows } from "./rows.js";
import { state } from "./store.js";
import { t, word } from "./text.js";

/** The left column: what needs a person first, then what moves, then what has ended. */
const STATES = [["needs_you"], ["queued", "hashing", "uploading", "waiting", "in_review"], ["published", "cancelled"]];

export function listView() {
  const { list, route } = state;
  return h("main", { class: "list", "data-key": "list" }, [
    h("h1", { class: "hidden" }, t("nav.uploads")),
    statesNav(list, route),
    h("div", {}, [
      filterBar(list, route),
      list ? [summary(list, route), list.rows.length ? rows(list.rows) : empty(route), pager(list, route)]
        : h("p", { class: "empty" }, t("live.connecting")),
    ]),
  ]);
}

export const countOf = (counts, name) => (counts[name] ?? 0) + (name === "needs_you" ? counts.failed ?? 0 : 0);

function statesNav(list, { filter }) {
  const counts = list?.counts ?? {};
  const all = Object.values(counts).reduce((sum, n) => sum + n, 0);
  const entry = (name, key, n) => {
    const chosen = filter.state === name;
    const props = { class: `state ${key}${n || chosen ? "" : " none"}`, "aria-current": chosen && "true" };
    const figure = h("span", { class: "figure" }, list ? number(n) : "");
    const label = [h("span", { class: "dot" }), h("span", {}, t(`state.${key}`)), figure];
    return h("li", {}, link(listAddress({ ...filter, state: name }), props, label));
  };
  return h("nav", { class: "states", "aria-label": t("states") }, [
    STATES.map((group, at) => h("ul", {}, [
      group.map((name) => entry(name, name, countOf(counts, name))),
      at === 0 && entry("", "all", all),
    ])),
  ]);
}

function choice(name, label, any, values, filter, shown = (value) => value) {
  // The chosen value stays in the list when no upload has it any more.
  const all = [...new Set([...values, ...(filter[name] ? [filter[name]] : [])])].sort();
  const onchange = ({ target }) => go(listAddress({ ...filter, [name]: target.value }));
  return h("select", { "aria-label": label, value: filter[name], onchange, class: filter[name] ? "set" : "" }, [
    h("option", { value: "" }, any),
    all.map((value) => h("option", { value }, shown(value))),
  ]);
}

function filterBar(list, { filter }) {
  const oninput = ({ target }) => go(listAddress({ ...state.route.filter, text: target.value }), { replace: true });
  return h("form", { class: "filter", role: "search", onsubmit: (event) => event.preventDefault() }, [
    h("input", {
      type: "search", id: "search", value: filter.text, oninput,
      placeholder: t("list.search"), "aria-label": t("list.search"), "aria-keyshortcuts": "/",
    }),
    choice("account", t("col.account"), t("list.any_account"), list?.accounts ?? [], filter),
    choice("error", t("list.error"), t("list.any_error"), list?.errors ?? [], filter, (code) => word("why", code)),
    isFiltered(filter) && link(listAddress({}), {}, t("list.clear")),
  ]);
}

/** How many match, as of when, how far back; and what can be done for all of them. */
function summary(list, { filter }) {
  const bulk = isFiltered(filter) && list.total > 0 && bulkFor(filter);
  return h("div", { class: "summary" }, [
    h("p", {}, [
      h("strong", {}, t("list.total", { n: list.total })),
      list.as_of && h("span", {}, t("list.as_of", { time: clock(list.as_of) })),
      list.since && h("span", {}, t("list.since", { day: day(list.since) })),
      !list.complete && h("span", {}, t("list.reading")),
    ]),
    bulk && h("p", { class: "bulk" }, [
      h("span", {}, t("list.bulk", { n: list.total })),
      bulk.map((action) => h("button", { onclick: () => ask(action, null, filter) }, t(`act.${action}`))),
    ]),
  ]);
}

function pager({ total }, { filter, page }) {
  const last = Math.ceil(total / PAGE);
  if (last < 2) return null;
  const step = (to, key, rel, sign) => to >= 1 && to <= last
    && link(listAddress(filter, to), { class: "button", rel, "aria-label": t(key), title: t(key) }, sign);
  const range = { first: (page - 1) * PAGE + 1, last: Math.min(total, page * PAGE), total };
  return h("nav", { class: "pager", "aria-label": t("nav") }, [
    step(page - 1, "list.previous", "prev", "‹"), h("span", {}, t("list.range", range)), step(page + 1, "list.next", "next", "›"),
  ]);
}

function empty({ filter }) {
  const calm = filter.state === "needs_you" && !filter.account && !filter.error && !filter.text;
  return h("p", { class: "empty" }, t(calm ? "list.calm" : isFiltered(filter) ? "list.no_match" : "list.none"));
}
