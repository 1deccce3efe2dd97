// "Create instance" in tabs: by mouse, by keyboard alone, without any script, and by the browser's Back.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { becomes, fillInstance, load, startDemo } from "./demo.mjs";

let demo;
before(async () => {
  demo = await startDemo();
  await demo.quick();
});
after(() => demo?.stop());

const story = (name, act) => test(name, () => demo.story(act));
const TABS = ["Basics", "Networking", "Advanced", "Tags"];
const SUBNET = { label: "vnet-factory / private-endpoints" };

const tab = (page, name) => page.getByRole("navigation", { name: "Parts of this form" }).getByRole("link", { name });
/** The panels that are seen, by their ids. */
const seen = (page) => page.evaluate(() => [...document.querySelectorAll(".panel")].filter((panel) => panel.checkVisibility()).map(({ id }) => id));
const turned = (page, id) => page.waitForFunction((id) => document.querySelector(`#${id}`).checkVisibility(), id);

async function choosePrivate(page) {
  await page.getByRole("radio", { name: "Private endpoint" }).check();
  await page.locator("#pe-name-1").fill("pe-tabs");
  await page.getByLabel("Virtual network and subnet").selectOption(SUBNET);
}

story("one tab at a time, jumped to and walked through; Back leads to the one before", async () => {
  const page = await demo.person("olivia");
  await fillInstance(page, "dt-tabs");
  assert.deepEqual(await seen(page), ["basics"]);
  assert.equal(await page.getByRole("link", { name: "Previous" }).count(), 0, "there is none before the first");
  // Back to where no tab was named yet.
  await page.getByRole("link", { name: "Next : Networking" }).click();
  await turned(page, "networking");
  await page.goBack();
  await turned(page, "basics");
  assert.deepEqual(await seen(page), ["basics"]);
  for (const name of TABS.slice(1)) {
    await page.getByRole("link", { name: `Next : ${name}` }).click();
    await turned(page, name.toLowerCase());
    assert.deepEqual(await seen(page), [name.toLowerCase()]);
    assert.equal(await tab(page, name).getAttribute("aria-current"), "step");
  }
  assert.equal(await page.locator("[data-next][href]").count(), 0, "there is none behind the last");
  await page.goBack();
  await turned(page, "advanced");
  await tab(page, "Basics").click();
  await turned(page, "basics");
  assert.equal(await page.getByLabel("Resource name").inputValue(), "dt-tabs");
});

story("what is wrong stands at its tab, and the tab with it comes first", async () => {
  const page = await demo.person("olivia");
  await fillInstance(page, "dt-tabs");
  await tab(page, "Networking").click();
  await choosePrivate(page);
  await page.locator("#pe-name-1").fill("-");
  await tab(page, "Tags").click();
  await page.locator(".end .primary").click();
  await page.getByRole("alert").waitFor();
  assert.deepEqual(await seen(page), ["networking"]);
  assert.match(await tab(page, "Networking").innerText(), /1 to fix/);
  assert.equal(await tab(page, "Basics").innerText(), "Basics");
  // From another tab, the link leads to the field.
  await tab(page, "Advanced").click();
  await turned(page, "advanced");
  await page.getByRole("alert").getByRole("link").click();
  await page.waitForFunction(() => document.activeElement.id === "pe-name-1");
  await page.keyboard.type("pe-right");
  assert.equal(await page.locator("#pe-subnet-1 option:checked").innerText(), SUBNET.label);
});

story("Back from the review shows everything as it was typed, and so does its tab", async () => {
  const page = await demo.person("carl");
  await fillInstance(page, "dt-back");
  await tab(page, "Networking").click();
  await choosePrivate(page);
  await page.getByRole("button", { name: "Add a private endpoint" }).click();
  await page.locator("#pe-name-2").fill("pe-second");
  assert.deepEqual(await seen(page), ["networking"]);
  await page.locator("#pe-subnet-2").selectOption(SUBNET);
  await tab(page, "Advanced").click();
  await page.getByRole("radio", { name: "On" }).check();
  await page.locator(".end .primary").click();
  await page.getByRole("heading", { name: "What will run" }).waitFor();
  const asTyped = async () => {
    await page.locator("#pe-name-2").waitFor({ state: "attached" });
    assert.equal(await page.locator("#pe-name-1").inputValue(), "pe-tabs");
    assert.equal(await page.locator("#pe-name-2").inputValue(), "pe-second");
    assert.equal(await page.locator("#resource_name").inputValue(), "dt-back");
    assert.match(await page.locator("#justification").inputValue(), /press line/);
    assert.ok(await page.locator("[name=system_identity][value=on]").isChecked());
  };
  await page.goBack();
  await asTyped();
  await page.locator(".end .primary").click();
  await page.getByRole("heading", { name: "What will run" }).waitFor();
  await page.getByRole("navigation", { name: "Parts of this form" }).getByRole("button", { name: "Networking" }).click();
  await asTyped();
  await turned(page, "networking");
  await page.locator(".end .primary").click();
  await page.getByRole("heading", { name: "What will run" }).waitFor();
  assert.equal(await page.locator(".step", { hasText: "Create the private endpoint" }).count(), 2);
});

story("by keyboard alone", async () => {
  const page = await demo.person("olivia");
  const keys = page.keyboard;
  await fillInstance(page, "dt-keys");
  const to = async (target) => {
    await target.waitFor();
    for (let presses = 0; presses < 60; presses++) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await keys.press("Tab");
    }
    assert.fail(`Tab never comes to ${target}`);
  };
  await to(page.getByRole("link", { name: "Next : Networking" }));
  await keys.press("Enter");
  await turned(page, "networking");
  // One goes on inside the tab that has come.
  await keys.press("Tab");
  assert.ok(await page.evaluate(() => document.activeElement.closest("#networking") !== null));
  await keys.press("ArrowDown");
  assert.ok(await page.getByRole("radio", { name: "Private endpoint" }).isChecked());
  await to(page.locator("#pe-name-1"));
  await keys.type("pe-keys");
  await to(page.getByLabel("Virtual network and subnet"));
  await keys.type("vnet-factory / p");
  await to(page.getByRole("link", { name: "Next : Advanced" }));
  await keys.press("Enter");
  await turned(page, "advanced");
  await to(page.locator(".end .primary"));
  await keys.press("Enter");
  await page.getByText("Create the private endpoint pe-keys").first().waitFor();
});

story("without any script it is one page, rows come and go by buttons, and it is made", async () => {
  const page = await demo.person("olivia", { javaScriptEnabled: false });
  await page.goto("/instances/new");
  await load(page);
  for (const name of TABS) assert.ok(await page.locator(`#${name.toLowerCase()}`).isVisible(), name);
  assert.equal(await page.getByRole("link", { name: /Next|Previous/ }).count(), 0);
  await page.getByLabel("Resource group", { exact: true }).selectOption("rg-twins");
  await page.getByLabel("Resource name").fill("dt-plain-net");
  await page.getByLabel("Region").selectOption("westeurope");
  await page.getByLabel("Justification").fill("Plain forms.");
  assert.ok(await page.locator("#pe-name-1").isHidden(), "not before it is chosen");
  await choosePrivate(page);
  await page.getByRole("button", { name: "Add a private endpoint" }).click();
  await page.locator("#pe-name-2").waitFor();
  await page.getByRole("button", { name: "Remove private endpoint 2" }).click();
  await page.locator("#pe-name-2").waitFor({ state: "detached" });
  await page.locator(".end .primary").click();
  await page.getByRole("heading", { name: "What will run" }).waitFor();
  await page.getByRole("button", { name: "Networking" }).click();
  assert.equal(await page.locator("#pe-name-1").inputValue(), "pe-tabs");
  assert.equal(await page.locator("#resource_name").inputValue(), "dt-plain-net");
  await page.locator(".end .primary").click();
  await page.locator("form[action='/instances'] .end .primary").click();
  await becomes(page, "Done");
});
