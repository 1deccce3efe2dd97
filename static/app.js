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
let opening = false;
async function openPart(link) {
  const there = byId(link.dataset.dialog);
  if (there) return there.focus();
  if (opening) return;
  opening = true;
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
  } finally {
    opening = false;
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
on(document, "focusin", ({ target }) => {
  for (const drop of all(".drop[open]")) if (!drop.contains(target)) drop.open = false;
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

/** Fields of a part in which something has been typed and not sent. */
const typed = (part) => all("textarea, input:not([type=hidden])", part).filter((field) => field.value !== field.defaultValue);

// What changes while somebody looks comes by itself, on one line for each page that is seen. Where lines
// do not get through, the page asks instead. The element stays; what is in it is replaced when it differs.
function watch(element) {
  const dataset = element?.dataset ?? {}, counts = all("[data-waiting]"), main = byId("main");
  // How long ago something was moves by itself.
  const sight = (part) => {
    const copy = part.cloneNode(true);
    for (const about of all(".about", copy)) about.textContent = "";
    return copy.outerHTML;
  };
  const toast = (...said) => {
    const notice = make("p", { className: "notice is-warn toast" });
    notice.append(...said);
    return notice;
  };
  // Beside this page where something is typed on it, so that it is there afterwards.
  const link = (href, textContent) => {
    const link = make("a", { href, textContent, rel: "noopener" });
    on(link, "click", () => { link.target = typed(main).length ? "_blank" : ""; });
    return link;
  };
  const here = location.pathname + location.search;
  const lost = toast(words.lost), ended = toast(words.ended + " ", link("/sign-in?" + new URLSearchParams({ return: here }), words.signIn));
  let shown = element && sight(element), failures = 0, line, timer, newest, held, told, stale;
  const tell = (notice) => {
    if (stale || told === notice) return;
    told?.remove();
    if (notice) main.append(notice);
    say(notice ? notice.textContent : told === lost || told === ended ? words.back : "");
    told = notice;
  };
  const connected = (is) => {
    failures = is ? 0 : failures + 1;
    // One failure is none: a replica has left, and another answers next time.
    if (element && (is || failures > 1)) tell(is ? undefined : lost);
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
      const fresh = counts.some((count) => count.firstChild.textContent !== data);
      for (const count of counts) {
        count.firstChild.textContent = data;
        count.hidden = data === "0";
      }
      if (fresh && data !== "0") say(counts[0].textContent);
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
      if (answer.status === 401) {
        tell(ended);
        return later(look, 15000);
      }
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
    if (held || stale) return;
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-progress-url]");
    const now = fresh && sight(fresh);
    if (!fresh || now === shown) return;
    // Nothing moves away from under a pointer that is about to click, nor waits for one that rests.
    const pointed = () => main.querySelector(":is(a, button, summary, textarea, input):hover");
    if (!anyhow && pointing.matches && pointed()) {
      const go = () => {
        clearTimeout(held);
        held = 0;
        main.removeEventListener("pointerout", left);
        show(newest, true);
      };
      const left = () => requestAnimationFrame(() => { if (held && !pointed()) go(); });
      held = setTimeout(go, 3000);
      return on(main, "pointerout", left);
    }
    // Whoever was about to decide sees that somebody else has, and nobody one version's plan beside another's.
    const moved = fresh.dataset.revision !== dataset.revision || "decided" in fresh.dataset && all(".decide-box")[0];
    if (moved && !typed(main).length) return location.reload();
    if (moved) {
      tell(toast(words.changed + " ", link(here, words.again)));
      stale = true;
      return;
    }
    shown = now;
    const active = document.activeElement, inside = element.contains(active);
    const known = (one) => one.id || one.dateTime || one.textContent;
    const kept = typed(element), open = all("details[open]", element).map(({ id }) => id);
    const { looked } = fresh.dataset, isNews = looked !== dataset.looked;
    if (fresh.dataset.say !== dataset.say) say(fresh.dataset.say);
    Object.assign(dataset, fresh.dataset);
    element.replaceChildren(...fresh.childNodes);
    enliven(element);
    for (const { id, value } of kept) if (byId(id)) byId(id).value = value;
    for (const id of open) if (byId(id)) byId(id).open = true;
    if (inside) all(active.tagName, element).find((one) => known(one) === known(active))?.focus({ preventScroll: true });
    if (isNews) tell(looked ? toast(looked) : undefined);
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
// Without the script, the address leads back to the field; which would then stand at the top. Where a row is
// added, one goes on in it.
const ADDED = { tag: "tag_name", endpoint: "pe_name" };
on(document, "submit", ({ submitter }) => {
  const [action, id] = (submitter?.getAttribute("formaction") ?? "").split("#");
  const field = byId(submitter?.dataset.stay ?? id);
  if (submitter?.value in ADDED) sessionStorage.field = [location.pathname, "", ADDED[submitter.value]].join("#");
  if (!field?.matches("input")) return;
  stay(field);
  submitter.dataset.stay = field.id;
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
  const note = make("p", { className: "help", hidden: true });
  input.parentElement.after(note);
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
    const answer = await fetch(input.dataset.people + "?" + new URLSearchParams({ q })).catch(() => ({}));
    const { results: people = [], found = "", problems = [answer.status === 401 ? words.ended : words.lost] } = answer.json ? await answer.json().catch(() => ({})) : {};
    // Whoever has gone on is not followed.
    if (input.value.trim() !== q || document.activeElement !== input) return;
    note.textContent = [people.length ? "" : found, ...problems].join(" ").trim();
    note.hidden = !note.textContent;
    list.replaceChildren(...people.map(({ id, kind, name, what }, at) => {
      const option = make("button", { id: "people-" + at, name: "add", value: kind + ":" + id, formNoValidate: true, tabIndex: -1 });
      option.append(make("strong", { textContent: name }), make("span", { textContent: what }));
      return set(option, { role: "option", "aria-selected": false });
    }));
    open(people.length > 0);
    say([found, ...problems].join(" ").trim());
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
  on(input, "blur", () => {
    clearTimeout(timer);
    open(false);
  });
  open(false);
}

// What is typed is judged by the portal's own rules, from when the field was left first. That a field is
// empty is told when the form is sent.
let pressed = false;
on(document, "pointerdown", () => { pressed = true; });
on(document, "pointerup pointercancel", () => { pressed = false; });
for (const field of all("[data-check]")) {
  const id = field.id + "-error";
  // What the whole form has said stays until something else is typed.
  const came = !!byId(id);
  let left = came, timer;
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
    if (came && field.value === field.defaultValue) return;
    if (!value) return tell("");
    const answer = await fetch(`/fields/${field.dataset.check}?` + new URLSearchParams({ value })).catch(() => ({}));
    if (answer.ok && !answer.redirected && field.value.trim() === value) tell((await answer.json()).problem);
  };
  on(field, "blur", () => {
    left = true;
    // A button that is being pressed does not move.
    if (pressed) on(document, "pointerup pointercancel", () => setTimeout(check), { once: true });
    else check();
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
    // Back to where no tab was named yet is back to the first.
    const here = found >= 0 ? found : moved && location.hash ? -1 : Math.max(wrong, 0);
    if (here < 0) return;
    panels.forEach((panel, at) => panel.toggleAttribute("data-here", at === here));
    links.forEach((link, at) => at === here ? set(link, { "aria-current": "step" }) : link.removeAttribute("aria-current"));
    turn(previous, panels[here - 1]);
    turn(next, panels[here + 1]);
    if (panels[here + 1]) next.firstChild.textContent = words.next.replace("#", links[here + 1].firstChild.textContent);
    if (!moved) return;
    const seen = target || panels[here];
    seen.focus({ preventScroll: seen === panels[here] });
    if (seen === panels[here] && form.getBoundingClientRect().top < 0) form.scrollIntoView();
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
const [wrong] = all("[data-focus]"), back = page === location.pathname;
if (wrong) wrong.focus();
else if (back && byId(field)) {
  byId(field).focus({ preventScroll: true });
  scrollBy({ top: byId(field).getBoundingClientRect().top - top, behavior: "instant" });
} else if (back && !field) all(`[name=${top}]`).at(-1)?.focus();

// Where tabs are wider than the window, the one that is open is seen.
for (const tab of all(".tabs [aria-current]")) {
  const tabs = tab.closest(".tabs");
  if (tabs.scrollWidth > tabs.clientWidth) tabs.scrollLeft = tab.offsetLeft - tabs.offsetLeft - tabs.clientWidth / 3;
}

const [live] = all("[data-progress-url]");
if (live || all("[data-waiting]")[0]) watch(live);
enliven(document);
