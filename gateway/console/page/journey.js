// One request: what happened when, and each decision on its way with every candidate.
import { facts, h, note, table } from "./dom.js";
import { count, moment, money, percent, rate, time } from "./format.js";

const endings = { answered: "answered", refused: "refused", broken: "broken off", client_left: "the client left" };
// "team dollars_day" is what of a team's was used up: its dollars a day.
const limited = (limit) => limit.replace("_request", " of one request").replace("_total", " in all").replace("_", " a ").replace(" ", ": ");

export function journey(page) {
  return h("section", { class: "card", "aria-label": "Request " + page.id },
    h("h2", {}, page.id),
    facts([["Came", moment(page.time)], ["Asked for", page.model_requested || page.model], ["Key", page.key || "–"],
      ["Outcome", (endings[page.ending] ?? page.ending) + (page.error && page.error !== page.ending ? ", " + page.error : "") + ", status " + page.status], ["First byte", time(page.first_byte_ms)], ["All", time(page.total_ms)],
      ["Billed", money(page.dollars)], ["Policy", (page.policy.name ?? "–") + (page.policy.line ? `, ${page.policy.file}:${page.policy.line}` : "")]]),
    page.told ? note("bad", page.decisions.length > 0 ? "The client was told: " : "", page.told) : null,
    page.told && page.decisions.length === 0 ? h("div", {}, page.limit ? facts([["Limit of the", limited(page.limit)]]) : null, note("", "It was refused before any host was looked at.")) :
      [waterfall(page), page.retry_refused ? note("warn", "Nobody else was asked: the budget of retries was used up.") : null, hindsight(page), expectations(page), ...page.decisions.map((decision, i) => decided(page, decision, i))]);
}

function bar(kind, begin, end, whole, title) {
  const element = h("div", { class: "bar " + kind, title });
  element.style.left = Math.max(0, Math.min(100, begin / whole * 100)) + "%";
  element.style.width = Math.max(0.2, Math.min(100, (end - begin) / whole * 100)) + "%";
  return element;
}

function waterfall(page) {
  const ends = page.attempts.map((attempt) => attempt.began_ms + (attempt.finished_ms ?? 0));
  const whole = Math.max(page.total_ms, ...ends, 0.001);
  const lanes = page.attempts.flatMap((attempt, i) => {
    const end = attempt.began_ms + (attempt.finished_ms ?? whole - attempt.began_ms);
    const first = attempt.began_ms + (attempt.first_visible_ms ?? attempt.first_delta_ms ?? attempt.finished_ms ?? 0);
    const failed = attempt.outcome !== "success";
    const bars = [bar(failed && attempt.first_delta_ms === null ? "lost" : "wait", attempt.began_ms, Math.min(first, end), whole, "waiting, " + time(first - attempt.began_ms))];
    if (attempt.first_delta_ms !== null) bars.push(bar(failed ? "lost" : "stream", first, end, whole, "answering, " + time(end - first)));
    return [h("span", {}, `${i + 1}. ${attempt.endpoint}`, attempt.reason === "hedge" ? h("span", { class: "faint" }, ", beside it") : null), h("div", { class: "lane" }, bars),
      h("span", { class: failed ? "bad" : "good" }, attempt.outcome_text)];
  });
  const decisions = page.decisions.map((decision) => bar("decide", decision.at_ms, decision.at_ms, whole, "decision, after " + time(decision.at_ms)));
  return h("div", {}, h("h2", {}, "Journey"), h("div", { class: "waterfall" }, h("span", {}, "decisions"), h("div", { class: "lane" }, decisions), h("span", {}, time(page.deciding_ms)), lanes),
    h("p", { class: "legend" }, [["decide", "decision"], ["wait", "waiting for the first token"], ["stream", "answering"], ["lost", "failed or given up"]].map(([kind, text]) => h("span", {}, h("i", { class: "bar " + kind }), text)),
      h("span", {}, "all of it " + time(whole))));
}

// Judged by what was known of all hosts once the request was over.
function hindsight(page) {
  const seen = page.hindsight;
  if (!seen) return null;
  const give = " (give or take " + money(seen.sd) + ")";
  const text = seen.regret > 0 ? `In hindsight ${seen.best_other} would have been better by ${money(seen.regret)}` + give + ", waiting included."
    : page.attempts[0] && page.attempts[0].outcome !== "success" && page.attempts[0].outcome !== "client_left" ? `In hindsight this choice was the best bet of ${seen.others + 1}, although ${page.attempts[0].outcome === "outrun" ? "another one was quicker" : "it failed"}: ${seen.best_other} would have been expected to cost ${money(seen.best_other_cost - seen.chosen_cost)} more` + give + "."
    : `In hindsight this choice was the best of ${seen.others + 1}: ${seen.best_other} would have cost ${money(seen.best_other_cost - seen.chosen_cost)} more` + give + ".";
  return note(seen.regret > 2 * seen.sd ? "warn" : "", text);
}

function expectations(page) {
  if (page.attempts.length === 0) return note("", "No host was asked.");
  const pair = (found, expected) => [found, h("span", { class: "faint" }, " / " + expected)];
  return h("div", {}, h("h2", {}, "What turned out / what was expected"),
    table("Attempts", [["Host", "name", (a) => a.endpoint], ["Model", "name", (a) => a.model], ["Why", "words", (a) => a.reason_text], ["TTFT", "number", (a) => pair(time(a.first_visible_ms), time(a.expected?.ttft_ms))],
      ["Answer", "number", (a) => pair(count(a.usage?.output), count(a.expected?.output_tokens) + " tok")], ["Billed", "number", (a) => pair(money(a.dollars), money(a.expected?.dollars))],
      ["Outcome", "words", (a) => h("span", { class: a.outcome === "success" ? "good" : "bad" }, a.outcome_text)]], page.attempts));
}

function decided(page, decision, place) {
  const best = Math.min(...decision.candidates.map((host) => host.cost.total));
  const several = new Set([...decision.candidates, ...decision.removed].map((host) => host.model)).size > 1;
  const model = several ? [["Model", "name", (host) => host.model]] : [];
  const term = (title, name) => [title, "number", (host) => money(host.cost[name])];
  return h("div", {}, h("h2", {}, `Decision ${place + 1} of ${page.decisions.length}, after ${time(decision.at_ms)}: ` + (decision.chosen ? `${decision.chosen}, ${decision.why}` : "nobody")),
    decision.trial ? note("warn", decision.chosen + " is " + decision.trial + ".") : null,
    decision.candidates.filter((host) => host.silence).map((host) => h("p", { class: "faint" }, `Of the risk of ${host.endpoint} ${money(host.silence.dollars)} are for the ${time(host.silence.seconds * 1000)} that its provider has been silent on this request.`)),
    decision.candidates.filter((host) => host.predicted.demoted).map((host) => h("p", { class: "faint" }, `${host.endpoint} counts dearer (Other): its answers pass their checks less often than before, or than others' do.`)),
    decision.hedge_after_seconds ? h("p", { class: "faint" }, "Another one would be asked beside it after " + time(decision.hedge_after_seconds * 1000) + " of silence.") : null,
    decision.relaxed ? note("", "Gave up: " + decision.relaxed.join("; ")) : null,
    decision.candidates.length > 0 ? table("Candidates", [["Host", "name", (host) => host.endpoint], ...model, term("Cost", "total"), ["Over best", "number", (host) => (host.cost.total > best ? "+" + money(host.cost.total - best) : "")],
      term("Price", "price"), term("First wait", "ttft"), term("Rest", "generation"), term("Risk", "failure"), ["Other", "number", (host) => money(host.cost.other + host.cost.quota + host.cost.quality)],
      ["TTFT", "number", (host) => time(host.predicted.ttft_ms)], ["tok/s", "number", (host) => rate(host.predicted.tokens_per_second)], ["Chance", "number", (host) => percent(host.propensity)]],
    decision.candidates, (host) => (host.endpoint === decision.chosen ? "chosen" : "")) : null,
    decision.removed.length > 0 ? table("Left out", [["Left out", "name", (host) => host.endpoint], ...model, ["By", "", (host) => host.because], ["Because it", "words", (host) => host.text]], decision.removed, () => "out") : null,
    decision.not_kept ? h("p", { class: "faint" }, `${decision.not_kept} more endpoints, of which nothing was kept.`) : null);
}
