// What a market knows, as a value that can be kept over a restart: of every endpoint that anything is known
// of, of the lengths of answers, of what prompts are still in caches. Not the windows of the last minutes,
// which are about this process's traffic, nor who is suspected: a new start of the configuration clears that.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "routing/market/dossier.hpp"
#include "routing/market/lengths.hpp"
#include "routing/market/prefix_table.hpp"
#include "routing/terms/succession.hpp"

namespace routing {

struct EndpointMemory {
  Identity identity;
  EndpointState state;
  Dossier::Sums sums;
  std::optional<ConductMemory> conduct{};
};

// What a policy with a budget has spent of a day.
struct BudgetMemory {
  std::uint64_t policy = 0;  // hash of its name
  std::int64_t day = 0;      // when it began, in seconds since 1970
  std::int64_t nanos = 0;
};

// What is known of a policy in shadow beside the one in force, for a model, in the words of whoever keeps it.
struct ShadowMemory {
  std::string policy, shadow, model;
  std::uint64_t of = 0;         // what the two policies mean
  std::vector<double> numbers;  // in an order of its own
};

struct MarketMemory {
  config::TimePoint taken{};  // by the clock of that process, as all times in it
  std::vector<EndpointMemory> endpoints;
  std::vector<std::pair<std::uint64_t, Length>> lengths;
  std::shared_ptr<const PrefixTable> prefixes{};  // of the process that remembers
  std::vector<PrefixUse> uses{};                  // where they were kept
  std::vector<BudgetMemory> budgets{};            // of whoever keeps them; the market has none
  std::vector<ShadowMemory> shadows{};            // likewise

  // The latest ones; more would be megabytes a time. Walks through a large table.
  std::vector<PrefixUse> prefix_uses() const;
  static constexpr std::size_t most_uses = 50'000;
};

}  // namespace routing
