// All works without this file.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const byId = (id) => document.getElementById(id);
const on = (target, types, act, how) => types.split(" ").forEach((type) => target.addEventListener(type, act, how));
const set = (element, attributes) => {
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  return element;
};
const make = (tag, properties) => Object.assign(document.createElement(tag), properties);

// Speaks politely; stays while what it speaks of is replaced.
const voice = set(make("p", { className: "sr" }), { role: "status" });
document.body.append(voice);
const say = (text = "") => { voice.textContent = text; };

// In the language of the page.
const words = document.body.dataset;

const pointing = matchMedia("(hover: hover)");

// The server tells moments in this zone, from the next page on.
const zone = "twindesk_zone=" + Intl.DateTimeFormat().resolvedOptions().timeZone;
if (!document.cookie.split("; ").includes(zone)) {
  document.cookie = zone + "; path=/; max-age=31536000; samesite=lax" + (location.protocol === "https:" ? "; secure" : "");
}

// How long ago, as src/words/moment.rs tells it. What is told by its date stays.
const ago = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });
const UNITS = [[3570, 60, "minute"], [84600, 3600, "hour"], [604800, 86400, "day"]];
setInterval(() => {
  for (const about of all("time.when > .about")) {
    const ahead = Math.trunc((new Date(about.parentNode.dateTime) - Date.now()) / 1000), away = Math.abs(ahead);
    const [most, seconds, unit] = UNITS.find(([most]) => away < most) ?? [];
    if (!most) continue;
    const told = away < 45 ? words.now : ago.format(Math.sign(ahead) * Math.floor(away / seconds + .5), unit);
    if (about.textContent !== told) about.textContent = told;
  }
}, 60000);

/** Whether this browser wants shortcuts. */
const shortcuts = () => localStorage.shortcuts !== "off";

function enliven(root) {
  for (const button of all("[data-copy]", root)) button.hidden = false;
  for (const box of all("[data-shortcuts]", root)) box.checked = shortcuts();
}

on(document, "click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  const source = byId(button.dataset.copy), label = button.querySelector("[data-said]");
  try {
    await navigator.clipboard.writeText(source.textContent);
  } catch {
    getSelection().selectAllChildren(source);
    return say(words.selected);
  }
  const before = label.textContent;
  say(label.textContent = words.copied);
  if (before !== words.copied) setTimeout(() => { label.textContent = before; say(); }, 2000);
});

on(document, "change", ({ target }) => {
  if (target.matches("[data-shortcuts]")) localStorage.shortcuts = target.checked ? "on" : "off";
});

// A part of another page, in a dialog. Where that fails, the link leads to the page.
async function openPart(link) {
  const there = byId(link.dataset.dialog);
  if (there) return there.focus();
  try {
    const answer = await fetch(link.pathname);
    if (!answer.ok || answer.redirected) throw answer;
    const whole = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = whole.getElementById(link.dataset.dialog);
    const dialog = set(make("dialog"), { "aria-labelledby": part.getAttribute("aria-labelledby") });
    const end = make("p", { className: "end" }), close = make("button", { type: "button", textContent: words.close });
    end.append(close);
    dialog.append(part, end);
    document.body.append(dialog);
    enliven(dialog);
    on(close, "click", () => dialog.close());
    on(dialog, "click", ({ target }) => { if (target === dialog) dialog.close(); });
    on(dialog, "close", () => dialog.remove());
    dialog.showModal();
  } catch {
    location.assign(link.href);
  }
}

const isOpen = () => all("dialog[open]").length > 0;

on(document, "click keydown", (event) => {
  const { target, type, key } = event;
  const link = type === "click" && target.closest("[data-dialog]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    openPart(link);
  }
  // Away with what covers something else, until somebody comes back to it.
  if (key === "Escape") for (const time of all("time:is(:hover, :focus)")) {
    time.classList.remove("when");
    on(time, "pointerleave blur", () => time.classList.add("when"), { once: true });
  }
  for (const drop of all(".drop[open]")) {
    const escaped = key === "Escape" && !isOpen();
    if (escaped || type === "click" && !drop.contains(target)) drop.open = false;
    if (escaped) drop.firstElementChild.focus();
  }
});

// Shortcuts: one key, or g and then another. None while somebody types, or where they are turned off.
let went = 0;
on(document, "keydown", (event) => {
  const { key, target } = event;
  const meant = event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented;
  if (meant || isOpen() || !shortcuts() || target.closest("input, textarea, select, [contenteditable]")) return;
  const place = event.timeStamp - went < 1500 && all("[data-key]").find((link) => link.dataset.key === key);
  went = !place && key === "g" ? event.timeStamp : 0;
  const field = key === "/" && all("[data-search]")[0], help = key === "?" && all("[data-dialog=keys]")[0];
  if (place) place.click();
  else if (field) {
    // On a narrow window it stands in the menu.
    if (!field.checkVisibility()) all(".menu")[0].open = true;
    field.select();
  } else if (help) help.click();
  else return;
  event.preventDefault();
});

// What changes while somebody looks comes by itself, on one line for each page that is seen. Where lines
// do not get through, the page asks instead. The element stays; what is in it is replaced when it differs.
function watch(element) {
  const lost = make("p", { className: "notice is-warn toast" });
  lost.textContent = words.lost;
  const dataset = element?.dataset ?? {}, counts = all("[data-waiting]");
  let shown = element?.outerHTML, failures = 0, line, timer, newest, held;
  const connected = (is) => {
    failures = is ? 0 : failures + 1;
    // One failure is none: a replica has left, and another answers next time.
    if (!element || lost.isConnected === failures > 1) return;
    if (is) lost.remove();
    else byId("main").append(lost);
    say(is ? words.back : lost.textContent);
  };
  const later = (act, wait) => {
    clearTimeout(timer);
    timer = setTimeout(act, failures ? Math.min(1000 * 2 ** failures, 5000) : wait);
  };
  function open() {
    clearTimeout(timer);
    line?.close();
    // Browsers have few lines to one place: only the page that is seen holds one.
    if (document.hidden) return;
    line = new EventSource("/events?" + new URLSearchParams("ended" in dataset || !element ? {} : { request: dataset.request, since: dataset.since }));
    on(line, "open", () => connected(true));
    on(line, "progress", ({ data }) => show(data));
    on(line, "waiting", ({ data }) => {
      for (const count of counts) {
        count.firstChild.textContent = data;
        count.hidden = data === "0";
      }
    });
    on(line, "error", () => {
      connected(false);
      // It tries again by itself, unless the answer was no.
      if (line.readyState === EventSource.CLOSED) later(look, 1000);
    });
  }
  async function look() {
    if (document.hidden || "ended" in dataset) return;
    if (!element) return later(open, 15000);
    try {
      const answer = await fetch(dataset.progressUrl, { signal: AbortSignal.timeout(15000) });
      if (answer.redirected || answer.status === 401) return location.reload();
      if (!answer.ok) throw answer;
      show(await answer.text());
      connected(true);
    } catch {
      connected(false);
    }
    later(failures ? look : open, 5000);
  }
  function show(text, anyhow) {
    newest = text;
    if (held) return;
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-progress-url]");
    if (!fresh || fresh.outerHTML === shown) return;
    // Nothing moves away from under a pointer that is about to click, nor waits for one that rests.
    if (!anyhow && pointing.matches && element.querySelector(":is(a, button, summary, textarea):hover")) {
      const go = () => {
        clearTimeout(held);
        held = 0;
        show(newest, true);
      };
      held = setTimeout(go, 3000);
      return on(element, "pointerout", go, { once: true });
    }
    shown = fresh.outerHTML;
    // Whoever was about to decide sees that somebody else has, and nobody one version's plan beside another's.
    const moved = fresh.dataset.revision !== dataset.revision || "decided" in fresh.dataset && all(".decide-box")[0];
    if (moved) return location.reload();
    const focused = element.contains(document.activeElement) && document.activeElement.id;
    if (fresh.dataset.say !== dataset.say) say(fresh.dataset.say);
    Object.assign(dataset, fresh.dataset);
    element.replaceChildren(...fresh.childNodes);
    enliven(element);
    if (focused) byId(focused)?.focus({ preventScroll: true });
    if (dataset.title) document.title = dataset.title;
  }
  on(document, "visibilitychange", open);
  on(window, "online", open);
  open();
}

// Where a form is sent only to come back with more, one stays where one was: at this field, and the page
// does not move below it.
function stay(field) {
  sessionStorage.field = [location.pathname, field.id, field.getBoundingClientRect().top].join("#");
}
function press(button, field) {
  stay(field);
  button.click();
}
// Without the script, the address leads back to the field; which would then stand at the top.
on(document, "submit", ({ submitter }) => {
  const [action, id] = (submitter?.getAttribute("formaction") ?? "").split("#"), field = id && byId(id);
  if (!field?.matches("input")) return;
  stay(field);
  set(submitter, { formaction: action });
});

// With the mouse at once; by keyboard when the field is left, so that arrows may be used.
for (const select of all("[data-autosubmit]")) {
  let keyed, changed;
  const go = () => press(byId(select.dataset.autosubmit), select);
  on(select, "keydown pointerdown", ({ key }) => { keyed = key; });
  on(select, "change", () => { if (keyed) changed = true; else go(); });
  on(select, "blur", () => { if (changed) go(); });
}

// A combobox and its listbox.
for (const input of all("input[data-people]")) {
  const list = set(make("div", { id: "people", hidden: true }), { role: "listbox", "aria-label": words.people });
  input.parentElement.append(list);
  let timer, chosen;
  const open = (is) => {
    list.hidden = !is;
    chosen = null;
    set(input, { role: "combobox", "aria-autocomplete": "list", "aria-controls": "people", "aria-expanded": is, "aria-activedescendant": "" });
  };
  const choose = (option) => {
    if (chosen) set(chosen, { "aria-selected": false });
    chosen = set(option, { "aria-selected": true });
    set(input, { "aria-activedescendant": option.id });
    option.scrollIntoView({ block: "nearest" });
  };
  const find = async (q) => {
    const answer = await fetch(input.dataset.people + "?" + new URLSearchParams({ q }));
    if (!answer.ok || answer.redirected) return;
    const { results: people, found } = await answer.json();
    if (input.value.trim() !== q) return;
    list.replaceChildren(...people.map(({ id, kind, name, what }, at) => {
      const option = make("button", { id: "people-" + at, name: "add", value: kind + ":" + id, formNoValidate: true, tabIndex: -1 });
      option.append(make("strong", { textContent: name }), make("span", { textContent: what }));
      return set(option, { role: "option", "aria-selected": false });
    }));
    open(people.length > 0);
    say(found);
  };
  on(input, "input", () => {
    clearTimeout(timer);
    open(false);
    const q = input.value.trim();
    if (q.length > 1) timer = setTimeout(find, 250, q);
  });
  on(input, "keydown", (event) => {
    const { key } = event;
    if (list.hidden) return;
    if (key === "ArrowDown") choose(chosen?.nextSibling ?? list.firstChild);
    else if (key === "ArrowUp") choose(chosen?.previousSibling ?? list.lastChild);
    else if (key === "Escape") open(false);
    else if (key === "Enter" && chosen) press(chosen, input);
    else return;
    event.preventDefault();
  });
  on(list, "pointerdown", (event) => event.preventDefault());
  on(list, "click", () => stay(input));
  on(input, "blur", () => open(false));
  open(false);
}

// What is typed is judged by the portal's own rules, from when the field was left first. That a field is
// empty is told when the form is sent.
for (const field of all("[data-check]")) {
  const id = field.id + "-error";
  let left = byId(id), timer;
  const tell = (problem) => {
    const found = byId(id), place = field.closest(".field");
    if (found?.textContent === problem) return;
    const told = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== id);
    if (problem) told.push(id);
    set(field, { "aria-describedby": told.join(" ") });
    if (problem) set(field, { "aria-invalid": true });
    else field.removeAttribute("aria-invalid");
    place.classList.toggle("bad", !!problem);
    found?.remove();
    if (problem) place.append(make("p", { className: "error", id, textContent: problem }));
    say(problem);
  };
  const check = async () => {
    const value = field.value.trim();
    if (!value) return tell("");
    const answer = await fetch(`/fields/${field.dataset.check}?` + new URLSearchParams({ value })).catch(() => ({}));
    if (answer.ok && !answer.redirected && field.value.trim() === value) tell((await answer.json()).problem);
  };
  on(field, "blur", () => {
    left = true;
    check();
  });
  on(field, "input", () => {
    clearTimeout(timer);
    if (left) timer = setTimeout(check, 300);
  });
}

// A form in tabs: the address says which of them is seen, so Back leads to the one before.
for (const form of all("[data-tabs]")) {
  const panels = all(".panel", form), links = all(".tabs a", form);
  const [previous, next] = ["[data-previous]", "[data-next]"].map((step) => all(step, form)[0]);
  // A link without an address is no link.
  const turn = (link, panel) => {
    link.removeAttribute(panel ? "aria-disabled" : "href");
    set(link, panel ? { href: "#" + panel.id } : { "aria-disabled": true });
  };
  const show = (moved) => {
    const target = location.hash && byId(location.hash.slice(1));
    const wrong = links.findIndex((link) => "wrong" in link.dataset);
    const found = panels.findIndex((panel) => panel.contains(target || null));
    const here = found >= 0 ? found : moved ? -1 : Math.max(wrong, 0);
    if (here < 0) return;
    panels.forEach((panel, at) => panel.toggleAttribute("data-here", at === here));
    links.forEach((link, at) => at === here ? set(link, { "aria-current": "step" }) : link.removeAttribute("aria-current"));
    turn(previous, panels[here - 1]);
    turn(next, panels[here + 1]);
    if (panels[here + 1]) next.firstChild.textContent = words.next.replace("#", links[here + 1].firstChild.textContent);
    form.dataset.on = "";
    if (!moved) return;
    target.focus({ preventScroll: target === panels[here] });
    if (target === panels[here] && form.getBoundingClientRect().top < 0) form.scrollIntoView();
  };
  on(window, "hashchange", () => show(true));
  show(false);
}

// Back from where a form has led shows it as it was sent: its address carries what was typed.
for (const form of all("[data-keep]")) {
  on(form, "submit", () => {
    const typed = new URLSearchParams(new FormData(form));
    for (const name of ["go", "add", "remove", "find"]) typed.delete(name);
    const address = form.getAttribute("action") + "?" + typed + "&go=back" + location.hash;
    if (address.length < 3500) history.replaceState(null, "", address);
  });
}

// What is wrong comes first; else back to where one was before the form was sent.
const [page, field, top] = (sessionStorage.field ?? "").split("#");
delete sessionStorage.field;
const [wrong] = all("[data-focus]"), same = page === location.pathname && byId(field);
if (wrong) wrong.focus();
else if (same) {
  same.focus({ preventScroll: true });
  scrollBy({ top: same.getBoundingClientRect().top - top, behavior: "instant" });
}

// Where tabs are wider than the window, the one that is open is seen.
for (const tab of all(".tabs [aria-current]")) {
  const tabs = tab.closest(".tabs");
  if (tabs.scrollWidth > tabs.clientWidth) tabs.scrollLeft = tab.offsetLeft - tabs.offsetLeft - tabs.clientWidth / 3;
}

const [live] = all("[data-progress-url]");
if (live || all("[data-waiting]")[0]) watch(live);
enliven(document);
