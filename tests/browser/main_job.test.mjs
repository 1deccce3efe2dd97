// The whole main job as the people of the demo do it, with scripts, without, by keyboard alone, and on a phone.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { askForInstance, becomes, fillInstance, load, seen, startDemo, status } from "./demo.mjs";
import { askForAccess } from "./places.mjs";

let demo;
before(async () => {
  demo = await startDemo();
  await demo.quick();
});
after(() => demo?.stop());

const story = (name, act) => test(name, () => demo.story(act));
const SCRIPTLESS = { javaScriptEnabled: false };

/** Remembers a page, so that it is known later that it has never been loaded again. */
const mark = (page) => page.evaluate(() => { window.marked = true; });
const isMarked = (page) => page.evaluate(() => window.marked === true);

/** From the queue, as one finds it. */
async function openFromQueue(page, title) {
  await page.goto("/");
  await page.locator(".tile", { hasText: "Approvals" }).click();
  await page.getByRole("link", { name: title }).click();
  await page.getByRole("heading", { level: 1, name: title }).waitFor();
}

story("Carl asks, Uma approves, Carl watches it become verified and copies the host name", async () => {
  const [carl, uma] = [await demo.person("carl"), await demo.person("uma")];
  await carl.context().grantPermissions(["clipboard-read", "clipboard-write"]);

  await carl.locator(".tile", { hasText: "Create instance" }).click();
  await fillInstance(carl, "dt-carl");
  await carl.locator(".end").getByRole("button", { name: "Review + create" }).click();
  await seen(carl, /step runs at once, .* waits/);
  assert.match(await carl.locator(".step").first().innerText(), /In the name of Carl Costa/);
  assert.match(await carl.locator(".step").nth(1).innerText(), /Waits for somebody in whose name it may run/);
  await carl.getByRole("button", { name: "Send request" }).click();
  await seen(carl, "Your request has been taken");
  await mark(carl);

  // What he may do is done at once, and he sees it without doing anything.
  await becomes(carl, "Waiting for approval");
  await carl.locator(".progress .is-done", { hasText: "dt-carl" }).waitFor();

  await openFromQueue(uma, "Create instance dt-carl");
  await seen(uma, "For the pilot in hall 3.");
  const grant = uma.locator(".step", { hasText: "Data Owner" });
  assert.match(await grant.innerText(), /In the name of Uma Usher \(on approval\)/);
  assert.match(await grant.innerText(), /Held by Uma Usher: Microsoft.Authorization\/roleAssignments\/write/);
  await uma.getByRole("button", { name: "Approve" }).click();
  await seen(uma, "Approved. The plan is being carried out.");

  await becomes(carl, "Verified");
  assert.ok(await isMarked(carl), "Carl's page was never loaded again");
  assert.match(await carl.title(), /^Verified/);
  await becomes(uma, "Verified");

  const host = await carl.locator("#copy-host").innerText();
  assert.match(host, /^dt-carl\..*digitaltwins\.azure\.net$/);
  await carl.getByRole("button", { name: "Copy Host name" }).click();
  await carl.getByRole("button", { name: "Copied Host name" }).waitFor();
  assert.equal(await carl.evaluate(() => navigator.clipboard.readText()), host);

  await uma.goto("/approvals");
  await seen(uma, "Nothing waits for your decision");
  await uma.getByRole("link", { name: "Decided by me" }).click();
  await uma.getByRole("link", { name: "Create instance dt-carl" }).waitFor();
});

story("Nina may do nothing herself: Uma sees which permission is missing, Olivia approves, Aldo reads it all", async () => {
  const [nina, uma, olivia, aldo] = [
    await demo.person("nina"), await demo.person("uma"), await demo.person("olivia"), await demo.person("aldo"),
  ];
  const request = await askForInstance(nina, "dt-nina");
  await becomes(nina, "Waiting for approval");
  await mark(nina);

  await openFromQueue(uma, "Create instance dt-nina");
  await seen(uma, "This cannot be approved by you");
  const problem = await uma.locator(".notice.is-error").innerText();
  assert.match(problem, /Microsoft\.DigitalTwins\/digitalTwinsInstances\/write/);
  assert.match(problem, /rg-twins/);
  assert.match(await uma.locator(".step .is-missing").first().innerText(), /Missing: neither Uma Usher nor Nina Novak/);
  assert.ok(await uma.getByRole("button", { name: "Approve" }).isDisabled());
  assert.ok(await uma.getByRole("button", { name: "Reject" }).isEnabled());

  await openFromQueue(olivia, "Create instance dt-nina");
  await olivia.getByRole("button", { name: "Approve" }).click();
  await becomes(nina, "Verified");
  assert.ok(await isMarked(nina));
  // What she could not approve is decided: her page does not go on offering it.
  await becomes(uma, "Verified");
  assert.equal(await uma.getByRole("button", { name: "Reject" }).count(), 0);

  await aldo.getByRole("link", { name: "History" }).click();
  await aldo.getByLabel("Person").fill("nina@contoso.com");
  await aldo.getByRole("button", { name: "Apply" }).click();
  await aldo.getByLabel("Person").and(aldo.locator("[value='nina@contoso.com']")).waitFor();
  for (const text of [/Nina Novak asked: Create instance dt-nina/, /Nina Novak.*verified access|verified access.*Nina Novak/s]) {
    assert.match(await aldo.locator("main").innerText(), text);
  }
  await aldo.goto(request);
  const told = await aldo.locator(".timeline").innerText();
  for (const text of ["Nina Novak asked", "Olivia Ortiz approved the plan", "in the name of Olivia Ortiz", "correlation ID"]) {
    assert.ok(told.includes(text), `${text} in ${told}`);
  }
});

story("the same job without any script", async () => {
  const [carl, uma] = [await demo.person("carl", SCRIPTLESS), await demo.person("uma", SCRIPTLESS)];
  await carl.locator(".tile", { hasText: "Create instance" }).click();
  await carl.getByLabel("Subscription", { exact: true }).selectOption({ label: "Contoso Production" });
  await carl.getByRole("button", { name: "Load resource groups and regions" }).click();
  await load(carl);
  const newGroup = carl.getByLabel("Name of the new resource group");
  assert.ok(await newGroup.isHidden());
  await carl.getByLabel("Resource group", { exact: true }).selectOption("Create new");
  await newGroup.waitFor();
  await carl.getByLabel("Resource group", { exact: true }).selectOption("rg-twins");
  await carl.getByLabel("Resource name").fill("dt-plain");
  await carl.getByLabel("Region").selectOption("westeurope");
  await carl.getByLabel("Justification").fill("Plain forms.");

  await carl.getByLabel("Assign Azure Digital Twins Data Owner Role").check();

  // Somebody else is found and added by two presses, and nothing typed is lost.
  await carl.locator("main").getByRole("searchbox").fill("novak");
  await carl.getByRole("button", { name: "Find" }).click();
  await carl.getByRole("button", { name: "Add Nina Novak" }).click();
  await carl.locator(".chip", { hasText: "Nina Novak" }).waitFor();
  await carl.getByLabel("Role of Nina Novak").selectOption({ label: "Data Reader" });
  assert.equal(await carl.getByLabel("Resource name").inputValue(), "dt-plain");
  assert.equal(await carl.getByLabel("Resource group", { exact: true }).inputValue(), "rg-twins");

  await carl.locator(".end").getByRole("button", { name: "Review + create" }).click();
  await carl.getByRole("button", { name: "Send request" }).click();
  await seen(carl, "Your request has been taken");
  // The page comes again by itself.
  await becomes(carl, "Waiting for approval");

  await openFromQueue(uma, "Create instance dt-plain");
  await uma.getByRole("button", { name: "Approve" }).click();
  await seen(uma, "Approved. The plan is being carried out.");
  await becomes(carl, "Verified");
  assert.match(await carl.locator("#copy-host").innerText(), /^dt-plain\./);
  assert.equal(await carl.getByRole("button", { name: /^Copy/ }).count(), 0, "there is no button that does nothing");

  const nina = await demo.person("nina", SCRIPTLESS);
  const request = await askForInstance(nina, "dt-nina-plain");
  await uma.goto(request);
  assert.ok(await uma.getByRole("button", { name: "Approve" }).isDisabled());
  const olivia = await demo.person("olivia", SCRIPTLESS);
  await openFromQueue(olivia, "Create instance dt-nina-plain");
  await olivia.getByRole("button", { name: "Approve" }).click();
  await becomes(nina, "Verified");

  const aldo = await demo.person("aldo", SCRIPTLESS);
  await aldo.goto("/history");
  await aldo.getByLabel("What happened").selectOption({ label: "Approved" });
  await aldo.getByRole("button", { name: "Apply" }).click();
  await aldo.waitForURL(/kind=approved/);
  const entries = aldo.locator(".timeline > li");
  assert.match(await entries.first().innerText(), /Olivia Ortiz approved the plan/);
  assert.equal(await entries.filter({ hasNotText: "approved the plan" }).count(), 0);
});

/** Presses Tab until it is there, as somebody does who sees where the focus is. */
async function tabTo(page, target, key = "Tab") {
  await target.waitFor();
  for (let presses = 0; presses < 80; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  assert.fail(`${key} never comes to ${target}`);
}

/** The focus is where one can see it. */
async function assertFocusIsSeen(page) {
  const ring = await page.evaluate(() => {
    const element = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const inside = box.top >= 0 && box.bottom <= innerHeight + 1 && box.width > 1;
    return { seen: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && inside, element: element.outerHTML.slice(0, 120) };
  });
  assert.ok(ring.seen, `one does not see the focus on ${ring.element}`);
}

story("by keyboard alone: the form with people found while typing, and an approval", async () => {
  const [carl, uma] = [await demo.person("carl"), await demo.person("uma")];
  const keys = carl.keyboard;

  // The first Tab offers the way around the navigation.
  await carl.goto("/instances/new");
  await keys.press("Tab");
  await assertFocusIsSeen(carl);
  assert.equal(await carl.evaluate(() => document.activeElement.textContent), "Skip to the content");
  await keys.press("Enter");
  await carl.waitForURL(/#main$/);

  const subscription = carl.getByLabel("Subscription", { exact: true });
  await tabTo(carl, subscription);
  await assertFocusIsSeen(carl);
  if (await subscription.inputValue() === "") {
    await keys.type("Contoso P");
    await keys.press("Tab");
  }
  await load(carl);
  await tabTo(carl, carl.getByLabel("Resource group", { exact: true }));
  await keys.type("rg-t");
  const name = carl.getByLabel("Resource name");
  await tabTo(carl, name);
  await keys.type("dt-keys");
  await tabTo(carl, carl.getByLabel("Region"));
  await assertFocusIsSeen(carl);
  await keys.type("West Eu");
  assert.equal(await carl.getByLabel("Region").inputValue(), "westeurope");

  await tabTo(carl, carl.getByLabel("Assign Azure Digital Twins Data Owner Role"));
  await keys.press("Space");

  // People appear while one types; arrows choose, Escape closes, Enter adds.
  const find = carl.locator("#find");
  await tabTo(carl, find);
  await keys.type("gruber");
  const option = carl.getByRole("option", { name: "Greg Gruber" });
  await option.waitFor();
  assert.equal(await find.getAttribute("aria-expanded"), "true");
  await keys.press("Escape");
  await option.waitFor({ state: "hidden" });
  await keys.press("Backspace");
  await option.waitFor();
  await keys.press("ArrowDown");
  await carl.locator("[role=option][aria-selected=true]", { hasText: "Greg Gruber" }).waitFor();
  await keys.press("Enter");
  await carl.locator(".chip", { hasText: "Greg Gruber" }).waitFor();
  await carl.waitForFunction(() => document.activeElement.id === "find");
  assert.equal(await name.inputValue(), "dt-keys");

  // A form that lacks something says so where the focus is, and leads to the field.
  await tabTo(carl, name, "Shift+Tab");
  await keys.press("Enter");
  await carl.waitForFunction(() => document.activeElement.matches("[role=alert]"));
  await tabTo(carl, carl.getByRole("alert").getByRole("link"));
  await keys.press("Enter");
  await carl.waitForURL(/#justification$/);
  const justification = carl.getByLabel("Justification");
  await tabTo(carl, justification);
  await keys.type("By keyboard.");
  await tabTo(carl, carl.locator(".end").getByRole("button", { name: "Review + create" }));
  await assertFocusIsSeen(carl);
  await keys.press("Enter");
  const send = carl.getByRole("button", { name: "Send request" });
  await tabTo(carl, send);
  await assertFocusIsSeen(carl);
  await keys.press("Enter");
  await becomes(carl, "Waiting for approval");

  await uma.goto("/");
  await tabTo(uma, uma.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Approvals" }));
  await assertFocusIsSeen(uma);
  await uma.keyboard.press("Enter");
  await tabTo(uma, uma.getByRole("link", { name: "Create instance dt-keys" }));
  await uma.keyboard.press("Enter");
  await tabTo(uma, uma.getByRole("button", { name: "Approve" }));
  await assertFocusIsSeen(uma);
  await uma.keyboard.press("Enter");
  await becomes(uma, "Verified");

  // What she has decided is found again by its name, and its page by pressing Enter twice.
  await uma.keyboard.press("/");
  await assertFocusIsSeen(uma);
  await uma.keyboard.type("dt-keys");
  await uma.keyboard.press("Enter");
  const found = uma.locator("#requests").getByRole("link", { name: "Create instance dt-keys" });
  await tabTo(uma, found);
  await assertFocusIsSeen(uma);
  await uma.keyboard.press("Enter");
  await becomes(uma, "Verified");

  // Leaving, by keyboard too.
  await tabTo(uma, uma.locator(".who summary"));
  await assertFocusIsSeen(uma);
  await uma.keyboard.press("Enter");
  await tabTo(uma, uma.getByRole("button", { name: "Sign out" }));
  await assertFocusIsSeen(uma);
  await uma.keyboard.press("Enter");
  await seen(uma, /signed out/i);
  await uma.goto("/requests");
  assert.equal(await uma.getByText("Signed in as").count(), 0);
});

story("Uma rejects, and Carl reads why; the page he looks at tells him by itself", async () => {
  const [nina, uma] = [await demo.person("nina"), await demo.person("uma")];
  const request = await askForInstance(nina, "dt-no");
  await becomes(nina, "Waiting for approval");
  await uma.goto(request);
  await uma.getByRole("button", { name: "Reject" }).click();
  await seen(uma, "Nothing was changed");
  await uma.getByLabel("Reason").fill("Use the shared one.");
  await uma.getByRole("button", { name: "Reject" }).click();
  await becomes(nina, "Rejected");
  await seen(nina, "Use the shared one.");
  assert.equal(await nina.locator(".progress > li", { hasText: "Will not run." }).count(), 4);
  assert.equal(await status(uma).innerText(), "Rejected");
});

story("on a phone: asked, approved and verified with a finger", async () => {
  const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const [carl, uma] = [await demo.person("carl", PHONE), await demo.person("uma", PHONE)];
  const from = async (page, name) => {
    await page.locator(".menu summary").tap();
    await page.locator(".nav").getByRole("link", { name }).tap();
  };
  await from(carl, "Create instance");
  await load(carl);
  await carl.getByLabel("Resource group", { exact: true }).selectOption("rg-twins");
  await carl.getByLabel("Resource name").tap();
  await carl.keyboard.type("dt-phone");
  await carl.getByLabel("Region").selectOption("westeurope");
  await carl.getByLabel("Assign Azure Digital Twins Data Owner Role").tap();
  await carl.getByLabel("Justification").tap();
  await carl.keyboard.type("For whoever stands in the hall.");
  await carl.locator(".end .primary").tap();
  await carl.getByRole("button", { name: "Send request" }).tap();
  await seen(carl, "Your request has been taken");
  await becomes(carl, "Waiting for approval");

  await uma.goto("/");
  await from(uma, /^Approvals/);
  // A tap anywhere in the row opens it; one on its box selects it.
  const row = uma.locator("tbody tr", { hasText: "dt-phone" });
  await row.getByRole("checkbox").tap();
  assert.ok(await row.getByRole("checkbox").isChecked());
  const { x, y, height } = await row.getByText("Carl Costa", { exact: true }).boundingBox();
  await uma.touchscreen.tap(x + 10, y + height / 2);
  await uma.getByRole("heading", { level: 1, name: "Create instance dt-phone" }).waitFor();
  await seen(uma, "For whoever stands in the hall.");
  await uma.getByRole("button", { name: "Approve" }).tap();
  await seen(uma, "Approved. The plan is being carried out.");
  await becomes(carl, "Verified");
});

story("Azure wants a second factor of Uma: Nina's page says so, and goes on by itself once Uma has given it", async () => {
  const [nina, uma] = [await demo.person("nina"), await demo.person("uma")];
  const request = await askForAccess(nina);
  await becomes(nina, "Waiting for approval");
  await mark(nina);
  await demo.quick({ mfa_for_writes: true });
  await uma.goto(request);
  await uma.getByRole("button", { name: "Approve" }).click();
  await seen(nina, "Azure wants Uma Usher to sign in again.");

  // What comes meanwhile takes nothing away from under her hands.
  await nina.getByText("Close this request").click();
  await nina.locator("#close-reason").pressSequentially("It takes too long");
  const second = await demo.again("uma");
  await second.goto(request);
  await second.getByLabel("Comment").fill("I am on my way.");
  await second.getByRole("button", { name: "Add comment" }).click();
  await nina.locator(".timeline", { hasText: "I am on my way." }).waitFor();
  assert.equal(await nina.locator("#close-reason").inputValue(), "It takes too long");
  await nina.keyboard.type(".");
  assert.equal(await nina.locator("#close-reason").inputValue(), "It takes too long.", "the focus stays, too");

  await uma.getByRole("link", { name: "Sign in again" }).click();
  await uma.getByRole("button", { name: "Approve sign-in" }).click();
  await becomes(nina, "Verified");
  assert.ok(await isMarked(nina));
});
