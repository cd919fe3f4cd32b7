// Finds the endpoints that attempts of any generation were made at among those of the newest. Belongs to one
// thread.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "gateway/observe/record.hpp"

namespace gateway {

class Today {
 public:
  explicit Today(std::shared_ptr<const routing::Catalogue> newest) : newest_(std::move(newest)) {}

  void adopt(std::shared_ptr<const routing::Catalogue> newest);
  const routing::Catalogue& catalogue() const { return *newest_; }
  // Nothing when it is not there any more. Costs a comparison of pointers unless a reload came between.
  std::optional<routing::EndpointIndex> index_of(const Record& record, const routing::Attempt& attempt);

 private:
  struct Before {
    std::uint64_t generation = 0;
    std::vector<std::optional<routing::EndpointIndex>> successors;
  };
  const Before& before(const routing::Catalogue& catalogue);

  std::shared_ptr<const routing::Catalogue> newest_;
  std::vector<Before> before_;  // of requests that reloads overtook
};

}  // namespace gateway
