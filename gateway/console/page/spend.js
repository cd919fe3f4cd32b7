// Who spent what, where and on what; what is left of budgets, and where they will be.
import { ask, counters } from "./api.js";
import { choice, facts, fill, h, labelled, note, table } from "./dom.js";
import { showElsewhere } from "./elsewhere.js";
import { count, money, percent } from "./format.js";

const whose = [["team", "team"], ["key", "key"], ["model", "model"], ["endpoint", "host"], ["provider", "provider"], ["policy", "policy"], ["user", "user"], ["tag", "tag"]];
const times = [["hour", "hour"], ["day", "day"], ["week", "week"], ["month", "month"]];
const sides = [...times.slice(1), ...whose];
const isTime = (side) => times.some(([key]) => key === side);
const named = (side) => [...times, ...whose].find(([key]) => key === side)?.[1] ?? side;
const spans = [["7", "7 days"], ["30", "30 days"], ["90", "90 days"], ["365", "a year"]];

export function show(view, at) {
  // `only`: pairs of a side and a name, whose spending alone is shown.
  const wanted = { by: at.settings.get("by") ?? "model", and: at.settings.get("and") ?? "", days: at.settings.get("days") ?? "30" };
  const only = whose.flatMap(([side]) => at.settings.getAll(side).map((name) => [side, name]));
  const sums = h("div"), days = h("div"), budgets = h("div"), aside = h("div"), elsewhere = h("div", { class: "card" }), csv = h("a", { download: "spend.csv" }, "Download as CSV");
  let gone = false;
  const place = (pairs, more = {}) => "#/spend?" + new URLSearchParams([...Object.entries({ ...wanted, ...more }).filter(([, value]) => value !== ""), ...pairs]);
  const keep = () => { history.replaceState(null, "", place(only)); load(); };
  const ands = () => [["", "nothing else"], ...[...times, ...whose].filter(([side]) => side !== wanted.by && !(isTime(side) && isTime(wanted.by)))];
  const second = h("span");
  const drawSecond = () => {
    if (!ands().some(([side]) => side === wanted.and)) wanted.and = "";
    fill(second, labelled("and by", choice(ands(), wanted.and, (value) => { wanted.and = value; keep(); })));
  };
  drawSecond();
  view.append(h("h1", {}, "Spend"), h("p", { class: "lead" }, "From the ledger, where every request has one entry; days are those of UTC."),
    h("div", { class: "tools" }, labelled("By", choice(sides, wanted.by, (value) => { wanted.by = value; drawSecond(); keep(); })), second, labelled("Over", choice(spans, wanted.days, (value) => { wanted.days = value; keep(); })), csv),
    h("p", { class: "faint", hidden: only.length === 0 }, "Of ", only.flatMap(([side, name], i) => [i > 0 ? ", " : "", `${named(side)} ${name || "none"} `, h("a", { href: place(only.filter((pair) => pair !== only[i])), "aria-label": `Not only ${named(side)} ${name || "none"}` }, "×")]), " alone."),
    h("div", { class: "split" }, h("div", { class: "card" }, sums, days), h("div", { class: "card" }, budgets, aside)), elsewhere);

  const since = () => new Date(Date.now() - (Number(wanted.days) - 1) * 86400000).toISOString().slice(0, 10);

  function chart(rows) {
    const width = Math.max(280, Math.min(900, days.clientWidth || 640)), height = 170, edge = { left: 74, right: 30, top: 8, bottom: 22 };
    const first = new Date(since()), last = new Date(new Date().toISOString().slice(0, 10));
    const x = d3.scaleTime().domain([first, d3.utcDay.offset(last, 1)]).range([edge.left, width - edge.right]);
    const y = d3.scaleLinear().domain([0, d3.max(rows, (row) => row.cost) || 1]).nice().range([height - edge.bottom, edge.top]);
    const svg = d3.create("svg").attr("class", "chart").attr("viewBox", `0 0 ${width} ${height}`).attr("role", "img").attr("aria-label", "Billed by day");
    svg.append("g").attr("class", "axis").attr("transform", `translate(0,${height - edge.bottom})`).call(d3.axisBottom(x).ticks(Math.max(2, Math.floor(width / 120))));
    svg.append("g").attr("class", "axis").attr("transform", `translate(${edge.left},0)`).call(d3.axisLeft(y).ticks(4).tickFormat(money));
    const wide = Math.max(1, (width - edge.left - edge.right) / Number(wanted.days) - 2);
    svg.append("g").selectAll("rect").data(rows).join("rect").attr("class", "column").attr("x", (row) => x(new Date(row.day)) + 1).attr("width", wide)
      .attr("y", (row) => y(row.cost)).attr("height", (row) => y(0) - y(row.cost)).append("title").text((row) => `${row.day}: ${money(row.cost)}, ${count(row.requests)} requests`);
    return svg.node();
  }

  function drawSums(page, all) {
    const shown = wanted.and ? [wanted.by, wanted.and] : [wanted.by];
    const time = shown.find(isTime);
    const rows = [...page.data].sort((a, b) => (time && a[time] !== b[time] ? b[time].localeCompare(a[time]) : b.cost - a.cost));
    // A name is the way to what was spent under it alone.
    const cell = (side) => (row) => (isTime(side) || only.some(([of]) => of === side) ? row[side] || "–" : h("a", { href: place([...only, [side, row[side]]]) }, row[side] || "–"));
    const titles = shown.map((side) => [named(side)[0].toUpperCase() + named(side).slice(1), "name", cell(side)]);
    fill(sums, facts([["Billed", money(all.cost)], ["Requests", count(all.requests)], ["Each", money(all.requests ? all.cost / all.requests : undefined)], ["Tokens in / out", `${count(all.prompt)} / ${count(all.output)}`], ["From caches", percent(all.prompt ? all.cached / all.prompt : undefined)]]),
      rows.length === 0 ? note("", "Nothing was spent in these days.") : table("Spend by " + shown.map(named).join(" and "), [...titles, ["Billed", "number", (row) => money(row.cost)], ["Share", "number", (row) => percent(all.cost ? row.cost / all.cost : undefined)],
        ["Requests", "number", (row) => count(row.requests)], ["Tokens in", "number", (row) => count(row.prompt_tokens)], ["out", "number", (row) => count(row.output_tokens)], ["Charged", "number", (row) => money(row.charged)],
        ["Regret", "number", (row) => (row.judged_requests ? money(row.regret) : "–")]], rows),
      rows.some((row) => row.charged !== row.cost) ? h("p", { class: "faint" }, "Charged is what counts against quotas: never more than a request may cost at worst, which is set aside before it goes out.") : null,
      rows.some((row) => row.judged_requests > 0) ? h("p", { class: "faint" }, "Regret is what the best other host would have saved, waiting included, by what was known once the requests were over; of those that could be judged.") : null);
  }

  function drawBudgets(limits) {
    const rows = limits.filter((limit) => limit.measure === "dollars");
    const owner = (limit) => (limit.whose === "everybody" ? "everybody" : `${limit.whose} ${limit.name}`);
    const bar = (limit) => h("progress", { max: String(limit.limit || 1), value: String(Math.min(limit.used + limit.open, limit.limit)), "aria-label": `${owner(limit)}: ${percent(limit.limit ? limit.used / limit.limit : 1)} used` });
    const ahead = (limit) => (limit.forecast === null ? "–" : h("span", { class: limit.forecast > limit.limit ? "bad" : "" }, money(limit.forecast) + (limit.forecast > limit.limit ? ", over" : "")));
    fill(budgets, h("h2", {}, "Budgets"), rows.length === 0 ? note("", "There is none. A quota of dollars on a key, a team or everybody is one: Keys makes them, or `quota` in the configuration.") :
      table("Budgets", [["Whose", "name", owner], ["Period", "", (limit) => limit.period], ["Used", "number", (limit) => `${money(limit.used)} of ${money(limit.limit)}`], ["", "", bar], ["If it goes on", "number", ahead]], rows));
  }

  // Since the gateway began: what did not go into an answer, and what was chosen for more than it need have.
  function drawAside(series) {
    const of = (name, label) => series.filter((each) => each.name === name && (!label || each.labels.on === label)).reduce((sum, each) => sum + each.value, 0);
    const judged = new Map();
    for (const each of series) {
      if (!["isocost_regret_dollars_total", "isocost_regret_sd_dollars_total", "isocost_judged_cost_dollars_total"].includes(each.name)) continue;
      const key = each.labels.policy + "\n" + each.labels.model;
      judged.set(key, { ...judged.get(key), policy: each.labels.policy, model: each.labels.model, [each.name.split("_").slice(1, -2).join("_")]: each.value });
    }
    const rows = [...judged.values()].sort((a, b) => (b.regret ?? 0) - (a.regret ?? 0));
    fill(aside, h("h2", {}, "Since the gateway began"), facts([["Billed", money(of("isocost_spent_dollars_total"))], ["For hedges that lost", money(of("isocost_side_spent_dollars_total", "hedge"))], ["For failed attempts", money(of("isocost_side_spent_dollars_total", "failure"))],
      ["For exploring, waiting included", money(of("isocost_side_spent_dollars_total", "exploring"))]]), h("h2", {}, "Regret"), h("p", { class: "faint" }, "How much dearer first choices were than the best other host, by what is known of both once the request was over; waiting included."),
    rows.length === 0 ? note("", "No request was judged yet: that takes a second host that was measured, and records.") : table("Regret", [["Policy", "name", (row) => row.policy], ["Model", "name", (row) => row.model], ["Regret", "number", (row) => money(row.regret)], ["Give or take", "number", (row) => money(row.regret_sd)],
      ["Of the cost", "number", (row) => percent(row.judged_cost ? row.regret / row.judged_cost : undefined)]], rows));
  }

  async function load() {
    const query = new URLSearchParams([["from", since()], ...only]);
    const by = wanted.and ? `${wanted.by},${wanted.and}` : wanted.by;
    csv.setAttribute("href", `/admin/spend?by=${by.split(",").some(isTime) ? by : by + ",day"}&${query}&format=csv`);
    const tell = (where) => (refused) => { if (!gone) fill(where, note("bad", refused.message)); };
    ask("/admin/limits").then((page) => { if (!gone) drawBudgets(page.limits); }).catch(tell(budgets));
    counters().then((series) => { if (!gone) drawAside(series); }).catch(tell(aside));
    try {
      const [page, daily] = await Promise.all([ask(`/admin/spend?by=${by}&${query}`), ask(`/admin/spend?by=day&${query}`)]);
      if (gone) return;
      const all = { cost: 0, requests: 0, prompt: 0, output: 0, cached: 0 };
      for (const row of daily.data) all.cost += row.cost, all.requests += row.requests, all.prompt += row.prompt_tokens, all.output += row.output_tokens, all.cached += row.cached_tokens;
      drawSums(page, all);
      fill(days, daily.data.length > 0 ? h("div", {}, h("h2", {}, "By day"), chart(daily.data)) : null);
    } catch (refused) {
      tell(sums)(refused);
    }
  }

  load();
  showElsewhere(elsewhere);
  return () => { gone = true; };
}
