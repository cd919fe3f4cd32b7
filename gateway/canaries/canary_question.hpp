// Who may be asked a canary, how it is put, what it may cost, and what the answer says. Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "gateway/generation/drained.hpp"
#include "gateway/generation/generation.hpp"
#include "gateway/probe/probe_call.hpp"
#include "routing/market/snapshot.hpp"
#include "routing/quality/canary.hpp"

namespace gateway {

// What canaries go by. `day`: when today began, in seconds since 1970.
struct CanaryView {
  std::shared_ptr<const Generation> generation;
  std::shared_ptr<const routing::Snapshot> snapshot;
  std::shared_ptr<const OutOfService> out;  // null: nobody is
  std::int64_t day = 0;
};

// Whom a canary may be asked, by all but money and time.
bool may_be_asked_a_canary(const CanaryView& seen, routing::EndpointIndex endpoint, config::TimePoint now);

ProbeQuestion canary_question(const routing::Endpoint& endpoint, std::size_t text,
                              routing::CanaryPast::Drawn drawn = routing::CanaryPast::Drawn::no);
// In nano-dollars.
std::int64_t worst_of_canary(const routing::Endpoint& endpoint, config::WallTime now);
// What the host bills, in nano-dollars; nothing where that is not known.
std::optional<std::int64_t> billed_for_canary(const routing::Endpoint& endpoint, const ProbeAnswer& answer,
                                              config::WallTime began);
// What an answer to text number `text` shows.
routing::CanaryAnswer canary_answer(const ProbeAnswer& answer, std::size_t text);

}  // namespace gateway
