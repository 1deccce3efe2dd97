// Roles, as the people concerned meet them: Carl has his own raised, finds a guest for another, a Data Owner
// is removed.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { askForInstance, becomes, startDemo } from "./demo.mjs";

const PRODUCTION = "/subscriptions/a1b2c3d4-0000-4000-8000-000000000001";

let demo;
before(async () => {
  demo = await startDemo();
  await demo.quick();
});
after(() => demo?.stop());

test("a Contributor finds who can help, has his role raised by the Owner, and sees it", () => demo.story(async () => {
  const [carl, olivia] = [await demo.person("carl"), await demo.person("olivia")];
  await carl.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Subscriptions" }).click();
  await carl.getByRole("cell", { name: "Contributor" }).waitFor();
  await carl.getByRole("link", { name: "Contoso Production" }).click();
  await carl.locator("#help").getByText("Olivia Ortiz").waitFor();
  await carl.getByRole("link", { name: "Raise my role" }).click();
  await carl.getByLabel("Applies to").selectOption("rg-twins");
  await carl.getByRole("radio", { name: /^Role Based Access Control Administrator/ }).check();
  await carl.getByLabel("Justification").fill("I let the fitters in.");
  await carl.getByRole("button", { name: "Review + request" }).last().click();
  await carl.getByText("It waits for approval").waitFor();
  await carl.getByRole("button", { name: "Send request" }).click();
  await becomes(carl, "Waiting for approval");

  await olivia.goto("/approvals");
  await olivia.getByRole("link", { name: "Role Based Access Control Administrator on rg-twins" }).click();
  await olivia.getByText("limited by a condition to the two Azure Digital Twins data roles").waitFor();
  await olivia.getByRole("button", { name: "Approve" }).click();
  await becomes(carl, "Done");
  await carl.goto(PRODUCTION);
  await carl.getByText("Assigned to you · Resource group rg-twins").waitFor();
}));

test("a Data Owner is removed from the page of the instance, by request and decision", () => demo.story(async () => {
  const [olivia, rita, uma] = [await demo.person("olivia"), await demo.person("rita"), await demo.person("uma")];
  await askForInstance(olivia, "dt-leaving");
  await becomes(olivia, "Verified");
  await rita.goto("/instances/a1b2c3d4-0000-4000-8000-000000000001/rg-twins/dt-leaving");
  await rita.getByRole("link", { name: "Access control (IAM)" }).click();
  await rita.getByRole("link", { name: "Remove Azure Digital Twins Data Owner from Olivia Ortiz" }).click();
  // Whose it is, only who decides there is told.
  await rita.getByText("1 request rests on it").waitFor();
  await rita.getByLabel("Justification").fill("Olivia has left the project.");
  await rita.getByRole("button", { name: "Review + remove" }).last().click();
  await rita.getByRole("button", { name: "Send request" }).click();
  await becomes(rita, "Waiting for approval");
  await uma.goto(new URL(rita.url()).pathname);
  await uma.getByText("Olivia Ortiz relies on it").waitFor();
  await uma.getByRole("button", { name: "Approve" }).click();
  await becomes(rita, "Done");
  await rita.goto("/instances/a1b2c3d4-0000-4000-8000-000000000001/rg-twins/dt-leaving/access/check");
  await rita.getByLabel("Find").fill("olivia");
  await rita.getByRole("button", { name: "Check access" }).click();
  await rita.getByRole("link", { name: "Check Olivia Ortiz" }).click();
  await rita.getByRole("heading", { name: "Owner is not Data Owner" }).waitFor();
  assert.equal(await rita.getByText("Does not read the data").count(), 1);
}));

test("a guest is told from members while one types, in the language of the page", () => demo.story(async () => {
  for (const [locale, what, count] of [
    ["en-GB", "User · Guest · gail@fabrikam.com", "1 found"],
    ["de-DE", "Benutzer · Gast · gail@fabrikam.com", "1 gefunden"],
  ]) {
    const carl = await demo.again("carl", { locale });
    await carl.goto("/access/new");
    await carl.locator("#find").pressSequentially("gail");
    const option = carl.getByRole("option", { name: "Gail Green" });
    assert.equal(await option.locator("span").textContent(), what);
    await carl.locator("p[role=status]", { hasText: count }).waitFor({ state: "attached" });
    // Without the list, the button finds the same.
    await carl.locator("#find").press("Escape");
    await carl.locator("[name=go][value=find]").click();
    assert.equal(await carl.locator(".found .meta").textContent(), what);
  }
}));
