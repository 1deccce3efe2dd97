// Every page, and every state of it that looks different: who sees it and how one gets there. The tests
// of pages and scripts/screenshots share this list.

import { askForInstance, becomes, fillInstance } from "./demo.mjs";

const FACTORY_FLOOR = "/subscriptions/a1b2c3d4-0000-4000-8000-000000000001/resourceGroups/rg-factory"
  + "/providers/Microsoft.DigitalTwins/digitalTwinsInstances/factory-floor";

const SENSOR_BRIDGE = "/subscriptions/a1b2c3d4-0000-4000-8000-000000000001/resourceGroups/rg-factory"
  + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/sensor-bridge";
const PRESS_LINE_ID = FACTORY_FLOOR.replace("rg-factory", "rg-twins").replace("factory-floor", "dt-press-line");
const INSTANCE = "/instances/a1b2c3d4-0000-4000-8000-000000000001/rg-factory/factory-floor";

/** Requests in every state; the address of each by its name. */
export async function furnish(demo) {
  const requests = {};
  await demo.quick();
  const [olivia, carl, nina, uma] = [
    await demo.person("olivia"), await demo.person("carl"), await demo.person("nina"), await demo.person("uma"),
  ];
  requests.verified = await askForInstance(olivia, "dt-press-line");
  await becomes(olivia, "Verified");
  await askForReader(olivia);
  await askForConnection(olivia);

  requests.half = await askForInstance(carl, "dt-paint-shop");
  await becomes(carl, "Waiting for approval");
  requests.rejected = await askForInstance(carl, "dt-canteen");
  await becomes(carl, "Waiting for approval");
  await uma.goto(requests.rejected);
  await uma.getByLabel("Reason").fill("The canteen has one already: ask Rita for a role on it.");
  await uma.getByRole("button", { name: "Reject" }).click();
  await becomes(uma, "Rejected");

  const rita = await demo.person("rita");
  requests.identity = await askToTurnOff(rita);

  requests.waiting = await askForInstance(nina, "dt-warehouse");
  await becomes(nina, "Waiting for approval");
  requests.access = await askForAccess(nina);

  requests.withdrawn = await askForAccess(nina);
  await nina.getByRole("button", { name: "Withdraw request" }).click();
  await becomes(nina, "Withdrawn");

  requests.sentBack = await askForAccess(nina);
  await sendBack(uma, requests.sentBack);
  requests.changed = await askForAccess(nina);
  await sendBack(uma, requests.changed);
  // The page that she is on would come anew by itself when Nina changes it, perhaps just as she goes there.
  await uma.goto("about:blank");
  await changeAndSendAgain(nina, requests.changed);
  await nina.getByLabel("Comment").fill("Is it clearer now?");
  await nina.getByRole("button", { name: "Add comment" }).click();
  await nina.locator(".timeline", { hasText: "Is it clearer now?" }).waitFor();
  await uma.goto(requests.changed);
  await uma.getByRole("button", { name: "I am looking at this" }).click();
  await uma.getByRole("button", { name: "I am not looking any more" }).waitFor();

  requests.raise = await askToBeRaised(carl);
  requests.identityRole = await askForIdentityRole(carl);

  const disallowed = (name) => demo.bend("POST", "/faults", {
    service: "arm", method: "PUT", path: name, status: 403, code: "RequestDisallowedByPolicy",
    message: `Resource '${name}' was disallowed by policy. Policy identifiers: 'Allowed locations'.`,
  });
  await disallowed("dt-no-such-luck");
  requests.stopped = await askForInstance(olivia, "dt-no-such-luck");
  await becomes(olivia, "Stopped");
  await disallowed("dt-given-up");
  requests.closed = await askForInstance(olivia, "dt-given-up");
  await becomes(olivia, "Stopped");
  await olivia.getByText("Close this request").click();
  await olivia.locator("#close-reason").fill("Twins are not allowed in this region.");
  await olivia.getByRole("button", { name: "Close", exact: true }).click();
  await becomes(olivia, "Closed");

  // Stuck with Uma, and Olivia may go on.
  await demo.bend("POST", "/faults", {
    service: "arm", method: "PUT", path: "roleAssignments", caller: "uma@contoso.com", status: 403, code: "AuthorizationFailed",
    message: "The client 'uma@contoso.com' does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/write'.",
  });
  requests.stuck = await askForAccess(nina);
  await uma.goto(requests.stuck);
  await uma.getByRole("button", { name: "Approve" }).click();
  await becomes(uma, "Stopped");

  // A role that is long on its way to the data plane.
  await demo.quick({ role_propagation_seconds: 86_400 });
  requests.verifying = await askForInstance(carl, "dt-assembly");
  await becomes(carl, "Waiting for approval");
  await uma.goto(requests.verifying);
  await uma.getByRole("button", { name: "Approve" }).click();
  await carl.locator(".progress .is-running", { hasText: "Verify access" }).waitFor();

  await demo.quick({ lro_seconds: 86_400 });
  requests.running = await askForInstance(olivia, "dt-hall-3");
  await becomes(olivia, "Running");
  await olivia.locator(".timeline", { hasText: "Azure took the call" }).waitFor();

  requests.stopping = await askForInstance(olivia, "dt-hall-4");
  await becomes(olivia, "Running");
  await olivia.locator(".timeline", { hasText: "Azure took the call" }).waitFor();
  await olivia.getByRole("button", { name: "Stop after this step" }).click();
  await olivia.getByRole("heading", { name: "Stopping" }).waitFor();

  await demo.bend("POST", "/faults", {
    service: "arm", method: "PUT", path: "dt-hall-5", status: 429, code: "TooManyRequests", retry_after: 3600,
    message: "The request is being throttled.", caller: "carl@contoso.com",
  });
  requests.throttled = await askForInstance(carl, "dt-hall-5");
  await carl.getByRole("heading", { name: "Not yet" }).waitFor();

  await demo.quick({ mfa_for_writes: true });
  requests.signIn = await askForInstance(olivia, "dt-cold-store");
  await becomes(olivia, "Needs sign-in");
  await Promise.all(demo.browser.contexts().map((context) => context.close()));
  return requests;
}

/** Fills in "Request access" to factory-floor, for oneself. */
export async function fillAccess(page) {
  await page.goto(`/access/new?resource_id=${FACTORY_FLOOR}`);
  const id = page.getByLabel("Resource ID");
  if (await id.inputValue() === "") await id.fill(FACTORY_FLOOR);
  await page.getByRole("radio", { name: "Data Reader" }).check();
  await page.getByLabel("Justification").fill("I model the floor.");
}

/** Asks for access; the address of the request. */
export async function askForAccess(page) {
  await fillAccess(page);
  await page.locator(".end .primary").click();
  await page.locator("form[action='/access'] .end .primary").click();
  await page.waitForURL(/\/requests\/[0-9a-f-]+/);
  return new URL(page.url()).pathname;
}

async function sendBack(page, address) {
  await page.goto(address);
  await page.getByLabel("Reason").fill("Say for which project, and whether Data Owner is needed.");
  await page.getByRole("button", { name: "Send back to be changed" }).click();
  await becomes(page, "Sent back");
}

async function changeForm(page, address) {
  await page.goto(address);
  await page.getByRole("link", { name: "Change and send again" }).click();
  await page.getByLabel("Justification").waitFor();
}

async function reviewChange(page, address) {
  await changeForm(page, address);
  await page.getByRole("radio", { name: "Data Owner" }).check();
  await page.getByLabel("Justification").fill("I model the floor for project Hall 3.");
  await page.locator(".end .primary").click();
  await page.getByRole("heading", { name: "What has changed" }).waitFor();
}

async function changeAndSendAgain(page, address) {
  await reviewChange(page, address);
  await page.getByRole("button", { name: "Send again" }).click();
  await becomes(page, "Waiting for approval");
}

/** The other data role besides, on the instance that she has made. */
async function askForReader(page) {
  await page.goto(`/access/new?resource_id=${PRESS_LINE_ID}`);
  const id = page.getByLabel("Resource ID");
  if (await id.inputValue() === "") await id.fill(PRESS_LINE_ID);
  await page.getByRole("radio", { name: "Data Reader" }).check();
  await page.getByLabel("Justification").fill("I show it to visitors.");
  await page.locator(".end .primary").click();
  await page.locator("form[action='/access'] .end .primary").click();
  await becomes(page, "Verified");
}

/** Fills in "Raise my role" to Owner on the whole subscription. */
async function fillRaise(page) {
  await page.goto("/roles/new");
  await page.locator("#resource_group option[value=rg-twins]").waitFor({ state: "attached" });
  await page.getByLabel("Applies to").selectOption("*");
  await page.getByRole("radio", { name: /^Owner/ }).check();
  await page.getByLabel("Justification").fill("I set up the twins of hall 3.");
  await page.locator(".end .primary").click();
  await page.getByRole("heading", { name: "What will run" }).waitFor();
}

async function askToBeRaised(page) {
  await fillRaise(page);
  await page.locator("form[action='/roles'] .end .primary").click();
  await page.waitForURL(/\/requests\/[0-9a-f-]+/);
  return new URL(page.url()).pathname;
}

/** Asks that the system-assigned identity of factory-floor be turned off, when nobody may do so at once. */
async function askToTurnOff(page) {
  await reviewIdentity(page);
  await page.locator("form[action='/identity'] .end .primary").click();
  await page.waitForURL(/\/requests\/[0-9a-f-]+/);
  return new URL(page.url()).pathname;
}

const PRESS_LINE_PAGES = "/instances/a1b2c3d4-0000-4000-8000-000000000001/rg-twins/dt-press-line";
const PRESS_LINE = `${PRESS_LINE_PAGES}/access`;

async function toRemoval(page) {
  await page.goto(PRESS_LINE);
  await page.getByRole("link", { name: /^Remove/ }).first().click();
  await page.getByRole("heading", { name: "What is removed" }).waitFor();
}

async function reviewRemoval(page) {
  await toRemoval(page);
  await page.getByLabel("Justification").fill("Olivia has left the project.");
  await page.locator(".end .primary").click();
  await page.getByRole("heading", { name: "What will run" }).waitFor();
}

async function checkOlivia(page) {
  await page.goto(`${PRESS_LINE}/check`);
  await page.getByLabel("Find").fill("olivia");
  await page.getByRole("button", { name: "Check access" }).click();
  await page.locator(".found a").first().click();
  await page.locator(".needs").waitFor();
}

/** A role of the system-assigned identity of factory-floor, with what stops without it. */
async function removeFromIdentity(page) {
  await page.goto(`${INSTANCE}/identity`);
  await page.getByRole("link", { name: /^Remove/ }).first().click();
  await page.getByRole("heading", { name: "What is removed" }).waitFor();
}

/** Everything that Olivia holds on an instance where she has both data roles. */
async function removeAll(page) {
  await page.goto(PRESS_LINE);
  await page.getByRole("link", { name: /^Remove all/ }).first().click();
  await page.getByRole("heading", { name: "What is removed" }).waitFor();
}

const at = (address) => (page) => page.goto(address);

/** What is opened on a page, by its parts and not by their words: `again` opens it anew, in any language. */
const opened = (go, open) => ({
  go: async (page) => {
    await go(page);
    await open(page);
  },
  again: open,
});

/** What the page does not offer. */
async function wrongSettings(page) {
  await page.goto("/settings");
  await page.locator("#density option").last().evaluate((option) => { option.value = "cramped"; });
  await page.getByLabel("Density").selectOption("cramped");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alert").waitFor();
}

async function wrongForm(page) {
  await page.goto("/instances/new");
  await page.getByLabel("Resource name").fill("-no-");
  await page.locator(".end .primary").click();
  await page.getByRole("alert").waitFor();
}

/** All is right but a tag, two tabs away from where one is. */
async function wrongTag(page) {
  await fillInstance(page, "dt-packing");
  await page.getByRole("navigation", { name: "Parts of this form" }).getByRole("link", { name: "Tags" }).click();
  await page.locator("[name=tag_value]").last().fill("without a name");
  await page.locator(".end .primary").click();
  await page.getByRole("link", { name: /^Tags\s*1 to fix/ }).waitFor();
}

const IN_NETWORK = "vnet-factory / private-endpoints";

async function privateEndpoint(page) {
  await fillInstance(page, "dt-packing");
  await page.getByRole("link", { name: "Next : Networking" }).click();
  await page.getByRole("radio", { name: "Private endpoint" }).check();
  await page.locator("#pe-name-1").fill("pe-packing");
  await page.getByLabel("Virtual network and subnet").selectOption({ label: IN_NETWORK });
}

async function wrongEndpoint(page) {
  await privateEndpoint(page);
  await page.getByLabel("Connection approval").selectOption("manual");
  await page.locator(".end .primary").click();
  await page.getByRole("alert").waitFor();
}

async function advanced(page) {
  await fillInstance(page, "dt-packing");
  await page.getByRole("navigation", { name: "Parts of this form" }).getByRole("link", { name: "Advanced" }).click();
  await page.getByRole("radio", { name: "On" }).check();
}

const changeNetworking = (change) => (page) => page.goto(`/networking/new?instance=${encodeURIComponent(FACTORY_FLOOR)}&change=${change}`);

/** A private endpoint at factory-floor that waits for approval. */
export async function askForConnection(page) {
  await changeNetworking("add")(page);
  await page.locator("#pe-name-1").fill("pe-hall");
  await page.getByLabel("Virtual network and subnet").selectOption({ label: IN_NETWORK });
  await page.getByLabel("Connection approval").selectOption("manual");
  await page.getByLabel("Request message").fill("Hall 3 wants to read the floor.");
  await page.getByLabel("Justification").fill("For hall 3.");
  await page.locator(".end .primary").click();
  await page.locator("form[action='/networking'] .end .primary").click();
  await becomes(page, "Done");
}

async function decideConnection(page) {
  await page.goto(`${INSTANCE}/networking`);
  await page.getByRole("link", { name: "Approve pe-hall" }).click();
  await page.getByLabel("Justification").waitFor();
}

async function withPeople(page) {
  await fillInstance(page, "dt-packing");
  await page.locator("#find").fill("team");
  await page.getByRole("button", { name: "Find" }).click();
  await page.locator(".found").first().waitFor();
  await page.locator(".found button").first().click();
  await page.locator(".chip").waitFor();
}

async function reviewInstance(page) {
  await fillInstance(page, "dt-packing");
  await page.locator(".end .primary").click();
  await page.getByRole("heading", { name: "What will run" }).waitFor();
}

/** The whole plan and its commands. */
async function openPlan(page) {
  for (const closed of await page.locator("main details:not([open]) > summary").all()) {
    if (await closed.isVisible()) await closed.click();
  }
}

async function tested(page) {
  await page.goto(`${INSTANCE}/connect`);
  await page.getByRole("button", { name: "Test my access" }).click();
  await page.getByRole("button", { name: "Test again" }).waitFor();
}

async function reviewAccess(page) {
  await fillAccess(page);
  await page.locator(".end .primary").click();
  await page.getByRole("heading", { name: "What will run" }).waitFor();
}

async function confirmed(page, address) {
  await page.goto(address);
  await page.getByLabel("Name of the instance").fill("factory-floor");
  await page.getByLabel("Justification").fill("The hall is closed.");
  await page.locator(".end [value=review]").click();
  await page.getByRole("heading", { name: "What will run" }).waitFor();
}
const reviewIdentity = (page) => confirmed(page, `/identity/new?change=off&instance=${FACTORY_FLOOR}`);
const reviewDeletion = (page) => confirmed(page, `/deletion/new?instance=${FACTORY_FLOOR}`);

export const IDENTITY_ROLE = `/identity/roles/new?instance=${FACTORY_FLOOR}&identity=system`;
const ALARMS = "/subscriptions/a1b2c3d4-0000-4000-8000-000000000001/resourceGroups/rg-factory"
  + "/providers/Microsoft.EventHub/namespaces/contoso-factory/eventhubs/alarms";

/** Up to the review of a role of the identity of factory-floor on an event hub. */
export async function reviewIdentityRole(page) {
  await page.goto(IDENTITY_ROLE);
  await page.getByRole("radio", { name: /^Azure Event Hubs Data Sender/ }).check();
  await page.getByLabel("Scopes").fill(ALARMS);
  await page.getByLabel("Justification").fill("The alarms go to the control room.");
  await page.locator(".end .primary").click();
  await page.getByRole("heading", { name: "What will run" }).waitFor();
}

async function askForIdentityRole(page) {
  await reviewIdentityRole(page);
  await page.locator("form[action='/identity/roles'] .end .primary").click();
  await page.waitForURL(/\/requests\/[0-9a-f-]+/);
  return new URL(page.url()).pathname;
}

async function wrongIdentityRole(page) {
  await page.goto(IDENTITY_ROLE);
  await page.getByRole("radio", { name: /^Another role/ }).check();
  await page.getByLabel("Name of another role").fill("Owner");
  await page.getByLabel("Scopes").fill(ALARMS);
  await page.locator(".end .primary").click();
  await page.getByRole("alert").waitFor();
}

async function unconfirmed(page) {
  await page.goto(`/deletion/new?instance=${FACTORY_FLOOR}`);
  await page.locator(".end [value=review]").click();
  await page.getByRole("alert").waitFor();
}

/** Ticks so many in the queue, as far as they can be ticked, and presses the button. */
async function select(page, act, many) {
  await page.goto("/approvals");
  const boxes = page.locator("tbody input[type=checkbox]");
  for (let at = 0; at < Math.min(many, await boxes.count()); at++) await boxes.nth(at).check();
  await page.getByRole("button", { name: `${act} selected` }).click();
  if (many === 0) await page.getByRole("alert").waitFor();
  else await page.getByRole("heading", { level: 1, name: /request/ }).waitFor();
}

/** Rejects what nobody can see any more: nothing of it is decided, however often this is shown. */
async function decideGone(page) {
  await select(page, "Reject", 1);
  await page.locator("input[name=request]").evaluate((input) => { input.value = "01936f0e-2a77-7c1e-b7b9-2b6f1c7e77aa"; });
  await page.getByLabel("Reason").fill("Not this year.");
  await page.locator(".end button").click();
  await page.getByRole("heading", { level: 1, name: /decided/ }).waitFor();
}

async function fromQueue(page) {
  await page.goto("/approvals");
  await page.locator("tbody th a").nth(1).click();
  await page.getByRole("navigation", { name: "Queue" }).waitFor();
}

async function commentWithout(page, address) {
  await page.goto(address);
  await page.getByRole("button", { name: "Add comment" }).click();
  await page.getByRole("alert").waitFor();
}

async function rejectWithout(page, address) {
  await page.goto(address);
  await page.getByRole("button", { name: "Reject" }).click();
  await page.getByRole("alert").waitFor();
}

async function wrongTags(page) {
  await page.goto(`/tags/new?instance=${FACTORY_FLOOR}`);
  await page.locator("[name=tag_value]").last().fill("without a name");
  await page.locator(".end [value=review]").click();
  await page.getByRole("alert").waitFor();
}

async function reviewTags(page) {
  await page.goto(`/tags/new?instance=${FACTORY_FLOOR}`);
  await page.locator("[name=tag_name]").last().fill("hall");
  await page.locator("[name=tag_value]").last().fill("3");
  await page.getByLabel("Justification").fill("It has moved.");
  await page.locator(".end [value=review]").click();
  await page.getByRole("heading", { name: "What will run" }).waitFor();
}

async function reviewNoPublicAccess(page) {
  await changeNetworking("disable")(page);
  await page.getByLabel("Name of the instance").fill("factory-floor");
  await page.getByLabel("Justification").fill("Only from inside.");
  await page.locator(".end [value=review]").click();
  await page.getByRole("heading", { name: "What will run" }).waitFor();
}

/** Each sign-in lets the run go on until Azure asks for the second factor again. */
async function untilSignIn(page, address) {
  await page.goto(address);
  await becomes(page, "Needs sign-in");
}

async function openHelp(page) {
  await page.keyboard.press("?");
  await page.locator("dialog[open]").waitFor();
}

async function openMenu(page) {
  const phone = page.locator(".menu summary");
  if (await phone.isVisible()) await phone.click();
  await page.locator(".who summary").click();
  await page.locator("form[action='/sign-out'] button").waitFor();
}

async function openPeople(page) {
  await page.locator("#find").fill("team");
  await page.locator("#people [role=option]").first().waitFor();
}

/** Comes to a moment by keyboard, which shows it exactly as a pointer does. */
async function openMoment(page) {
  const moment = page.locator("main time.when").first();
  await moment.focus();
  await page.waitForFunction(() => getComputedStyle(document.querySelector(".when:focus > .exact")).clipPath === "none");
}

/** From a page of before, what has been rejected meanwhile is withdrawn: by a form of another request, so that
    nothing becomes of it however often this is shown. */
async function withdrawRejected(page, waiting, rejected) {
  await page.goto(waiting);
  await page.locator("form[action$='/withdrawal']").evaluate((form, action) => {
    form.action = action;
    form.requestSubmit();
  }, `${rejected}/withdrawal`);
  await page.getByRole("heading", { level: 1, name: "That is not possible" }).waitFor();
}

/** The browser has lost what it had for its session. To sign out would end it for other places too. */
async function sessionEnded(page) {
  await fillInstance(page, "dt-packing");
  await page.context().clearCookies({ name: /session/ });
  await page.locator(".end .primary").click();
  await page.getByRole("button", { name: "Send again" }).waitFor();
}

/** Where `who` is missing, one has not signed in. `go` leads there; where something was opened on a page that
    has come anew, `again` opens it. */
export const PLACES = (requests) => [
  { name: "sign-in of the simulator", go: at("/sign-in") },
  { name: "signed-out", go: at("/signed-out") },
  { name: "signed-out-error", go: at("/auth/callback?error=access_denied&error_description=Cancelled&state=x") },
  { name: "home", who: "olivia", go: at("/") },
  { name: "settings", who: "paul", go: at("/settings") },
  { name: "settings-with-errors", who: "paul", go: wrongSettings },
  { name: "home-of-somebody-new", who: "paul", go: at("/") },
  { name: "create-blank", who: "paul", go: at("/instances/new") },
  { name: "create-with-people", who: "carl", go: withPeople },
  { name: "create-with-errors", who: "carl", go: wrongForm },
  { name: "create-with-a-wrong-tag", who: "carl", go: wrongTag },
  { name: "create-people-found", who: "carl", ...opened(at("/instances/new"), openPeople) },
  { name: "create-after-the-session", who: "carl", go: sessionEnded },
  { name: "create-networking", who: "carl", go: privateEndpoint },
  { name: "create-networking-with-errors", who: "carl", go: wrongEndpoint },
  { name: "create-advanced", who: "carl", go: advanced },
  { name: "create-review", who: "carl", go: reviewInstance },
  { name: "create-review-opened", who: "carl", ...opened(reviewInstance, openPlan) },
  { name: "instances", who: "carl", go: at("/instances") },
  { name: "instances-nothing-found", who: "carl", go: at("/instances?q=nonsense") },
  { name: "instances-none", who: "nina", go: at("/instances") },
  { name: "instance-connect", who: "carl", go: at(`${INSTANCE}/connect`) },
  { name: "instance-connect-tested", who: "rita", go: tested },
  { name: "instance-connect-refused", who: "carl", go: tested },
  { name: "instance-networking", who: "olivia", go: at(`${INSTANCE}/networking`) },
  { name: "networking-add", who: "olivia", go: changeNetworking("add") },
  { name: "networking-add-where-none-is-seen", who: "nina", go: changeNetworking("add") },
  { name: "networking-disable", who: "olivia", go: changeNetworking("disable") },
  { name: "networking-approve", who: "olivia", go: decideConnection },
  { name: "networking-review", who: "olivia", go: reviewNoPublicAccess },
  { name: "tags", who: "olivia", go: at(`${INSTANCE}/tags`) },
  { name: "tags-none", who: "olivia", go: at(`${PRESS_LINE_PAGES}/tags`) },
  { name: "tags-change", who: "olivia", go: at(`/tags/new?instance=${FACTORY_FLOOR}`) },
  { name: "tags-change-with-errors", who: "olivia", go: wrongTags },
  { name: "tags-review", who: "olivia", go: reviewTags },
  { name: "sheet", who: "olivia", go: at(`${PRESS_LINE_PAGES}/sheet`) },
  { name: "sheet-nobody-yet", who: "olivia", go: at(`${INSTANCE}/sheet`) },
  { name: "sheet-hidden", who: "nina", go: at(`${INSTANCE}/sheet`) },
  { name: "access-blank", who: "carl", go: at("/access/new") },
  { name: "access-of-somebody-who-sees-none", who: "nina", go: at("/access/new") },
  { name: "access-review", who: "nina", go: reviewAccess },
  { name: "access-control", who: "carl", go: at(PRESS_LINE) },
  { name: "access-control-hidden", who: "nina", go: at(PRESS_LINE) },
  { name: "access-check-blank", who: "carl", go: at(`${PRESS_LINE}/check?find=o`) },
  { name: "access-check-found", who: "carl", go: at(`${PRESS_LINE}/check?find=olivia`) },
  { name: "access-check", who: "carl", go: checkOlivia },
  { name: "access-roles", who: "carl", go: at(`${PRESS_LINE}/roles`) },
  { name: "access-remove", who: "carl", go: toRemoval },
  { name: "access-remove-review", who: "carl", go: reviewRemoval },
  { name: "access-remove-of-identity", who: "carl", go: removeFromIdentity },
  { name: "access-remove-all", who: "olivia", go: removeAll },
  { name: "subscriptions", who: "carl", go: at("/subscriptions") },
  { name: "subscriptions-none", who: "nina", go: at("/subscriptions") },
  { name: "subscription", who: "carl", go: at("/subscriptions/a1b2c3d4-0000-4000-8000-000000000001") },
  { name: "subscription-of-owner", who: "olivia", go: at("/subscriptions/a1b2c3d4-0000-4000-8000-000000000001") },
  { name: "subscription-hidden", who: "nina", go: at("/subscriptions/a1b2c3d4-0000-4000-8000-000000000001") },
  { name: "raise-blank", who: "carl", go: at("/roles/new") },
  { name: "raise-review", who: "carl", go: fillRaise },
  { name: "approval-of-raise", who: "uma", go: at(requests.raise) },
  { name: "my-requests", who: "olivia", go: at("/requests") },
  { name: "my-requests-empty", who: "paul", go: at("/requests") },
  { name: "request-running", who: "olivia", go: at(requests.running) },
  { name: "request-waiting", who: "carl", go: at(requests.half) },
  { name: "request-verified", who: "olivia", go: at(requests.verified) },
  { name: "request-verifying", who: "carl", go: at(requests.verifying) },
  { name: "request-stopped", who: "olivia", go: at(requests.stopped) },
  { name: "request-stopped-of-another", who: "uma", go: at(requests.stopped) },
  { name: "request-to-take-over", who: "olivia", go: at(requests.stuck) },
  { name: "request-stopping", who: "olivia", go: at(requests.stopping) },
  { name: "request-throttled", who: "carl", go: at(requests.throttled) },
  { name: "request-needs-sign-in", who: "olivia", go: (page) => untilSignIn(page, requests.signIn) },
  { name: "request-rejected", who: "carl", go: at(requests.rejected) },
  { name: "request-just-asked", who: "nina", go: at(`${requests.waiting}?said=asked`) },
  { name: "request-withdrawn", who: "nina", go: at(requests.withdrawn) },
  { name: "request-closed", who: "olivia", go: at(requests.closed) },
  { name: "request-with-a-moment", who: "olivia", ...opened(at(requests.verified), openMoment) },
  { name: "request-refused", who: "carl", go: (page) => withdrawRejected(page, requests.half, requests.rejected) },
  { name: "request-sent-back", who: "nina", go: at(requests.sentBack) },
  { name: "request-to-change", who: "nina", go: (page) => changeForm(page, requests.sentBack) },
  { name: "request-to-change-review", who: "nina", go: (page) => reviewChange(page, requests.sentBack) },
  { name: "home-with-something-sent-back", who: "nina", go: at("/") },
  { name: "approval-sent-back", who: "uma", go: at(requests.sentBack) },
  { name: "approval-of-what-changed", who: "uma", go: at(requests.changed) },
  { name: "approval-looked-at-by-another", who: "olivia", go: at(requests.changed) },
  { name: "comment-with-errors", who: "nina", go: (page) => commentWithout(page, requests.waiting) },
  { name: "approvals", who: "uma", go: at("/approvals") },
  { name: "approvals-filtered", who: "uma", go: at("/approvals?kind=grant_access&order=newest") },
  { name: "approvals-nothing-fits", who: "uma", go: at("/approvals?requester=nobody") },
  { name: "approvals-nothing-selected", who: "olivia", go: (page) => select(page, "Approve", 0) },
  { name: "approvals-confirm", who: "olivia", go: (page) => select(page, "Approve", 2) },
  { name: "approvals-confirm-left-out", who: "uma", go: (page) => select(page, "Approve", 9) },
  { name: "approvals-reject", who: "olivia", go: (page) => select(page, "Reject", 2) },
  { name: "approvals-outcome", who: "uma", go: decideGone },
  { name: "approval-from-queue", who: "uma", go: fromQueue },
  { name: "approvals-decided", who: "uma", go: at("/approvals/decided") },
  { name: "approvals-empty", who: "rita", go: at("/approvals") },
  { name: "approval", who: "uma", go: at(requests.half) },
  { name: "approval-of-access", who: "uma", go: at(requests.access) },
  { name: "approval-missing-permission", who: "uma", go: at(requests.waiting) },
  { name: "approval-rejected-without-reason", who: "uma", go: (page) => rejectWithout(page, requests.waiting) },
  { name: "approval-with-warnings", who: "olivia", go: at(requests.identity) },
  { name: "instance", who: "olivia", go: at(INSTANCE) },
  { name: "instance-hidden", who: "nina", go: at(`${INSTANCE}/identity`) },
  { name: "identity-system", who: "olivia", go: at(`${INSTANCE}/identity`) },
  { name: "identity-user", who: "olivia", go: at(`${INSTANCE}/identity/user-assigned`) },
  { name: "identity-details", who: "olivia", go: at(`${INSTANCE}/identity/user-assigned/details?identity=${SENSOR_BRIDGE}`) },
  { name: "identity-blank", who: "carl", go: at("/identity/new") },
  { name: "identity-on-already", who: "carl", go: at(`/identity/new?change=on&instance=${FACTORY_FLOOR}`) },
  { name: "identity-off", who: "carl", go: at(`/identity/new?change=off&instance=${FACTORY_FLOOR}`) },
  { name: "identity-associate", who: "carl", go: at(`/identity/new?change=associate&instance=${FACTORY_FLOOR}`) },
  { name: "identity-remove", who: "carl", go: at(`/identity/new?change=remove&instance=${FACTORY_FLOOR}&identity=${SENSOR_BRIDGE}`) },
  { name: "identity-role", who: "carl", go: at(IDENTITY_ROLE) },
  { name: "identity-role-without-instance", who: "carl", go: at("/identity/roles/new") },
  { name: "identity-role-with-errors", who: "carl", go: wrongIdentityRole },
  { name: "identity-role-review", who: "carl", go: reviewIdentityRole },
  { name: "approval-of-identity-role", who: "uma", go: at(requests.identityRole) },
  { name: "identity-review", who: "carl", go: reviewIdentity },
  { name: "deletion", who: "carl", go: at(`/deletion/new?instance=${FACTORY_FLOOR}`) },
  { name: "deletion-unconfirmed", who: "carl", go: unconfirmed },
  { name: "deletion-review", who: "rita", go: reviewDeletion },
  { name: "history", who: "aldo", go: at("/history") },
  { name: "history-nothing-found", who: "aldo", go: at("/history?request=nonsense") },
  { name: "history-wrong-filter", who: "aldo", go: at("/history?scope=nonsense") },
  { name: "history-filtered", who: "uma", go: at("/history?kind=approved") },
  { name: "search", who: "uma", go: at("/search?q=dt-") },
  { name: "search-people", who: "aldo", go: at("/search?q=Carl") },
  { name: "search-nothing-found", who: "nina", go: at("/search?q=nonsense") },
  { name: "search-too-short", who: "nina", go: at("/search?q=x") },
  { name: "keyboard", who: "carl", go: at("/help/keyboard") },
  { name: "keyboard-in-a-dialog", who: "carl", ...opened(at("/"), openHelp) },
  { name: "person-menu", who: "carl", ...opened(at("/"), openMenu) },
  { name: "design", who: "olivia", go: at("/design") },
  { name: "design-light", who: "olivia", go: at("/design?theme=light") },
  { name: "design-dark", who: "olivia", go: at("/design?theme=dark") },
  { name: "design-contrast", who: "olivia", go: at("/design?theme=contrast") },
  { name: "design-compact", who: "olivia", go: at("/design?density=compact") },
  { name: "not-found", who: "carl", go: at("/requests/nonsense") },
];
