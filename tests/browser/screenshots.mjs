// Pictures of every place, to be looked at; in each look and in German; and those in the README; or only of
// places whose names have one of the words. See scripts/screenshots.

import { mkdir, rm } from "node:fs/promises";
import { fillInstance, startDemo } from "./demo.mjs";
import { PLACES, furnish } from "./places.mjs";

const [folder, images, ...words] = process.argv.slice(2);
const LOOKS = {
  light: { viewport: { width: 1280, height: 800 } },
  german: { viewport: { width: 1280, height: 800 } },
  dark: { viewport: { width: 1280, height: 800 }, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 1.5 },
};

const demo = await startDemo();
try {
  const requests = await furnish(demo);
  if (!words.length) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const { name, who, go, again } of PLACES(requests)) {
    if (words.length && !words.some((word) => name.includes(word))) continue;
    for (const [look, options] of Object.entries(LOOKS)) {
      const page = who ? await demo.again(who, options) : await demo.window(options);
      await go(page);
      await page.locator("h1").first().waitFor();
      if (look === "german") {
        await page.setExtraHTTPHeaders({ "Accept-Language": "de" });
        await page.reload();
        await again?.(page);
      }
      // A window as high as the page: with `fullPage` the browser forgets that it is on a phone.
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      await page.setViewportSize({ ...options.viewport, height });
      await page.screenshot({ path: `${folder}/${name.replaceAll(" ", "-")}.${look}.png` });
      await page.context().close();
    }
    console.log(name);
  }
  if (!words.length) await takeBest(demo, requests);
} finally {
  await demo.stop();
}

/** Those in the README. */
async function takeBest(demo, requests) {
  const wide = { viewport: { width: 1280, height: 900 } };
  const page = await demo.again("carl", wide);
  await page.goto(requests.verifying);
  const { y, height } = await page.locator(".timeline > li").nth(2).boundingBox();
  await page.screenshot({ path: `${images}/request.png`, clip: { x: 0, y: 0, width: 1280, height: y + height - 8 }, fullPage: true });
  const form = await demo.again("carl", wide);
  await fillInstance(form, "dt-packing");
  await form.screenshot({ path: `${images}/create.png` });
  const dark = await demo.again("uma", { ...wide, colorScheme: "dark" });
  await dark.goto(requests.changed);
  await dark.screenshot({ path: `${images}/approval.png` });
}
