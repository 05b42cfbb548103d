// Three runs of Lighthouse on the console's list page, and their medians against the goals. See `run`.
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(path.join(process.env.LIGHTHOUSE_TOOLS, "package.json"));
const load = async (name) => import(pathToFileURL(require.resolve(name)));
const { default: lighthouse } = await load("lighthouse");
const chromeLauncher = await load("chrome-launcher");

const GOALS = { performance: 95, accessibility: 100, "best-practices": 100 };
const RUNS = 3;

const address = process.argv[2];
const entered = await fetch(address, { redirect: "manual" });
const cookie = entered.headers.get("set-cookie")?.split(";")[0];
if (!cookie) throw new Error(`the console does not let in: ${entered.status}`);
const chrome = await chromeLauncher.launch({
  chromePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"],
});
const scores = Object.fromEntries(Object.keys(GOALS).map((name) => [name, []]));
const missed = new Set();
try {
  for (let run = 0; run < RUNS; run += 1) {
    const { lhr } = await lighthouse(new URL("/", address).href, {
      port: chrome.port, onlyCategories: Object.keys(GOALS), extraHeaders: { Cookie: cookie }, logLevel: "error",
    });
    if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
    for (const [name, { score, auditRefs }] of Object.entries(lhr.categories)) {
      scores[name].push(Math.round(score * 100));
      const failed = auditRefs.filter(({ id, weight }) => weight && lhr.audits[id].score !== null && lhr.audits[id].score < 0.9);
      failed.forEach(({ id }) => missed.add(`${name}: ${lhr.audits[id].title} ${lhr.audits[id].displayValue ?? ""}`));
    }
  }
} finally {
  chrome.kill();
}
const median = (all) => all.toSorted((one, other) => one - other)[Math.floor(all.length / 2)];
for (const [name, goal] of Object.entries(GOALS)) {
  const reached = median(scores[name]);
  console.log(`${name}: ${reached} of at least ${goal} (${scores[name].join(", ")})`);
  if (reached < goal) process.exitCode = 1;
}
for (const line of missed) console.log(line);
