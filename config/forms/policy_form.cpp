#include <chrono>

#include "config/forms/leaf.hpp"
#include "config/forms/settings_form.hpp"

namespace config {
namespace {

struct Hedge {
  double budget = 0;
};
const Fields<Hedge>& hedge_fields() {
  static const Fields<Hedge> fields = {
      .meaning = "when a second request may be sent, such as `{budget: 5 %}`",
      .list = {field<Hedge>("budget", &Hedge::budget, ShareForm{}, "The most requests that are hedged.",
                            Need::required)}};
  return fields;
}

struct Continuation {
  int hops = 2;
};
const Fields<Continuation>& continuation_fields() {
  static const Fields<Continuation> fields = {
      .meaning = "how broken streams go on, such as `{hops: 2}`",
      .list = {field<Continuation>("hops", &Continuation::hops, WholeForm{0, 2},
                                   "The most attempts that go on with one answer. 0: none.",
                                   Need::required)}};
  return fields;
}

OneOrMore<SourceForm> conditions(const std::string& wanted) {
  return {{{wanted}, "a list of conditions"}};
}

}  // namespace

const Fields<PolicySettings>& policy_fields() {
  using S = PolicySettings;
  const auto hedge = [](S& s, const Hedge& h) { s.hedge_budget = h.budget; };
  const auto continuation = [](S& s, const Continuation& c) {
    s.continue_hops = static_cast<std::int16_t>(c.hops);
  };
  const auto attempts = [](S& s, int most) { s.attempts = static_cast<std::int16_t>(most); };
  static const Fields<S> fields =
      {.meaning = "a policy",
       .list =
           {
               field<S>("description", &S::description, TextForm{.wanted = "a sentence", .longest = 2000},
                        "What the policy is for."),
               field<S>("extends", &S::extends, SourceForm{"the name of a policy"},
                        "The policy whose rules this one begins with; its own are added or replace them."),
               field<S>(
                   "allow", &S::allow, SourceForm{"a condition such as `jurisdiction in [US, EU]`"},
                   "Compliance: where requests may ever go. Never relaxed; what is unknown is not allowed."),
               field<S>("require", &S::require, conditions("a condition such as `ttft.p90 <= 3 s`"),
                        "Hard limits."),
               field<S>("prefer", &S::prefer, conditions("a condition such as `quantization in [bf16, fp8]`"),
                        "Tiers: who meets the first comes first, and so on."),
               field<S>("minimize", &S::minimize, SourceForm{"dollars, such as `price + 18 $/h * ttft`"},
                        "What the best endpoint has least of, in dollars."),
               field<S>("value_of_time", &S::value_of_time, SourceForm{"dollars for time, such as `18 $/h`"},
                        "What a second of waiting is worth; short for `minimize`."),
               field<S>("choose", &S::choose, SourceForm{"a draw such as `weighted(price ^ -2)`"},
                        "How to choose. The least cost when left out."),
               field<S>("relax", &S::relax, conditions("a condition such as `ttft.p90 <= 8 s`"),
                        "What is given up, in this order, when nobody is left."),
               field<S>("attempts", attempts, WholeForm{1, 10}, "The most endpoints that are tried."),
               field<S>("deadline", &S::deadline,
                        DurationForm<Duration>{std::chrono::milliseconds(100), std::chrono::hours(24)},
                        "For all attempts until the first byte of the answer."),
               field<S>("hedge", hedge, Mapping<Hedge>{hedge_fields},
                        "Second requests when the first is late."),
               field<S>("continue", continuation, Mapping<Continuation>{continuation_fields},
                        "Whether a stream that breaks is gone on with: plain text of a chat, at endpoints "
                        "with the feature `prefill`, the same one first. Anything else ends with an error "
                        "event, as it does where this is left out."),
               field<S>("explore", &S::explore, ShareForm{},
                        "The share of spending that may go into finding out how other endpoints do."),
               field<S>("demotion", &S::demotion, RealForm{1, 100},
                        "How many times as dear an endpoint counts while its answers pass their checks less "
                        "often than before, or than others' do, for requests that the check is about. 2 when "
                        "left out; 1: no dearer."),
               field<S>("budget", &S::budget, SourceForm{"dollars for time, such as `40 $/d`"},
                        "What its requests should cost. As the day's plan is overrun, money counts more, up "
                        "to ten times; nothing is refused for it."),
           },
       .check = [](const Node& node, S& policy) {
         policy.place = node.key_place();
         if (policy.minimize && policy.value_of_time) {
           node["value_of_time"].error("`value_of_time` and `minimize` say the same thing",
                                       "keep one of them");
         }
       }};
  return fields;
}

const Fields<AlwaysSettings>& always_fields() {
  using S = AlwaysSettings;
  static const Fields<S> fields = {
      .meaning = "what holds under every policy, such as `{allow: jurisdiction in [EU]}`",
      .list = {
          field<S>("allow", &S::allow, SourceForm{"a condition such as `jurisdiction in [EU]`"},
                   "Where requests may ever go. Never relaxed; what is unknown is not allowed."),
          field<S>("require", &S::require, conditions("a condition such as `ttft.p90 <= 30 s`"),
                   "Hard limits that no policy gives up. What is not declared does not meet them; what was "
                   "not measured yet does."),
      }};
  return fields;
}

const Fields<TeamSettings>& team_fields() {
  using S = TeamSettings;
  static const Fields<S> fields = {
      .meaning = "a team",
      .list = {
          field<S>("always", &S::always, Mapping<AlwaysSettings>{always_fields},
                   "What holds for its keys under every policy, beside that of all."),
          field<S>("quota", &S::quota, Mapping<Quota>{quota_fields}, "What all its keys together may use.")}};
  return fields;
}

const Fields<RuleSettings>& rule_fields() {
  using S = RuleSettings;
  static const Fields<S> fields = {
      .meaning = "a rule such as `{when: stream, policy: interactive}`",
      .list = {field<S>("when", &S::when, SourceForm{"a condition such as `prompt > 100 ktok`"},
                        "Which requests the rule is for. The first that applies wins.", Need::required),
               field<S>("policy", &S::policy, NameForm<PolicyName>{{.wanted = "the name of a policy"}},
                        "The policy they get.", Need::required)},
      .check = [](const Node& node, S& rule) { rule.place = node.key_place(); }};
  return fields;
}

}  // namespace config
