// Every page and state of PLACES: accessible in each look, no wider than the narrowest phone, light, still.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { startDemo } from "./demo.mjs";
import { PLACES, furnish } from "./places.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];
const HEAVIEST = 60 * 1024;
const MOST_SHIFT = 0.02;

/** Addresses that answer, but with no page of their own. */
const NO_PAGES = {
  "/people": "JSON for the module",
  "/events": "a line on which pages are told what changes",
  "/requests/{id}/progress": "a part of the request's page",
  "/instances/{subscription}/{group}/{name}/sheet.txt": "plain text",
  "/instances/{subscription}/{group}/{name}/sheet.json": "JSON",
  "/sign-in": "leads to Entra ID",
  "/auth/front-channel-logout": "an empty answer for Entra ID",
  "/health/live": "for load balancers",
  "/health/ready": "for load balancers",
  "/static/{file}": "style, script and icon",
};

let demo, requests;
/** Paths at which the places are. */
const visited = new Set();
before(async () => {
  demo = await startDemo();
  requests = await furnish(demo);
});
after(() => demo?.stop());

/** What axe has against the page as it looks now. */
async function violations(page) {
  if (await page.evaluate(() => !window.axe)) await page.evaluate(AXE);
  const { violations } = await page.evaluate(
    (values) => window.axe.run({ runOnly: { type: "tag", values }, rules: { "target-size": { enabled: true } }, preload: false, resultTypes: ["violations"] }),
    TAGS,
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`));
}

/** What sticks out of the window, or is cut off. */
const sticksOut = (page) => page.evaluate(() => {
  const wide = document.documentElement.scrollWidth > document.documentElement.clientWidth;
  const name = (element) => element.outerHTML.slice(0, 150);
  return [...document.querySelectorAll("body *")].filter((element) => {
    const { overflowX, textOverflow } = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    if (!box.width || element.closest(".sr, .skip, [hidden], input")) return false;
    const cut = ["hidden", "clip"].includes(overflowX) && textOverflow !== "ellipsis" && element.scrollWidth > element.clientWidth + 1;
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

// The places need not know their requests to be counted.
for (const { name } of PLACES({})) {
  test(name, () => demo.story(async () => {
    const place = PLACES(requests).find((place) => place.name === name);
    const wrong = [];
    const look = async (page, as) => {
      for (const said of await violations(page)) wrong.push(`${as}: ${said}`);
    };
    const enter = async (options) => {
      const page = place.who ? await demo.again(place.who, options) : await demo.window(options);
      await place.go(page);
      return page;
    };

    const desktop = await enter({ viewport: { width: 1280, height: 800 } });
    await desktop.locator("h1").first().waitFor();
    visited.add(new URL(desktop.url()).pathname);
    const moved = await shifted(desktop);
    if (moved > MOST_SHIFT) wrong.push(`it jumps: ${moved}`);
    await look(desktop, "light");
    await desktop.emulateMedia({ colorScheme: "dark" });
    await look(desktop, "dark");
    await desktop.emulateMedia({ colorScheme: "light", forcedColors: "active" });
    await look(desktop, "forced colours");
    await desktop.emulateMedia({ forcedColors: "none" });
    for (const width of [320, 640]) {
      await desktop.setViewportSize({ width, height: 640 });
      for (const element of await sticksOut(desktop)) wrong.push(`at ${width}: ${element}`);
    }

    const phone = await enter({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await look(phone, "phone");
    if (name === "home") {
      await phone.locator(".menu summary").tap();
      await phone.getByRole("link", { name: "My requests", exact: true }).waitFor();
      await look(phone, "phone, menu open");
    }
    assert.deepEqual(wrong, []);
  }));
}

test("every address that answers with a page is among the places", () => {
  const router = readFileSync(new URL("../../src/web/mod.rs", import.meta.url), "utf8");
  const routes = [...router.matchAll(/\.route\(\s*"([^"]+)",\s*get\(/g)].map(([, path]) => path);
  assert.ok(routes.length > 25, "the list of addresses was not found");
  const stale = Object.keys(NO_PAGES).filter((path) => !routes.includes(path));
  assert.deepEqual(stale, [], "no longer an address");
  // An address written out is not another one's {name}.
  const plain = new Set(routes.filter((path) => !path.includes("{")));
  const seen = (route) => {
    const pattern = new RegExp("^" + route.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+") + "$");
    return [...visited].some((path) => pattern.test(path) && (path === route || !plain.has(path)));
  };
  assert.deepEqual(routes.filter((route) => !(route in NO_PAGES) && !seen(route)), [], "in no place");
});

test("no page weighs more than 60 KB when one comes for the first time", () => demo.story(async () => {
  const addresses = { olivia: ["/", "/requests", requests.verified, "/instances/new"], uma: ["/approvals", requests.waiting], aldo: ["/history"] };
  for (const [who, pages] of Object.entries(addresses)) {
    for (const address of pages) {
      const page = await demo.again(who);
      const wire = await page.context().newCDPSession(page);
      let bytes = 0;
      wire.on("Network.loadingFinished", ({ encodedDataLength }) => { bytes += encodedDataLength; });
      await wire.send("Network.enable");
      await wire.send("Network.setCacheDisabled", { cacheDisabled: true });
      await page.goto(address, { waitUntil: "load" });
      assert.ok(bytes > 5_000, "it was counted");
      assert.ok(bytes < HEAVIEST, `${address} as ${who}: ${bytes} bytes`);
      await page.context().close();
    }
  }
}));
