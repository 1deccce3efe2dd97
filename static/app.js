// All works without this file. It adds times in the reader's zone, live progress, copy buttons,
// selects that load what depends on them, and people found while typing.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const byId = (id) => document.getElementById(id);

// Speaks politely; stays while what it speaks of is replaced.
const voice = Object.assign(document.createElement("p"), { className: "sr" });
voice.setAttribute("role", "status");
document.body.append(voice);
const say = (text) => { voice.textContent = text; };

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function enliven(root) {
  for (const time of all("time[datetime]:not([title])", root)) {
    const at = new Date(time.dateTime);
    if (isNaN(at)) continue;
    time.title = time.textContent;
    time.textContent = moment.format(at);
  }
  for (const button of all("[data-copy]", root)) button.hidden = false;
}

// Without a clipboard (plain http) the text is selected for the person to copy.
document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  const source = byId(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent);
  } catch {
    getSelection().selectAllChildren(source);
    return say("Selected. Press Ctrl+C to copy.");
  }
  say("Copied");
  const label = button.querySelector("[data-said]"), before = label.textContent;
  if (before === "Copied") return;
  label.textContent = "Copied";
  setTimeout(() => { label.textContent = before; say(""); }, 2000);
});

// The element stays; what is in it is replaced when it differs.
function follow(element) {
  let shown = element.innerHTML, failures = 0, timer;
  const { dataset } = element;
  const next = () => {
    const wait = Math.max(500, dataset.interval || 2000) * 2 ** failures;
    if (!("ended" in dataset)) timer = setTimeout(look, Math.min(wait, 60000));
  };
  async function look() {
    clearTimeout(timer);
    if (document.hidden || !navigator.onLine || "ended" in dataset) return;
    try {
      const answer = await fetch(dataset.progressUrl, { signal: AbortSignal.timeout(15000) });
      if (answer.redirected || answer.status === 401) return location.reload();
      if (!answer.ok) throw answer;
      show(await answer.text());
      failures = 0;
    } catch {
      failures = Math.min(failures + 1, 6);
    }
    next();
  }
  function show(text) {
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-progress-url]");
    if (!fresh || fresh.innerHTML === shown) return;
    shown = fresh.innerHTML;
    const focused = element.contains(document.activeElement) && document.activeElement.id;
    const open = all("details", element).map((details) => details.open);
    if (fresh.dataset.say !== dataset.say) say(fresh.dataset.say ?? "");
    Object.assign(dataset, fresh.dataset);
    element.replaceChildren(...fresh.childNodes);
    all("details", element).forEach((details, at) => { details.open = open[at] ?? details.open; });
    if (focused) byId(focused)?.focus({ preventScroll: true });
    if (dataset.title) document.title = dataset.title;
    enliven(element);
  }
  addEventListener("online", look);
  document.addEventListener("visibilitychange", look);
  next();
}

// Sends a form by a button; the answer comes back to the same field.
function press(button, field) {
  sessionStorage.setItem("field", `${location.pathname}#${field.id}`);
  button.click();
}

// With the mouse at once; by keyboard when the field is left, so that arrows may be used.
for (const select of all("[data-autosubmit]")) {
  let keyed, changed;
  const go = () => press(byId(select.dataset.autosubmit), select);
  select.addEventListener("keydown", ({ key }) => { keyed = key !== "Enter"; });
  select.addEventListener("pointerdown", () => { keyed = false; });
  select.addEventListener("change", () => { if (keyed) changed = true; else go(); });
  select.addEventListener("blur", () => { if (changed) go(); });
}

// A combobox with a listbox below it. Without the script the button beside it finds them.
for (const input of all("[data-people]")) {
  const list = Object.assign(document.createElement("div"), { id: "people", hidden: true });
  const set = (attributes, on = input) => { for (const name in attributes) on.setAttribute(name, attributes[name]); };
  set({ role: "listbox", "aria-label": "People found" }, list);
  set({ role: "combobox", "aria-autocomplete": "list", "aria-controls": "people", "aria-expanded": false });
  input.parentElement.append(list);
  let timer, chosen = -1;
  const open = (is) => {
    list.hidden = !is;
    chosen = -1;
    set({ "aria-expanded": is, "aria-activedescendant": "" });
  };
  const choose = (at) => {
    const options = [...list.children];
    chosen = (at + options.length) % options.length;
    options.forEach((option, i) => set({ "aria-selected": i === chosen }, option));
    set({ "aria-activedescendant": options[chosen].id });
    options[chosen].scrollIntoView({ block: "nearest" });
  };
  const find = async (q) => {
    const answer = await fetch(`${input.dataset.people}?${new URLSearchParams({ q })}`).catch(() => ({}));
    if (!answer.ok || answer.redirected) return;
    const people = await answer.json();
    if (input.value.trim() !== q) return;
    list.replaceChildren(...people.map(({ id, kind, name, mail, detail }, at) => {
      const option = Object.assign(document.createElement("button"), { id: `people-${at}`, name: "add", value: id, formNoValidate: true, tabIndex: -1 });
      set({ role: "option", "aria-selected": false }, option);
      const [title, rest] = ["strong", "span"].map((tag) => document.createElement(tag));
      title.textContent = name;
      rest.textContent = [kind, mail, detail].filter(Boolean).join(" · ");
      option.append(title, rest);
      return option;
    }));
    open(people.length > 0);
    say(people.length ? `${people.length} found` : "Nobody found");
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    const q = input.value.trim();
    if (q.length > 1) timer = setTimeout(find, 250, q);
    else open(false);
  });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (list.hidden) return;
    if (step) choose(chosen < 0 && step < 0 ? -1 : chosen + step);
    else if (event.key === "Enter" && chosen >= 0) press(list.children[chosen], input);
    else if (event.key === "Escape") open(false);
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  input.addEventListener("blur", () => open(false));
}

const menu = document.querySelector(".menu");
document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape" && menu?.open) { menu.open = false; menu.firstElementChild.focus(); }
});

// What is wrong comes first; else focus goes back to where it was before the form was sent.
const [page, field] = (sessionStorage.getItem("field") ?? "").split("#");
sessionStorage.removeItem("field");
(document.querySelector("[data-focus]") ?? (page === location.pathname && byId(field)))?.focus?.();

all("[data-progress-url]").forEach(follow);
enliven(document);
