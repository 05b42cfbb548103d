// How the page looks and sounds: languages, dark, narrow, by keyboard, to other eyes and ears.
import assert from "node:assert/strict";
import { assertAccessible, assertFits, eventually, query, rows, titles, total } from "../check.mjs";

const CHINESE = /[\u4e00-\u9fff]/;

/** Both languages on every page, kept by a reload; what the process words changes as well. The process says which is the first. */
export async function languages(page, { failed }, { context }) {
  await context.route("**/console/info", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...await response.json(), language: "zh" } });
  });
  await page.reload();
  await page.getByRole("navigation", { name: "状态" }).waitFor();
  await context.unroute("**/console/info");
  await page.reload();
  await page.getByRole("navigation", { name: "States" }).waitFor();
  const states = () => page.locator(".states").innerText();
  assert.doesNotMatch(await states(), CHINESE);
  await page.getByRole("button", { name: "中文" }).click();
  await eventually(states, (text) => /需要处理/.test(text), "the states in Chinese");
  assert.doesNotMatch((await states()).replace(/[\d\s]/g, ""), /[a-z]/i);
  assert.equal(await page.evaluate(() => document.documentElement.lang), "zh-CN");
  await page.reload();
  await eventually(states, (text) => /需要处理/.test(text), "a reload keeps the language");
  await page.goto(new URL(`/#/uploads/${failed}`, page.url()).href);
  await eventually(() => page.locator(".notice").innerText(), (text) => text.startsWith("失败"), "where it stands in Chinese");
  await eventually(() => page.locator(".steps .text").first().innerText(), (text) => CHINESE.test(text), "the steps in Chinese");
  await page.getByRole("button", { name: "EN", exact: true }).click();
  await eventually(() => page.locator(".steps .text").first().innerText(), (text) => !CHINESE.test(text), "the steps in English");
  assert.match(await page.locator(".notice").innerText(), /^failed/);
}

/** Light on dark where the viewer wants that. */
export async function dark(page, { failed }) {
  await rows(page).first().waitFor();
  const [ground, text] = await page.evaluate(() => {
    const light = (color) => color.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 765;
    const { backgroundColor, color } = getComputedStyle(document.body);
    return [light(backgroundColor), light(color)];
  });
  assert.ok(ground < 0.2 && text > 0.8, `${ground} ${text}`);
  await walk(page, failed, assertAccessible);
}
dark.needs = { colorScheme: "dark" };

/** 320 pixels: nothing is wider, and every row says its state and its name. */
export async function narrow(page, { failed }) {
  await rows(page).first().waitFor();
  await walk(page, failed, assertFits);
  assert.match(await rows(page).first().innerText(), /Failed|Published|Uploading/);
}
narrow.needs = { viewport: { width: 320, height: 640 } };

/** axe-core finds nothing serious on any page, nor in a dialog. */
export async function accessible(page, { failed }) {
  await rows(page).first().waitFor();
  await walk(page, failed, assertAccessible);
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await assertAccessible(page, "the help");
}

/** Looks at every page. */
async function walk(page, failed, look) {
  await look(page, "the list");
  await page.goto(new URL(`/#/uploads/${failed}`, page.url()).href);
  await page.locator(".steps").waitFor();
  await page.locator("details.raw summary").click();
  await look(page, "an upload");
  await page.goto(new URL("/#/health", page.url()).href);
  await page.locator(".finding").first().waitFor();
  await look(page, "health");
  await page.goto(new URL("/#/", page.url()).href);
  await rows(page).first().waitFor();
}

/** Without a mouse: search, choose, open, go back, health, help. */
export async function keyboard(page, { all, text }) {
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");
  await eventually(() => total(page), all, "the list");
  const names = await titles(page);
  await press("j");
  await eventually(focused, names[0], "the first row");
  await press("j", "ArrowDown", "k");
  await eventually(focused, names[1], "the second row");
  await press("Enter");
  await eventually(focused, names[1], "the upload's heading");
  assert.equal(await page.evaluate(() => document.activeElement.localName), "h1");
  await press("Tab");
  await press("Escape");
  await eventually(focused, names[1], "the row again");
  await press("/");
  await page.keyboard.type(text);
  await eventually(() => total(page), 1, "what was searched");
  await press("ArrowDown");
  await eventually(focused, (name) => name.includes(text), "its row");
  await press("c");
  await page.locator("main.new form.fields").waitFor();
  await press("h");
  await page.locator(".finding").first().waitFor();
  await press("u");
  await eventually(() => query(page).text, text, "the list with its filter");
  await press("?");
  await page.getByRole("dialog").waitFor();
  await press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal(query(page).text, text);
  await press("/");
  await page.keyboard.press("Control+a");
  await press("Delete");
  await eventually(() => total(page), all, "all again");
  await press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement.id), "");
}
