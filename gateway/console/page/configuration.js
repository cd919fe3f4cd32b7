// What is in force: the file's text without its secrets, and loading it again.
import { ask, live } from "./api.js";
import { facts, fill, h, note, table } from "./dom.js";
import { moment, span } from "./format.js";

export function show(view) {
  const page = h("div"), result = h("div"), changes = h("div");
  view.append(h("h1", {}, "Configuration"), page, changes);
  let gone = false;

  async function reload() {
    try {
      const said = await ask("/admin/reload", { method: "POST" });
      fill(result, note("", `Reloaded: generation ${said.generation} is in use.`), said.warnings.map((text) => note("", text)));
      load();
    } catch (refused) {
      fill(result, note("bad", refused.message), (refused.page?.problems ?? []).map((text) => note("", text)));
    }
  }

  async function load() {
    try {
      const said = await ask("/admin/configuration");
      if (gone) return;
      fill(page, facts([["Version", said.version], ["Up", span(live.status?.gateway.uptime_seconds ?? said.uptime_seconds)], ["Generation", String(said.generation)], ["File", said.file || "none: simulated hosts inside"],
        ["Records", said.records || "none are kept"]]),
      said.last_reload ? note(said.last_reload.result === "reloaded" ? "" : "bad", "Last reload: " + said.last_reload.text) : null,
      said.file ? h("p", {}, h("button", { class: "first", onclick: reload }, "Reload")) : null, result,
      h("p", { class: "faint" }, "The console draws with D3: ", h("a", { href: "licences.txt" }, "its licence"), "."),
      said.lines.length > 0 ? h("div", { class: "card" }, h("pre", { class: "source", tabindex: "0", role: "region", "aria-label": "Text of the configuration, secrets masked" },
        said.lines.map((line, i) => h("div", {}, h("span", { class: "number" }, String(i + 1)), line)))) : note("", "Started without a file, so that there is no text to show. `isocost serve --config FILE` reads one."));
    } catch (refused) {
      if (!gone) fill(page, note("bad", refused.message));
    }
  }

  async function recent() {
    try {
      const all = (await ask("/admin/changes")).changes;
      if (!gone) fill(changes, h("h2", {}, "Changes"), all.length === 0 ? note("", "Nothing was changed since the gateway began. Older changes are in `changes.log` of the state directory.") :
        table("Changes", [["When", "", (change) => moment(change.time)], ["Who", "name", (change) => change.who || "–"], ["What", "", (change) => change.what], ["Whom", "name", (change) => change.whom ?? ""], ["Result", "number", (change) => String(change.status)]], all));
    } catch (refused) {
      if (!gone) fill(changes, note("bad", refused.message));
    }
  }

  load();
  recent();
  return () => { gone = true; };
}
