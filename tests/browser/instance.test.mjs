// An instance that exists: its managed identities and its end, as the people concerned meet them.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { becomes, seen, startDemo } from "./demo.mjs";

const PAGE = "/instances/a1b2c3d4-0000-4000-8000-000000000001/rg-factory/factory-floor";
const TOPIC = "/subscriptions/a1b2c3d4-0000-4000-8000-000000000001/resourceGroups/rg-factory"
  + "/providers/Microsoft.ServiceBus/namespaces/contoso-orders/topics/orders";

let demo;
before(async () => {
  demo = await startDemo();
  await demo.quick();
});
after(() => demo?.stop());

const story = (name, act) => test(name, () => demo.story(act));

const tab = (page, name) => page.getByRole("navigation").getByRole("link", { name, exact: true }).click();

/** Fills in what every such form wants, reviews it and sends it. */
async function ask(page, why, button) {
  const confirm = page.getByLabel("Name of the instance");
  if (await confirm.count()) await confirm.fill("factory-floor");
  await page.getByLabel("Justification").fill(why);
  await page.locator(".end [value=review]").click();
  await page.getByRole("heading", { name: "What will run" }).waitFor();
  await page.getByRole("button", { name: button, exact: true }).click();
  await page.waitForURL(/\/requests\/[0-9a-f-]+/);
}

story("Olivia associates an identity and looks at it", async () => {
  const olivia = await demo.person("olivia");
  await olivia.goto(PAGE);
  await tab(olivia, "Identity");
  await tab(olivia, "User-assigned");
  await olivia.getByRole("link", { name: "Associate a user-assigned managed identity" }).click();
  await olivia.getByLabel("line-camera").check();
  await ask(olivia, "The camera of line 2.", "Save");
  await becomes(olivia, "Done");
  await seen(olivia, /Azure shows as associated: line-camera \(Object ID [0-9a-f-]+\)/);

  await olivia.goto(`${PAGE}/identity/user-assigned`);
  await olivia.getByRole("link", { name: "line-camera" }).click();
  await seen(olivia, "It holds no role there.");
  await seen(olivia, "Client ID");
});

story("Olivia removes one by hand and without scripts, on a phone", async () => {
  const phone = { javaScriptEnabled: false, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const olivia = await demo.person("olivia", phone);
  await olivia.goto(`${PAGE}/identity/user-assigned`);
  await olivia.getByRole("checkbox", { name: "sensor-bridge" }).tap();
  await olivia.getByRole("button", { name: "Remove" }).tap();
  await seen(olivia, /Endpoint orders as sensor-bridge/);
  assert.ok(await olivia.getByLabel("sensor-bridge").isChecked());
  await ask(olivia, "Orders go another way.", "Save");
  await olivia.getByText("no longer shows as associated: sensor-bridge").first().waitFor();
});

story("Olivia gives an associated identity its role on the topic, from its own page", async () => {
  const olivia = await demo.person("olivia");
  await olivia.goto(`${PAGE}/identity/user-assigned`);
  await olivia.getByRole("link", { name: "line-camera" }).click();
  await olivia.getByRole("link", { name: "Add role assignment" }).click();
  assert.ok(await olivia.getByRole("radio", { name: /^line-camera/ }).isChecked());
  await olivia.getByRole("radio", { name: /^Azure Service Bus Data Sender/ }).check();
  await olivia.getByLabel("Scopes").fill(TOPIC);
  await ask(olivia, "The camera reports to the order desk.", "Assign role");
  await becomes(olivia, "Done");
  await olivia.goto(`${PAGE}/identity/user-assigned`);
  await olivia.getByRole("link", { name: "line-camera" }).click();
  await seen(olivia, TOPIC);
});

story("Rita asks to turn it off, and Greg reads what will stop before he approves", async () => {
  const [rita, greg] = [await demo.person("rita"), await demo.person("greg")];
  await rita.goto(`${PAGE}/identity`);
  await rita.getByRole("radio", { name: "Off" }).check();
  await rita.getByRole("button", { name: "Save" }).click();
  await seen(rita, /Endpoint alarms, which delivers to/);
  await rita.locator(".end [value=review]").click();
  await rita.getByRole("alert").getByText("Type the name of the instance").waitFor();
  await ask(rita, "Nothing is sent any more.", "Send request");
  await becomes(rita, "Waiting for approval");

  await greg.goto("/approvals");
  await greg.getByRole("link", { name: "Turn off the system-assigned managed identity of factory-floor" }).click();
  const warning = greg.locator(".notice", { hasText: "This will stop" });
  assert.match(await warning.innerText(), /alarms[^]*floor-history/);
  await seen(greg, /Azure Event Hubs Data Owner on contoso-factory in rg-factory/);
  await greg.getByRole("button", { name: "Approve" }).click();
  await becomes(rita, "Done");
  await seen(rita, "Azure shows the system-assigned identity as off.");

  await rita.goto(`${PAGE}/identity`);
  assert.ok(await rita.getByRole("radio", { name: "Off" }).isChecked());
});

story("Olivia deletes the instance after she has typed its name", async () => {
  const olivia = await demo.person("olivia");
  await olivia.goto(PAGE);
  await olivia.getByRole("link", { name: "Delete", exact: true }).click();
  await seen(olivia, "This is lost for good");
  await ask(olivia, "The hall is closed.", "Delete");
  await becomes(olivia, "Done");
  await seen(olivia, "Azure shows no instance factory-floor there any more.");
  await olivia.goto(PAGE);
  await seen(olivia, "Azure does not show you this instance");
});
