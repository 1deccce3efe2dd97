// What the tests of pages share: the way through all places, the looks, and what is asked of a page in each.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { startDemo } from "./demo.mjs";
import { PLACES, furnish } from "./places.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];
const rules = (...more) => ({
  runOnly: { type: "tag", values: TAGS },
  rules: Object.fromEntries(["target-size", ...more].map((rule) => [rule, { enabled: true }])),
});

export const EVERYTHING = rules();
/** In high contrast, besides, all text has seven to one. */
export const EVERYTHING_IN_CONTRAST = rules("color-contrast-enhanced");
/** Where the browser chooses the colours, what depends on them. */
export const COLOURS = { runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] } };

const MOST_SHIFT = 0.02;

/** A test for each place, in a demo that they share. `look` may `enter` the place in a window, and says what is
    `wrong`. What is given back has the demo and its requests as soon as tests run. */
export function everyPlace(look) {
  const world = {};
  before(async () => {
    world.demo = await startDemo();
    world.requests = await furnish(world.demo);
  });
  after(() => world.demo?.stop());
  // The places need not know their requests to be counted.
  for (const { name } of PLACES({})) {
    test(name, () => world.demo.story(async () => {
      const { demo, requests } = world;
      const place = PLACES(requests).find((place) => place.name === name);
      const wrong = [];
      const enter = async (options) => {
        const page = place.who ? await demo.again(place.who, options) : await demo.window(options);
        let sent;
        page.on("response", (answer) => { if (answer.request().isNavigationRequest()) sent = answer; });
        await place.go(page);
        await page.locator("h1").first().waitFor();
        const moved = await shifted(page);
        if (moved > MOST_SHIFT) wrong.push(`it jumps at ${options.viewport.width} px: ${moved}`);
        return { page, sent, ours: new URL(page.url()).origin === demo.origin };
      };
      await look({ place, enter, wrong });
      assert.deepEqual(wrong, []);
    }));
  }
  return world;
}

/** What axe has against the page in this look, which it is turned to first: light and plain where nothing else
    is said. */
export async function violations(page, as, rules, { colorScheme = "light", contrast = "no-preference", forcedColors = "none" } = {}) {
  await page.emulateMedia({ colorScheme, contrast, forcedColors });
  const media = `(prefers-color-scheme: ${colorScheme}) and (prefers-contrast: ${contrast}) and (forced-colors: ${forcedColors === "active" ? "active" : "none"})`;
  assert.ok(await page.evaluate((media) => matchMedia(media).matches, media), `${as} is not ${media}`);
  if (await page.evaluate(() => !window.axe)) await page.evaluate(AXE);
  const { violations } = await page.evaluate(
    (rules) => window.axe.run({ ...rules, preload: false, resultTypes: ["violations"] }),
    rules,
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${as}: ${id}: ${html}\n${failureSummary}`));
}

/** What sticks out of the window, or is cut off, when all is twice and four times as large on 1280 by 1024. */
export async function zoomed(page, as) {
  const found = [];
  for (const zoom of [2, 4]) {
    await page.setViewportSize({ width: 1280 / zoom, height: 1024 / zoom });
    for (const element of await sticksOut(page)) found.push(`${as}, ${zoom * 100} %: ${element}`);
  }
  return found;
}

const sticksOut = (page) => page.evaluate(() => {
  const wide = document.documentElement.scrollWidth > document.documentElement.clientWidth;
  const name = (element) => element.outerHTML.slice(0, 150);
  return [...document.querySelectorAll("body *")].filter((element) => {
    const { overflowX, overflowY, textOverflow } = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    if (!box.width || element.closest(".sr, .skip, [hidden], input")) return false;
    const cut = ["hidden", "clip"].includes(overflowX) && textOverflow !== "ellipsis" && element.scrollWidth > element.clientWidth + 1
      || ["hidden", "clip"].includes(overflowY) && element.scrollHeight > element.clientHeight + 1;
    const scrolls = element.parentElement.closest(".tabs, pre");
    return cut || (wide && !scrolls && box.right > innerWidth + 1);
  }).map(name);
});

/** How much has moved since it came, without anybody having done anything. */
const shifted = (page) => page.evaluate(() => new Promise((tell) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => tell(sum)));
}));

/** The same page again, in another language: what was sent is sent again, what was opened is opened again. */
export async function speak(page, language, { again }) {
  await page.setExtraHTTPHeaders({ "Accept-Language": language });
  await page.reload();
  assert.equal(await page.locator("html").getAttribute("lang"), language);
  await again?.(page);
}
