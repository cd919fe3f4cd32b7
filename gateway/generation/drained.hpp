// Endpoints that operators took out of service: known by model and name, so that a reload leaves them where
// they are; a restart puts them back. Belongs to one thread; what `now` gives is immutable.
#pragma once

#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "routing/terms/catalogue.hpp"

namespace gateway {

// An endpoint is taken out of service, or back into it.
struct ServiceCall {
  enum class What { drain, resume } what{};
  std::string endpoint;  // its name
  std::string model;     // empty: of all models
};

// By their indexes in one generation.
struct OutOfService {
  std::uint64_t generation = 0;
  std::vector<routing::EndpointIndex> endpoints;
};

class Drained {
 public:
  // Of whom something else is so from now on: nobody where there is no such endpoint.
  std::vector<routing::EndpointIndex> change(const ServiceCall& call, const routing::Catalogue& catalogue);
  void adopt(const routing::Catalogue& catalogue);
  // Null while nobody is out of service.
  const std::shared_ptr<const OutOfService>& now() const { return now_; }
  std::span<const routing::EndpointIndex> endpoints() const {
    return now_ ? std::span<const routing::EndpointIndex>(now_->endpoints)
                : std::span<const routing::EndpointIndex>();
  }

 private:
  std::set<std::pair<std::string, std::string>> names_;  // model, endpoint
  std::shared_ptr<const OutOfService> now_;
};

}  // namespace gateway
