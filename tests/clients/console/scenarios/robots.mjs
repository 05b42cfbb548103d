// Group robots on the health page: what each would be sent, drawn as its chat shows it.
import assert from "node:assert/strict";
import { assertAccessible, assertFits, eventually } from "../check.mjs";

const card = (page) => page.locator("section[aria-labelledby=robots]");
const of = (page, name) => card(page).locator("> section", { has: page.getByRole("heading", { name }) });

async function openHealth(page) {
  await page.goto(new URL("/#/health", page.url()).href);
  await card(page).waitFor();
}

/** Whether this element has a color of its own, rather than that of what it stands in. */
const isColored = (one) => one.evaluate((one) => getComputedStyle(one).color !== getComputedStyle(one.parentElement).color);

/** The settings' robots, in English and Chinese, at 320 pixels, light and dark; then what `hostile` answers instead. */
export async function robots(page, { hostile, titles }, { context }) {
  await openHealth(page);
  await eventually(() => card(page).locator("> section h3").allInnerTexts(), (heads) => assert.deepEqual(heads, [
    "ding DingTalk · English · action_card", "fei Feishu · Chinese · card", "we WeCom · English · markdown",
  ]) ?? true, "three robots");
  await drawn(page);
  await unfold(page);
  await page.getByRole("button", { name: "中文" }).click();
  await eventually(() => card(page).innerText(), (text) => /群机器人/.test(text) && /钉钉 · 英文/.test(text), "in Chinese");
  assert.match(await of(page, "fei").locator(".message").first().innerText(), /需要处理 1，失败 1/);
  assert.equal(await of(page, "fei").locator(".message").first().getAttribute("lang"), "zh");
  assert.match(await of(page, "ding").locator(".message").first().innerText(), /1 needs you, 1 failed/, "a robot keeps its language");
  await looks(page, "robots in Chinese");
  await page.getByRole("button", { name: "EN", exact: true }).click();
  await eventually(() => card(page).innerText(), (text) => /Group robots/.test(text), "in English");
  await looks(page, "robots");

  await context.route("**/console/robots*", (route) => route.fulfill({ json: hostile }));
  await page.reload();
  await eventually(() => card(page).locator("> section").count(), 3, "the others");
  for (const title of titles) {
    const shown = await card(page).locator(".message").evaluateAll((all, title) => all.filter((one) => one.textContent.includes(title)).length, title);
    assert.ok(shown >= 3, `${shown} show ${title}`);
  }
  const tags = await card(page).locator(".message *").evaluateAll((all) => [...new Set(all.map((one) => one.localName))].sort());
  assert.deepEqual(tags, ["p", "span", "strong"], "text stays text");
  assert.equal(await page.evaluate(() => globalThis.hacked), undefined);
  await unfold(page);
  await looks(page, "hostile titles");
}

/** Each as its chat shows it. */
async function drawn(page) {
  const first = (name) => of(page, name).locator(".message").first();
  const ding = first("ding");
  assert.equal(await ding.locator(".heading").innerText(), "oss2youku: 1 needs you, 1 failed, 1 rejected, 1 token expires, 1 published");
  assert.equal(await ding.locator(".item").count(), 5);
  assert.deepEqual(await ding.locator(".item strong").allInnerTexts(), ["Needs you", "Failed", "Rejected", "Token expires", "Published"]);
  assert.deepEqual(await ding.locator(".button").allInnerTexts(), ["Rejected 海边的一天", "Published 海边的一天"]);
  assert.match(await ding.locator(".item .to").last().getAttribute("title"), /^https:\/\/v\.youku\.com\//);
  assert.equal(await card(page).locator("a").count(), 0, "nothing opens");
  const fei = first("fei");
  const [ground, text] = await fei.locator(".card_head").evaluate((head) => [getComputedStyle(head).backgroundColor, getComputedStyle(head).color]);
  assert.ok(ground === "rgb(179, 38, 30)" && text === "rgb(255, 255, 255)", `a red head: ${text} on ${ground}`);
  assert.equal(await fei.locator("p").last().innerText(), "视频", "the keyword");
  const we = first("we");
  assert.deepEqual(await we.locator(".quote .tone").allInnerTexts(), ["Failed", "Ready"]);
  for (const label of await we.locator(".quote .tone").all()) assert.ok(await isColored(label));
}

/** By keyboard alone, the messages about single events are shown. */
async function unfold(page) {
  for (const robot of await card(page).locator("> section").all()) {
    await robot.locator("summary").focus();
    await page.keyboard.press("Enter");
    await robot.locator("details .message").first().waitFor();
  }
}

async function looks(page, where) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await assertAccessible(page, `${where}, ${colorScheme}`);
  }
  const size = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  await assertFits(page, where);
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: "light" });
}

/** Without robots the page says how to add one. */
export async function no_robots(page) {
  await openHealth(page);
  assert.match(await card(page).innerText(), /add \[\[robots\]\] to the settings/);
  await page.getByRole("button", { name: "中文" }).click();
  await eventually(() => card(page).innerText(), (text) => text.includes("请在设置中加入 [[robots]]"), "in Chinese");
}

/** A robot that accepts nothing is the first of what is wrong. */
export async function refusing_robot(page, { name, why }) {
  await openHealth(page);
  const finding = page.locator(".findings .bad").filter({ hasText: `robot ${name}` });
  await finding.waitFor();
  assert.match(await finding.innerText(), new RegExp(why));
}
