// Opens the console's page in Chromium and walks through one scenario:
//   node page.mjs ADDRESS SCENARIO [JSON]
// ADDRESS is what `oss2youku console` printed, with its token; JSON is what the scenario is told. Prints `ok`, or fails with what was wrong.
// `TEST_TOOLS` names the folder in which tests/tools.sh has installed the browser's driver.
import { open } from "./browser.mjs";
import * as access from "./scenarios/access.mjs";
import * as actions from "./scenarios/actions.mjs";
import * as goldens from "./scenarios/goldens.mjs";
import * as health from "./scenarios/health.mjs";
import * as list from "./scenarios/list.mjs";
import * as looks from "./scenarios/looks.mjs";
import * as dev from "./scenarios/dev.mjs";
import * as fresh from "./scenarios/new.mjs";
import * as robots from "./scenarios/robots.mjs";

const [address, name, told = "{}"] = process.argv.slice(2);
const scenario = { ...access, ...actions, ...dev, ...fresh, ...goldens, ...health, ...list, ...looks, ...robots }[name];
if (!scenario) throw new Error(`there is no scenario ${name}`);
const browser = await open(address, scenario.needs);
try {
  await scenario(browser.page, JSON.parse(told), browser);
  browser.assertClean();
  console.log("ok");
} catch (error) {
  console.error(error.stack);
  console.error(await browser.describe());
  process.exitCode = 1;
} finally {
  await browser.close();
}
