// New uploads: files that are dropped, objects that are chosen, the form, the dry run.
import assert from "node:assert/strict";
import fs from "node:fs";
import { assertAccessible, assertFits, eventually } from "../check.mjs";

const CHINESE = /[\u4e00-\u9fff]/;

async function openNew(page) {
  await page.goto(new URL("/#/new", page.url()).href);
  await page.locator("main.new form.fields").waitFor();
  await page.locator("#form-category option").nth(1).waitFor({ state: "attached" });
}

const button = (page, name) => page.getByRole("button", { name });

/** A file is dropped onto the list: the page opens the form, and after a dry run uploads it. */
export async function drop(page, { path, name, title }) {
  await page.locator("main.list").waitFor();
  const bytes = fs.readFileSync(path).toString("base64");
  const transfer = await page.evaluateHandle(([encoded, name]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(encoded), (one) => one.charCodeAt(0))], name, { lastModified: 5 }));
    return transfer;
  }, [bytes, name]);
  await page.dispatchEvent("main", "dragover", { dataTransfer: transfer });
  await page.dispatchEvent("main", "drop", { dataTransfer: transfer });
  await page.locator("main.new .files li").getByText("complete").waitFor();
  await page.locator("#form-title").fill(title);
  await page.locator("#form-tags").fill("spring，家庭");
  await page.locator("#form-description").fill("By the sea.\nIn May.");
  await page.locator("#form-category").selectOption("Tech");
  await page.locator("#form-public_type").selectOption("password");
  assert.ok(await button(page, "Dry run").isDisabled(), "a password is missing");
  await page.locator("#form-watch_password").fill("seaside");
  assert.ok(await button(page, "Upload 1 video").isDisabled(), "the dry run comes first");
  await button(page, "Dry run").click();
  const plan = page.locator(".findings li.ok");
  await plan.waitFor();
  const text = await plan.innerText();
  for (const part of [title, "spring, 家庭", "Tech", "password"]) assert.ok(text.includes(part), text);
  assert.ok(!text.includes("seaside"), "the password is not shown");
  await button(page, "Upload 1 video").click();
  // What was begun goes on, whatever becomes of the page.
  await page.reload();
  await page.locator("main.new .files li.published, main.new .files li").getByText("Published").waitFor();
  await page.locator(".files li a").click();
  await page.locator("main .badge.published, main .badge.in_review").waitFor();
  assert.equal(await page.locator("h1").innerText(), title);
}

/** A page that is closed while a file is sent: choosing the same file again goes on where it ended. `half`: bytes that are there. */
export async function resume(page, { path, name, half }) {
  await openNew(page);
  await page.locator(".files li").getByText("choose the same file again").waitFor();
  const requests = [];
  page.on("request", (request) => request.method() === "PUT" && requests.push(request.url()));
  const { buffer } = { buffer: fs.readFileSync(path) };
  await page.locator("input[type=file]").setInputFiles([]);
  // The browser states the time of the file's last change: the test has set it.
  await page.locator("input[type=file]").setInputFiles(path);
  await page.locator(".files li").getByText("complete").waitFor();
  assert.equal(await page.locator(".files li").count(), 1, `${name} is there once`);
  assert.ok(requests.length === 1 && requests[0].endsWith(`offset=${half}`), `${requests} ${buffer.length}`);
}

/** What the spool cannot hold is refused with its reason, and nothing is sent. */
export async function full(page, { path }) {
  await openNew(page);
  await page.locator("input[type=file]").setInputFiles(path);
  const refused = page.getByRole("alert").filter({ hasText: "--spool-limit" });
  await refused.waitFor();
  assert.equal(await page.locator(".files li").count(), 0);
}
full.needs = { expects: ["507 (Insufficient Storage)"] };

/** Counters follow what is typed, as Youku counts: a character of Chinese, or an emoji, is one. */
export async function counters(page) {
  await openNew(page);
  const shown = (name) => page.locator(`#count-${name}`).innerText();
  await page.locator("#form-title").fill("家庭录像👍");
  assert.equal(await shown("title"), "5/60");
  await page.locator("#form-title").fill("影".repeat(61));
  assert.equal(await shown("title"), "61/60");
  assert.equal(await page.locator("#form-title").getAttribute("aria-invalid"), "true");
  await page.locator("#form-title").fill("影".repeat(60));
  assert.equal(await page.locator("#form-title").getAttribute("aria-invalid"), null);
  await page.locator("#form-tags").fill("ab, cd；e");
  assert.match(await shown("tags"), /^3\/10 · e: 1 character, 2 to 20/);
  await page.locator("#form-description").fill("x".repeat(2000));
  assert.equal(await shown("description"), "2,000/1,999");
  assert.equal(await page.locator(".field.bad").count(), 2);
}

/** An object of the rule's bucket is chosen, checked and uploaded. */
export async function choose(page, { key, title, more }) {
  await openNew(page);
  await button(page, "List").click();
  await eventually(() => page.locator(".keys-found li").count(), 200, "a page of keys");
  await button(page, "Next page").click();
  await eventually(() => page.locator(".keys-found li").count(), more, "the rest");
  await page.locator("#prefix").fill(key);
  await button(page, "List").click();
  await eventually(() => page.locator(".keys-found li").count(), 1, "the one key");
  await page.locator(".keys-found button").click();
  await page.locator("#form-title").fill(title);
  await button(page, "Dry run").click();
  await page.locator(".findings li.ok").waitFor();
  await button(page, "Upload 1 video").click();
  await page.locator(".jobs").getByText("Published").waitFor();
}

/** A deployed function takes no files: the page says so, and sends an object's name as a task. */
export async function task(page, { object, title }) {
  await openNew(page);
  assert.equal(await page.locator("input[type=file]").count(), 0);
  assert.match(await page.locator("main.new").innerText(), /cannot be sent to a deployed function/);
  await page.locator("#object").fill(object);
  // The page is drawn anew while a person types.
  await button(page, "中文").click();
  await button(page, "EN").click();
  assert.equal(await page.locator("#object").inputValue(), object);
  await button(page, "Add").click();
  await page.locator(".bucket code").getByText(object).waitFor();
  await page.locator("#form-title").fill(title);
  await button(page, "Upload 1 video").click();
  await page.locator(".jobs").getByText("Published").waitFor();
}

/** A refusal of the dry run is shown, in the language of the page, and nothing is uploaded. */
export async function refused(page, { path }) {
  await openNew(page);
  await page.locator("input[type=file]").setInputFiles(path);
  await page.locator(".files li").getByText("complete").waitFor();
  await button(page, "Dry run").click();
  const finding = page.locator(".findings li.bad");
  await finding.waitFor();
  assert.match(await finding.innerText(), /extension/);
  assert.ok(await button(page, "Upload 1 video").isDisabled());
  await button(page, "中文").click();
  await button(page, "试运行").click();
  await eventually(() => finding.innerText(), (text) => /扩展名/.test(text), "the refusal in Chinese");
  await button(page, "移除").click();
  await eventually(() => page.locator(".files li").count(), 0, "it is removed");
}
refused.needs = { expects: ["422 (Unprocessable Entity)"] };

/** Both languages. */
export async function new_languages(page) {
  await openNew(page);
  const text = () => page.locator("main").innerText();
  assert.doesNotMatch((await text()).replace(/家庭.*/g, ""), CHINESE);
  await button(page, "中文").click();
  await eventually(text, (said) => /试运行/.test(said) && /公开范围/.test(said), "the form in Chinese");
  await page.locator("#form-public_type option").getByText("凭密码观看").waitFor({ state: "attached" });
}

/** Nothing serious for axe-core, in either scheme; by keyboard alone a file is chosen and the form filled in. */
export async function new_looks(page) {
  await openNew(page);
  await page.locator("#form-public_type").selectOption("password");
  await page.locator("#form-title").fill("影".repeat(61));
  await assertAccessible(page, "a new upload");
  await page.emulateMedia({ colorScheme: "dark" });
  await assertAccessible(page, "a new upload in the dark");
  await page.locator("#form-title").focus();
  const order = [];
  for (let at = 0; at < 4; at += 1) {
    order.push(await page.evaluate(() => document.activeElement.id));
    await page.keyboard.press("Tab");
  }
  assert.deepEqual(order, ["form-title", "form-tags", "form-description", "form-category"]);
  await page.locator("input[type=file]").focus();
  assert.equal(await page.evaluate(() => document.activeElement.type), "file");
}

/** 320 pixels. */
export async function new_narrow(page) {
  await openNew(page);
  await assertFits(page, "a new upload");
  await page.goto(new URL("/#/health", page.url()).href);
  await page.locator(".finding").first().waitFor();
  await assertFits(page, "health");
}
new_narrow.needs = { viewport: { width: 320, height: 640 } };

/** "Upload" is pressed twice: one request is sent, and its refusal is shown as it is, until another page is opened. */
export async function twice(page, { path }, { context }) {
  await openNew(page);
  await page.locator("input[type=file]").setInputFiles(path);
  await page.locator(".files li").getByText("complete").waitFor();
  await button(page, "Dry run").click();
  await page.locator(".findings li.ok").waitFor();
  let sent = 0;
  await context.route("**/console/files/*/upload", (route) => {
    sent += 1;
    return route.fulfill({ status: 409, json: { error: "wrong_state", msg: "it is being uploaded" } });
  });
  await button(page, "Upload 1 video").dblclick();
  const banner = page.locator(".banner");
  await banner.waitFor();
  assert.equal(await banner.innerText(), "it is being uploaded");
  assert.equal(sent, 1);
  await page.getByRole("link", { name: "Health" }).click();
  await banner.waitFor({ state: "detached" });
}
twice.needs = { expects: ["409 (Conflict)"] };
