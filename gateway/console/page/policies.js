// Writing a policy, with the checker's words at their place, and trying it on recorded traffic.
import { ask } from "./api.js";
import { choice, fill, h, labelled, note, table } from "./dom.js";
import { count, money, percent, seconds } from "./format.js";
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

// What requests cost and how long they take under one policy, as a replay says it.
function point(name, said, how) {
  const of = (measure) => said.measures.find((each) => each.measure === measure) ?? {};
  const scaled = ({ factor_to_unit = 1, [how]: value = {} }) => Object.fromEntries(["mean", "low", "high"].map((part) => [part, Number.isFinite(value?.[part]) ? value[part] * factor_to_unit : undefined]));
  return { name, dollars: scaled(of("cost")), seconds: scaled(of("whole answer")), is_now: how === "logged" };
}

// Dollars against seconds; the line joins those that no other one beats in both.
export function frontier(all) {
  const is_known = (of) => of.mean !== undefined && of.low !== undefined && of.high !== undefined;
  const points = all.filter((each) => is_known(each.dollars) && is_known(each.seconds));
  if (points.length < 2) return note("", "Too few recorded requests to draw dollars against seconds.");
  const width = 520, height = 260, edge = { left: 62, right: 30, top: 26, bottom: 40 };
  const ends = (side) => d3.extent(points.flatMap((each) => [each[side].low, each[side].high]));
  const x = d3.scaleLinear().domain(ends("seconds")).nice().range([edge.left, width - edge.right]);
  const y = d3.scaleLinear().domain(ends("dollars")).nice().range([height - edge.bottom, edge.top]);
  const at = (each) => [x(each.seconds.mean), y(each.dollars.mean)];
  const svg = d3.create("svg").attr("class", "chart").attr("viewBox", `0 0 ${width} ${height}`).attr("role", "img")
    .attr("aria-label", "Dollars against seconds: " + points.map((each) => `${each.name} ${money(each.dollars.mean)} a thousand, ${seconds(each.seconds.mean)}`).join("; "));
  svg.append("g").attr("class", "axis").attr("transform", `translate(0,${height - edge.bottom})`).call(d3.axisBottom(x).ticks(5).tickFormat(seconds));
  svg.append("g").attr("class", "axis").attr("transform", `translate(${edge.left},0)`).call(d3.axisLeft(y).ticks(4).tickFormat(money));
  svg.append("text").attr("x", width - edge.right).attr("y", height - 6).attr("text-anchor", "end").text("whole answer →");
  svg.append("text").attr("x", edge.left + 6).attr("y", 12).text("↑ 1,000 requests");
  const best = points.filter((each) => !points.some((other) => other !== each && other.dollars.mean <= each.dollars.mean && other.seconds.mean <= each.seconds.mean && (other.dollars.mean < each.dollars.mean || other.seconds.mean < each.seconds.mean)));
  svg.append("path").attr("class", "iso").attr("d", d3.line()(best.sort((a, b) => a.seconds.mean - b.seconds.mean).map(at)));
  const labels = [];
  for (const each of points) {
    const [left, top] = at(each), kind = each.is_now ? " chosen" : "";
    svg.append("line").attr("class", "whisker" + kind).attr("x1", x(each.seconds.low)).attr("x2", x(each.seconds.high)).attr("y1", top).attr("y2", top);
    svg.append("line").attr("class", "whisker" + kind).attr("x1", left).attr("x2", left).attr("y1", y(each.dollars.low)).attr("y2", y(each.dollars.high));
    svg.append("circle").attr("class", "dot" + kind).attr("cx", left).attr("cy", top).attr("r", 5);
    const is_right = left > width * 0.7;
    const label = { left, top: top - 7 };
    while (labels.some((other) => Math.abs(other.left - label.left) < 90 && Math.abs(other.top - label.top) < 13)) label.top -= 13;
    labels.push(label);
    svg.append("text").attr("class", "host" + kind).attr("x", left + (is_right ? -9 : 9)).attr("y", label.top).attr("text-anchor", is_right ? "end" : "start").text(each.name);
  }
  return h("div", {}, h("h2", {}, "Dollars against seconds"), svg.node(), h("p", { class: "faint" }, "The line joins those that no other one beats in both; crosses are 95 % intervals."));
}

export function show(view) {
  const text = h("textarea", { class: "editor", spellcheck: false, "aria-label": "Policies, as they stand in the configuration", oninput: () => { suggest(); later(); }, onkeydown: (key) => { if (key.key === "Escape") fill(offered); } });
  const offered = h("div", { class: "offered", role: "group", "aria-label": "Names that fit" });
  const hint = h("p", { class: "faint", hidden: true }, "No section of policies stands in the configuration in lines of its own. This is an example to begin with.");
  let language = [];
  const problems = h("div", { role: "status" }), tried = h("div"), which = h("span"), shadows = h("div", { class: "card" }), changed = h("div"), applied = h("div", { role: "status" });
  let was = "", errors = 0, attempts = 0, applying = false;
  let gone = false, timer = 0, next = 0, names = [], picked = "";
  view.append(h("h1", {}, "Policies"),
    h("p", { class: "lead" }, "The policies of the configuration. What you write is checked while you type, against the hosts in use; trying one replays recorded requests under it. Nothing changes until you apply it: it is then written into the configuration file and taken into use."),
    h("div", { class: "split" }, h("div", { class: "card" }, hint, text, offered), h("div", { class: "card" }, problems, h("div", { class: "tools" }, which, h("button", { class: "first", onclick: () => attempt() }, "Try on recorded requests")), tried, changed, applied)), shadows);

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
      if (first) text.value = said.text || example, hint.hidden = said.text !== "";
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
      said.problems.sort((a, b) => a.line - b.line || a.column - b.column);
      fill(problems, h("h2", {}, said.problems.length === 0 ? "No problems" : `${said.problems.length} to mend`),
        said.problems.length > 0 ? h("ol", { class: "problems" }, said.problems.map((problem) => h("li", { class: problem.severity === "error" ? "bad" : "" },
          problem.line <= text.value.split("\n").length ? h("button", { onclick: () => go(problem.line, problem.column) }, `line ${problem.line}`) : "elsewhere in the configuration:", " ", problem.message, problem.suggestion ? h("span", { class: "faint" }, " " + problem.suggestion) : null))) : null);
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
    if (applying) return;
    applying = true;
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
    } finally {
      applying = false;
    }
  }

  // The one that was picked, and the ends of what could be had: the cheapest and the fastest of the same requests.
  async function attempt() {
    const mine = ++attempts, plot = h("div");
    const left = () => gone || mine !== attempts;
    const replayed = (policy) => post("/admin/policies/try?policy=" + encodeURIComponent(policy));
    fill(tried, h("p", { class: "faint" }, "Replaying …"));
    try {
      const name = picked, said = await replayed(name);
      if (left()) return;
      fill(tried, result(said), plot);
      if (!said.requests || said.forbidden) return;
      const points = [point("as it was", said, "logged"), point(name, said, "robust")];
      fill(plot, frontier(points));
      for (const end of ["cheapest", "fastest"]) {
        if (end === name) continue;
        const other = await replayed(end);
        if (left()) return;
        if (!other.requests || other.forbidden) continue;
        points.push(point(end, other, "robust"));
        fill(plot, frontier(points));
      }
    } catch (refused) {
      if (!left()) fill(tried, note("bad", refused.message));
    }
  }

  const number = (value) => (Number.isFinite(value) ? Number(value.toPrecision(3)).toLocaleString("en") : "–");
  const is_share_of_nothing = (of, whole) => of.low <= 0 && of.high >= whole;  // of so few that it might be anything
  const interval = (of, factor = 1, unit = "") => (Number.isFinite(of?.low) && Number.isFinite(of?.high) && !(unit === "%" && is_share_of_nothing(of, 1)) ? `${number(of.mean * factor)} (${number(of.low * factor)} to ${number(of.high * factor)})` : "too few to say");
  function result(said) {
    if (said.forbidden) {
      const all = said.requests + Object.values(said.left_out).reduce((sum, each) => sum + each, 0);
      return note("bad", `Never: ${count(said.forbidden)} of ${count(all)} recorded requests might go to hosts that are forbidden to them. What it would save is not told.`);
    }
    if (!said.requests) return note("", "Too few recorded requests can be replayed to say anything yet.");
    return h("div", {}, h("p", {}, `${count(said.requests)} recorded requests; in parentheses 95 % intervals.`), said.warnings.map((warning) => note("warn", warning)),
      table("Measures", [["Measure", "", (m) => m.measure], ["Unit", "", (m) => m.unit], ["As it was", "number", (m) => interval(m.logged, m.factor_to_unit, m.unit)], ["Under it", "number", (m) => interval(m.robust, m.factor_to_unit, m.unit)]], said.measures),
      h("h2", {}, "Shares"), table("Shares", [["Host", "name", (s) => (s.endpoint === "none" ? h("span", { class: "faint" }, "nobody") : s.endpoint)], ["As it was", "number", (s) => percent(s.logged)],
        ["Under it", "number", (s) => (Number.isFinite(s.new?.low) && !is_share_of_nothing(s.new, 1) ? `${percent(s.new.mean)} (${percent(s.new.low)} to ${percent(s.new.high)})` : "too few to say")]], said.shares));
  }

  look(true);
  return () => { gone = true; clearTimeout(timer); clearTimeout(next); };
}
