// What scenarios ask of the page.
import assert from "node:assert/strict";
import { axe } from "./browser.mjs";

/** Waits until `look` returns what is wanted, and says what it returned last. */
export async function eventually(look, wanted, what) {
  const end = Date.now() + 90_000;
  let last;
  do {
    last = await look();
    if (typeof wanted === "function" ? wanted(last) : last === wanted) return last;
    await new Promise((resolve) => setTimeout(resolve, 50));
  } while (Date.now() < end);
  assert.fail(`${what}: ${JSON.stringify(last)}`);
}

/** How many uploads the page says there are. */
export async function total(page) {
  const text = await page.locator(".summary strong").innerText();
  return Number(text.replace(/\D/g, ""));
}

export const rows = (page) => page.locator("table.rows tbody tr");
export const titles = (page) => page.locator("table.rows .video a").allInnerTexts();
export const query = (page) => Object.fromEntries(new URL(page.url()).searchParams);

/** Fails where axe-core finds something that it calls serious or critical. */
export async function assertAccessible(page, where) {
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  assert.ok(passes.length > 5, `axe-core looked at ${where}`);
  const grave = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
  const lines = grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("; ")}`);
  assert.deepEqual(lines, [], where);
}

/** Fails where something is wider than the window, or what can be used reaches beyond it. */
export async function assertFits(page, where) {
  const [width, window, beyond] = await page.evaluate(() => {
    const used = [...document.querySelectorAll("a, button, input, select, summary")];
    const reaches = (one) => one.getBoundingClientRect().right > innerWidth + 1;
    return [document.documentElement.scrollWidth, innerWidth, used.filter(reaches).map((one) => one.outerHTML)];
  });
  assert.ok(width <= window, `${where}: ${width} of ${window} pixels`);
  assert.deepEqual(beyond, [], where);
}
