// Chromium with the page open, and what the page must never do: break its own policy, log or throw an error, ask another host.
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(path.join(process.env.TEST_TOOLS, "console/"));
const { chromium } = require("playwright-core");
/** The source of axe-core, to be run in the page. */
export const axe = require("axe-core").source;

/** How long anything may take: the machine of the tests is busy. */
const PATIENCE = 90_000;
const ARGUMENTS = [
  "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps", "--no-first-run",
  "--no-sandbox", "--disable-dev-shm-usage", "--font-render-hinting=none", "--force-color-profile=srgb",
];
/** What the browser itself logs of an answer that is no success; a scenario names those that it causes. */
const REFUSED = "Failed to load resource";

/**
 * Opens the page. A scenario may want options of a context, and `now`: the time that the page has; `answers`: JSON by the pattern of the
 * addresses that are answered so instead of by the process; `expects`: parts of the refusals that it causes.
 */
export async function open(address, { expects = [], now, answers = {}, ...options } = {}) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGUMENTS });
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 }, locale: "en-GB", timezoneId: "Asia/Shanghai", colorScheme: "light", ...options,
  });
  context.setDefaultTimeout(PATIENCE);
  if (now) await context.clock.setFixedTime(now);
  for (const [pattern, json] of Object.entries(answers)) await context.route(pattern, (route) => route.fulfill({ json }));
  const faults = [];
  const home = new URL(address).origin;
  await context.exposeBinding("reportViolation", (_, text) => faults.push(`violates its policy: ${text}`));
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => reportViolation(`${event.violatedDirective} ${event.blockedURI}`));
  });
  const page = await context.newPage();
  page.on("console", (message) => {
    const { url } = message.location();
    const text = `${message.text()} ${url}`;
    const expected = message.text().startsWith(REFUSED) && expects.some((part) => text.includes(part));
    if (["error", "warning"].includes(message.type()) && !expected) faults.push(`logs: ${text}`);
  });
  page.on("pageerror", (error) => faults.push(`throws: ${error.stack}`));
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.origin !== home) faults.push(`asks another host: ${url}`);
  });
  await page.goto(address);
  await page.locator("header.top").waitFor();
  return {
    page,
    context,
    home,
    newPage: () => browser.newPage(),
    assertClean() {
      if (faults.length) throw new Error(`the page ${faults.join("\nthe page ")}`);
    },
    async describe() {
      const text = await page.locator("body").innerText().catch(() => "(no page)");
      return [...faults, page.url(), text.slice(0, 3000)].join("\n");
    },
    close: () => browser.close(),
  };
}
