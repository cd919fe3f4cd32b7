#include "providers/credentials/token.hpp"

#include <algorithm>

namespace providers {

SharedToken::Look SharedToken::look(config::TimePoint now) {
  const std::lock_guard lock(mutex_);
  const bool is_fetching = now < fetching_until_;
  const bool may_fetch = !is_fetching && now >= not_before_;
  if (!token_.empty() && now < ends_) {
    if (now < due_ || !may_fetch) return {Next::use, token_, {}};
    fetching_until_ = now + longest_fetch;
    return {Next::use_and_fetch, token_, {}};
  }
  if (is_fetching) return {Next::wait, {}, {}};
  if (!may_fetch) return {Next::failed, {}, why_};
  fetching_until_ = now + longest_fetch;
  return {Next::fetch, {}, {}};
}

void SharedToken::fetched(std::string token, config::Duration life, config::TimePoint now) {
  const std::lock_guard lock(mutex_);
  token_ = std::move(token);
  came_ = now;
  due_ = now + life * 4 / 5;
  // Not one that ends on its way.
  ends_ = now + std::max(life - std::chrono::seconds(10), life * 9 / 10);
  fetching_until_ = {};
  not_before_ = {};
  pause_ = first_pause;
}

void SharedToken::not_fetched(std::string why, config::TimePoint now) {
  const std::lock_guard lock(mutex_);
  why_ = std::move(why);
  fetching_until_ = {};
  not_before_ = now + pause_;
  pause_ = std::min(pause_ * 2, longest_pause);
}

bool SharedToken::refused(std::string_view token, config::TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (token != token_) return true;
  if (now < came_ + too_young) return false;
  ends_ = now;
  return true;
}

}  // namespace providers
