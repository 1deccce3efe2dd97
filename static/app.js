// Everything works without this file. It adds: times in the reader's zone, live progress, copy
// buttons, selects that load what depends on them, people found while typing.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// One place that speaks politely; it stays while what it speaks of is replaced.
const voice = document.createElement("p");
voice.className = "sr";
voice.setAttribute("role", "status");
document.body.append(voice);
const say = (text) => { voice.textContent = text; };

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function enliven(root) {
  for (const time of all("time[datetime]", root)) {
    const at = new Date(time.dateTime);
    if (time.title || isNaN(at)) continue;
    time.title = time.textContent;
    time.textContent = moment.format(at);
  }
  for (const button of all("[data-copy]", root)) button.hidden = false;
}

// Copying. Without a clipboard (plain http) the text is selected for the person to copy.
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  const label = button.querySelector("[data-said]") ?? button;
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
  } catch {
    getSelection().selectAllChildren(source);
    return say("Selected. Press Ctrl+C to copy.");
  }
  button.before_ ??= label.innerHTML;
  label.textContent = "Copied";
  say("Copied");
  clearTimeout(button.timer_);
  button.timer_ = setTimeout(() => { label.innerHTML = button.before_; }, 2000);
});

// Live progress. The element stays, what is in it is replaced when it differs.
function follow(element) {
  let last = null;
  let failures = 0;
  let timer;
  const next = () => {
    clearTimeout(timer);
    if (element.hasAttribute("data-ended") || !element.isConnected) return;
    const every = Math.max(500, Number(element.dataset.interval) || 2000);
    timer = setTimeout(look, Math.min(60000, every * 2 ** failures));
  };
  async function look() {
    if (document.hidden || !navigator.onLine) return;
    try {
      const answer = await fetch(element.dataset.progressUrl, { headers: { accept: "text/html" }, signal: AbortSignal.timeout(15000) });
      if (answer.redirected || answer.status === 401) return location.reload();
      if (!answer.ok) throw answer.status;
      const text = await answer.text();
      failures = 0;
      if (text !== last) show(text);
      last = text;
    } catch {
      failures = Math.min(failures + 1, 6);
    }
    next();
  }
  function show(text) {
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-progress-url]");
    if (!fresh || fresh.innerHTML === element.raw_) return;
    element.raw_ = fresh.innerHTML;
    const focused = element.contains(document.activeElement) && document.activeElement.id;
    const open = all("details", element).map((details) => details.open);
    const spoken = element.dataset.say;
    for (const { name } of [...element.attributes]) if (!fresh.hasAttribute(name)) element.removeAttribute(name);
    for (const { name, value } of fresh.attributes) element.setAttribute(name, value);
    element.replaceChildren(...fresh.childNodes);
    all("details", element).forEach((details, at) => { if (at in open) details.open = open[at]; });
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    if (element.dataset.title) document.title = element.dataset.title;
    if (element.dataset.say && element.dataset.say !== spoken) say(element.dataset.say);
    enliven(element);
  }
  element.raw_ = element.innerHTML;
  addEventListener("online", look);
  document.addEventListener("visibilitychange", look);
  next();
}

// Sends a form by one of its buttons, and comes back to the same field.
function press(form, name, value, field) {
  const button = document.createElement("button");
  Object.assign(button, { name, value, hidden: true, formNoValidate: true });
  form.append(button);
  sessionStorage.setItem("field", location.pathname + "#" + field.id);
  form.requestSubmit(button);
}

// With the mouse at once; by keyboard when the field is left, so that arrows may be used.
for (const select of all("select[data-autosubmit]")) {
  const go = () => {
    const button = select.form.querySelector(`button[name][value="${CSS.escape(select.dataset.autosubmit)}"]`);
    if (button) press(select.form, button.name, button.value, select);
  };
  let keyed = false, changed = false;
  select.addEventListener("keydown", (event) => { keyed = event.key !== "Enter"; });
  select.addEventListener("pointerdown", () => { keyed = false; });
  select.addEventListener("change", () => { if (keyed) changed = true; else go(); });
  select.addEventListener("blur", () => { if (changed) go(); });
}

// People found while typing: a combobox with a listbox below it.
for (const input of all("input[data-people]")) {
  const list = document.createElement("ul");
  list.id = input.id + "-list";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "People found");
  const box = input.parentElement;
  box.classList.add("finder");
  box.append(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) input.setAttribute(name, value);
  let timer, chosen = -1, asked = 0;
  const choose = (at) => {
    const options = all("[role=option]", list);
    chosen = options.length ? (at + options.length) % options.length : -1;
    options.forEach((option, i) => option.setAttribute("aria-selected", i === chosen));
    input.setAttribute("aria-activedescendant", options[chosen]?.id ?? "");
    options[chosen]?.scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const add = (option) => press(input.form, "add", option.dataset.id, input);
  input.addEventListener("input", () => {
    clearTimeout(timer);
    const query = input.value.trim(), mine = ++asked;
    if (query.length < 2) return close();
    timer = setTimeout(async () => {
      const answer = await fetch(`${input.dataset.people}?q=${encodeURIComponent(query)}`, { headers: { accept: "application/json" } }).catch(() => null);
      if (mine !== asked || !answer?.ok || answer.redirected) return;
      const people = await answer.json();
      if (mine !== asked) return;
      list.replaceChildren(...people.map(({ id, kind, name, mail, detail }, at) => {
        const option = document.createElement("li"), strong = document.createElement("strong"), rest = document.createElement("span");
        option.id = `${list.id}-${at}`;
        option.dataset.id = id;
        option.setAttribute("role", "option");
        strong.textContent = name;
        rest.className = "meta";
        rest.textContent = [kind, mail, detail].filter(Boolean).join(" · ");
        option.append(strong, rest);
        return option;
      }));
      list.hidden = !people.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      input.removeAttribute("aria-activedescendant");
      chosen = -1;
      say(people.length ? `${people.length} found. Use the arrow keys.` : "Nobody found.");
    }, 250);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen < 0 ? -1 : chosen - 1);
    else if (event.key === "Enter" && chosen >= 0) add(list.children[chosen]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => { const option = event.target.closest("[role=option]"); if (option) add(option); });
  input.addEventListener("blur", close);
}

// The phone menu closes by Escape; focus is where it was before a form came back.
document.addEventListener("keydown", (event) => {
  const menu = document.querySelector(".menu[open]");
  if (event.key === "Escape" && menu) { menu.open = false; menu.firstElementChild.focus(); }
});
const [page, field] = (sessionStorage.getItem("field") ?? "").split("#");
sessionStorage.removeItem("field");
const wrong = document.querySelector("[data-focus]");
if (wrong) wrong.focus();
else if (field && page === location.pathname) document.getElementById(field)?.focus();

enliven(document);
all("[data-progress-url]").forEach(follow);
