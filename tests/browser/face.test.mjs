// What people see and press everywhere: the looks that they may choose, the shortcuts, the dialog, the menu,
// and what is left of a page on paper.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { askForInstance, becomes, seen, startDemo } from "./demo.mjs";
import { askForAccess } from "./places.mjs";

let demo;
before(async () => {
  demo = await startDemo();
  await demo.quick();
});
after(() => demo?.stop());

const story = (name, act) => test(name, () => demo.story(act));

/** Red, green and blue of what an element is drawn with, as the browser has come to see it. */
const colours = (page, selector) => page.locator(selector).first().evaluate((element) => {
  const pixel = (colour) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  };
  const { backgroundColor, color } = getComputedStyle(element);
  return { back: pixel(backgroundColor), text: pixel(color) };
});

const luminance = (rgb) => {
  const [r, g, b] = rgb.map((part) => part / 255).map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = ({ back, text }) => {
  const [low, high] = [luminance(back), luminance(text)].sort((one, other) => one - other);
  return (high + 0.05) / (low + 0.05);
};

story("whoever chooses a look has it, whatever the browser prefers", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const page = await demo.again("olivia", { colorScheme });
    const bright = async (address) => {
      await page.goto(address);
      return luminance((await colours(page, "body")).back) > 0.5;
    };
    assert.equal(await bright("/design"), colorScheme === "light");
    assert.equal(await bright("/design?theme=light"), true);
    assert.equal(await bright("/design?theme=dark"), false);
    assert.equal(await bright("/design?theme=nonsense"), colorScheme === "light", "nothing that is typed gets into the page");

    // High contrast: AAA for text, and badges with an outline.
    for (const address of ["/design", "/design?theme=contrast"]) {
      await page.emulateMedia({ contrast: address === "/design" ? "more" : "no-preference" });
      assert.equal(await bright(address), colorScheme === "light");
      for (const part of [".card:not([data-theme]) p:has(.meta)", ".card:not([data-theme]) .primary", ".table th", ".badge.is-waiting"]) {
        const { back, text } = await colours(page, part);
        const seen = back.every((part) => part === 0) && !part.includes("primary") ? (await colours(page, "body")).back : back;
        assert.ok(contrast({ back: seen, text }) >= 7, `${part} at ${address} in ${colorScheme}: ${JSON.stringify({ back, text })}`);
      }
    }
    await page.emulateMedia({ contrast: "no-preference" });
    await page.goto("/design");
    // A part of a page may have a look of its own.
    const looks = await Promise.all(["light", "dark"].map((look) => colours(page, `#look-${look}`)));
    assert.ok(luminance(looks[0].back) > 0.5 && luminance(looks[1].back) < 0.1);
    const height = (id) => page.locator(`#${id} .primary`).evaluate((button) => button.getBoundingClientRect().height);
    assert.ok(await height("look-compact") < await height("look-light"));
    await page.goto("/design?density=compact");
    assert.ok(await page.locator("#buttons button").first().evaluate((button) => button.getBoundingClientRect().height) >= 24);
  }
});

story("nothing turns or breathes for whoever wants no motion", async () => {
  const moving = (page) => page.evaluate(() => document.getAnimations().map(({ animationName }) => animationName));
  const still = await demo.again("olivia", { reducedMotion: "reduce" });
  await still.goto("/design");
  assert.ok(!(await moving(still)).includes("breathe"));
  assert.equal(await still.locator(".drop summary .icon").last().evaluate((icon) => getComputedStyle(icon).transitionDuration), "0s");
  const lively = await demo.again("olivia", { reducedMotion: "no-preference" });
  await lively.goto("/design");
  assert.ok((await moving(lively)).includes("breathe"));
});

story("keys lead everywhere, do nothing while somebody types, and can be turned off in a browser", async () => {
  const page = await demo.again("olivia");
  const keys = page.keyboard;
  await page.goto("/");
  for (const [key, path] of [["r", "/requests"], ["a", "/approvals"], ["i", "/instances"], ["s", "/subscriptions"], ["t", "/history"], ["c", "/instances/new"], ["d", "/access/new"], ["h", "/"]]) {
    await keys.press("g");
    await keys.press(key);
    await page.waitForURL((url) => url.pathname === path);
  }
  // Into the field at the top, where all of them are letters.
  await keys.press("/");
  const field = page.getByRole("searchbox", { name: "Search Twindesk" });
  await keys.type("g?h/dt");
  assert.equal(await field.inputValue(), "g?h/dt");
  assert.equal(new URL(page.url()).pathname, "/");
  assert.equal(await page.locator("dialog").count(), 0);

  // The help opens over the page, and gives back the focus.
  const create = page.locator(".tile").first();
  await create.focus();
  await keys.press("?");
  const dialog = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await dialog.waitFor();
  await keys.press("g");
  await keys.press("r");
  assert.equal(new URL(page.url()).pathname, "/", "the page behind is not to be used meanwhile");
  await dialog.getByRole("checkbox", { name: "Use these shortcuts" }).uncheck();
  await keys.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.ok(await create.evaluate((element) => element === document.activeElement));

  // They are off here, on every page, until they are turned on again; Tab and Enter are left.
  for (const key of ["?", "g", "r", "/"]) await keys.press(key);
  await page.goto("/requests");
  await keys.press("/");
  assert.ok(await page.evaluate(() => document.activeElement === document.body));
  await page.goto("/help/keyboard");
  const box = page.getByRole("checkbox", { name: "Use these shortcuts" });
  assert.equal(await box.isChecked(), false);
  await box.check();
  await page.locator("h1").click();
  await keys.press("g");
  await keys.press("h");
  await page.waitForURL((url) => url.pathname === "/");

  // In a narrow window the field is in the menu.
  await page.setViewportSize({ width: 400, height: 800 });
  await keys.press("/");
  assert.ok(await field.evaluate((element) => element === document.activeElement));
});

story("without the script the same help is a page, the menu opens, and the search finds", async () => {
  const page = await demo.person("carl", { javaScriptEnabled: false });
  await page.locator(".who summary").click();
  await page.getByRole("link", { name: "Keyboard shortcuts" }).click();
  await page.getByRole("heading", { level: 2, name: "Keyboard shortcuts" }).waitFor();
  assert.ok(await page.locator("#shortcuts").isHidden(), "there is nothing to turn off");
  await page.getByRole("searchbox", { name: "Search Twindesk" }).fill("floor");
  await page.getByRole("button", { name: "Search Twindesk" }).click();
  await page.locator("#instances").getByRole("link", { name: "factory-floor" }).click();
  await page.getByRole("heading", { level: 1, name: "factory-floor" }).waitFor();
  // Where one is, the widest first.
  const crumbs = page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("listitem");
  assert.deepEqual(await crumbs.allInnerTexts(), ["Contoso Production", "rg-factory", "factory-floor"]);
  await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link", { name: "Contoso Production" }).click();
  await page.getByRole("heading", { level: 1, name: "Contoso Production" }).waitFor();
});

story("the menu of a person closes by Escape and by a click elsewhere", async () => {
  const page = await demo.again("carl");
  await page.goto("/");
  const [button, out] = [page.locator(".who summary"), page.getByRole("button", { name: "Sign out" })];
  await button.click();
  await out.waitFor();
  await out.focus();
  await page.keyboard.press("Escape");
  await out.waitFor({ state: "hidden" });
  assert.ok(await button.evaluate((element) => element === document.activeElement));
  await button.click();
  await out.waitFor();
  await page.locator("h1").click();
  await out.waitFor({ state: "hidden" });
});

story("what has been done is said at the top and in the title", async () => {
  const carl = await demo.person("carl");
  await askForInstance(carl, "dt-said");
  await seen(carl, "Your request has been taken.");
  await becomes(carl, "Waiting for approval");
  await carl.getByRole("button", { name: "Withdraw request" }).click();
  await seen(carl, "Your request has been withdrawn.");
  assert.match(await carl.title(), /^Your request has been withdrawn · Create instance dt-said · Twindesk$/);
  const crumbs = carl.getByRole("navigation", { name: "Breadcrumb" });
  assert.deepEqual(await crumbs.getByRole("listitem").allInnerTexts(), ["Contoso Production", "rg-twins", "dt-said", "Request"]);
  assert.deepEqual(await crumbs.getByRole("link").allInnerTexts(), ["Contoso Production", "rg-twins", "dt-said"]);
  const nina = await demo.person("nina");
  await askForInstance(nina, "dt-unmade");
  await becomes(nina, "Waiting for approval");
  const hers = nina.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link");
  assert.deepEqual(await hers.allInnerTexts(), ["Contoso Production"], "what is not made yet has no page");
});

story("the history on paper: what happened, black on white, with the addresses of requests", async () => {
  const aldo = await demo.person("aldo", { colorScheme: "dark" });
  await aldo.goto("/history");
  await aldo.emulateMedia({ media: "print", colorScheme: "dark" });
  for (const gone of ["nav", "button", "form", ".bar"]) {
    assert.equal(await aldo.locator(gone).and(aldo.locator(":visible")).count(), 0, gone);
  }
  const { back, text } = await colours(aldo, "body");
  assert.deepEqual({ back, text }, { back: [255, 255, 255], text: [0, 0, 0] });
  const entry = aldo.locator(".timeline > li").first();
  assert.equal(await entry.evaluate((element) => getComputedStyle(element).breakInside), "avoid");
  const address = await entry.getByRole("link").first().evaluate((link) => getComputedStyle(link, "::after").content);
  assert.match(address, /\/requests\/|attr\(href\)/);
});

story("a plan and the queue on paper: what will run and what waits, and nothing to fill in", async () => {
  const uma = await demo.again("uma");
  await uma.goto(await askForAccess(await demo.again("nina")));
  await uma.emulateMedia({ media: "print" });
  await uma.locator(".step .call").first().waitFor();
  assert.equal(await uma.locator("#reason, #comment, form button").filter({ visible: true }).count(), 0);
  await uma.goto("/approvals");
  const columns = await uma.locator("thead th").filter({ visible: true }).count();
  assert.equal(columns, 4);
  assert.equal(await uma.locator("tbody tr").first().locator("th, td").filter({ visible: true }).count(), columns);
});

story("how long ago stands on pages, and exactly in one's own zone where one points, comes by keyboard, or prints", async () => {
  const nina = await demo.person("nina", { timezoneId: "Asia/Tokyo" });
  await nina.goto("/requests");
  const cookies = await nina.context().cookies();
  assert.equal(cookies.find(({ name }) => name === "twindesk_zone")?.value, "Asia/Tokyo");
  const request = await askForInstance(nina, "dt-when");
  await becomes(nina, "Waiting for approval");
  await nina.clock.install();
  await nina.goto("/requests");
  const time = nina.locator("main time[tabindex]").first(), exact = time.locator(".exact");
  const shows = () => exact.evaluate((element) => getComputedStyle(element).clipPath === "none");
  const whole = async () => {
    const { x, y, width, height } = await exact.boundingBox();
    const { innerWidth, innerHeight, scrollable } = await nina.evaluate(() => ({
      innerWidth, innerHeight, scrollable: document.documentElement.scrollWidth > innerWidth,
    }));
    return x >= 0 && y >= 0 && x + width <= innerWidth && y + height <= innerHeight && !scrollable;
  };
  assert.match(await exact.textContent(), /^ \d+ [A-Z][a-z]{2} \d{4}, \d\d:\d\d JST$/);
  assert.match(await time.locator(".about").textContent(), /^(just now|1 minute ago)$/);
  assert.equal(await shows(), false);
  for (const viewport of [{ width: 1280, height: 800 }, { width: 320, height: 600 }]) {
    await nina.setViewportSize(viewport);
    await time.hover();
    assert.deepEqual([await shows(), await whole()], [true, true]);
    await nina.keyboard.press("Escape");
    assert.equal(await shows(), false, "it can be put away");
    await nina.mouse.move(0, 0);
    await time.focus();
    assert.deepEqual([await shows(), await whole()], [true, true]);
    await time.evaluate((element) => element.blur());
    assert.equal(await shows(), false);
  }

  const later = async (passes) => {
    await nina.clock.runFor(passes);
    return time.locator(".about").textContent();
  };
  assert.equal(await later("02:05"), "2 minutes ago");
  await nina.clock.fastForward(47 * 3_600_000);
  assert.equal(await later("01:00"), "2 days ago");
  await nina.clock.fastForward(240 * 3_600_000);
  assert.equal(await later("01:00"), "2 days ago", "what is older is told by its date, with the next page");

  await nina.emulateMedia({ media: "print" });
  assert.equal(await time.locator(".about").isVisible(), false);
  assert.deepEqual([await shows(), await exact.evaluate((element) => getComputedStyle(element).position)], [true, "static"]);
  await nina.emulateMedia({ media: null });
  await nina.goto(request);
  await nina.getByRole("button", { name: "Withdraw request" }).click();
  await seen(nina, "Your request has been withdrawn.");
});

story("a field is judged when it was left, and from then on while one types", async () => {
  const page = await demo.again("carl", { locale: "de-DE" });
  await page.goto("/instances/new");
  const name = page.locator("#resource_name"), error = page.locator("#resource_name-error");
  await name.pressSequentially("-no");
  assert.equal(await error.count(), 0, "nobody is told while they begin to type");
  await name.blur();
  await error.waitFor();
  assert.match(await error.textContent(), /3 bis 63/);
  assert.equal(await name.getAttribute("aria-invalid"), "true");
  assert.equal(await name.getAttribute("aria-describedby"), "resource_name-help resource_name-error");
  await name.pressSequentially("-");
  assert.equal(await error.count(), 1);
  // What is pasted stays whole, and is told to be too long.
  await name.fill("");
  await page.keyboard.insertText("x".repeat(80));
  await page.waitForFunction(() => document.querySelector("#resource_name").value.length === 80);
  await error.waitFor();
  await name.fill("dt-packing");
  await error.waitFor({ state: "detached" });
  assert.equal(await name.getAttribute("aria-invalid"), null);
  assert.equal(await name.getAttribute("aria-describedby"), "resource_name-help");
  // Whoever only passes by is told nothing; what is sent is judged again.
  await name.fill("");
  await name.blur();
  await page.locator("#new_resource_group").focus();
  await page.locator("#new_resource_group").blur();
  assert.equal(await page.locator(".field .error").count(), 0);
  await page.locator(".end .primary").click();
  await page.getByRole("alert").waitFor();
  assert.equal(await error.count(), 1);
});

story("whoever adds or removes somebody stays where they are, with mouse and finger too", async () => {
  const page = await demo.again("carl", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await page.goto("/instances/new");
  const find = page.locator("#find"), chip = page.locator(".chip");
  await find.tap();
  const place = async () => Math.round((await find.boundingBox()).y), before = await place();
  const stayed = async () => {
    await page.waitForFunction(() => document.activeElement.id === "find");
    assert.ok(Math.abs(await place() - before) <= 1, `${before}, now ${await place()}`);
  };
  await find.pressSequentially("plat");
  await page.getByRole("option", { name: "Platform Team" }).tap();
  await chip.waitFor();
  await stayed();
  await chip.getByRole("button").tap();
  await chip.waitFor({ state: "detached" });
  await stayed();
  await find.fill("ri");
  await page.getByRole("button", { name: "Find" }).tap();
  await page.locator(".found").getByRole("button").first().tap();
  await chip.waitFor();
  await stayed();
});

story("whoever has a request open is told who else is looking at it, and what the number is", async () => {
  const [nina, uma, olivia] = [await demo.again("nina"), await demo.again("uma"), await demo.again("olivia")];
  // What she may decide there is known once something waits.
  await askForAccess(nina);
  await uma.goto("/approvals");
  const count = Number(await uma.locator(".nav .count > span").first().textContent());
  const request = await askForInstance(nina, "dt-looked-at");
  await uma.locator(".nav .count", { hasText: `${count + 1}` }).waitFor();
  assert.match(await uma.locator("p[role=status]").innerText(), new RegExp(`^${count + 1} waiting`));
  await uma.goto(request);
  await olivia.goto(request);
  await olivia.getByRole("button", { name: "I am looking at this" }).click();
  await uma.locator("main .toast", { hasText: "Olivia Ortiz says that they are looking at this." }).waitFor();
  assert.equal(await olivia.locator("main .toast").count(), 0);
});

story("settings are chosen, and seen at once", async () => {
  const page = await demo.again("paul");
  await page.goto("/");
  await page.locator(".who summary").click();
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByLabel("Language").selectOption({ label: "Deutsch" });
  await page.getByLabel("Colours").selectOption({ label: "Dark" });
  await page.getByRole("button", { name: "Save" }).click();
  await seen(page, "Ihre Einstellungen wurden gespeichert.");
  assert.equal(await page.locator("html").getAttribute("lang"), "de");
  assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
  await page.getByLabel("Sprache").selectOption("");
  await page.getByLabel("Farben").selectOption("");
  await page.getByRole("button", { name: "Speichern" }).click();
  await seen(page, "Your settings have been saved.");
});
