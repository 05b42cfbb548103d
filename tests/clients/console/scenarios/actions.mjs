// What a person does about an upload.
import assert from "node:assert/strict";
import { eventually, query, rows, total } from "../check.mjs";

/** An upload has failed: its page says what helps, and a retry publishes it. `advice` stands in what helps. */
export async function retry(page, { advice, videos }) {
  await page.locator(".states a.needs_you").click();
  await rows(page).first().locator("a").click();
  const notice = page.locator(".notice.bad");
  await notice.waitFor();
  assert.ok((await notice.innerText()).includes(advice), await notice.innerText());
  await page.getByRole("button", { name: "Retry" }).click();
  await page.locator(".jobs").getByText("Published").waitFor();
  await page.locator("main .badge.published, main .badge.in_review").waitFor();
  const step = page.locator(".steps li.committed");
  await step.waitFor();
  assert.equal(await page.getByRole("button", { name: "Retry" }).count(), 0);
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByRole("link", { name: "All uploads" }).click();
  await eventually(() => page.locator(".states a.needs_you .figure").innerText(), "0", "nothing needs anybody");
  await page.locator(".states a.all").click();
  await eventually(() => total(page), videos, "it is listed still");
}

/** All that match are retried, with a result each; one of them, `held`, is not, since the process answers that it is held elsewhere. */
export async function bulk(page, { failed, held }, { context }) {
  const answer = { code: "409", error: "in_progress", msg: "the upload is in progress elsewhere" };
  await context.route(`**/api/uploads/${held}/retry`, (route) => route.fulfill({ status: 409, json: answer }));
  await page.locator(".states a.needs_you").click();
  await eventually(() => total(page), failed, "those that failed");
  await page.locator(".bulk").getByRole("button", { name: "Retry" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("heading", { name: `Retry: ${failed} uploads` }).waitFor();
  // The harmless answer has the focus: Enter does nothing.
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  assert.equal(await page.locator(".jobs").count(), 0);

  await page.locator(".bulk").getByRole("button", { name: "Retry" }).click();
  await dialog.getByRole("button", { name: "Retry" }).click();
  await page.locator(".jobs").getByText(`Retry: all ${failed} done`).waitFor();
  const note = await page.locator(".jobs .note").innerText();
  assert.ok(note.includes(`${failed - 1} succeeded`) && note.includes("1 conflict"), note);
  await eventually(() => page.getByRole("status").innerText(), (said) => said.includes("done"), "the end is said");
  await page.locator(".jobs summary").click();
  await eventually(() => page.locator(".jobs li.good").count(), failed - 1, "a result each");
  const conflict = page.locator(".jobs li.conflict");
  assert.match(await conflict.innerText(), /Conflict · it is in progress elsewhere/);
  assert.ok((await conflict.locator("a").getAttribute("href")).endsWith(held));
  await eventually(() => total(page), 1, "the list follows");
  assert.deepEqual(query(page), { state: "needs_you" });
}
bulk.needs = { expects: ["409 (Conflict)"] };

/** An upload moves: its list shows how far, and a cancel, once agreed to, ends it. */
export async function cancel(page, { title }) {
  const row = rows(page).filter({ hasText: title });
  await row.locator("progress").waitFor();
  const shown = await row.locator(".badge").innerText();
  assert.match(shown, /Uploading \d+%/);
  await row.locator("a").click();
  await page.getByRole("button", { name: "Cancel upload" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Leave it" }).click();
  await page.getByRole("button", { name: "Cancel upload" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel upload" }).click();
  await page.locator(".jobs").getByText("Cancelled").waitFor();
  await page.locator("main .badge.cancelled").waitFor();
}

/** A published upload is uploaded again, after a question; its result leads to the upload that this made, whose state is then `state`. */
export async function again(page, { state }) {
  await rows(page).first().locator("a").click();
  await page.getByRole("button", { name: "Upload again" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Upload again" }).click();
  await page.locator(".jobs").getByText("Published").waitFor();
  const before = page.url();
  await page.locator(".jobs li a").click();
  await eventually(() => page.url() !== before, true, "another upload");
  await page.locator(`main .badge.${state}`).waitFor();
  await page.getByRole("link", { name: "All uploads" }).click();
  await eventually(() => total(page), 2, "both are listed");
}

/** What the process says of a success is shown with it: here that what was typed was not used. */
export async function warned(page, { failed }, { context }) {
  const warning = "The object's metadata says something else.";
  const answer = { code: "200", msg: "upload success", data: { upload_id: failed, warning } };
  await context.route(`**/api/uploads/${failed}/retry`, (route) => route.fulfill({ json: answer }));
  await page.goto(new URL(`/#/uploads/${failed}`, page.url()).href);
  await page.getByRole("button", { name: "Retry" }).click();
  await page.locator(".jobs li.good").getByText(`Published · ${warning}`).waitFor();
}

/** That the list could not be read is said where the list is, and until the ledger is well. */
export async function troubled(page, { all }, { context }) {
  const address = "**/console/uploads?*";
  const trouble = { error: "ledger_failed", msg: "no answer", advice: "wait" };
  await context.route(address, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...await response.json(), trouble } });
  });
  await page.reload();
  const banner = page.locator(".banner");
  await banner.getByText("The ledger could not be read: no answer · wait").waitFor();
  await page.getByRole("link", { name: "Health" }).click();
  await banner.waitFor({ state: "detached" });
  await context.unroute(address);
  await page.getByRole("link", { name: "Uploads", exact: true }).click();
  await eventually(() => total(page), all, "the list is there");
  await banner.waitFor({ state: "detached" });
}
