// Price against time, now: one dot a host, and the policy's line of equal cost through the chosen one. Whoever is
// below the line would win.
import { ask, live, watch } from "./api.js";
import { choice, fill, h, labelled, note, table } from "./dom.js";
import { count, money, percent, rate, time } from "./format.js";
import { showHistory } from "./history.js";

const axes = {
  ttft: { title: "time to the first token", of: (p) => p.ttft_ms, terms: ["ttft"] },
  answer: { title: "time to the whole answer", of: (p) => p.ttft_ms + p.generation_ms, terms: ["ttft", "generation"] },
};
// With trails, whiskers and names: of so many hosts the best ones. The others are dots.
const mostDetailed = 200;
const key = (host) => host.endpoint + "\n" + host.model;

export function show(view, at) {
  const wanted = { model: at.settings.get("model") ?? "", policy: at.settings.get("policy") ?? "", prompt: Number(at.settings.get("prompt")) || 1000,
    output: Number(at.settings.get("output")) || 0, axis: axes[at.settings.get("axis")] ? at.settings.get("axis") : "ttft",
    scale: at.settings.get("scale") === "log" ? "log" : "linear" };
  const tools = h("div", { class: "tools" });
  const chart = h("div", { class: "card" });
  const side = h("div", { class: "card" });
  const past = h("div", { class: "card" });
  let pastOf = null;
  const trails = new Map();
  let last = null, asking = false, again = false, gone = false, pause = 1800;
  view.append(h("h1", {}, "Market"),
    h("p", { class: "lead" }, "Where each host of a model sits for one request of this size. The line joins all that cost as much as the chosen host, waiting at the policy's price included: whoever is below it would win."),
    tools, h("div", { class: "split" }, chart, side), past);

  const keep = () => {
    const settings = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value));
    history.replaceState(null, "", "#/market?" + settings);
    load();
  };
  const set = (name) => (value) => { wanted[name] = value; trails.clear(); keep(); build(); };

  function slider(title, name, low, high, text) {
    const said = h("output", {}, text(wanted[name]));
    const value = wanted[name] > 0 ? Math.log10(wanted[name]) : low;
    const input = h("input", { type: "range", min: String(low), max: String(high), step: "0.05", value: String(value), oninput: () => {
      const picked = Number(input.value);
      wanted[name] = name === "output" && picked <= low ? 0 : Math.round(10 ** picked);
      said.textContent = text(wanted[name]);
      trails.clear();
      keep();
    } });
    return h("label", {}, h("span", {}, title + ": ", said), input);
  }

  function build() {
    const models = [...new Set((live.status?.endpoints ?? []).map((host) => host.model))].sort();
    if (!wanted.model && models.length > 0) wanted.model = models[0];
    const all = models.includes(wanted.model) || !wanted.model ? models : [wanted.model, ...models];
    const policies = last?.policies ?? [];
    fill(tools, labelled("Model", choice(all, wanted.model, set("model"))),
      labelled("Policy", choice([["", "as the rules say"], ...policies.map((name) => [name, name])], wanted.policy, set("policy"))),
      labelled("Across", choice(Object.entries(axes).map(([name, axis]) => [name, axis.title]), wanted.axis, set("axis"))),
      labelled("Scale", choice(["linear", "log"], wanted.scale, set("scale"))),
      slider("Prompt", "prompt", 1, 5.3, (n) => count(n) + " tokens"),
      slider("Answer at most", "output", 1, 4.6, (n) => (n > 0 ? count(n) + " tokens" : "as usual")));
  }

  async function load() {
    if (!wanted.model) return;
    if (pastOf !== wanted.model) showHistory(past, pastOf = wanted.model);
    if (asking) { again = true; return; }
    asking = true;
    try {
      const settings = new URLSearchParams({ model: wanted.model, prompt: wanted.prompt });
      if (wanted.policy) settings.set("policy", wanted.policy);
      if (wanted.output) settings.set("max_output", wanted.output);
      const first = last === null;
      last = await ask("/admin/market?" + settings);
      if (gone) return;
      if (first) build();
      const begun = performance.now();
      draw();
      // However many hosts there are, drawing takes a tenth of the time at most.
      pause = Math.max(1800, 9 * (performance.now() - begun));
    } catch (refused) {
      if (!gone) fill(chart, note("bad", refused.message));
    } finally {
      asking = false;
      if (again && !gone) { again = false; load(); }
    }
  }

  function points() {
    const axis = axes[wanted.axis];
    const shares = new Map((live.status?.endpoints ?? []).map((host) => [key(host), host]));
    const found = last.candidates.map((host) => {
      const wait = axis.terms.reduce((sum, term) => sum + host.cost[term], 0);
      return { host, x: axis.of(host.predicted) / 1000, y: host.cost.total - wait, wait, chosen: host.endpoint === last.chosen && host.rank === chosenRank(),
        sd: host.predicted.ttft_log_sd, share: shares.get(key(host))?.share_5m ?? 0 };
    });
    const output = median(last.candidates.map((host) => host.predicted.output_tokens));
    for (const host of last.removed) {
      const state = shares.get(key(host));
      if (!state) continue;
      const price = (state.price_input * wanted.prompt + state.price_output * output) / 1e6;
      const first = (state.ttft_p50_ms ?? state.ttft_predicted_ms) / 1000;
      const rest = wanted.axis === "answer" ? output / (state.tokens_per_second_p50 ?? state.tokens_per_second_predicted) : 0;
      if (Number.isFinite(price) && Number.isFinite(first + rest)) found.push({ host, x: first + rest, y: price, out: true, share: state.share_5m ?? 0 });
    }
    return found.filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y));
  }

  const chosenRank = () => last.candidates.find((host) => host.endpoint === last.chosen)?.rank;

  function draw() {
    const found = points();
    drawTable();
    if (found.length === 0) return fill(chart, note("", "No host of this model can be placed yet."));
    const width = Math.max(320, chart.clientWidth - 28), height = Math.max(300, Math.min(560, width * 0.62));
    const edge = { left: 62, right: 18, top: 14, bottom: 44 };
    const log = wanted.scale === "log";
    const domain = (values) => (log ? [Math.max(1e-6, d3.min(values) * 0.7), d3.max(values) * 1.5] : [0, d3.max(values) * 1.12]);
    const scale = log ? d3.scaleLog : d3.scaleLinear;
    const x = scale().domain(domain(found.map((p) => p.x))).range([edge.left, width - edge.right]);
    const y = scale().domain(domain(found.map((p) => Math.max(p.y, 1e-9)))).range([height - edge.bottom, edge.top]);
    const svg = d3.create("svg").attr("class", "chart").attr("viewBox", `0 0 ${width} ${height}`).attr("role", "img")
      .attr("aria-label", "Price against " + axes[wanted.axis].title + " of " + found.length + " hosts; the table beside has the same");
    svg.append("clipPath").attr("id", "field").append("rect").attr("x", edge.left).attr("y", edge.top)
      .attr("width", width - edge.left - edge.right).attr("height", height - edge.top - edge.bottom);
    const ticks = Math.max(3, Math.floor(width / 130));
    svg.append("g").attr("class", "axis").attr("transform", `translate(0,${height - edge.bottom})`)
      .call(d3.axisBottom(x).ticks(ticks).tickFormat((v) => time(v * 1000)));
    svg.append("g").attr("class", "axis").attr("transform", `translate(${edge.left},0)`).call(d3.axisLeft(y).ticks(5).tickFormat(money));
    svg.append("text").attr("x", width - edge.right).attr("y", height - 8).attr("text-anchor", "end").text(axes[wanted.axis].title + " →");
    svg.append("text").attr("x", edge.left + 6).attr("y", edge.top + 10).text(width < 520 ? "↑ price, and all but this wait" : "↑ price, and what else is not this wait, for the request");
    const field = svg.append("g").attr("clip-path", "url(#field)");
    drawLines(field, found, x, y);
    drawHosts(field, found, x, y, width);
    fill(chart, svg.node(), legend());
  }

  function drawLines(field, found, x, y) {
    const chosen = found.find((point) => point.chosen);
    if (!chosen || !(chosen.x > 0)) return;
    const slope = chosen.wait / chosen.x;
    for (const times of [0.5, 1.5, 2, 3]) field.append("path").attr("class", "iso other").attr("d", lineAt(times));
    field.append("path").attr("class", "iso").attr("d", lineAt(1));
    function lineAt(times) {
      const total = (chosen.y + chosen.wait) * times;
      const steps = d3.range(0, 161).map((i) => x.invert(x.range()[0] + (x.range()[1] - x.range()[0]) * i / 160));
      return d3.line().defined((s) => total - slope * s > 0).x((s) => x(s)).y((s) => y(Math.max(total - slope * s, 1e-9)))(steps);
    }
  }

  function drawHosts(field, found, x, y, width) {
    const size = d3.scaleSqrt().domain([0, 1]).range([5, 22]);
    const detailed = found.length > mostDetailed ? new Set([...found].sort((a, b) => (a.host.rank || Infinity) - (b.host.rank || Infinity)).slice(0, mostDetailed)) : new Set(found);
    for (const point of detailed) {
      const id = key(point.host);
      const trail = trails.get(id) ?? [];
      const newest = trail[trail.length - 1];
      if (!newest || newest[0] !== point.x || newest[1] !== point.y) trail.push([point.x, point.y]);
      while (trail.length > 400) trail.shift();
      trails.set(id, trail);
      if (!point.out) field.append("path").attr("class", "trail").attr("d", d3.line()(trail.map(([a, b]) => [x(a), y(Math.max(b, 1e-9))])));
    }
    for (const point of detailed) {
      if (point.out || !Number.isFinite(point.sd)) continue;
      const spread = Math.exp(Math.min(point.sd, 1.5));
      field.append("line").attr("class", "whisker" + (point.chosen ? " chosen" : "")).attr("x1", x(point.x / spread)).attr("x2", x(point.x * spread))
        .attr("y1", y(Math.max(point.y, 1e-9))).attr("y2", y(Math.max(point.y, 1e-9)));
    }
    const taken = [];
    for (const point of [...found].sort((a, b) => (b.chosen ? 1 : 0) - (a.chosen ? 1 : 0) || (a.host.rank || 99) - (b.host.rank || 99))) {
      const kind = point.chosen ? " chosen" : point.out ? " out" : "";
      const cx = x(point.x), cy = y(Math.max(point.y, 1e-9)), r = size(point.share);
      const dot = field.append("circle").attr("class", "dot" + kind).attr("cx", cx).attr("cy", cy).attr("r", r);
      dot.append("title").text(point.host.endpoint + (point.out ? ": " + point.host.text : ": " + money(point.host.cost.total)));
      if (!detailed.has(point)) continue;
      const name = point.host.endpoint.length > 24 ? point.host.endpoint.slice(0, 23) + "…" : point.host.endpoint;
      const left = cx + r + 4 + name.length * 6.6 > width - 18;
      const box = { x: left ? cx - r - 4 - name.length * 6.6 : cx + r + 4, y: cy - 6, w: name.length * 6.6, h: 13 };
      const hides = taken.some((t) => t.x < box.x + box.w && box.x < t.x + t.w && t.y < box.y + box.h && box.y < t.y + t.h);
      if (hides && !point.chosen) continue;
      taken.push(box);
      field.append("text").attr("class", "host" + kind).attr("x", left ? cx - r - 4 : cx + r + 4).attr("y", cy + 4).attr("text-anchor", left ? "end" : "start").text(name);
    }
  }

  function legend() {
    const mixed = wanted.axis === "answer" && last.policy.value_of_ttft !== last.policy.value_of_generation;
    return h("p", { class: "legend" }, "The size of a dot is its share of five minutes, its whisker where two of three requests fall, its trail where it was while this page was open. Hollow: left out."
      + (mixed ? " This policy pays differently for the wait before and after the first token: the line has the chosen host's mixture." : ""));
  }

  function drawTable() {
    const best = last.candidates[0]?.cost.total;
    const several = new Set([...last.candidates, ...last.removed].map((host) => host.model)).size > 1;
    const model = several ? [["Model", "name", (host) => host.model]] : [];
    fill(side, h("h2", {}, last.chosen ? "Goes to " + last.chosen : "Goes to nobody"),
      h("p", { class: "faint" }, `Policy ${last.policy.name}` + (last.policy.why ? ", by " + last.policy.why : "")),
      table("Hosts that could be chosen", [["Host", "name", (host) => h("a", { href: "#/hosts/" + encodeURIComponent(host.endpoint) }, host.endpoint)], ...model,
        ["Cost", "number", (host) => money(host.cost.total)], ["Over best", "number", (host) => (host.cost.total === best ? "" : "+" + money(host.cost.total - best))],
        ["Billed", "number", (host) => money(host.predicted.price)], ["TTFT", "number", (host) => time(host.predicted.ttft_ms)],
        ["tok/s", "number", (host) => rate(host.predicted.tokens_per_second)], ["Fails", "number", (host) => percent(host.predicted.failure)]],
      last.candidates, (host) => (host.endpoint === last.chosen && host.rank === chosenRank() ? "chosen" : "")),
      last.removed.length > 0 ? h("h2", {}, "Left out") : null,
      last.removed.length > 0 ? table("Hosts left out", [["Host", "name", (host) => host.endpoint], ...model, ["Because it", "words", (host) => host.text]], last.removed, () => "out") : null,
      last.smallest_relaxation ? note("", last.smallest_relaxation.text) : null);
  }

  function median(values) {
    const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
    return sorted.length > 0 ? sorted[sorted.length >> 1] : 500;
  }

  build();
  load();
  let lastLoad = 0;
  const stop = watch((what) => {
    if (what !== "status") return;
    if (!wanted.model || tools.childElementCount === 0) build();
    if (Date.now() - lastLoad < pause) return;
    lastLoad = Date.now();
    load();
  });
  const resized = () => last && draw();
  window.addEventListener("resize", resized);
  return () => { gone = true; stop(); window.removeEventListener("resize", resized); };
}
