// Who may ask: keys are made (their text is shown once), limited, rotated and revoked.
import { ask } from "./api.js";
import { choice, facts, fill, h, labelled, note, table } from "./dom.js";
import { day as dayOf, moment, money } from "./format.js";

const json = (body) => ({ method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
const day = (seconds) => (seconds ? dayOf(seconds * 1000) : "–");
const list = (text) => text.split(",").map((part) => part.trim()).filter((part) => part);
const numbered = (text) => (text.trim() === "" ? null : Number(text));

// What a quota says, in a line.
function quota(of) {
  const parts = [];
  for (const [measure, windows] of Object.entries(of ?? {})) {
    if (typeof windows !== "object" || windows === null) parts.push(`${windows} ${measure.replaceAll("_", " ")}`);
    else for (const [period, most] of Object.entries(windows)) parts.push((measure === "dollars" ? money(most) : `${most.toLocaleString("en")} ${measure}`) + (period === "total" ? " in all" : "/" + period));
  }
  return parts.join(", ") || "none";
}

export function show(view, at) {
  const said = h("div"), all = h("div"), one = h("div", { class: "below" }), made = h("div");
  let gone = false, keys = [], limits = [], used = new Map(), open = at.place;
  view.append(h("h1", {}, "Keys"), h("p", { class: "lead" }, "Clients ask with one of these. What a key is, is shown once, when it is made; only its fingerprint is kept."), said, made, all, one, h("h2", {}, "Make a key"), maker());

  function attempt(button, work) {
    return async (event) => {
      event.preventDefault();
      fill(said);
      try {
        await work();
        await load();
      } catch (refused) {
        if (!gone) fill(said, note("bad", refused.message));
      }
    };
  }

  // Shown until the page is left, and nowhere else.
  function once(key) {
    const text = h("input", { readonly: true, value: key.key, size: "60", "aria-label": "The new key", class: "secret", onfocus: (event) => event.target.select() });
    fill(made, h("div", { class: "note", role: "status" }, h("p", {}, `The key of ${key.name}, for the only time:`), h("p", {}, text, " ",
      h("button", { onclick: async (event) => { text.select(); try { await navigator.clipboard.writeText(key.key); event.target.textContent = "Copied"; } catch { event.target.textContent = "Select and copy it"; } } }, "Copy"))));
    text.focus();
  }

  function maker() {
    const name = h("input", { required: true, maxlength: "64", autocomplete: "off" }), team = h("input", { maxlength: "64", autocomplete: "off" });
    const models = h("input", { placeholder: "all", autocomplete: "off" }), dollars = amount(), requests = amount();
    let role = "none", period = "day";
    const work = async () => {
      const body = { name: name.value, role };
      if (team.value) body.team = team.value;
      if (models.value) body.models = list(models.value);
      body.quota = {};
      if (dollars.value) body.quota.dollars = { [period]: numbered(dollars.value) };
      if (requests.value) body.quota.requests = { minute: numbered(requests.value) };
      const key = await ask("/admin/keys", json(body));
      name.value = dollars.value = requests.value = "";
      open = key.name;
      once(key);
    };
    return h("form", { class: "tools card", onsubmit: attempt(null, work) }, labelled("Name", name), labelled("Team", team), labelled("Models, with commas between", models),
      labelled("Budget in $", dollars), labelled("in a", choice([["day", "day"], ["week", "week"], ["month", "month"], ["total", "lifetime"]], period, (value) => { period = value; })),
      labelled("Requests a minute", requests), labelled("Role in the console", choice(["none", "viewer", "operator", "admin"], role, (value) => { role = value; })), h("button", { class: "first" }, "Make"));
  }

  function amount() {
    return h("input", { type: "number", min: "0", step: "any", size: "8", inputmode: "decimal" });
  }

  // Its own, its team's and everybody's: whichever is full first keeps its requests out.
  function binds(key) {
    const rows = limits.filter((limit) => limit.whose === "everybody" || (limit.whose === "key" && limit.name === key.name) || (limit.whose === "team" && limit.name === key.team));
    const amount = (limit, value) => (limit.measure === "dollars" ? money(value) : value.toLocaleString("en"));
    const what = (limit) => (limit.measure === "concurrent" ? "requests at once" : limit.measure + (limit.period === "total" ? " in all" : " a " + limit.period));
    const near = (limit) => limit.used + (limit.measure === "concurrent" ? 0 : limit.open) >= 0.8 * limit.limit;
    return rows.length === 0 ? null : table("What binds it", [["Limit of", "name", (limit) => (limit.whose === "everybody" ? "everybody" : `${limit.whose} ${limit.name}`)], ["On", "", what],
      ["Used", "number", (limit) => h("span", { class: near(limit) ? "bad" : "" }, `${amount(limit, limit.used)} of ${amount(limit, limit.limit)}`)], ["Refills", "", (limit) => (limit.refills ? moment(limit.refills) : "–")]], rows);
  }

  function detail(key) {
    const name = encodeURIComponent(key.name);
    const rows = [["Team", key.team ?? "–"], ["Role", key.role], ["Models", key.models.join(", ") || "all"], ["Policies", key.policies.join(", ") || "all"], ["Quota", quota(key.quota)], ["Each user's", quota(key.user_quota)],
      ["Made", day(key.created)], ["Expires", day(key.expires)], ["Last used", used.get(key.name)?.day ?? "not in 90 days"], ["Billed, 90 days", money(used.get(key.name)?.cost ?? 0)], ["Begins with", key.label ?? "–"]];
    if (!key.stored) return h("section", { class: "card", "aria-label": key.name }, h("h2", {}, key.name), facts(rows), binds(key), note("", "It stands in the configuration, and is changed there."));
    if (key.revoked) return h("section", { class: "card", "aria-label": key.name }, h("h2", {}, key.name), facts(rows), note("", "It was revoked, which is for good."));
    const dollars = amount(), requests = amount();
    let period = "day";
    const limit = async () => {
      const quota = {};
      if (dollars.value) quota.dollars = { [period]: numbered(dollars.value) };
      if (requests.value) quota.requests = { minute: numbered(requests.value) };
      await ask(`/admin/keys/${name}/change`, json({ quota }));
    };
    const sure = (text, work) => attempt(null, async () => { if (confirm(text)) await work(); });
    return h("section", { class: "card", "aria-label": key.name }, h("h2", {}, key.name), facts(rows), binds(key),
      h("form", { class: "tools", onsubmit: attempt(null, limit) }, labelled("Budget in $", dollars), labelled("in a", choice([["day", "day"], ["week", "week"], ["month", "month"], ["total", "lifetime"]], period, (value) => { period = value; })),
        labelled("Requests a minute", requests), h("button", {}, "Set limits"), h("span", { class: "faint" }, "What is empty stays as it is.")),
      h("div", { class: "tools" },
        h("button", { onclick: attempt(null, () => ask(`/admin/keys/${name}/change`, json({ disabled: !key.disabled }))) }, key.disabled ? "Enable" : "Disable"),
        h("button", { onclick: sure(`Rotate ${key.name}? The key that its clients have now ends at once.`, async () => once(await ask(`/admin/keys/${name}/rotate`, json({})))) }, "Rotate"),
        h("button", { class: "danger", onclick: sure(`Revoke ${key.name}? It ends at once, and for good.`, () => ask(`/admin/keys/${name}/revoke`, json({}))) }, "Revoke")));
  }

  function draw() {
    const state = (key) => h("span", { class: key.revoked || key.disabled ? "bad" : "good" }, key.revoked ? "revoked" : key.disabled ? "disabled" : "in use");
    fill(all, keys.length === 0 ? note("", "There are no keys: whoever reaches the address may ask.") : h("div", { class: "card" }, table("Keys", [["Key", "name", (key) => h("a", { href: "#/keys/" + encodeURIComponent(key.name) }, key.name)], ["Team", "", (key) => key.team ?? "–"], ["Role", "", (key) => key.role],
      ["State", "", state], ["Quota", "", (key) => quota(key.quota)], ["Last used", "", (key) => used.get(key.name)?.day ?? "–"], ["90 days", "number", (key) => money(used.get(key.name)?.cost ?? 0)], ["From", "", (key) => (key.stored ? "here" : "configuration")]],
    keys, (key) => (key.revoked || key.disabled ? "out" : ""))));
    const found = keys.find((key) => key.name === open);
    fill(one, open && !found ? note("bad", "There is no key " + open + ".") : found ? detail(found) : null);
  }

  async function load() {
    const page = await ask("/admin/keys");
    used = new Map();
    try {
      const from = new Date(Date.now() - 90 * 86400000).toISOString().slice(0, 10);
      for (const row of (await ask(`/admin/spend?by=key,day&from=${from}`)).data) {
        const before = used.get(row.key);
        used.set(row.key, { day: !before || row.day > before.day ? row.day : before.day, cost: (before?.cost ?? 0) + row.cost });
      }
    } catch {
      // Without a ledger nobody knows.
    }
    limits = (await ask("/admin/limits").catch(() => ({ limits: [] }))).limits;
    if (gone) return;
    keys = page.data;
    draw();
  }

  load().catch((refused) => { if (!gone) fill(said, note("bad", refused.message)); });
  return () => { gone = true; };
}
