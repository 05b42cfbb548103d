// The page: what is drawn for an address, and what keeps it up to date.
import { h, show } from "./dom.js";
import { jobsView } from "./jobs.js";
import { listen } from "./keys.js";
import { countOf, listView } from "./list.js";
import { keepUp } from "./live.js";
import { greet, load, report } from "./load.js";
import { go, link, listAddress, read, watch } from "./route.js";
import { onDraw, state, update } from "./store.js";
import { choose, current, t } from "./text.js";
import { uploadView } from "./upload.js";

const VIEWS = { list: listView, upload: uploadView };
/** Views that are loaded when they are opened; each has `view()` and `arrive()`. */
const LATER = { new: () => import("./new.js"), health: () => import("./health.js"), dev: () => import("./dev.js") };
/** How long typing rests before the list is asked. */
const REST = 150;
const AGES = 10000;

const root = h("div");
document.body.append(root);

function pageHeader({ route, info, link: connection }) {
  const tab = (view, address) => {
    const here = route.view === view || (view === "uploads" && route.view in VIEWS && !(route.view in LATER));
    return link(address, { "aria-current": here && "page" }, t(`nav.${view}`));
  };
  const language = (name, label, lang) => {
    const onclick = () => speak(name);
    return h("button", { lang, "aria-pressed": String(current() === name), onclick }, label);
  };
  return h("header", { class: "top", "data-key": "top" }, [
    link(listAddress({}), { class: "name" }, "oss2youku"),
    h("nav", { "aria-label": t("nav") }, tab("uploads", listAddress(route.filter, route.page)), tab("new", "#/new"), tab("health", "#/health"), info?.dev && tab("dev", "#/dev")),
    h("span", { class: "place", title: info?.ledger.place }, info?.ledger.place),
    h("span", { class: `link ${connection}` }, [
      h("span", { class: "hidden" }, t(`live.${connection}`)), h("div", { class: "dot" }),
    ]),
    h("div", { class: "languages", role: "group", "aria-label": t("language") }, [
      language("en", "EN", "en"), language("zh", "中文", "zh-CN"),
    ]),
  ]);
}

function banner({ link: connection, trouble, refusal, list, route }) {
  const known = route.view === "list" && list?.trouble;
  const bad = trouble ?? (known && [known.msg, known.advice].filter(Boolean).join(" · "));
  const text = ["lost", "refused"].includes(connection) ? t(`live.${connection}`) : refusal ?? (bad && t("live.trouble", { message: bad }));
  return text && h("p", { class: "banner", role: "alert", "data-key": "banner" }, text);
}

function draw() {
  const waiting = countOf(state.list?.counts ?? {}, "needs_you");
  show(root, h("div", {}, pageHeader(state), banner(state), (VIEWS[state.route.view] ?? opening)(), jobsView()));
  const page = state.route.view === "list" ? "" : `${root.querySelector("h1").textContent} · `;
  document.title = `${waiting ? `(${waiting}) ` : ""}${page}${t("title")}`;
}

const opening = () => h("main", { class: "one" }, h("h1", { tabindex: "-1" }, t(`nav.${state.route.view}`)));

/** Loads a view where that is to be done; the browser keeps it. */
async function open(name) {
  const { view, arrive } = await LATER[name]();
  VIEWS[name] ??= view;
  update({});
  // The heading that had the focus gave way to the view's own.
  queueMicrotask(() => document.activeElement === document.body && settle(false, state.route));
  return arrive();
}

/** Says everything in another language; what the process words is asked for again. */
function speak(name) {
  choose(name);
  update({});
  arrive();
}

function arrive() {
  load({ urgent: true });
  if (state.route.view in LATER) open(state.route.view).catch(report);
}

/** Where the list was scrolled to, and which upload was opened from it. */
let left = { scroll: 0 };
let typing = 0;

function follow() {
  const before = state.route;
  const route = read();
  if (before.view === "list") left = { scroll: scrollY };
  if (route.view === "upload") left.id = route.id;
  update({ route, refusal: null });
  clearTimeout(typing);
  const within = before.view === "list" && route.view === "list";
  if (within && before.filter.text !== route.filter.text) typing = setTimeout(arrive, REST);
  else arrive();
  // After what `update` draws.
  queueMicrotask(() => settle(within, route));
}

/** Scroll and focus follow a person to another page, and back to where the list was left. */
function settle(within, { view }) {
  if (within) return scrollTo(0, 0);
  scrollTo(0, view === "list" ? left.scroll : 0);
  const back = view === "list" && left.id && document.querySelector(`tr[data-key="${CSS.escape(left.id)}"] a`);
  (back || document.querySelector("h1"))?.focus({ preventScroll: true });
}

/** Whether a change of these uploads shows on this page. */
const shows = (ids) => state.route.view !== "upload" || !ids || ids.includes(state.route.id);

// Where the process does not answer, the page says so as soon as it is drawn.
await greet(AbortSignal.timeout(5000)).catch(() => {});
watch(follow);
onDraw(draw);
state.route = read();
// Drawn when there is something to show, so that nothing moves under a person's hand; soon in any case.
setTimeout(update, 1000, {});
listen();
keepUp(({ ids }) => shows(ids) && (load(), true), () => state.link === "lost");
arrive();
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
  event.preventDefault();
  const { files } = event.dataTransfer;
  if (!files.length || !state.info) return;
  go("#/new");
  if (state.info.can.files) LATER.new().then(({ take }) => take(files), report);
});
setInterval(() => document.hidden || update({}), AGES);
