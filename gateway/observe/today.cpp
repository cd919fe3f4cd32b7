#include "gateway/observe/today.hpp"

#include <algorithm>

#include "routing/terms/succession.hpp"

namespace gateway {

void Today::adopt(std::shared_ptr<const routing::Catalogue> newest) {
  newest_ = std::move(newest);
  before_.clear();
}

const Today::Before& Today::before(const routing::Catalogue& catalogue) {
  const auto known = std::ranges::find(before_, catalogue.generation(), &Before::generation);
  if (known != before_.end()) return *known;
  return before_.emplace_back(Before{catalogue.generation(), routing::successors(catalogue, *newest_)});
}

std::optional<routing::EndpointIndex> Today::index_of(const Record& record, const routing::Attempt& attempt) {
  if (!record.catalogue || attempt.endpoint >= record.catalogue->endpoints().size()) return {};
  if (record.catalogue == newest_) return attempt.endpoint;
  return before(*record.catalogue).successors[attempt.endpoint];
}

}  // namespace gateway
