#include "gateway/accounts/reserved_elsewhere.hpp"

namespace gateway {

void ReservedElsewhere::under_way(std::string_view id, const Asked& of, config::TimePoint now) {
  const auto known = open_.find(id);
  if (known == open_.end()) {
    open_.emplace(id, books_.hold(of, now));
  } else {
    books_.change(known->second, of.most);
  }
}

void ReservedElsewhere::ended(std::string_view id, const Asked& of, config::TimePoint now) {
  const auto known = open_.find(id);
  if (known == open_.end()) return books_.add(of.user, of.key, of.team, of.most, now);
  books_.settle(known->second, of.most, now);
  open_.erase(known);
}

}  // namespace gateway
