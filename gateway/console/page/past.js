// One host's last day out of the records: how its attempts failed, hour by hour, and when its prices changed.
import { ask } from "./api.js";
import { fill, h, note, table } from "./dom.js";
import { count, money, percent } from "./format.js";

// Told apart by colour-blind people, on light and on dark; more kinds than that are one.
const colours = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9"];
const when = (seconds) => new Date(seconds * 1000).toLocaleString([], { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false });
const hourOf = (seconds) => new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
const sum = (numbers) => numbers.reduce((all, each) => all + each, 0);

// The commonest kinds, what is left of others together.
function kindsOf(failed) {
  const all = Object.entries(failed).sort(([a, first], [b, second]) => sum(second) - sum(first) || a.localeCompare(b));
  const shown = all.slice(0, colours.length - 1), rest = all.slice(colours.length - 1);
  if (rest.length > 0) shown.push(["others", rest[0][1].map((_, hour) => sum(rest.map(([, numbers]) => numbers[hour])))]);
  return shown.map(([kind, numbers], at) => ({ kind, numbers, colour: colours[at], text: kind.replaceAll("_", " ") }));
}

function bars(ends, kinds, from, width) {
  const height = 150, edge = { left: 44, right: 8, top: 8, bottom: 22 };
  const hours = ends.attempts.map((attempts, at) => ({ at, attempts, ...Object.fromEntries(kinds.map((each) => [each.kind, each.numbers[at]])) }));
  const x = d3.scaleBand().domain(hours.map((hour) => hour.at)).range([edge.left, width - edge.right]).padding(0.15);
  const y = d3.scaleLinear().domain([0, Math.max(1, d3.max(hours, (hour) => sum(kinds.map((each) => hour[each.kind]))))]).nice().range([height - edge.bottom, edge.top]);
  const svg = d3.create("svg").attr("class", "chart").attr("viewBox", `0 0 ${width} ${height}`).attr("role", "img").attr("aria-label", "Failed attempts by hour and kind; the table below has the same");
  const every = width < 500 ? 6 : 3;
  svg.append("g").attr("class", "axis").attr("transform", `translate(0,${height - edge.bottom})`).call(d3.axisBottom(x).tickValues(hours.map((hour) => hour.at).filter((at) => at % every === 0)).tickFormat((at) => hourOf(from + at * 3600)));
  svg.append("g").attr("class", "axis").attr("transform", `translate(${edge.left},0)`).call(d3.axisLeft(y).ticks(4).tickFormat((value) => (Number.isInteger(value) ? count(value) : "")));
  for (const layer of d3.stack().keys(kinds.map((each) => each.kind))(hours)) {
    const kind = kinds.find((each) => each.kind === layer.key);
    for (const [at, [low, high]] of layer.entries()) {
      if (high === low) continue;
      svg.append("rect").attr("class", "failed").attr("x", x(at)).attr("width", x.bandwidth()).attr("y", y(high)).attr("height", y(low) - y(high)).attr("fill", kind.colour)
        .append("title").text(`${hourOf(from + at * 3600)}: ${count(high - low)} ${kind.text}, of ${count(hours[at].attempts)} attempts`);
    }
  }
  return svg.node();
}

function failures(page, host, width) {
  const ends = page.ends.endpoints[host];
  const title = h("h2", {}, "Failures by kind, the last 24 hours");
  if (!ends) return [title, note("", "No attempt of the last day is recorded.")];
  const kinds = kindsOf(ends.failed), tried = sum(ends.attempts), lost = sum(kinds.map((each) => sum(each.numbers)));
  const told = h("p", { class: "faint" }, `${count(lost)} of ${count(tried)} recorded attempts failed${tried > 0 ? ", " + percent(lost / tried) : ""}. `, page.ends.complete ? "" : "Of very many requests only the newest are counted.");
  if (lost === 0) return [title, told];
  const worst = (numbers) => hourOf(page.ends.from + numbers.indexOf(Math.max(...numbers)) * 3600);
  const name = (row) => h("span", {}, h("span", { class: "swatch", "aria-hidden": "true" }), " " + row.text);
  const list = table("Failures by kind", [["Kind", "name", name], ["Attempts", "number", (row) => count(sum(row.numbers))], ["Of all", "number", (row) => percent(sum(row.numbers) / tried)], ["Most from", "number", (row) => worst(row.numbers)]], kinds);
  list.querySelectorAll(".swatch").forEach((swatch, at) => (swatch.style.background = kinds[at].colour));
  return [title, told, bars(ends, kinds, page.ends.from, width), list];
}

function prices(page, host, width) {
  const found = page.endpoints.find((each) => each.endpoint === host)?.prices ?? [];
  const title = h("h2", {}, "Price, as far as records go back, at most seven days");
  if (found.length === 0) return [title, note("", "No picture of the market with this host is recorded yet.")];
  const words = (price) => `${money(price.input)} / ${money(price.output)} per Mtok`;
  if (found.length === 1) return [title, h("p", { class: "faint" }, `${words(found[0])} since ${when(found[0].from)}, the first that is recorded, without rules.`)];
  const height = 130, edge = { left: 54, right: 10, top: 8, bottom: 22 }, until = page.moments[page.moments.length - 1];
  const x = d3.scaleTime().domain([found[0].from * 1000, until * 1000]).range([edge.left, width - edge.right]);
  const y = d3.scaleLinear().domain([0, d3.max(found, (price) => Math.max(price.input, price.output)) || 1]).nice().range([height - edge.bottom, edge.top]);
  const svg = d3.create("svg").attr("class", "chart").attr("viewBox", `0 0 ${width} ${height}`).attr("role", "img").attr("aria-label", "Price of input and, dashed, of output; the table below has the same");
  svg.append("g").attr("class", "axis").attr("transform", `translate(0,${height - edge.bottom})`).call(d3.axisBottom(x).ticks(Math.max(2, Math.floor(width / 140))));
  svg.append("g").attr("class", "axis").attr("transform", `translate(${edge.left},0)`).call(d3.axisLeft(y).ticks(4).tickFormat(money));
  const steps = [...found, { ...found[found.length - 1], from: until }];
  for (const [name, kind] of [["input", "p50"], ["output", "p90"]]) {
    svg.append("path").attr("class", "line " + kind).attr("d", d3.line().curve(d3.curveStepAfter).x((price) => x(price.from * 1000)).y((price) => y(price[name]))(steps));
  }
  return [title, h("p", { class: "faint" }, "Of input, and dashed of output, without rules."), svg.node(), table("Prices", [["Since", "name", (row) => when(row.from)], ["Price in / out", "name", words]], [...found].reverse())];
}

// The page of a model is asked for once in a while.
const kept = { model: "", at: 0, page: null };

export async function showPast(box, model, host) {
  box.dataset.of = model + "\n" + host;
  try {
    if (kept.model !== model || Date.now() - kept.at > 60_000) {
      kept.page = await ask("/admin/market/history?" + new URLSearchParams({ model, ends: "true" }));
      kept.model = model, kept.at = Date.now();
    }
    if (box.dataset.of !== model + "\n" + host) return;
    const width = Math.max(320, box.clientWidth - 28);
    fill(box, failures(kept.page, host, width), prices(kept.page, host, width));
  } catch (refused) {
    fill(box, note(refused.status === 404 ? "" : "bad", refused.message));
  }
}
