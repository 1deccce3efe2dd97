// The program is stopped and started under an open page, as at every upgrade.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { askForInstance, becomes, startDemo } from "./demo.mjs";

const LOST = "The connection to Twindesk is lost.";

let demo;
before(async () => {
  demo = await startDemo();
  await demo.quick();
});
after(() => demo?.stop());

test("a page that is watched says that the connection is lost, and goes on when it is back", () => demo.story(async () => {
  const [carl, uma] = [await demo.person("carl"), await demo.person("uma")];
  const request = await askForInstance(carl, "dt-watched");
  await becomes(carl, "Waiting for approval");
  await carl.evaluate(() => { window.marked = true; });
  assert.equal(await carl.locator("main .notice", { hasText: LOST }).count(), 0);

  await demo.down();
  // It would look by itself in a while.
  await carl.evaluate(() => { window.dispatchEvent(new Event("online")); });
  await carl.locator("main .notice", { hasText: LOST }).waitFor();
  assert.match(await carl.locator("p[role=status]").innerText(), /connection to Twindesk is lost/);
  // What is known stays to be read.
  await becomes(carl, "Waiting for approval");

  await demo.up();
  await demo.quick();
  await carl.locator("main .notice", { hasText: LOST }).waitFor({ state: "detached" });
  await uma.goto(request);
  await uma.getByRole("button", { name: "Approve" }).click();
  await becomes(carl, "Verified");
  assert.ok(await carl.evaluate(() => window.marked), "it was never loaded again, and nobody signed in again");
}));
