// Golden pictures of the page: made-up answers at a made-up time, in fonts that the tests install, so that they are the same everywhere.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { findDifference, keep } from "../golden.mjs";

const read = (name) => JSON.parse(fs.readFileSync(new URL(`../${name}.json`, import.meta.url)));
const { now, info, list } = read("picture");
const { published, failed, ...made } = read("goldens");
const FILM = fileURLToPath(new URL("../../../../functions/cli/assets/demo.mp4", import.meta.url));

const upload = ({ row }) => `/#/uploads/${row.upload_id}`;
const WIDE = { width: 1000, height: 600 };
const NARROW = { width: 320, height: 640 };
/** Views that show several answers are ready when they have all of them. */
const FORM = "main:has(.files li):has(.bucket select):has(#form-category option + option)";
const HEALTH = "main:has([data-key=sweep]):has(.verdict.bad):has(.message)";

/**
 * Each picture, by its view, language and looks: the address; the window; `ready`, what is there in the end; `whole`: also what is below the
 * window; `act`: what a person does first; `from`: the element that is scrolled to; `mask`: what the browser draws in its own way.
 */
const PICTURES = {
  "guide.en-light": { size: { width: 1280, height: 800 }, ready: "table.rows" },
  "list.zh-light": { size: { width: 1200, height: 600 }, ready: "table.rows" },
  "list.en-dark": { ready: "table.rows" },
  "list.zh-narrow": { size: NARROW, ready: "table.rows" },
  "published.en-light": { address: upload(published), ready: ".steps", whole: true },
  "failed.zh-dark": { address: upload(failed), ready: ".steps", whole: true },
  "failed.zh-narrow": { address: upload(failed), size: NARROW, ready: ".steps", whole: true },
  "new.en-light": { address: "/#/new", ready: FORM, whole: true, act: fill },
  "new.zh-narrow": { address: "/#/new", size: NARROW, ready: FORM, whole: true },
  "health.en-light": { address: "/#/health", size: { width: 1000, height: 1130 }, ready: HEALTH },
  "health.en-narrow": { address: "/#/health", size: NARROW, ready: HEALTH, from: "[data-key=we]" },
  "faults.zh-light": { address: "/#/dev", dev: true, ready: "main li" },
  "player.en-dark": { address: upload(published), dev: true, ready: "video", act: load, from: "video", mask: "video" },
};

/** Fonts by name, since machines have different ones of their own; no weight that only some of them have; and no handle, which releases of the browser draw differently. */
const SHEET = `
  * { font-family: "DejaVu Sans", "Noto Sans CJK SC" !important; }
  code, pre, kbd { font-family: "DejaVu Sans Mono", "Noto Sans Mono CJK SC" !important; }
  th { font-weight: 400 !important; }
  textarea { resize: none !important; }`;

/** A title, and a tag that is too short. */
async function fill(page) {
  await page.locator("#form-title").fill("Spring concert");
  await page.locator("#form-tags").fill("music, x");
}

/** The film's size is known, and with it the player's. */
async function load(page) {
  await page.waitForFunction(() => document.querySelector("video").readyState > 0);
}

/** Answers as a console would that has these uploads. Limits and robots are the process's own. */
async function answer(context, { language, dev }) {
  const answers = {
    info: { ...info, language, dev, can: { files: true, plan: true, faults: dev, doctor: true } },
    uploads: list, [`uploads/${published.row.upload_id}`]: published, [`uploads/${failed.row.upload_id}`]: failed,
    keys: made.rules, files: made.files, health: made.health, doctor: made.doctor, faults: made.faults,
  };
  await context.unrouteAll();
  await context.route(({ pathname }) => pathname.replace("/console/", "") in answers, (route) => {
    const { pathname } = new URL(route.request().url());
    return route.fulfill({ json: answers[pathname.replace("/console/", "")] });
  });
  await context.route("**/console/videos/*", (route) => route.fulfill({ path: FILM, contentType: "video/mp4" }));
}

async function restyle(page, ...sheets) {
  await page.evaluate((sheets) => {
    document.adoptedStyleSheets = sheets.map((text) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
      return sheet;
    });
  }, sheets);
}

/** Opens what a picture shows. */
async function show(page, { context, home }, name) {
  const { address = "/", size = WIDE, dev = false, ready, act, from } = PICTURES[name];
  const [, language, looks] = name.split(/[.-]/);
  // The page before it must not ask what only the one after it is answered.
  await page.goto("about:blank");
  await answer(context, { language, dev });
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: looks === "dark" ? "dark" : "light", reducedMotion: "reduce" });
  await page.goto(home + address);
  await page.locator(ready).first().waitFor();
  await page.locator(".link.live").waitFor();
  await act?.(page);
  await restyle(page, SHEET);
  await page.evaluate(async (from) => {
    await document.fonts.ready;
    scrollTo(0, from ? document.querySelector(from).getBoundingClientRect().top - 60 : 0);
  }, from);
}

function take(page, name) {
  const { whole = false, mask } = PICTURES[name];
  return page.screenshot({ fullPage: whole, mask: mask ? [page.locator(mask)] : [], maskColor: "#808080" });
}

/** Writes the new picture, and what differs, where somebody can look at them; says where. */
function write(folder, name, pictures) {
  const files = Object.entries(pictures).map(([kind, png]) => [path.join(folder, `${name}.${kind}.png`), png]);
  for (const [file, png] of files) fs.writeFileSync(file, png);
  return files.map(([file]) => file).join(", ");
}

/**
 * Compares each picture with its golden file in `folder`, and the one of the READMEs with `guide`; `update` writes them anew. Those that
 * differ are written to `failures`.
 */
export async function goldens(page, { folder, guide, failures, update }, browser) {
  const wrong = [];
  for (const name of Object.keys(PICTURES)) {
    await show(page, browser, name);
    const fresh = await take(page, name);
    const golden = name === "guide.en-light" ? guide : path.join(folder, `${name}.png`);
    if (update) keep(golden, fresh);
    const found = findDifference(fresh, fs.readFileSync(golden));
    if (found) wrong.push(`${name}: ${found.why}: see ${write(failures, name, { new: fresh, difference: found.drawn })}`);
  }
  assert.deepEqual(wrong, [], "UPDATE_GOLDEN=1 writes them anew");
  const names = Object.keys(PICTURES).filter((name) => !name.startsWith("guide"));
  assert.deepEqual(fs.readdirSync(folder).sort(), names.map((name) => `${name}.png`).sort(), "a file for each picture");
}
goldens.needs = { now: new Date(now) };

/** What another release of the browser may do: letters that are a little bolder. */
const SAME = ["* { -webkit-text-stroke: .1px; }", "* { text-rendering: optimizeSpeed; }"];

/** What must not be overlooked, however small: missing, moved, of another color, of another weight. */
const OTHER = [
  ".actions button:last-child { visibility: hidden; }",
  ".actions button { translate: 1px 0; }",
  ".link .dot { visibility: hidden; }",
  ".badge .dot { background: var(--amber); }",
  ".steps li + li { border-color: #0000; }",
  ".card { background: var(--hover); }",
  ".copy { border-color: var(--edge); }",
  ".card h2 { font-weight: 400; }",
  ".note { color: var(--text); }",
  "dt { translate: 1px 0; }",
];

/** The comparison takes the same page for the same in another rasterizer, and refuses each small change of it. */
export async function golden_refuses(page, { folder }, browser) {
  const name = "failed.zh-dark";
  const golden = fs.readFileSync(path.join(folder, `${name}.png`));
  await show(page, browser, name);
  const refused = [];
  for (const change of [...SAME, ...OTHER]) {
    await restyle(page, SHEET, change.replaceAll(";", " !important;"));
    if (findDifference(await take(page, name), golden)) refused.push(change);
  }
  assert.deepEqual(refused, OTHER);
}
golden_refuses.needs = { now: new Date(now) };
