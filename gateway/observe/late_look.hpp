// What the market knows once requests are over: copied when somebody first looks, and the same for all who
// judge those requests. Belongs to one thread.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "routing/market/snapshot.hpp"

namespace gateway {

class LateLook {
 public:
  using Make = std::function<std::shared_ptr<const routing::Snapshot>()>;

  explicit LateLook(Make make) : make_(std::move(make)) {}

  // What looking takes beyond what is looked at: `hosts` to be copied, unless somebody did before.
  std::size_t copies(std::size_t hosts) const { return seen_ ? 0 : hosts; }
  const routing::Snapshot& operator()() {
    if (!seen_) seen_ = make_();
    return *seen_;
  }

 private:
  Make make_;
  std::shared_ptr<const routing::Snapshot> seen_;
};

}  // namespace gateway
