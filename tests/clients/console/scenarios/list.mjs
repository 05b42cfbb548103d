// The list: its filter, its address, its pages.
import assert from "node:assert/strict";
import { eventually, query, rows, titles, total } from "../check.mjs";

/** `text`: what only one of the uploads has in its title; `failed`: how many failed of `all`; `error`: why. */
export async function filter(page, { all, failed, error, text }) {
  await eventually(() => total(page), all, "all are listed");

  // A choice is a step of the history.
  await page.locator(".states a.needs_you").click();
  await eventually(() => total(page), failed, "those that need somebody");
  assert.deepEqual(query(page), { state: "needs_you" });
  await page.getByRole("combobox", { name: "Error" }).selectOption(error);
  assert.deepEqual(query(page), { state: "needs_you", error });
  await eventually(() => total(page), failed, "those with the error");
  assert.equal(await page.locator(".states a.needs_you").getAttribute("aria-current"), "true");

  await page.reload();
  await eventually(() => total(page), failed, "a reload keeps the filter");
  assert.equal(await page.getByRole("combobox", { name: "Error" }).inputValue(), error);
  await page.goBack();
  await eventually(() => query(page).error, undefined, "back undoes one choice");
  await page.goBack();
  await eventually(() => total(page), all, "back to all");

  // Typing is no step of the history.
  await page.locator("#search").pressSequentially(text);
  await eventually(() => total(page), 1, "one has the text");
  assert.deepEqual(query(page), { text });
  assert.ok((await titles(page))[0].includes(text));
  await page.reload();
  await eventually(() => total(page), 1, "a reload keeps the text");
  assert.equal(await page.locator("#search").inputValue(), text);
  await page.getByRole("link", { name: "Clear filter" }).click();
  await eventually(() => total(page), all, "all again");
  assert.deepEqual(query(page), {});
  await page.goBack();
  await eventually(() => page.locator("#search").inputValue(), text, "back brings the text");
}

/** Ten thousand uploads: a page of them at a time, the same place after the way back. */
export async function pages(page, { all }) {
  await eventually(() => total(page), all, "all are listed");
  await eventually(() => rows(page).count(), 100, "a page of rows");
  assert.match(await rows(page).first().innerText(), /1 min 30 secs? · 1920×1080 · h264/);
  const first = await titles(page);
  await page.keyboard.press("n");
  await eventually(() => query(page).page, "2", "the second page");
  await eventually(async () => (await titles(page))[0] !== first[0], true, "other rows");
  const second = await titles(page);
  assert.deepEqual(second.filter((title) => first.includes(title)), []);
  await rows(page).nth(60).locator("a").click();
  await page.locator("main.one h1").waitFor();
  await page.goBack();
  await eventually(() => page.evaluate(() => document.activeElement?.textContent), second[60], "the row has the focus again");
  assert.ok(await page.evaluate(() => scrollY > 500), "the list is where it was");
  await page.goto(new URL("?page=99999", page.url()).href);
  await eventually(() => query(page).page, String(Math.ceil(all / 100)), "a page that is not there is the last one");
}
pages.needs = { expects: ["404 (Not Found)"] };
