// Who is out of service by somebody's word: drained, which ends with the process, or disabled, which is kept
// over restarts. Belongs to the control loop's thread; what is to be written is handed over, as a disk may
// hang.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gateway/generation/drained.hpp"
#include "gateway/generation/generation.hpp"
#include "gateway/run/control_pages.hpp"
#include "gateway/state/kept_names.hpp"

namespace gateway {

class ServiceDesk {
 public:
  // What holds at once, and what is left to be written.
  struct Changed {
    Pages::Told told;
    std::optional<KeptNames::Writing> writing{};
    Pages::Told unwritten{};  // the begin of the answer where that failed
  };

  // Where it is kept who is disabled, and who is at once.
  void keep(std::string file, const routing::Catalogue& catalogue);
  // Names of before stay out where they are in the new catalogue.
  void adopt(const routing::Catalogue& catalogue);

  using Change = Changed (ServiceDesk::*)(const ServiceCall& call, const Generation& generation);
  Changed change(const ServiceCall& call, const Generation& generation);
  Changed disable(const ServiceCall& call, const Generation& generation);

  // As decisions are told; null while nobody is out.
  const std::shared_ptr<const OutOfService>& out() const { return drained_.now(); }
  std::span<const routing::EndpointIndex> endpoints() const { return drained_.endpoints(); }
  // Those of them that stay out over a restart.
  std::vector<routing::EndpointIndex> disabled(const routing::Catalogue& catalogue) const;

 private:
  void drain_disabled(const routing::Catalogue& catalogue);

  Drained drained_;
  KeptNames disabled_;  // model, endpoint; they are among those
};

}  // namespace gateway
