// What recorded requests would have cost at one host, at the cheapest or at the fastest, beside what was paid.
import { ask } from "./api.js";
import { fill, h, note, table } from "./dom.js";
import { count, money, percent, seconds } from "./format.js";

function rowsOf(model) {
  const hosts = [...model.at_one].sort((a, b) => b.requests - a.requests || a.dollars - b.dollars);
  return [{ ...model.cheapest, title: "The cheapest for each" }, { ...model.fastest, title: "The fastest for each" }, ...hosts.map((host) => ({ ...host, title: "Only " + host.way }))];
}

const difference = (row) => {
  const more = row.dollars - row.paid;
  if (Math.abs(more) < 1e-12) return "the same";
  return h("span", { class: more > 0 ? "bad" : "good" }, (more > 0 ? "+" : "") + money(more));
};

export async function showElsewhere(box) {
  const title = h("h2", {}, "The same tokens elsewhere");
  try {
    const page = await ask("/admin/spend/elsewhere");
    if (page.models.length === 0) return fill(box, title, note("", "No recorded request had a choice of hosts yet."));
    const day = (text) => new Date(text).toLocaleString([], { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false });
    fill(box, title, h("p", { class: "faint" }, `The newest answered requests that had a choice, from ${day(page.from)} to ${day(page.until)}. What their tokens would have cost at other hosts' prices, had these answered; only of hosts that each request could have gone to, so that a host that could not take all has fewer. Caches are taken to be as warm as they were. How soon, and how many would have failed, is what was expected at the time.`),
      page.models.map((model) => h("div", {}, page.models.length > 1 ? h("h2", {}, model.model) : null, table("Elsewhere: " + model.model, [["Way", "name", (row) => row.title], ["Requests", "number", (row) => count(row.requests)],
        ["Paid for these", "number", (row) => money(row.paid)], ["Would have cost", "number", (row) => money(row.dollars)], ["Difference", "number", difference],
        ["Answer expected in", "number", (row) => seconds(row.expected_seconds)], ["As chosen", "number", (row) => seconds(row.expected_seconds_as_chosen)], ["Expected to fail", "number", (row) => percent(row.expected_failures)]], rowsOf(model)))));
  } catch (refused) {
    fill(box, title, note(refused.status === 404 ? "" : "bad", refused.message));
  }
}
