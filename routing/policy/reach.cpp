#include "routing/policy/reach.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "routing/language/complaint.hpp"
#include "routing/policy/always.hpp"
#include "routing/policy/policy_family.hpp"
#include "routing/policy/policy_set.hpp"
#include "routing/policy/rule_order.hpp"

namespace routing {
namespace {

// A policy that can be asked for by name, and what it allows.
struct Asked {
  std::string name;
  Pieces allow;
};

class Reach {
 public:
  Reach(const config::Settings& settings, const Catalogue& catalogue, config::Problems& problems)
      : settings_(settings), catalogue_(catalogue), problems_(problems), vocabulary_(settings) {
    PolicyFamily family(settings.policies, vocabulary_, unheard_);
    for (std::size_t i = 0; i < family.all().size(); ++i) {
      if (family.goes_by_its_name(i)) all_.push_back({family.all()[i].name.text, family.whole(i).allow});
    }
    everybody_ = pieces_of(settings.always);
  }

  void check_all() {
    if (settings_.keys.empty()) return check(nullptr, "", everybody_);
    for (std::size_t i = 0; i < settings_.keys.size(); ++i) {
      const config::KeySettings& key = settings_.keys[i];
      Pieces always = everybody_;
      const auto team =
          std::ranges::find(settings_.teams, config::TeamName{key.team}, &config::TeamSettings::name);
      if (team != settings_.teams.end()) append(always, pieces_of(team->always));
      append(always, pieces_of(key.always));
      check(&key, "keys[" + std::to_string(i) + "]", always);
    }
  }

 private:
  static void append(Pieces& pieces, const Pieces& more) {
    pieces.insert(pieces.end(), more.begin(), more.end());
  }
  Pieces pieces_of(const config::AlwaysSettings& always) {
    return always_pieces(always, "", vocabulary_, unheard_);
  }
  const Asked* find(std::string_view name) const {
    const auto found = std::ranges::find(all_, name, &Asked::name);
    return found == all_.end() ? nullptr : &*found;
  }
  // As PolicySet::select, for a request that no rule is for.
  const Asked* default_of(const config::KeySettings* key) const {
    if (key && key->policy) return find(key->policy->text);
    const std::string name =
        settings_.default_policy ? settings_.default_policy->text : std::string(config::usual_policy);
    const bool is_barred = !may_use(key, {name});
    return find(is_barred ? key->policies.front().text : name);
  }
  // A rule of the default that neither the policy nor what always holds keeps.
  static const Piece* dropped(const Pieces& wanted, const Pieces& allow, const Pieces& always) {
    for (const Piece& rule : wanted) {
      const auto keeps = [&](const Piece& each) { return RuleOrder::implies(each, rule); };
      if (std::ranges::none_of(allow, keeps) && std::ranges::none_of(always, keeps)) return &rule;
    }
    return nullptr;
  }
  static bool lets_in(const Pieces& rules, const Endpoint& endpoint) {
    return std::ranges::all_of(
        rules, [&](const Piece& each) { return each.rule.expression.truth(View{.endpoint = &endpoint}); });
  }

  // `path`: of the key; empty where nobody is asked for one.
  void check(const config::KeySettings* key, const std::string& path, const Pieces& always) {
    const Asked* by_default = default_of(key);
    if (!by_default || by_default->allow.empty()) return;
    std::string names;
    const Piece* first = nullptr;
    std::set<std::string> more;
    for (const Asked& each : all_) {
      if (!may_use(key, {each.name})) continue;
      const Piece* rule = dropped(by_default->allow, each.allow, always);
      if (!rule) continue;
      if (!first) first = rule;
      names += (names.empty() ? "" : ", ") + in_quotes(each.name);
      for (const Endpoint& endpoint : catalogue_.endpoints()) {
        const bool only_here = lets_in(always, endpoint) && lets_in(each.allow, endpoint) &&
                               !lets_in(by_default->allow, endpoint);
        if (only_here) more.insert(endpoint.settings->name.text);
      }
    }
    if (!first) return;
    const std::string who =
        key ? "the key " + in_quotes(key->name.text) : "everybody, since there is no key,";
    problems_.push_back(
        {.severity = config::Severity::warning,
         .place = key ? key->place : first->rule.place,
         .path = path.empty() ? "default_policy" : path,
         .message = who + " can leave " + in_quotes(first->rule.text) + " of its default policy, " +
                    in_quotes(by_default->name) + ", by asking for " + names +
                    (more.empty() ? "" : ": that lets in " + listed(more)),
         .suggestion = "write the rule under `always`, which no policy leaves" +
                       std::string(key ? ", or name the policies that the key may use under `policies`" : ""),
         .excerpt = {}});
  }

  const config::Settings& settings_;
  const Catalogue& catalogue_;
  config::Problems& problems_;
  config::Problems unheard_;  // what compiling them said already
  const Vocabulary vocabulary_;
  std::vector<Asked> all_;
  Pieces everybody_;
};

}  // namespace

void check_reach(const config::Settings& settings, const Catalogue& catalogue, config::Problems& problems) {
  Reach(settings, catalogue, problems).check_all();
}

}  // namespace routing
