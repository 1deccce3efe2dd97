// Every page and state of PLACES in English on a desktop: accessible in each look, whole at every zoom, valid,
// light, still.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { HtmlValidate } from "html-validate";
import { COLOURS, EVERYTHING, EVERYTHING_IN_CONTRAST, everyPlace, violations, zoomed } from "./looks.mjs";

/** Bytes on the wire: of a page with all that it needs, and of the page alone once that has come. */
const HEAVIEST = 60 * 1024, HEAVIEST_AFTER = 15 * 1024;

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

const STANDARD = new HtmlValidate({ root: true, extends: ["html-validate:standard"] });

/** Where the text that the server sent is no valid HTML. */
async function invalid(html) {
  const { results } = await STANDARD.validateString(html);
  const said = results.flatMap(({ messages }) => messages.map(({ ruleId, message, line }) => `${ruleId}: ${message}\n${html.split("\n")[line - 1]}`));
  // The validator is older than the standard's `expect`, which `blocking` belongs to.
  return said.filter((one) => !/"blocking" attribute cannot be used on <link>[^]*rel="expect"/.test(one));
}

/** What came over the wire: the page, and with it all that it needs. */
const weight = (page) => page.evaluate(() => {
  const size = ({ transferSize, encodedBodySize }) => transferSize || encodedBodySize;
  const [alone] = performance.getEntriesByType("navigation").map(size);
  const parts = performance.getEntriesByType("resource").filter(({ name }) => name.includes("/static/"));
  return { alone, whole: parts.reduce((sum, part) => sum + part.encodedBodySize, alone), parts: parts.length };
});

/** Paths at which the places are. */
const visited = new Set();

const world = everyPlace(async ({ enter, wrong }) => {
  const { page, sent, ours } = await enter({ viewport: { width: 1280, height: 800 } });
  visited.add(new URL(page.url()).pathname);
  const look = async (...as) => wrong.push(...await violations(page, ...as));
  if (ours) {
    for (const said of await invalid(await sent.text())) wrong.push(`not valid: ${said}`);
    const { alone, whole, parts } = await weight(page);
    assert.ok(parts >= 2 && alone > 500 && whole > 5_000, "it was counted");
    if (alone > HEAVIEST_AFTER || whole > HEAVIEST) wrong.push(`it weighs ${alone}, at first ${whole} bytes`);
    for (const colorScheme of ["light", "dark"]) {
      await look(`high contrast, ${colorScheme}`, EVERYTHING_IN_CONTRAST, { colorScheme, contrast: "more" });
    }
  }
  await look("dark", EVERYTHING, { colorScheme: "dark" });
  await look("forced colours", COLOURS, { forcedColors: "active" });
  await look("light", EVERYTHING);
  wrong.push(...await zoomed(page, "light"));
});

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

test("what pages need is asked for once: its address says what is in it", () => world.demo.story(async () => {
  const page = await world.demo.again("olivia");
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
  for (const address of ["/", "/requests", "/history", world.requests.verified]) {
    await page.goto(address, { waitUntil: "load" });
    const fetched = await page.evaluate(() => performance.getEntriesByType("resource").filter(({ name, transferSize }) => name.includes("/static/") && transferSize > 0).map(({ name }) => name));
    assert.deepEqual(fetched.filter((name) => came.has(name) || !name.endsWith(".svg")), [], address);
    for (const name of fetched) came.add(name);
  }
}));
