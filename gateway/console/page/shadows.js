// How policies in shadow stand beside those in force, and taking one over into the editor.
import { fill, h, note, table } from "./dom.js";
import { count, money, percent, seconds } from "./format.js";

// In the order in which they are shown.
const words = {
  better: (row) => ["good", `saves ${money(-row.cost.mean * 1000)} in 1,000 requests`],
  forbidden: (row) => ["bad", `never: ${count(row.forbidden)} would go to hosts that are forbidden now`],
  unserved: (row) => ["bad", `would leave ${count(row.unserved)} requests unserved`],
  worse: (row) => ["bad", `costs ${money(row.cost.mean * 1000)} more in 1,000 requests`],
  unmeasured: (row) => ["faint", `not known: ${count(row.unmeasured)} of ${count(row.judged + row.unmeasured)} would go to hosts of which no reply is known yet`],
  unsure: () => ["faint", "no difference is certain yet"],
  too_few: () => ["faint", "too few requests to say"],
};

const signed = (text, value) => (value > 0 ? "+" : value < 0 ? "−" : "") + text(Math.abs(value));
const between = (of, text) => (Number.isFinite(of.low) && Number.isFinite(of.high) ? `${signed(text, of.mean)} (${signed(text, of.low)} to ${signed(text, of.high)})` : "–");

// The text of a configuration's policies in which `shadow` stands where `policy` did.
export function taken_over(text, policy, shadow) {
  const quoted = policy.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const named = new RegExp(`^((?:\\s+|\\s*-\\s+|.*[{,]\\s*)policy:\\s*["']?)${quoted}(?![\\w.-])`, "gm");
  const usual = new RegExp(`^(default_policy:\\s*["']?)${quoted}(?![\\w.-])`, "m");
  const rules = text.replace(named, `$1${shadow}`);
  const changed = usual.test(rules) ? rules.replace(usual, `$1${shadow}`) : rules;
  if (changed !== text || /^default_policy:/m.test(text)) return changed;
  return `${text.trimEnd()}\ndefault_policy: ${shadow}\n`.trimStart();
}

// `take` gets the names of the policy in force and of the shadow.
export function show_shadows(box, said, take) {
  if (said.shadow.length === 0) {
    fill(box, h("h2", {}, "In shadow"), note("", "No policy runs in shadow. Name one under ", h("code", {}, "shadow"), " in the configuration: each decision is then taken under it, too, and the difference is shown here. Nobody is asked because of it."));
    return;
  }
  const verdict = (row) => {
    const [kind, text] = words[row.verdict](row);
    return h("span", { class: kind }, text);
  };
  const better = said.shadows.filter((row) => row.verdict === "better");
  const order = Object.keys(words);
  const rows = said.shadows.filter((row) => row.judged > 0 || row.forbidden > 0 || row.unserved > 0 || row.unmeasured > 0)
    .sort((a, b) => (order.indexOf(a.verdict) - order.indexOf(b.verdict)) || b.judged - a.judged);
  fill(box, h("h2", {}, "In shadow"),
    rows.length === 0 ? note("", `${said.shadow.join(", ")}: no request was decided under it yet.`)
      : table("Policies in shadow", [["In force", "name", (row) => row.policy], ["Shadow", "name", (row) => row.shadow], ["Model", "name", (row) => row.model], ["Requests", "number", (row) => count(row.judged)], ["Unjudged", "number", (row) => count(row.unmeasured)], ["Verdict", "words", verdict],
        ["Moved", "number", (row) => percent(row.moved)], ["Cost of 1,000", "number", (row) => between(row.cost, (value) => money(value * 1000))], ["Billed of 1,000", "number", (row) => between(row.billed, (value) => money(value * 1000))],
        ["Whole answer", "number", (row) => between(row.seconds, seconds)]], rows),
    h("p", { class: "faint" }, "What the shadow would add, at the values of the policy in force; a minus is what it would save. The 95 % intervals hold however often one looks. They are of the requests that could be judged; those unjudged would go to hosts of which no reply is known yet, and where they are more than one in ten nothing is certain.", said.shadows_left_out > 0 ? ` ${count(said.shadows_left_out)} requests could not be judged.` : ""),
    better.map((row) => h("div", { class: "tools" }, h("button", { class: "first", onclick: () => take(row.policy, row.shadow) }, `Write ${row.shadow} in place of ${row.policy}`), h("span", { class: "faint" }, `for ${row.model} it is better by what was measured`))));
}
