// Every page and state of PLACES: accessible in each look, whole at every zoom, valid, light, still.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { HtmlValidate } from "html-validate";
import { startDemo } from "./demo.mjs";
import { PLACES, furnish } from "./places.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];
/** Bytes on the wire: of a page with all that it needs, and of the page alone once that has come. */
const HEAVIEST = 60 * 1024, HEAVIEST_AFTER = 15 * 1024;
const MOST_SHIFT = 0.02;

/** Addresses that answer, but with no page of their own. */
const NO_PAGES = {
  "/people": "JSON for the module",
  "/fields/{rule}": "JSON for the module",
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

const EVERYTHING = { runOnly: { type: "tag", values: TAGS }, rules: { "target-size": { enabled: true } } };
/** In a look that is only other colours, what depends on them. */
const COLOURS = { runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] } };
/** In high contrast, all text has seven to one. */
const CONTRAST = { runOnly: { type: "rule", values: ["color-contrast-enhanced"] } };

/** What axe has against the page as it looks now. */
async function violations(page, rules) {
  if (await page.evaluate(() => !window.axe)) await page.evaluate(AXE);
  const { violations } = await page.evaluate(
    (rules) => window.axe.run({ ...rules, preload: false, resultTypes: ["violations"] }),
    rules,
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`));
}

/** What sticks out of the window, or is cut off. */
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

const STANDARD = new HtmlValidate({ root: true, extends: ["html-validate:standard"] });

/** Where the text that the server sent is no valid HTML. */
async function invalid(html) {
  const { results } = await STANDARD.validateString(html);
  return results.flatMap(({ messages }) => messages.map(({ ruleId, message, line }) => `${ruleId}: ${message}\n${html.split("\n")[line - 1]}`));
}

/** What stands on pages and is nobody's to translate: names of products, of files, of the sample world. */
const DATA = [
  "/subscriptions/\\S+", "[0-9a-f]{64}", "[a-z0-9]+\\.bicep",
  "Contoso [A-Z][a-z]+", "dt-[a-z0-9-]*", "factory-floor", "sensor-bridge", "Carl", "nonsense", "Twindesk", "Azure CLI", "curl", "Python", "JavaScript", "Java",
];

/** What came over the wire: the page, and with it all that it needs. */
const weight = (page) => page.evaluate(() => {
  const size = ({ transferSize, encodedBodySize }) => transferSize || encodedBodySize;
  const [alone] = performance.getEntriesByType("navigation").map(size);
  const parts = performance.getEntriesByType("resource").filter(({ name }) => name.includes("/static/"));
  return { alone, whole: parts.reduce((sum, part) => sum + part.encodedBodySize, alone), parts: parts.length };
});

/** What on the page comes from no catalogue and is not known to be data: read in a language whose every
    message stands between brackets. */
const leftOut = (page) => page.evaluate((data) => {
  let depth = 0, rest = "";
  const read = (text) => {
    for (const letter of text) {
      if (letter === "⟦") depth++;
      else if (letter === "⟧") depth--;
      else if (depth === 0) rest += letter;
    }
    rest += "\n";
  };
  read(document.title);
  for (const element of document.querySelectorAll("body *")) {
    for (const name of ["aria-label", "placeholder", "title", "alt", "data-label"]) read(element.getAttribute(name) ?? "");
  }
  const aside = "script, style, code, pre, kbd, .quote, .upn, [translate=no], [lang], textarea";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (!walker.currentNode.parentElement.closest(aside)) read(walker.currentNode.data);
  for (const known of data) rest = rest.replaceAll(new RegExp(known, "gu"), " ");
  const words = rest.split("\n").map((line) => line.trim()).filter((line) => /\p{L}{2}/u.test(line));
  return { depth, words: [...new Set(words)] };
}, DATA);

/** How much has moved since it came, without anybody having done anything. */
const shifted = (page) => page.evaluate(() => new Promise((tell) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => tell(sum)));
}));

/** The same page again, in another language. */
async function speak(page, language) {
  await page.setExtraHTTPHeaders({ "Accept-Language": language });
  await page.reload();
  assert.equal(await page.locator("html").getAttribute("lang"), language);
}

// The places need not know their requests to be counted.
for (const { name } of PLACES({})) {
  test(name, () => demo.story(async () => {
    const place = PLACES(requests).find((place) => place.name === name);
    const wrong = [];
    const look = async (page, as, rules = EVERYTHING) => {
      for (const said of await violations(page, rules)) wrong.push(`${as}: ${said}`);
    };
    const enter = async (options) => {
      const page = place.who ? await demo.again(place.who, options) : await demo.window(options);
      page.on("response", (answer) => { if (answer.request().isNavigationRequest()) sent = answer; });
      await place.go(page);
      return page;
    };
    let sent;

    const desktop = await enter({ viewport: { width: 1280, height: 800 } });
    await desktop.locator("h1").first().waitFor();
    visited.add(new URL(desktop.url()).pathname);
    const moved = await shifted(desktop);
    if (moved > MOST_SHIFT) wrong.push(`it jumps: ${moved}`);
    if (new URL(desktop.url()).origin === demo.origin) {
      for (const said of await invalid(await sent.text())) wrong.push(`not valid: ${said}`);
      const { alone, whole, parts } = await weight(desktop);
      assert.ok(parts >= 2 && alone > 500 && whole > 5_000, "it was counted");
      if (alone > HEAVIEST_AFTER || whole > HEAVIEST) wrong.push(`it weighs ${alone}, at first ${whole} bytes`);
      for (const colorScheme of ["dark", "light"]) {
        await desktop.emulateMedia({ contrast: "more", colorScheme });
        await look(desktop, `high contrast, ${colorScheme}`, CONTRAST);
      }
      await desktop.emulateMedia({ contrast: "no-preference" });
    }
    await look(desktop, "light");
    await desktop.emulateMedia({ colorScheme: "dark" });
    await look(desktop, "dark", COLOURS);
    await desktop.emulateMedia({ colorScheme: "light", forcedColors: "active" });
    await look(desktop, "forced colours", COLOURS);
    await desktop.emulateMedia({ forcedColors: "none" });
    // A window of 1280 by 1024 in which everything is twice and four times as large.
    for (const zoom of [2, 4]) {
      await desktop.setViewportSize({ width: 1280 / zoom, height: 1024 / zoom });
      for (const element of await sticksOut(desktop)) wrong.push(`${zoom * 100} %: ${element}`);
    }

    // The page as it stands, in other words: what was sent is sent again.
    if (new URL(desktop.url()).origin === demo.origin) {
      await desktop.setViewportSize({ width: 1280, height: 800 });
      await speak(desktop, "de");
      await look(desktop, "German");
      for (const zoom of [2, 4]) {
        await desktop.setViewportSize({ width: 1280 / zoom, height: 1024 / zoom });
        for (const element of await sticksOut(desktop)) wrong.push(`German, ${zoom * 100} %: ${element}`);
      }
      await desktop.setViewportSize({ width: 1280, height: 800 });
      await speak(desktop, "en-XA");
      const { depth, words } = await leftOut(desktop);
      assert.equal(depth, 0, "brackets are in pairs");
      for (const text of words) wrong.push(`in no catalogue: ${text}`);
    }

    const phone = await enter({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    const nudged = await shifted(phone);
    if (nudged > MOST_SHIFT) wrong.push(`it jumps on a phone: ${nudged}`);
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

test("what pages need is asked for once: its address says what is in it", () => demo.story(async () => {
  const page = await demo.again("olivia");
  const asked = [];
  page.on("request", (request) => { if (request.url().includes("/static/")) asked.push(new URL(request.url()).pathname); });
  const kept = [];
  page.on("response", (answer) => {
    if (answer.url().includes("/static/")) kept.push(answer.allHeaders());
  });
  await page.goto("/", { waitUntil: "load" });
  assert.ok(asked.length >= 2, "it was counted");
  for (const path of asked) assert.match(path, /\.[0-9a-f]{12}\.(css|js|svg)$/);
  assert.ok(kept.length >= 2);
  for (const headers of await Promise.all(kept)) {
    assert.equal(headers["cache-control"], "public, max-age=31536000, immutable");
    if (!headers["content-type"].startsWith("image/")) assert.match(headers["content-encoding"], /^(zstd|gzip)$/);
  }
  // The icon comes when the browser has time for it, perhaps with the next page.
  const came = new Set();
  for (const address of ["/", "/requests", "/history", requests.verified]) {
    await page.goto(address, { waitUntil: "load" });
    const fetched = await page.evaluate(() => performance.getEntriesByType("resource").filter(({ name, transferSize }) => name.includes("/static/") && transferSize > 0).map(({ name }) => name));
    assert.deepEqual(fetched.filter((name) => came.has(name) || !name.endsWith(".svg")), [], address);
    for (const name of fetched) came.add(name);
  }
}));
