// The file in the state directory in which canaries are accounted for over restarts: what each endpoint's
// have cost today, what is set aside for those under way included, and what they usually show. Written before
// each canary is asked, so that no end of a process, however it comes, gives money back. Belongs to one
// thread.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "routing/quality/canary.hpp"
#include "routing/quality/canary_borders.hpp"
#include "routing/quality/canary_turns.hpp"

namespace gateway {

struct CanaryBook {
  using Key = std::pair<std::uint64_t, std::uint64_t>;  // a routing::Identity
  routing::CanaryTurns::Accounts accounts;
  std::map<Key, routing::CanaryPast::Memories> pasts;
  std::map<std::uint64_t, routing::CanaryBorders::Measured> borders;  // by the hash of the model's name

  friend bool operator==(const CanaryBook&, const CanaryBook&) = default;
};

std::string bytes_of(const CanaryBook& book);
// Nothing where it is damaged. Of the version before, which asked other texts, it has what was spent.
std::optional<CanaryBook> canary_book(std::string_view bytes);

}  // namespace gateway
