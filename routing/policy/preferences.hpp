// OpenRouter's `provider` object as a value, and what is wrong with one. The gateway fills it from JSON and
// refuses keys that it does not know; `null` counts as absent. Units are those of OpenRouter's documentation.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "routing/policy/selection.hpp"
#include "routing/terms/catalogue.hpp"

namespace routing {

// A bare number means p50. All that are given must hold.
struct Cutoffs {
  std::optional<double> p50{}, p75{}, p90{}, p99{};

  bool empty() const { return !p50 && !p75 && !p90 && !p99; }
};

// Numbers or numeric strings in JSON.
struct PriceCeiling {
  std::optional<double> prompt{};      // dollars per million tokens
  std::optional<double> completion{};  // dollars per million tokens
  std::optional<double> request{};     // dollars
  std::optional<double> image{};       // dollars each
  std::optional<double> audio{};       // dollars each; no endpoint declares such a price
};

enum class Fallbacks { allowed, forbidden };
enum class Parameters { best_effort, required };
enum class Partition { model, none };

struct ProviderPreferences {
  std::vector<std::string> order;
  Fallbacks fallbacks = Fallbacks::allowed;
  Parameters parameters = Parameters::best_effort;
  std::string data_collection;  // "allow" or "deny"; empty: allow
  bool zdr = false;
  bool distillable_text = false;
  std::vector<std::string> only;
  std::vector<std::string> ignore;
  std::vector<std::string> quantizations;
  std::string sort;       // "price", "throughput", "latency" or "exacto"; empty: none
  std::string partition;  // "model" or "none"; empty: model
  PriceCeiling max_price{};
  Cutoffs min_throughput{};  // tokens per second
  Cutoffs max_latency{};     // seconds to the first token, where OpenRouter's catalogue has milliseconds
};

// Nothing when all is well; else the first fault, naming the field and what is allowed there.
std::optional<Refusal> fault_in(const ProviderPreferences& preferences, const Catalogue& catalogue);

// Whether a slug means this endpoint: a base slug all of its provider's except service tiers
// (`openai/priority`, `openai/flex`), a full one the endpoint of that name. Case does not count.
bool matches(std::string_view slug, const Endpoint& endpoint);
// The same for who is ignored: a base slug means its provider's service tiers, too, which are candidates here
// without being asked for.
bool covers(std::string_view slug, const Endpoint& endpoint);

}  // namespace routing
