// The browser's own Back: without any script it shows a form as it was typed, and after signing out
// nothing personal at all.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fillInstance, signIn, startDemo } from "./demo.mjs";

let demo;
before(async () => {
  demo = await startDemo();
  await demo.quick();
});
after(() => demo?.stop());

const story = (name, act) => test(name, () => demo.story(act));
const review = (page) => page.getByRole("heading", { name: "What will run" }).waitFor();

for (const scripts of [false, true]) {
  const how = scripts ? "with the script" : "without any script";

  story(`Back from the review shows the form as it was typed, ${how}`, async () => {
    const page = await demo.person("carl", { javaScriptEnabled: scripts });
    await fillInstance(page, "dt-back");
    await page.locator("a[href='#networking']").first().click();
    await page.getByRole("radio", { name: "Private endpoint" }).check();
    await page.locator("#pe-name-1").fill("pe-first");
    await page.getByRole("button", { name: "Add a private endpoint" }).click();
    await page.locator("#pe-name-2").fill("pe-second");
    for (const row of [1, 2]) await page.locator(`#pe-subnet-${row}`).selectOption({ label: "vnet-factory / private-endpoints" });
    await page.locator("a[href='#tags']").first().click();
    await page.locator("#tag-name-1").fill("team");
    await page.locator("#tag-1").fill("press line");
    await page.locator(".end .primary").click();
    await review(page);
    const asTyped = async () => {
      await page.locator("#pe-name-2").waitFor({ state: "attached" });
      assert.equal(await page.locator("#resource_name").inputValue(), "dt-back");
      assert.equal(await page.locator("#pe-name-1").inputValue(), "pe-first");
      assert.equal(await page.locator("#pe-name-2").inputValue(), "pe-second");
      assert.equal(await page.locator("#tag-name-1").inputValue(), "team");
      assert.equal(await page.locator("#tag-1").inputValue(), "press line");
      assert.match(await page.locator("#justification").inputValue(), /press line.\n.*hall 3/);
      assert.ok(await page.getByLabel("Assign Azure Digital Twins Data Owner Role").isChecked());
    };
    await page.goBack();
    await asTyped();
    // Forward again, too, without a question whether to send it once more.
    await page.goForward();
    await review(page);
    await page.goBack();
    await asTyped();
    await page.locator(".end .primary").click();
    await review(page);
    assert.equal(await page.locator(".step", { hasText: "Create the private endpoint" }).count(), 2);
  });

  story(`Back after signing out shows nothing of it, and so it does to the next person, ${how}`, async () => {
    const page = await demo.person("carl", { javaScriptEnabled: scripts });
    await page.goto("/access/new");
    await page.getByLabel("Justification").fill("Known to Carl alone.");
    await page.locator(".end .primary").click();
    await page.getByRole("alert").waitFor();
    assert.match(await page.locator("#justification").inputValue(), /Carl alone/);
    await page.evaluate(() => { document.querySelector("form[action='/sign-out']").submit(); });
    await page.waitForURL(/signed-out/);
    // Entra ID's own pages name who has signed in there; ours name nobody.
    const nothing = async (words, steps) => {
      for (let step = 0; step < steps; step++) {
        // What was an answer to a form is not sent for again unasked: the browser says so, on a page of its own.
        await page.goBack().catch((error) => assert.match(error.message, /ERR_CACHE_MISS/));
        await page.waitForLoadState();
        const text = await page.locator("html").textContent();
        if (page.url().startsWith(demo.origin)) for (const word of words) assert.ok(!text.includes(word), `${word} at ${page.url()}`);
      }
    };
    await nothing(["Carl", "press line"], 3);
    await signIn(page, "nina");
    await nothing(["Carl"], 4);
  });
}
