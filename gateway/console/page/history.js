// How soon the hosts of a model answered at each hour of the day, and their prices, over as many days as records go back.
import { ask } from "./api.js";
import { fill, h, note, table } from "./dom.js";
import { money, span, time } from "./format.js";

const mostRows = 40;
const hours = [...Array(24).keys()];
const hourText = (hour) => String(hour).padStart(2, "0") + ":00";
const when = (seconds) => new Date(seconds * 1000).toLocaleString([], { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false });

// Each host with the medians of its hours, in the time zone of who looks; those with most to show first.
function rowsOf(page) {
  const rows = page.endpoints.map((host) => {
    const seen = hours.map(() => []);
    host.ttft_p50_ms.forEach((value, at) => value !== null && seen[new Date(page.moments[at] * 1000).getHours()].push(value));
    return { ...host, hours: seen.map((values) => (values.length > 0 ? d3.median(values) : undefined)), times: seen.map((values) => values.length), all: seen.flat() };
  });
  return rows.sort((a, b) => b.all.length - a.all.length || a.endpoint.localeCompare(b.endpoint));
}

function heatMap(rows, width) {
  const names = Math.min(190, Math.max(90, width / 5)), top = 20, high = 24;
  const wide = (width - names) / 24, height = top + rows.length * high;
  const values = rows.flatMap((row) => row.hours).filter((value) => value > 0);
  const low = d3.min(values), most = Math.max(d3.max(values), low * 1.01);
  const colour = d3.scaleSequentialLog([low, most], d3.interpolateCividis);
  const svg = d3.create("svg").attr("class", "chart").attr("viewBox", `0 0 ${width} ${height}`).attr("role", "img")
    .attr("aria-label", "Time to the first token of each host by hour of the day; the table below has the best and the worst hour");
  for (const hour of hours) {
    if (hour % (wide < 26 ? 6 : 2) === 0) svg.append("text").attr("x", names + wide * hour).attr("y", 13).text(hourText(hour));
  }
  rows.forEach((row, number) => {
    const y = top + number * high, longest = Math.floor(names / 7);
    svg.append("text").attr("class", "host").attr("x", 0).attr("y", y + 16).text(row.endpoint.length > longest ? row.endpoint.slice(0, longest - 1) + "…" : row.endpoint);
    for (const hour of hours) {
      const value = row.hours[hour], x = names + wide * hour;
      const cell = svg.append("rect").attr("class", value === undefined ? "cell none" : "cell").attr("x", x).attr("y", y).attr("width", Math.max(1, wide - 2)).attr("height", high - 2);
      cell.append("title").text(`${row.endpoint}, ${hourText(hour)}: ${value === undefined ? "no replies seen" : time(value)}`);
      if (value === undefined) continue;
      cell.attr("fill", colour(value));
      if (wide >= 38) svg.append("text").attr("class", d3.hsl(colour(value)).l > 0.45 ? "on light" : "on dark").attr("x", x + wide / 2 - 1).attr("y", y + 15).attr("text-anchor", "middle").text(time(value));
    }
  });
  return svg.node();
}

function prices(row) {
  const told = row.prices.map((price) => `${money(price.input)} / ${money(price.output)}`);
  return told.map((text, at) => (at === 0 ? text : `${text} since ${when(row.prices[at].from)}`)).reverse().join(", before ");
}

function hourTable(rows) {
  const extreme = (row, best) => {
    const known = hours.filter((hour) => row.hours[hour] !== undefined).sort((a, b) => row.hours[a] - row.hours[b]);
    if (known.length === 0) return "–";
    const hour = known[best ? 0 : known.length - 1];
    return `${hourText(hour)}, ${time(row.hours[hour])}`;
  };
  return table("Hosts over days", [["Host", "name", (row) => row.endpoint], ["Median", "number", (row) => time(d3.median(row.all))], ["Best hour", "number", (row) => extreme(row, true)],
    ["Worst hour", "number", (row) => extreme(row, false)], ["Price in / out, per Mtok", "name", prices]], rows);
}

// Of whichever model was asked for last.
export async function showHistory(box, model) {
  box.dataset.model = model;
  try {
    const page = await ask("/admin/market/history?" + new URLSearchParams({ model }));
    if (box.dataset.model !== model) return;
    const rows = rowsOf(page), seen = rows.filter((row) => row.all.length > 0).slice(0, mostRows);
    const title = h("h2", {}, "Time to the first token by hour of the day");
    if (rows.length === 0) return fill(box, title, note("", "Nothing is recorded of this model's hosts yet."));
    const back = span(page.moments[page.moments.length - 1] - page.moments[0]);
    fill(box, title, h("p", { class: "faint" }, page.moments.length < 2 ? "The records have just begun: this fills up over the days. " : `Over ${back} of records, at most seven days. `, "Medians of five minutes, looked at every half hour; an hour without replies is empty. Dark is soon, bright is late; hours are yours, prices those without rules."),
      seen.length > 0 ? heatMap(seen, Math.max(320, box.clientWidth - 28)) : note("", "No host has answered when it was looked at."), hourTable(rows));
  } catch (refused) {
    fill(box, note(refused.status === 404 ? "" : "bad", refused.message));
  }
}
