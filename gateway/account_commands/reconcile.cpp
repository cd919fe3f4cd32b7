#include "gateway/account_commands/reconcile.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace gateway {
namespace {

// Without the company before and the date behind: "openai/gpt-4o-2024-08-06" is "gpt-4o".
std::string bare(std::string_view model) {
  std::string name(model.substr(model.rfind('/') + 1));
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  const auto ends_with_date = [&](std::string_view pattern) {
    if (name.size() <= pattern.size()) return false;
    const std::string_view end = std::string_view(name).substr(name.size() - pattern.size());
    return std::equal(end.begin(), end.end(), pattern.begin(),
                      [](char c, char p) { return p == '0' ? c >= '0' && c <= '9' : c == p; });
  };
  for (const std::string_view pattern : {"-0000-00-00", "-00000000", "@00000000"}) {
    if (ends_with_date(pattern)) {
      name.resize(name.size() - pattern.size());
      break;
    }
  }
  return name;
}

// "gpt-4o-2024-08-06, input" is a line of OpenAI's, of which a model has several.
std::string without_kind(const std::string& item) {
  return item.substr(0, item.find(", "));
}

void judge(ReconciledLine& line, Tolerance tolerance) {
  const double most = std::max(std::abs(line.ledger), std::abs(line.invoice));
  line.is_within = std::abs(line.difference()) <= tolerance.share * most + tolerance.dollars;
}

}  // namespace

Reconciliation reconcile(const std::vector<BilledLine>& ledger, const std::vector<BilledLine>& invoice,
                         const std::map<std::string, std::string>& names, Tolerance tolerance) {
  // "claude-haiku-4-5" is "Claude Haiku 4.5" on an invoice that is for people.
  std::map<std::string, std::string> by_bare, by_letters;
  std::set<std::string> known;
  for (const BilledLine& line : ledger) {
    by_bare.emplace(bare(line.model), line.model);
    by_letters.emplace(folded(bare(line.model)), line.model);
    known.insert(line.model);
  }
  const auto ours = [&](const std::string& item) {
    if (const auto named = names.find(item); named != names.end()) return named->second;
    const std::string theirs = without_kind(item);
    if (const auto named = names.find(theirs); named != names.end()) return named->second;
    if (known.contains(theirs)) return theirs;
    if (const auto same = by_bare.find(bare(theirs)); same != by_bare.end()) return same->second;
    const auto alike = by_letters.find(folded(bare(theirs)));
    return alike == by_letters.end() ? theirs : alike->second;
  };
  // An invoice that names no models is compared by day alone.
  const bool by_model =
      std::ranges::any_of(invoice, [](const BilledLine& line) { return !line.model.empty(); });
  std::map<std::pair<std::string, std::string>, ReconciledLine> lines;
  const auto line_of = [&](const std::string& day, const std::string& model) -> ReconciledLine& {
    const std::string shown = by_model ? model : "";
    ReconciledLine& line = lines[{day, shown}];
    line.day = day, line.model = shown;
    return line;
  };
  for (const BilledLine& each : ledger) line_of(each.day, each.model).ledger += each.dollars;
  for (const BilledLine& each : invoice) line_of(each.day, ours(each.model)).invoice += each.dollars;
  Reconciliation result;
  for (auto& [key, line] : lines) {
    judge(line, tolerance);
    result.all.ledger += line.ledger;
    result.all.invoice += line.invoice;
    result.lines.push_back(std::move(line));
  }
  judge(result.all, tolerance);
  return result;
}

bool Reconciliation::agrees() const {
  return all.is_within && std::ranges::all_of(lines, &ReconciledLine::is_within);
}

}  // namespace gateway
