// Each host's health, and one of them over the time that this page was open.
import { ask, live, watch } from "./api.js";
import { facts, fill, h, labelled, note, paced, table } from "./dom.js";
import { showPast } from "./past.js";
import { clock, count, money, percent, rate, seconds, span, time } from "./format.js";

export function show(view, at) {
  let wanted = at.settings.get("text") ?? "";
  const order = { by: at.settings.get("by") ?? "Share", down: at.settings.get("up") !== "1", change: (by, down) => {
    order.by = by, order.down = down;
    keep();
  } };
  const keep = () => {
    const settings = new URLSearchParams(Object.entries({ text: wanted, by: order.by === "Share" && order.down ? "" : order.by, up: order.down ? "" : "1" }).filter(([, value]) => value));
    history.replaceState(null, "", "#/hosts" + (at.place ? "/" + encodeURIComponent(at.place) : "") + (settings.size ? "?" + settings : ""));
    draw();
  };
  const search = h("input", { type: "search", value: wanted, oninput: () => { wanted = search.value; keep(); } });
  const one = h("div"), said = h("div", { role: "status" }), all = h("div", { class: "card" });
  view.append(h("h1", {}, "Hosts"), h("p", { class: "lead" }, "What is known of every host now. A host that is drained gets no new request until it is resumed or the gateway restarts; one that is disabled stays so over restarts, too. What it has under way goes on."), h("div", { class: "tools" }, labelled("Host, model or state", search)), said, one, all);

  const states = { open: "left out", trial: "on trial", not_ready: "not ready" };

  function state(host) {
    const name = host.disabled ? "disabled" : states[host.state] ?? host.state;
    const text = name + (host.state !== "serving" && host.back_in_seconds !== null ? (host.state === "open" ? ", next trial in " : ", back in ") + span(Math.ceil(host.back_in_seconds)) : "");
    return h("span", { class: host.state === "serving" ? "good" : "bad" }, text);
  }

  const call = (host, what) => ask(`/admin/endpoints/${encodeURIComponent(host.endpoint)}/${what}?model=${encodeURIComponent(host.model)}`, { method: "POST" });

  async function change(host, what) {
    try {
      await call(host, what);
      const is_out = what === "drain" || what === "disable";
      host.state = is_out ? "drained" : "serving";
      host.disabled = what === "disable";
      const how = what === "disable" ? "disabled until it is enabled" : "drained";
      fill(said, note("", is_out ? `${host.endpoint} is ${how}: no new request goes there; ${count(host.in_flight)} are under way.` : `${host.endpoint} is back in service.`));
    } catch (refused) {
      fill(said, note("bad", refused.message));
    }
    draw();
  }

  const checks = { tool_arguments: "calls of tools", json: "JSON", content: "answers with content", finish: "ends of answers", prompt_tokens: "prompt tokens, beside what is usual", longer: "answers longer than others'", shorter: "answers shorter than others'", canary_count: "canaries: tokens counted", canary_answer: "canaries: how answers begin" };
  const words = { unseen: "too few", ok: "ok", noted: "noted", demoted: "demoted" };

  function quality(host) {
    if (!host.quality) return "";
    return h("span", { class: host.quality.state === "demoted" ? "bad" : "" }, words[host.quality.state]);
  }

  function evidence(host) {
    if (!host.quality) return note("", "Answers are checked as they pass: calls of tools on their schema, JSON on being JSON. None was yet.");
    const rows = Object.entries(host.quality.checks).map(([name, check]) => ({ name, ...check }));
    return h("div", {}, h("h2", {}, "Quality: what its answers are checked on, without keeping them"), table("Quality", [["Check", "name", (row) => checks[row.name] ?? row.name],
      ["State", "", (row) => h("span", { class: row.state === "demoted" ? "bad" : "" }, words[row.state] + (row.state_seconds === null ? "" : ", for " + span(row.state_seconds)))],
      ["Fails", "number", (row) => percent(row.failing)], ["Before", "number", (row) => percent(row.usually_failing)], ["Others", "number", (row) => percent(row.failing_at_others)],
      ["Checked", "number", (row) => count(row.passed + row.failed)], ["Not judged", "number", (row) => count(row.unjudged)]], rows),
    facts([["Output tokens, others' = 1", host.quality.output_tokens_over_others?.toFixed(2) ?? "–"], ["Prompt tokens, others' = 1", host.quality.prompt_tokens_over_others?.toFixed(2) ?? "–"],
      ["Fingerprints seen", count(host.quality.fingerprints) + (host.quality.fingerprint_seconds === null ? "" : ", the newest " + span(host.quality.fingerprint_seconds) + " ago")]]));
  }

  async function probe(host) {
    fill(said, note("", `Asking ${host.endpoint} …`));
    try {
      const [found] = (await call(host, "probe")).endpoints;
      const took = found.seconds === null ? "" : `, the first answer after ${seconds(found.seconds)}`;
      fill(said, note(found.result === "as_configured" ? "" : "bad", `${host.endpoint}: ${found.result.replaceAll("_", " ")}${took}; ${count(found.calls)} calls for ${money(found.dollars)}.`,
        found.findings.length > 0 ? h("ul", {}, found.findings.map((finding) => h("li", {}, finding.detail))) : null));
    } catch (refused) {
      fill(said, note("bad", refused.message));
    }
  }

  function prefill(host) {
    if (!host.prefill) return "–";
    const { goes_on, configured, probe } = host.prefill;
    const shown = probe ? `${probe.goes_on ? "shown" : "not so"} by a probe of ${probe.at.slice(0, 10)}` : "never probed";
    if (configured) return `yes, by the configuration; ${shown}`;
    return probe ? `${goes_on ? "yes" : "no"}; ${shown}, known until ${probe.until.slice(0, 10)}` : "not known: it was never probed";
  }

  function actions(host) {
    const is_out = host.state === "drained";
    return h("div", { class: "tools" }, h("button", { class: is_out ? "first" : "danger", onclick: () => change(host, host.disabled ? "enable" : is_out ? "resume" : "drain") }, host.disabled ? "Enable" : is_out ? "Resume" : "Drain"),
      host.disabled ? null : h("button", { class: "danger", title: "Over restarts, too", onclick: () => change(host, "disable") }, "Disable"),
      h("button", { title: "Asks for a token, which costs a little", onclick: () => probe(host) }, "Probe now"));
  }

  function detail(host) {
    const past = live.history.get(host.endpoint + "\n" + host.model) ?? [];
    return h("section", { class: "card", "aria-label": host.endpoint }, h("h2", {}, host.endpoint + " of " + host.model), facts([["State", state(host)], ["Provider", host.provider], ["Price in / out", `${money(host.price_input)} / ${money(host.price_output)} per Mtok`],
      ["Context", count(host.context) + " tokens"], ["Under way", count(host.in_flight)], ["Uptime, 30 min", percent(host.uptime)], ["Failures, 5 min", percent(host.failures)], ["Billed since start", money(host.dollars)],
      ["Last failure", host.last_failure ? `${host.last_failure_text}, ${span(host.last_failure_seconds_ago)} ago` : "none"],
      ["Goes on with begun answers", prefill(host)]]), actions(host), evidence(host), chart(past), pastOf(host));
  }

  // Out of the records, and the same element however often the rest is drawn anew.
  const pasts = new Map();
  function pastOf(host) {
    const of = host.endpoint + "\n" + host.model;
    if (!pasts.has(of)) {
      const box = h("div", {}, h("p", { class: "faint" }, "Reading the records …"));
      pasts.set(of, box);
      requestAnimationFrame(() => showPast(box, host.model, host.endpoint));
    }
    return pasts.get(of);
  }

  function chart(past) {
    const points = past.filter((p) => Number.isFinite(p.p50));
    if (points.length < 2) return note("", "Time to the first token is drawn here once there are replies; it is kept while this page is open.");
    const width = Math.max(320, view.clientWidth - 40), height = 190, edge = { left: 60, right: 12, top: 8, bottom: 24 };
    const x = d3.scaleTime().domain(d3.extent(points, (p) => p.at)).range([edge.left, width - edge.right]);
    const y = d3.scaleLinear().domain([0, d3.max(points, (p) => Math.max(p.p50, p.p90 ?? 0)) * 1.1]).range([height - edge.bottom, edge.top]);
    const svg = d3.create("svg").attr("class", "chart").attr("viewBox", `0 0 ${width} ${height}`).attr("role", "img").attr("aria-label", "Time to the first token, median and 90th percentile");
    svg.append("g").attr("class", "axis").attr("transform", `translate(0,${height - edge.bottom})`).call(d3.axisBottom(x).ticks(Math.max(2, Math.floor(width / 160))).tickFormat(clock));
    svg.append("g").attr("class", "axis").attr("transform", `translate(${edge.left},0)`).call(d3.axisLeft(y).ticks(4).tickFormat(time));
    for (const name of ["p50", "p90"]) svg.append("path").attr("class", "line " + name).attr("d", d3.line().defined((p) => Number.isFinite(p[name])).x((p) => x(p.at)).y((p) => y(p[name]))(points));
    return h("div", {}, h("h2", {}, "Time to the first token: median, and dashed the 90th percentile"), svg.node());
  }

  function draw() {
    const hosts = live.status?.endpoints;
    if (!hosts) return fill(all, h("p", { class: "faint" }, "Waiting for the first news …"));
    if (hosts.length === 0) return fill(all, note("", "There are no hosts: `models` in the configuration names none."));
    const found = at.place ? hosts.filter((host) => host.endpoint === at.place) : [];
    fill(one, at.place && found.length === 0 ? note("bad", "There is no host " + at.place + ".") : null, found.map(detail));
    const text = wanted.toLowerCase();
    const listed = hosts.filter((host) => [host.endpoint, host.model, host.provider, host.disabled ? "disabled" : host.state, states[host.state]].some((part) => part?.toLowerCase().includes(text)));
    const scroll = all.querySelector(".scroll")?.scrollLeft ?? 0, sorting = all.contains(document.activeElement) ? document.activeElement.dataset.by : undefined;
    const name = (host) => h("a", { href: "#/hosts/" + encodeURIComponent(host.endpoint) }, host.endpoint);
    const number = (title, text, value) => [title, "number", (host) => text(value(host)), value];
    fill(all, table("Hosts", [["Host", "name", name, (host) => host.endpoint], ["Model", "name", (host) => host.model, (host) => host.model], ["State", "words", state, (host) => host.disabled ? "disabled" : host.state],
      number("TTFT", time, (host) => host.ttft_p50_ms), number("TTFT, 90 %", time, (host) => host.ttft_p90_ms), number("Next TTFT", time, (host) => host.ttft_predicted_ms), number("tok/s", rate, (host) => host.tokens_per_second_p50),
      number("Fails", percent, (host) => host.failures), ["Quality", "", quality], number("Under way", count, (host) => host.in_flight), number("Share", percent, (host) => host.share_5m),
      number("Cost of 1,000", money, (host) => host.dollars_per_1k), number("Requests", count, (host) => host.attempts)],
    listed.sort((a, b) => a.endpoint.localeCompare(b.endpoint)), () => "", order));
    const box = all.querySelector(".scroll");
    if (box) box.scrollLeft = scroll;
    if (sorting) all.querySelector(`[data-by="${CSS.escape(sorting)}"]`)?.focus({ preventScroll: true });
  }

  draw();
  const again = paced(draw, 1500);
  return watch((what) => {
    const focused = document.activeElement;
    if (what === "status" && !(all.contains(focused) && !focused.dataset.by) && !one.contains(focused)) again();
  });
}
