// Under an open page the program is stopped and started, as at every upgrade, or the session ends.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { askForInstance, becomes, fillInstance, startDemo } from "./demo.mjs";

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

/** Ends the session under this page, in another one of the same browser. */
async function signOutBeside(page) {
  const other = await page.context().newPage();
  await other.goto("/");
  await other.locator(".who summary").click();
  demo.ended = true;
  await other.getByRole("button", { name: "Sign out" }).click();
  await other.getByRole("heading", { name: "You are signed out" }).waitFor();
}

test("a session that ends under an open page is told, and nothing that was typed is lost", () => demo.story(async () => {
  const nina = await demo.person("nina");
  await askForInstance(nina, "dt-ended");
  await nina.locator("#comment").fill("It is for hall 3.");
  await signOutBeside(nina);

  const notice = nina.locator("main .toast", { hasText: "Your session has ended." });
  await notice.waitFor();
  assert.match(await nina.locator("p[role=status]").innerText(), /Your session has ended/);
  // The sign-in stands beside what is typed, and the page goes on when somebody has come back.
  const [beside] = await Promise.all([nina.context().waitForEvent("page"), notice.getByRole("link", { name: "Sign in" }).click()]);
  await beside.getByRole("button", { name: "nina@" }).click();
  await beside.getByText("Signed in as").waitFor({ state: "attached" });
  demo.ended = false;
  await nina.evaluate(() => { window.dispatchEvent(new Event("online")); });
  await notice.waitFor({ state: "detached" });
  assert.equal(await nina.locator("#comment").inputValue(), "It is for hall 3.");
  await nina.getByRole("button", { name: "Add comment" }).click();
  await nina.locator(".timeline", { hasText: "It is for hall 3." }).waitFor();
}));

for (const javaScriptEnabled of [true, false]) {
  test(`a form that is sent when the session has ended is sent again after the sign-in, ${javaScriptEnabled ? "with" : "without"} scripts`, () => demo.story(async () => {
    const olivia = await demo.person("olivia", { javaScriptEnabled });
    await fillInstance(olivia, "dt-kept");
    await signOutBeside(olivia);

    await olivia.locator(".end").getByRole("button", { name: "Review + create" }).click();
    await olivia.getByText("What you sent is kept on this page").waitFor();
    const [beside] = await Promise.all([olivia.context().waitForEvent("page"), olivia.locator("main").getByRole("link", { name: "Sign in" }).click()]);
    await beside.getByRole("button", { name: "olivia@" }).click();
    await beside.getByText("Signed in as").waitFor({ state: "attached" });
    demo.ended = false;
    await olivia.getByRole("button", { name: "Send again" }).click();
    await olivia.getByRole("heading", { name: "What will run" }).waitFor();
    assert.match(await olivia.locator("main").innerText(), /dt-kept[^]*A twin of the press line\./);
  }));
}
