// The health page: what each of its parts says by itself.
import assert from "node:assert/strict";
import { eventually } from "../check.mjs";

/** How `/console/robots` or `/console/health` may fail, and what the page says of it in English and in Chinese. */
const FAILURES = [
  ["robots", { status: 500, json: { error: "interrupted", msg: "the request was interrupted" } }, ["Group robots\nFailed\nthe request was interrupted", "群机器人\n失败\nthe request was interrupted"]],
  ["robots", { status: 404, json: { error: "no_such_path", msg: "there is no such path" } }, ["Group robots\nFailed\nthere is no such path", "群机器人\n失败\nthere is no such path"]],
  ["robots", null, ["Group robots\nFailed\nThe console does not answer", "群机器人\n失败\n控制台没有应答"]],
  ["health", { status: 502, body: "Bad Gateway" }, ["Tokens and sweeps\nFailed\nhttp_502", "令牌与巡检\n失败\nhttp_502"]],
];

/** What the other part says meanwhile. */
const OTHERS = { robots: ["Token of account main", "账号 main 的令牌"], health: ["There is none: add [[robots]]", "请在设置中加入 [[robots]]"] };

/** A part that cannot be read says so, and hides no other; it shows as soon as it can be read. */
export async function parts(page, told, { context }) {
  await context.route("**/console/doctor?*", (route) => route.fulfill({ json: { findings: [], all_well: true } }));
  await page.goto(new URL("/#/health", page.url()).href);
  // The list of lines, without the empty ones between them.
  const text = async () => (await page.locator("main").innerText()).replace(/\s*\n\s*/g, "\n");
  for (const [name, answer, said] of FAILURES) {
    const failing = `**/console/${name}?*`;
    await context.route(failing, (route) => (answer ? route.fulfill(answer) : route.abort()));
    await page.reload();
    for (const [at, language] of ["EN", "中文"].entries()) {
      await page.getByRole("button", { name: language, exact: true }).click();
      const parts = [said[at], OTHERS[name][at]];
      await eventually(text, (text) => parts.every((part) => text.includes(part)), `${name}: ${parts}`);
      assert.equal(await page.locator(".finding.bad").count(), 1, name);
    }
    await context.unroute(failing);
    await page.getByRole("button", { name: "重新检查" }).click();
    await eventually(() => page.locator(".finding.bad").count(), 0, "it shows again");
    for (const other of Object.values(OTHERS)) assert.ok((await text()).includes(other[1]), other[1]);
  }
}
parts.needs = { expects: ["/console/robots", "/console/health"] };
