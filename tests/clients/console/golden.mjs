// Golden pictures of the page: how they are kept, and which other picture is taken for the same.
//
// Two releases of a browser may draw the edges of letters a little differently; surfaces and lines they draw alike. Shares are counted in
// small windows, in which a dot or a word is much: in a whole picture it is nothing.
import { createRequire } from "node:module";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(path.join(process.env.TEST_TOOLS, "console/"));
const { default: pixelmatch } = await import(pathToFileURL(require.resolve("pixelmatch")));
const upng = require("upng-js");

/** The side of a window in pixels: three times a dot's, less than a button's. */
const WINDOW = 24;
/**
 * How far apart two colors may be (1: black and white), and of which share of a window's pixels they may be further apart. Where letters
 * are shifted by a seventh of a pixel, or a tenth of a pixel bolder, up to 4 % are; where a dot is missing 7 %; where a word is shifted by a
 * pixel, or of another weight, 10 % or more.
 */
const VISIBLE = { threshold: 0.15, most: 0.06 };
/** The same of surfaces and lines, which have no edges of letters: nothing but a rounding. */
const PLAIN = { threshold: 0.01, most: 0.01 };
/** The shortest run of one color that is part of a surface or a line: no stroke of a letter is so long. */
const RUN = 24;
/** How far the color of a letter's edge may be from the one that a golden file has for it, in steps of red, green and blue together. */
const NEAR = 24;

/** The pixels of a PNG, as bytes and as colors. */
function decode(png) {
  const { buffer, byteOffset, length } = png;
  const image = upng.decode(buffer.slice(byteOffset, byteOffset + length));
  const data = new Uint8Array(upng.toRGBA8(image)[0]);
  return { width: image.width, height: image.height, data, colors: new Uint32Array(data.buffer) };
}

const encode = ({ width, height }, { buffer }) => Buffer.from(upng.encode([buffer], width, height, 0));

/** Marks surfaces and lines: the pixels in long runs of one color, across or down, and those that have nothing else around them. */
function findPlain({ width, height, colors }) {
  const plain = new Uint8Array(colors.length);
  const mark = (lines, length, between, step) => {
    for (let line = 0; line < lines; line += 1) {
      for (let at = 0, from = 0; at < length; at += 1) {
        const index = (place) => line * between + place * step;
        if (at + 1 < length && colors[index(at + 1)] === colors[index(from)]) continue;
        if (at + 1 - from >= RUN) for (let one = from; one <= at; one += 1) plain[index(one)] = 1;
        from = at + 1;
      }
    }
  };
  mark(height, width, width, 1);
  mark(width, height, 1, width);
  const around = [-width - 1, -width, 1 - width, -1, 1, width - 1, width, width + 1];
  for (let at = width + 1; at < colors.length - width - 1; at += 1) {
    if (!plain[at] && around.every((by) => colors[at + by] === colors[at])) plain[at] = 1;
  }
  return plain;
}

const distance = (one, other) => Math.hypot(...[0, 8, 16].map((shift) => ((one >> shift) & 255) - ((other >> shift) & 255)));

/** Keeps a picture as the golden one: small, since the hundreds of colors at the edges of letters give way to a few that are near. */
export function keep(file, png) {
  const picture = decode(png);
  const plain = findPlain(picture);
  const counts = new Map();
  const exact = new Set();
  picture.colors.forEach((color, at) => {
    counts.set(color, (counts.get(color) ?? 0) + 1);
    if (plain[at]) exact.add(color);
  });
  const palette = [...exact];
  const shown = new Map(palette.map((color) => [color, color]));
  for (const [color] of [...counts].sort(([one, n], [other, m]) => m - n || one - other)) {
    if (exact.has(color)) continue;
    const near = palette.reduce((best, one) => (distance(one, color) < distance(best, color) ? one : best));
    if (distance(near, color) > NEAR) palette.push(color);
    shown.set(color, distance(near, color) > NEAR ? color : near);
  }
  fs.writeFileSync(file, encode(picture, picture.colors.map((color) => shown.get(color))));
}

/** The left upper part of a picture. */
function crop({ width: from, colors: all }, width, height) {
  const colors = new Uint32Array(width * height);
  for (let y = 0; y < height; y += 1) colors.set(all.subarray(y * from, y * from + width), y * width);
  return { width, height, data: new Uint8Array(colors.buffer), colors };
}

/** Why two pictures are not the same, and a PNG in which what differs is red; `null` where they are. */
export function findDifference(fresh, golden) {
  const pictures = [fresh, golden].map(decode);
  const [width, height] = ["width", "height"].map((side) => Math.min(...pictures.map((picture) => picture[side])));
  const [one, other] = pictures.map((picture) => crop(picture, width, height));
  const plain = [one, other].map(findPlain);
  const uneven = plain[0].map((is, at) => !(is && plain[1][at]));
  const checks = [[PLAIN, "surfaces and lines", { ignoreMask: uneven, includeAA: true }], [VISIBLE, "pixels", {}]];
  const found = (why, { threshold }, options) => {
    const drawn = new Uint8Array(one.data.length);
    pixelmatch(other.data, one.data, drawn, width, height, { threshold, ...options });
    return { why, drawn: encode(one, drawn) };
  };
  const sizes = pictures.map((picture) => `${picture.width}×${picture.height}`);
  if (sizes[0] !== sizes[1]) return found(`${sizes.join(" instead of ")} pixels`, VISIBLE);
  for (const [{ threshold, most }, what, options] of checks) {
    const share = pixelmatch(other.data, one.data, null, width, height, { threshold, windowSize: WINDOW, ...options }) / WINDOW ** 2;
    const why = `${(100 * share).toFixed(1)} % of the ${what} of a window differ, at most ${100 * most} % may`;
    if (share > most) return found(why, { threshold }, options);
  }
  return null;
}
