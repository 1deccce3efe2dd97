// A demo of its own for each file of tests, people with browsers, and an ear for whatever complains:
// the program's log, the browsers' consoles, the content security policy.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const BINARY = process.env.TWINDESK_TEST_BINARY;
const BROWSER = process.env.TWINDESK_TEST_CHROMIUM ?? "/usr/bin/chromium";
/** Of this machine, whatever else it has to do meanwhile. */
export const PATIENCE = 20_000;

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Tries until `look` gives something or does not fail; no longer than PATIENCE. */
async function until(what, look) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (Date.now() > end) throw new Error(`${what}: ${error.message}`, { cause: error });
    }
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

/** The portal, the simulated Azure and a browser. `stop` them; it fails if anything complained. */
export async function startDemo() {
  assert.ok(BINARY, "TWINDESK_TEST_BINARY names the program; scripts/test builds it and sets it");
  const data = await mkdtemp(join(tmpdir(), "twindesk-browser-"));
  const [port, azurePort] = [await freePort(), await freePort()];
  const addresses = ["--listen", `127.0.0.1:${port}`, "--simulator", `127.0.0.1:${azurePort}`];
  const origin = `http://localhost:${port}`;
  let program, log = "";
  const up = async () => {
    program = spawn(BINARY, ["demo", ...addresses, "--data", data], { stdio: ["ignore", "pipe", "pipe"] });
    for (const pipe of [program.stdout, program.stderr]) pipe.on("data", (text) => { log += text; });
    await until(`the demo does not start; it said:\n${log}`, async () => {
      assert.equal(program.exitCode, null, log);
      assert.equal((await fetch(`${origin}/health/live`)).status, 200);
    });
  };
  const down = async () => {
    program.kill("SIGTERM");
    if (program.exitCode === null) await once(program, "exit");
    assert.equal(program.exitCode, 0, log);
  };
  await up();
  const browser = await chromium.launch({
    executablePath: BROWSER,
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync",
    ],
  });
  const demo = new Demo(origin, `http://localhost:${azurePort}`, browser);
  demo.stop = async () => {
    await browser.close();
    await down();
    await rm(data, { recursive: true, force: true });
    const wrong = log.split("\n").filter((line) => /^\S+ +ERROR |panicked/.test(line));
    assert.deepEqual([...demo.complaints, ...wrong], [], "somebody complained");
  };
  demo.down = async () => {
    demo.away = true;
    await down();
  };
  demo.up = async () => {
    await up();
    demo.away = false;
  };
  return demo;
}

class Demo {
  complaints = [];
  /** Whether the program has been stopped: browsers may say so. */
  away = false;
  /** Whether somebody's session has ended under an open page: scripts are told so. */
  ended = false;
  #sessions = {};

  constructor(origin, azure, browser) {
    Object.assign(this, { origin, azure, browser });
  }

  /** Bends the simulated Azure: `/settings`, `/faults`, … of simulator/src/admin.rs. */
  async bend(method, path, body) {
    const answer = await fetch(`${this.azure}/admin${path}`, {
      method,
      headers: { "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return text && JSON.parse(text);
  }

  /** As fast as Azure never is; what is given is as slow as given. */
  quick(settings = {}) {
    const fast = { lro_seconds: 1, retry_after: 1, registration_seconds: 1, role_propagation_seconds: 1 };
    return this.bend("PATCH", "/settings", { ...fast, ...settings });
  }

  /** What people do, told as a test. Closes their windows; when it fails, it says what they saw. */
  async story(act) {
    try {
      await act();
    } catch (error) {
      const pages = this.browser.contexts().flatMap((context) => context.pages());
      const shown = pages.map(async (page) => `\n\n${page.url()}\n${await page.locator("main").innerText({ timeout: 1000 })}`);
      error.message += (await Promise.allSettled(shown)).map(({ value }) => value ?? "").join("");
      throw error;
    } finally {
      await Promise.all(this.browser.contexts().map((context) => context.close()));
    }
  }

  /** A browser window of nobody yet. */
  async window(options = {}) {
    const context = await this.browser.newContext({ baseURL: this.origin, reducedMotion: "reduce", ...options });
    context.setDefaultTimeout(PATIENCE);
    const page = await context.newPage();
    this.#listen(page);
    return page;
  }

  /** Somebody with a browser window, signed in. */
  async person(name, options) {
    const page = await this.window(options);
    await signIn(page, name);
    return page;
  }

  /** The same, without the way through the sign-in after the first time. */
  async again(name, options) {
    this.#sessions[name] ??= await (await this.person(name)).context().storageState();
    return this.window({ ...options, storageState: this.#sessions[name] });
  }

  #listen(page) {
    const complain = (what) => this.complaints.push(`${page.url()}: ${what}`);
    page.on("pageerror", (error) => complain(error.stack ?? error));
    page.on("console", (message) => {
      // Pages may answer 404 or 422 and be whole; what they load may not, see below.
      const status = message.text().startsWith("Failed to load resource: the server responded");
      const unreached = this.away && message.text().startsWith("Failed to load resource: net::ERR_");
      const refused = this.ended && message.text().includes("has a status 401");
      if (["error", "warning"].includes(message.type()) && !status && !unreached && !refused) complain(message.text());
    });
    page.on("response", (answer) => {
      if (answer.status() === 401 && this.ended) return;
      if (answer.status() >= 400 && answer.request().resourceType() !== "document") {
        complain(`${answer.status()} ${answer.url()}`);
      }
    });
  }
}

/** Through the simulator's page of people. */
export async function signIn(page, name) {
  await page.goto("/sign-in");
  await page.getByRole("button", { name: `${name}@` }).click();
  await page.getByText("Signed in as").waitFor({ state: "attached" });
}

/** The badge at the top of a request's progress. */
export const status = (page) => page.locator("[data-progress-url] .top .badge").first();

/** Waits until the page, by itself, says so. */
export const seen = (page, text) => page.getByText(text).first().waitFor();

/** Waits for the status of a request. */
export const becomes = (page, text) => status(page).filter({ hasText: text }).waitFor();

/** Fills in "Create instance" for `name` in rg-twins, with the role for oneself, by mouse. */
export async function fillInstance(page, name) {
  await page.goto("/instances/new");
  const subscription = page.getByLabel("Subscription", { exact: true });
  if (await subscription.inputValue() === "") await subscription.selectOption({ label: "Contoso Production" });
  await load(page);
  await page.getByLabel("Resource group", { exact: true }).selectOption("rg-twins");
  await page.getByLabel("Resource name").fill(name);
  await page.getByLabel("Region").selectOption("westeurope");
  await page.getByLabel("Assign Azure Digital Twins Data Owner Role").check();
  await page.getByLabel("Justification").fill("A twin of the press line.\nFor the pilot in hall 3.");
}

/** Presses what loads groups and regions where no script does so, and waits for them. */
export async function load(page) {
  const button = page.getByRole("button", { name: "Load resource groups and regions" });
  const region = page.locator("#region option[value=westeurope]");
  if (!await region.count() && await page.evaluate(() => !matchMedia("(scripting: enabled)").matches)) {
    await button.click();
  }
  await region.waitFor({ state: "attached" });
}

/** Asks for an instance; the address of the request. */
export async function askForInstance(page, name) {
  await fillInstance(page, name);
  await page.locator(".end").getByRole("button", { name: "Review + create" }).click();
  await page.locator("form[action='/instances'] .end .primary").click();
  await page.waitForURL(/\/requests\/[0-9a-f-]+/);
  return new URL(page.url()).pathname;
}
