// Ways into the page that may fail: an unknown upload, a process that does not answer.
import assert from "node:assert/strict";
import { eventually, total } from "../check.mjs";

const UNKNOWN = "0123456789abcdef0123456789abcdef";

/** A deep link to an upload that the ledger does not have: the page says so, and leads back. */
export async function unknown(page, { all }, { home }) {
  await page.goto(`${home}/#/uploads/${UNKNOWN}`);
  await page.getByRole("heading", { name: "There is no such upload" }).waitFor();
  assert.ok((await page.locator("main").innerText()).includes(UNKNOWN));
  await page.getByRole("link", { name: "All uploads" }).click();
  await eventually(() => total(page), all, "the list");
}
unknown.needs = { expects: [`404 (Not Found) `] };

/** Nothing answers for a while: the page says so, and is up to date again by itself. A process that was started anew lets nobody in: that, too. */
export async function offline(page, { all }, { context }) {
  await eventually(() => total(page), all, "the list");
  await context.setOffline(true);
  await page.getByRole("alert").filter({ hasText: "does not answer" }).waitFor();
  assert.ok((await page.locator("table.rows").count()) === 1, "what was read stays");
  await context.setOffline(false);
  await page.getByRole("alert").waitFor({ state: "detached" });
  await page.locator(".top .link.live").waitFor();
  await context.clearCookies();
  await page.evaluate(() => dispatchEvent(new Event("focus")));
  await page.getByRole("alert").filter({ hasText: "Access has ended" }).waitFor();
}
offline.needs = { expects: ["net::ERR_INTERNET_DISCONNECTED", "401 (Unauthorized)"] };
