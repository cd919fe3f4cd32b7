#include "gateway/observe/same_endpoint.hpp"

namespace gateway {

std::optional<routing::EndpointIndex> index_today(const Record& record, const routing::Attempt& attempt,
                                                  const routing::Catalogue& today) {
  if (!record.catalogue || attempt.endpoint >= record.catalogue->endpoints().size()) return {};
  if (record.catalogue.get() == &today) return attempt.endpoint;
  return index_today(record.catalogue->endpoints()[attempt.endpoint], today);
}

std::optional<routing::EndpointIndex> index_today(const routing::Endpoint& endpoint,
                                                  const routing::Catalogue& today) {
  for (const routing::Endpoint& other : today.endpoints()) {
    if (other.settings->name == endpoint.settings->name && other.model->name == endpoint.model->name) {
      return other.index;
    }
  }
  return {};
}

}  // namespace gateway
