// The picture of the guides: made-up uploads at a made-up time, so that it is the same each time.
import assert from "node:assert/strict";
import fs from "node:fs";
import { rows } from "../check.mjs";

const { now, info, list } = JSON.parse(fs.readFileSync(new URL("../picture.json", import.meta.url)));
/** The share of its pixels that may differ: another machine has other fonts. */
const TOLERANCE = 0.06;

/** Compares the page with the picture at `path`; with `update` it is taken anew. */
export async function picture(page, { path, update }, { newPage }) {
  await rows(page).nth(list.rows.length - 1).waitFor();
  // Bars have arrived where they belong.
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.evaluate(() => document.fonts.ready);
  const fresh = await page.screenshot();
  if (update) fs.writeFileSync(path, fresh);
  const share = await differ(await newPage(), fresh, fs.readFileSync(path));
  assert.ok(share <= TOLERANCE, `${Math.round(share * 1000) / 10} % of ${path} differ: UPDATE_GOLDEN=1 takes it anew`);
}
picture.needs = { now: new Date(now), answers: { "**/console/info": info, "**/console/uploads?*": list } };

/** The share of pixels in which two pictures differ visibly. */
async function differ(page, ...pictures) {
  return page.evaluate(async (sources) => {
    const [one, other] = await Promise.all(sources.map(async (source) => {
      const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${source}`)).blob());
      const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
      context.drawImage(image, 0, 0);
      return context.getImageData(0, 0, image.width, image.height);
    }));
    if (one.width !== other.width || one.height !== other.height) return 1;
    let count = 0;
    for (let at = 0; at < one.data.length; at += 4) {
      const by = [0, 1, 2].map((part) => Math.abs(one.data[at + part] - other.data[at + part]));
      if (Math.max(...by) > 48) count += 1;
    }
    return count / (one.data.length / 4);
  }, pictures.map((picture) => picture.toString("base64")));
}
