// An instance that is there, as those meet it who did not make it: found, called, handed over, let in
// to a network. And what came to nothing, taken up again.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { askForInstance, becomes, seen, startDemo } from "./demo.mjs";
import { askForConnection } from "./places.mjs";

const FLOOR = "/instances/a1b2c3d4-0000-4000-8000-000000000001/rg-factory/factory-floor";

let demo;
before(async () => {
  demo = await startDemo();
  await demo.quick();
});
after(() => demo?.stop());

const story = (name, act) => test(name, () => demo.story(act));

const main = (page, name) => page.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: true });
const tab = (page, name) => page.getByRole("navigation", { name: "Pages of this instance" }).getByRole("link", { name, exact: true });

/** Decides as one finds it in the queue. */
async function approve(page, title) {
  await page.goto("/approvals");
  await page.getByRole("link", { name: title }).click();
  await page.getByRole("button", { name: "Approve" }).click();
  await seen(page, "Approved. The plan is being carried out.");
}

/** Disables or enables public network access of factory-floor, as an Owner. */
async function publicAccess(page, which) {
  await page.goto(`${FLOOR}/networking`);
  await page.getByRole("link", { name: `${which} public network access` }).click();
  const confirm = page.getByLabel("Name of the instance");
  if (await confirm.count()) await confirm.fill("factory-floor");
  await page.getByLabel("Justification").fill("We try it.");
  await page.locator(".end [value=review]").click();
  await page.locator("form[action='/networking'] .end .primary").click();
  await becomes(page, "Done");
}

story("Carl finds an instance that nobody made here, by keyboard, and goes to it", async () => {
  const carl = await demo.person("carl");
  await main(carl, "Instances").focus();
  await carl.keyboard.press("Enter");
  const search = carl.getByRole("searchbox", { name: "Search", exact: true });
  await search.focus();
  await carl.keyboard.type("no such thing");
  await carl.keyboard.press("Enter");
  await seen(carl, "Nothing found");
  await carl.getByRole("link", { name: "Clear" }).press("Enter");
  await search.focus();
  await carl.keyboard.type("FLOOR");
  await carl.keyboard.press("Tab");
  await carl.keyboard.type("Contoso P");
  await carl.keyboard.press("Tab");
  await carl.keyboard.press("Enter");
  await carl.waitForURL(/q=FLOOR&subscription=a1b2c3d4/);
  assert.deepEqual(await carl.locator("tbody th a").allInnerTexts(), ["factory-floor"]);
  assert.equal(await search.inputValue(), "FLOOR", "what is filtered by stays in sight");
  await carl.getByRole("link", { name: "factory-floor" }).press("Enter");
  await carl.getByRole("heading", { level: 1, name: "factory-floor" }).waitFor();
  assert.match(await carl.locator("#copy-host").innerText(), /^factory-floor\..*digitaltwins\.azure\.net$/);
  await seen(carl, "West Europe");
});

story("Rita copies the command, tries her access, and is told each time what is in its way", async () => {
  const [rita, uma, olivia] = [await demo.person("rita"), await demo.person("uma"), await demo.person("olivia")];
  await rita.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await rita.goto(FLOOR);
  await tab(rita, "Connect").press("Enter");
  await rita.getByRole("button", { name: "Copy Azure CLI" }).press("Enter");
  await rita.getByRole("button", { name: "Copied Azure CLI" }).waitFor();
  assert.match(await rita.evaluate(() => navigator.clipboard.readText()), /az dt twin query --dt-name factory-floor --resource-group 'rg-factory'/);

  await rita.getByRole("button", { name: "Test my access" }).press("Enter");
  await seen(rita, "No role yet");
  await rita.locator("#test").getByRole("link", { name: "Request access" }).press("Enter");
  assert.match(await rita.getByLabel("Instance", { exact: true }).locator("option:checked").innerText(), /^factory-floor/);
  await rita.getByRole("radio", { name: "Data Reader" }).check();
  await rita.getByLabel("Justification").fill("I read the counters.");
  await rita.getByRole("button", { name: "Review + request" }).last().click();
  await rita.getByRole("button", { name: "Send request" }).click();
  await becomes(rita, "Waiting for approval");

  // The role is there at once, and long on its way to the instance.
  await demo.quick({ role_propagation_seconds: 300 });
  await approve(uma, "Azure Digital Twins Data Reader on factory-floor");
  await rita.locator(".progress .is-running", { hasText: "Verify access" }).waitFor();
  const test = async (verdict) => {
    await rita.goto(`${FLOOR}/connect`);
    await rita.getByRole("button", { name: "Test my access" }).click();
    await rita.locator("#test .notice", { hasText: verdict }).waitFor();
  };
  await test("Not yet in effect");
  await publicAccess(olivia, "Disable");
  await test("Public access is off");
  assert.equal(await rita.locator("#test").getByRole("link", { name: "Request access" }).count(), 0, "a role is not what is missing");
  await publicAccess(olivia, "Enable");
  await demo.quick({ role_propagation_seconds: 1 });
  await demo.bend("POST", "/clock", { advance_seconds: 300 });
  await test("Your access works");
});

story("Olivia hands over what she has had made: printed, as text and as JSON", async () => {
  const olivia = await demo.person("olivia");
  await askForInstance(olivia, "dt-handed");
  await becomes(olivia, "Verified");
  await olivia.getByRole("link", { name: "Hand-over sheet" }).click();
  await olivia.getByRole("heading", { name: "Hand-over sheet" }).waitFor();
  assert.match(await olivia.title(), /^Hand-over sheet of dt-handed/);
  const values = await olivia.locator("main").innerText();
  for (const value of ["dt-handed", "rg-twins", "Contoso Production", "West Europe", "Olivia Ortiz", "Made by Olivia Ortiz (olivia@contoso.com)"]) {
    assert.ok(values.includes(value), `${value} in ${values}`);
  }

  // On paper there is nothing to press, and nothing is lost.
  await olivia.emulateMedia({ media: "print" });
  assert.equal(await olivia.locator("nav, button, .acts").and(olivia.locator(":visible")).count(), 0);
  for (const id of ["copy-name", "copy-host", "copy-id"]) assert.ok(await olivia.locator(`#${id}`).isVisible());
  assert.ok(await olivia.getByText("Made by Olivia Ortiz").isVisible());
  await olivia.emulateMedia({ media: "screen" });

  const host = await olivia.locator("#copy-host").innerText();
  await olivia.getByRole("link", { name: "Plain text" }).click();
  assert.ok((await olivia.locator("body").innerText()).includes(`Host name:       ${host}`));
  await olivia.goBack();
  await olivia.getByRole("link", { name: "JSON" }).click();
  const sheet = JSON.parse(await olivia.evaluate(() => document.querySelector("pre").innerText));
  assert.equal(sheet.hostName, host);
  assert.deepEqual(sheet.dataRoles.map(({ holder }) => holder), ["Olivia Ortiz"]);
});

story("Rita asks that a network be let in, and the Owner approves", async () => {
  const [rita, olivia] = [await demo.person("rita"), await demo.person("olivia")];
  await askForConnection(olivia);
  await rita.goto(FLOOR);
  await tab(rita, "Networking").click();
  await seen(rita, "Hall 3 wants to read the floor.");
  await rita.getByRole("link", { name: "Approve pe-hall" }).click();
  await rita.getByLabel("Justification").fill("I know hall 3.");
  await rita.locator(".end [value=review]").click();
  await rita.getByRole("button", { name: "Send request" }).click();
  await becomes(rita, "Waiting for approval");

  await approve(olivia, /pe-hall/);
  await becomes(rita, "Done");
  await rita.goto(`${FLOOR}/networking`);
  await rita.locator("li", { hasText: "pe-hall" }).locator(".badge", { hasText: "Approved" }).waitFor();
  assert.equal(await rita.getByRole("link", { name: "Approve pe-hall" }).count(), 0);
});

story("what Azure refused is tried again when its cause is gone", async () => {
  const olivia = await demo.person("olivia");
  await demo.bend("POST", "/faults", {
    service: "arm", method: "PUT", path: "dt-refused", status: 403, code: "RequestDisallowedByPolicy",
    message: "Resource 'dt-refused' was disallowed by policy. Policy identifiers: 'Allowed locations'.",
  });
  await askForInstance(olivia, "dt-refused");
  await becomes(olivia, "Stopped");
  await seen(olivia, "RequestDisallowedByPolicy");
  await olivia.getByRole("button", { name: "Retry" }).press("Enter");
  await becomes(olivia, "Verified");
});

story("Nina asks again after a refusal: the form is as it was", async () => {
  const [nina, olivia] = [await demo.person("nina"), await demo.person("olivia")];
  const request = await askForInstance(nina, "dt-again");
  await becomes(nina, "Waiting for approval");
  await olivia.goto(request);
  await olivia.getByLabel("Reason").fill("Say what it is for.");
  await olivia.getByRole("button", { name: "Reject" }).click();
  await becomes(nina, "Rejected");
  await seen(nina, "Say what it is for.");
  await nina.getByRole("link", { name: "Ask again with this form" }).press("Enter");
  const value = (label) => nina.getByLabel(label, { exact: true }).inputValue();
  assert.equal(await value("Resource group"), "rg-twins");
  assert.equal(await value("Resource name"), "dt-again");
  assert.equal(await value("Region"), "westeurope");
  assert.ok(await nina.getByLabel("Assign Azure Digital Twins Data Owner Role").isChecked());
  assert.equal(await value("Justification"), "A twin of the press line.\nFor the pilot in hall 3.");
  await nina.getByLabel("Justification").fill("The fitters of hall 3 read the press from it.");
  await nina.locator(".end").getByRole("button", { name: "Review + create" }).click();
  await nina.locator("form[action='/instances'] .end .primary").click();
  await becomes(nina, "Waiting for approval");
  await approve(olivia, "Create instance dt-again");
  await becomes(nina, "Verified");
});

story("Carl has his instance and is refused the role: he asks for that alone", async () => {
  const [carl, uma] = [await demo.person("carl"), await demo.person("uma")];
  const request = await askForInstance(carl, "dt-half");
  await carl.locator(".progress .is-done", { hasText: "dt-half" }).waitFor();
  await uma.goto(request);
  await uma.getByLabel("Reason").fill("Say what it is for.");
  await uma.getByRole("button", { name: "Reject" }).click();
  await becomes(carl, "Rejected");
  await carl.getByRole("link", { name: "Request access to it" }).press("Enter");
  assert.match(await carl.getByLabel("Instance", { exact: true }).locator("option:checked").innerText(), /^dt-half/);
  assert.ok(await carl.getByRole("radio", { name: "Data Owner" }).isChecked());
  await carl.getByLabel("Justification").fill("I model the press line in it.");
  await carl.getByRole("button", { name: "Review + request" }).last().click();
  await carl.getByRole("button", { name: "Send request" }).click();
  await approve(uma, "Azure Digital Twins Data Owner on dt-half");
  await becomes(carl, "Verified");
});
