#include "gateway/engines/name_finding.hpp"

#include <algorithm>

namespace gateway {
namespace {

// Look-ups in a row.
constexpr int gone = 2;

}  // namespace

bool NameFinding::found(const std::vector<boost::asio::ip::address>& all) {
  if (all.empty()) return false;
  const bool has_v4 = std::ranges::any_of(all, [](const auto& each) { return each.is_v4(); });
  bool is_other = false;
  for (auto& [address, missed] : missed_) ++missed;
  for (const boost::asio::ip::address& each : all) {
    if (has_v4 && !each.is_v4()) continue;
    const auto at = missed_.find(each.to_string());
    if (at != missed_.end()) {
      at->second = 0;
    } else if (missed_.size() < most) {
      missed_[each.to_string()] = 0;
      is_other = true;
    }
  }
  return std::erase_if(missed_, [](const auto& each) { return each.second >= gone; }) > 0 || is_other;
}

std::vector<std::string> NameFinding::addresses() const {
  std::vector<std::string> result;
  for (const auto& [address, missed] : missed_) result.push_back(address);
  return result;
}

}  // namespace gateway
