// Pictures of every place, to be looked at; in each look and in German; and those in the README. See scripts/screenshots.

import { mkdir, rm } from "node:fs/promises";
import { fillInstance, startDemo } from "./demo.mjs";
import { PLACES, furnish } from "./places.mjs";

const [folder, images] = process.argv.slice(2);
const LOOKS = {
  light: { viewport: { width: 1280, height: 800 } },
  german: { viewport: { width: 1280, height: 800 } },
  dark: { viewport: { width: 1280, height: 800 }, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 1.5 },
};

const demo = await startDemo();
try {
  const requests = await furnish(demo);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const { name, who, go } of PLACES(requests)) {
    for (const [look, options] of Object.entries(LOOKS)) {
      const page = who ? await demo.again(who, options) : await demo.window(options);
      await go(page);
      await page.locator("h1").first().waitFor();
      if (look === "german") {
        await page.setExtraHTTPHeaders({ "Accept-Language": "de" });
        await page.reload();
      }
      await page.screenshot({ path: `${folder}/${name.replaceAll(" ", "-")}.${look}.png`, fullPage: true });
      await page.context().close();
    }
    console.log(name);
  }
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
} finally {
  await demo.stop();
}
