// Every page and state of PLACES in German, between brackets, and on a phone: accessible, whole, still, and
// no text beside the catalogues.

import assert from "node:assert/strict";
import { EVERYTHING, everyPlace, speak, violations, zoomed } from "./looks.mjs";

/** What stands on pages and is nobody's to translate. What is longer comes first. */
const DATA = [
  // Addresses, marks and keys of machines.
  "/subscriptions/\\S+", "(?:sb|https)://\\S+", "dt-[a-z0-9-]*", "\\.api\\.weu\\.digitaltwins\\.azure\\.net", "westeurope", "northeurope",
  "[0-9a-f]{64}", "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", "requested-by", "twindesk-request", "[a-z0-9]+\\.bicep", "--[a-z]+",
  // People of the sample world, its things, and what was written there.
  "Aldo Amato", "Carl Costa", "Greg Gruber", "Nina Novak", "Olivia Ortiz", "Paul Petersen", "Rita Rossi", "Uma Usher", "Carl", "Nina",
  "\\w+@contoso\\.com", "Contoso [A-Z][a-z]+", "Platform Team", "Production", "team-twins", "press-line-app",
  "I model the floor.*", "Hall 3 wants to read the floor\\.", "without a name", "nonsense",
  "rg-[a-z]+", "vnet-factory / [a-z-]+", "pe-[a-z]+", "contoso-factory", "factory-floor", "floor-history", "sensor-bridge", "line-camera", "twins-export",
  "\\b(?:alarms|orders|hall|pilot)\\b",
  // Azure's own words: roles and what it says of them, regions, states, codes and what stands behind them.
  "(?:Azure (?:Digital Twins|Event Hubs|Service Bus) |Storage Blob )?Data (?:Owner|Reader|Sender|Contributor)",
  "User Access Administrator", "Role Based Access Control Administrator", "\\b(?:Owner|Contributor|Reader)\\b",
  "(?:Full access|Read-only) role for Digital Twins data-plane.*", "(?:Grants full access to manage all|View all|Manage access to Azure|Lets you manage user access to Azure) resources.*",
  "West Europe", "\\b(?:Succeeded|Provisioning|Failed|Enabled)\\b",
  "RequestDisallowedByPolicy", "AuthorizationFailed", "TooManyRequests", "AADSTS\\d+", "Resource '.*", "The client '.*", "The request is being throttled\\.",
  // Names that are the same everywhere.
  "Twindesk", "Azure CLI", "curl", "Python", "JavaScript", "Java", "\\b(?:DELETE|GET|PATCH|POST|PUT|HTTP|JSON|UTC)\\b",
];
/** Whose text is no message: code, what somebody wrote or has in their own language, what Azure or the browser
    lists, and the parts of a page by their names. */
const NO_MESSAGES = "script, style, code, pre, kbd, textarea, .quote, .upn, body [lang], .swatches, "
  + "#zone option:not([value='']), [id*=region] option:not([value=''])";

/** What on the page comes from no catalogue and is not known to be data: read in a language whose every
    message stands between brackets. */
const leftOut = (page) => page.evaluate(([data, aside]) => {
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
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (!walker.currentNode.parentElement.closest(aside)) read(walker.currentNode.data);
  for (const known of data) rest = rest.replaceAll(new RegExp(known, "gu"), " ");
  const words = rest.split("\n").map((line) => line.trim()).filter((line) => /\p{L}{2}/u.test(line));
  return { depth, words: [...new Set(words)] };
}, [DATA, NO_MESSAGES]);

everyPlace(async ({ place, enter, wrong }) => {
  const phone = await enter({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  wrong.push(...await violations(phone.page, "phone", EVERYTHING));
  if (place.name === "home") {
    await phone.page.locator(".menu summary").tap();
    await phone.page.getByRole("link", { name: "My requests", exact: true }).waitFor();
    wrong.push(...await violations(phone.page, "phone, menu open", EVERYTHING));
  }
  // The simulator speaks English alone.
  if (!phone.ours) return;
  await speak(phone.page, "de", place);
  wrong.push(...await violations(phone.page, "phone, German, dark", EVERYTHING, { colorScheme: "dark" }));

  const { page } = await enter({ viewport: { width: 1280, height: 800 } });
  await speak(page, "de", place);
  wrong.push(...await violations(page, "German", EVERYTHING), ...await zoomed(page, "German"));
  await page.setViewportSize({ width: 1280, height: 800 });
  await speak(page, "en-XA", place);
  const { depth, words } = await leftOut(page);
  assert.equal(depth, 0, "brackets are in pairs");
  for (const text of words) wrong.push(`in no catalogue: ${text}`);
});
