// Writing a policy, with the checker's words at their place, and trying it on recorded traffic.
import { ask } from "./api.js";
import { choice, fill, h, labelled, note, table } from "./dom.js";
import { count, percent } from "./format.js";
import { show_shadows, taken_over } from "./shadows.js";

const example = `policies:
  mine:
    value_of_time: 20 $/h
    require: ttft.p90 <= 5 s
`;

// The lines that only one of two texts has, in their order: the longest that both have in common is left out.
export function difference(before, after) {
  const [a, b] = [before, after].map((text) => text.replace(/\n$/, "").split("\n"));
  if (before === after) return [];
  const common = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; --i) {
    for (let k = b.length - 1; k >= 0; --k) common[i][k] = a[i] === b[k] ? common[i + 1][k + 1] + 1 : Math.max(common[i + 1][k], common[i][k + 1]);
  }
  const lines = [];
  let i = 0, k = 0;
  while (i < a.length || k < b.length) {
    if (i < a.length && k < b.length && a[i] === b[k]) ++i, ++k;
    else if (i < a.length && (k === b.length || common[i + 1][k] >= common[i][k + 1])) lines.push(["-", a[i++]]);
    else lines.push(["+", b[k++]]);
  }
  return lines.filter(([, line]) => line !== "");
}

export function show(view) {
  const text = h("textarea", { class: "editor", spellcheck: false, "aria-label": "Policies, as they stand in the configuration", oninput: () => { suggest(); later(); }, onkeydown: (key) => { if (key.key === "Escape") fill(offered); } });
  const offered = h("div", { class: "offered", role: "group", "aria-label": "Names that fit" });
  let language = [];
  const problems = h("div", { role: "status" }), tried = h("div"), which = h("span"), shadows = h("div", { class: "card" }), changed = h("div"), applied = h("div", { role: "status" });
  let was = "", errors = 0;
  let gone = false, timer = 0, next = 0, names = [], picked = "";
  view.append(h("h1", {}, "Policies"),
    h("p", { class: "lead" }, "The policies of the configuration. What you write is checked while you type, against the hosts in use; trying one replays recorded requests under it. Nothing changes until you apply it: it is then written into the configuration file and taken into use."),
    h("div", { class: "split" }, h("div", { class: "card" }, text, offered), h("div", { class: "card" }, problems, h("div", { class: "tools" }, which, h("button", { class: "first", onclick: () => attempt() }, "Try on recorded requests")), tried, changed, applied)), shadows);

  function take(policy, shadow) {
    text.value = taken_over(text.value, policy, shadow);
    check();
    text.focus();
    text.scrollIntoView({ block: "center" });
    fill(tried, note("", `${shadow} stands in place of ${policy} now, in this text alone, until you apply it.`));
  }

  async function look(first) {
    try {
      const said = await ask("/admin/policies");
      if (gone) return;
      if (first) was = said.text, language = said.names;
      if (first) text.value = said.text || example;
      if (!shadows.contains(document.activeElement)) show_shadows(shadows, said, take);
    } catch (refused) {
      if (gone) return;
      if (first) text.value = example;
      fill(shadows, note("bad", refused.message));
    }
    if (first) check();
    next = setTimeout(look, 5000, false);
  }

  // Names of the language that the word at the caret begins, each with its unit; only where a rule stands.
  function suggest() {
    const before = text.value.slice(0, text.selectionStart);
    const line = before.slice(before.lastIndexOf("\n") + 1), word = /[a-z_][\w.]*$/.exec(line)?.[0] ?? "";
    const is_rule = /[:[{,-]/.test(line.slice(0, line.length - word.length));
    const fits = is_rule && word.length > 1 ? language.filter((each) => each.name.includes(word) && each.name !== word) : [];
    const begins = (each) => (each.name.startsWith(word) ? 0 : 1);
    fits.sort((a, b) => begins(a) - begins(b));
    fill(offered, fits.slice(0, 8).map((each) => h("button", { title: each.about, onclick: () => put(word, each.name) }, each.name, " ", h("span", { class: "faint" }, each.unit))));
  }

  function put(word, name) {
    const end = text.selectionStart;
    text.setRangeText(name, end - word.length, end, "end");
    fill(offered);
    text.focus();
    later();
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(check, 250);
  }

  const post = (path) => ask(path, { method: "POST", headers: { "Content-Type": "application/yaml" }, body: text.value });

  async function check() {
    try {
      const said = await post("/admin/policies/check");
      if (gone) return;
      names = said.policies;
      errors = said.problems.filter((problem) => problem.severity === "error").length;
      show_changes();
      if (!names.includes(picked)) picked = names[0] ?? "";
      fill(which, names.length > 0 ? labelled("Policy", choice(names, picked, (value) => { picked = value; })) : null);
      fill(problems, h("h2", {}, said.problems.length === 0 ? "No problems" : `${said.problems.length} to mend`),
        said.problems.length > 0 ? h("ol", { class: "problems" }, said.problems.map((problem) => h("li", { class: problem.severity === "error" ? "bad" : "" },
          h("button", { onclick: () => go(problem.line, problem.column) }, `line ${problem.line}`), " ", problem.message, problem.suggestion ? h("span", { class: "faint" }, " " + problem.suggestion) : null))) : null);
    } catch (refused) {
      if (!gone) fill(problems, note("bad", refused.message));
    }
  }

  function go(line, column) {
    const lines = text.value.split("\n");
    const begin = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + Math.max(0, column - 1);
    text.focus();
    text.setSelectionRange(begin, Math.max(begin, begin - Math.max(0, column - 1) + (lines[line - 1]?.length ?? 0)));
  }

  function show_changes() {
    const lines = text.value === example ? [] : difference(was, text.value);
    const file = "data:application/yaml;charset=utf-8," + encodeURIComponent(text.value);
    fill(changed, lines.length === 0 ? null : [h("h2", {}, "What changes"),
      h("pre", { class: "source" }, lines.map(([sign, line]) => h("span", { class: sign === "+" ? "good" : "bad" }, `${sign} ${line}\n`))),
      h("div", { class: "tools" }, h("button", { class: "first", disabled: errors > 0, onclick: () => apply() }, "Apply"), h("a", { href: file, download: "policies.yaml" }, "Download")),
      errors > 0 ? h("p", { class: "faint" }, "It can be applied once it has no errors.") : null]);
  }

  async function apply() {
    const sent = text.value;
    fill(applied, h("p", { class: "faint" }, "Applying …"));
    try {
      const said = await ask("/admin/policies/apply", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ was, text: sent }) });
      if (gone) return;
      fill(applied, note("", `Applied: generation ${said.generation} of the configuration is in use.`), said.warnings.map((warning) => note("bad", warning)));
      was = (await ask("/admin/policies")).text;
      if (!gone) show_changes();
    } catch (refused) {
      if (!gone) fill(applied, note("bad", refused.message));
    }
  }

  async function attempt() {
    fill(tried, h("p", { class: "faint" }, "Replaying …"));
    try {
      const said = await post("/admin/policies/try?policy=" + encodeURIComponent(picked));
      if (!gone) fill(tried, result(said));
    } catch (refused) {
      if (!gone) fill(tried, note("bad", refused.message));
    }
  }

  const number = (value) => (Number.isFinite(value) ? Number(value.toPrecision(3)).toLocaleString("en") : "–");
  const interval = (of, factor = 1) => (Number.isFinite(of?.low) && Number.isFinite(of?.high) ? `${number(of.mean * factor)} (${number(of.low * factor)} to ${number(of.high * factor)})` : "too few to say");
  function result(said) {
    if (!said.requests) return note("", "Too few recorded requests can be replayed to say anything yet.");
    return h("div", {}, h("p", {}, `${count(said.requests)} recorded requests; in parentheses 95 % intervals.`), said.warnings.map((warning) => note("bad", warning)),
      table("Measures", [["Measure", "", (m) => m.measure], ["Unit", "", (m) => m.unit], ["As it was", "number", (m) => interval(m.logged, m.factor_to_unit)], ["Under it", "number", (m) => interval(m.robust, m.factor_to_unit)]], said.measures),
      h("h2", {}, "Shares"), table("Shares", [["Host", "name", (s) => s.endpoint], ["As it was", "number", (s) => percent(s.logged)],
        ["Under it", "number", (s) => (Number.isFinite(s.new?.low) ? `${percent(s.new.mean)} (${percent(s.new.low)} to ${percent(s.new.high)})` : percent(s.new?.mean))]], said.shares));
  }

  look(true);
  return () => { gone = true; clearTimeout(timer); clearTimeout(next); };
}
