// The page of `oss2youku dev`: faults on purpose, and the player.
import assert from "node:assert/strict";
import { assertAccessible, assertFits, eventually, rows } from "../check.mjs";

const switchOf = (page, name) => page.locator("main li", { hasText: name }).getByRole("button");

/** The function is killed while an upload moves, and the upload is published all the same. `moving`: its title. */
export async function kill(page, { moving }) {
  await rows(page).filter({ hasText: moving }).locator(".badge.uploading").waitFor();
  await page.getByRole("link", { name: "Faults" }).click();
  await switchOf(page, "Kill the function").click();
  await eventually(() => page.getByRole("status").innerText(), (said) => said === "Done", "it was killed");
  const slow = switchOf(page, "Slow link");
  await eventually(() => slow.getAttribute("aria-pressed"), "true", "the link is slow");
  await slow.click();
  await eventually(() => slow.getAttribute("aria-pressed"), "false", "the link is quick again");
  await page.getByRole("link", { name: "Uploads", exact: true }).click();
  await rows(page).filter({ hasText: moving }).locator("a").click();
  await page.locator("main .badge.published, main .badge.in_review").waitFor();
  const attempts = await page.locator(".card h2 .note").first().innerText();
  assert.match(attempts, /[2-9] attempts/, "another instance took it over");
}

/** The switches of the link and of Youku are turned on and off; nothing is serious for axe-core, nor wider than 320 pixels. */
export async function switches(page) {
  await page.goto(new URL("/#/dev", page.url()).href);
  for (const name of ["Slow link", "Youku is unavailable"]) {
    const button = switchOf(page, name);
    await button.click();
    await eventually(() => button.getAttribute("aria-pressed"), "true", name);
    await page.reload();
    await eventually(() => button.getAttribute("aria-pressed"), "true", `${name} after a reload`);
    await button.click();
    await eventually(() => button.getAttribute("aria-pressed"), "false", name);
  }
  await switchOf(page, "Expire the access tokens").click();
  await eventually(() => page.getByRole("status").innerText(), (said) => said === "Done", "tokens are expired");
  await assertAccessible(page, "faults");
  await page.setViewportSize({ width: 320, height: 640 });
  await assertFits(page, "faults");
  await page.getByRole("button", { name: "中文" }).click();
  await eventually(() => page.locator("main").innerText(), (text) => /停止函数/.test(text) && !/Kill/.test(text), "in Chinese");
}

/** The video that the local Youku holds is played, from its middle too. `seconds`: how long it is. */
export async function play(page, { seconds }) {
  await rows(page).first().locator("a").click();
  const video = page.locator("video");
  await video.waitFor();
  await eventually(() => video.evaluate((one) => Math.round(one.duration)), seconds, "its length is known");
  await video.evaluate((one) => {
    one.muted = true;
    one.currentTime = 4;
    return one.play();
  });
  await eventually(() => video.evaluate((one) => one.currentTime), (at) => at > 4.1, "it plays from there");
  await assertAccessible(page, "an upload with its player");
}
