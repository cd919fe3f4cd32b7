// What one request asks for, as far as routing must know. A value; belongs to its request.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "routing/terms/cache_marks.hpp"
#include "routing/terms/catalogue.hpp"
#include "routing/terms/effort.hpp"

namespace routing {

enum class Delivery { whole, streamed };

// An endpoint that cannot take the request, whatever a policy says.
struct Unfit {
  enum class Why {
    speaks_no_api,       // it speaks no API in which the request could be put
    cannot_be_told,      // the API that it speaks has no word for `parameter`
    not_declared_equal,  // another endpoint's answers are no substitute for the first one's
  };

  EndpointIndex endpoint = 0;
  Why why{};
  std::string parameter{};  // as the client's API calls it
};

struct Demand {
  const PublicModel* model = nullptr;          // of the catalogue that the request began with
  std::vector<const PublicModel*> fallbacks;   // of the same catalogue, in order, when nobody of it is left
  std::string model_requested;                 // as the client wrote it
  config::Tokens prompt{};                     // estimated
  int pictures = 0;                            // in the prompt
  int searches = 0;                            // in the web that its host may make for it, at most
  std::optional<config::Tokens> max_output{};  // of each answer
  // Whether it is lowered for an endpoint that gives less, which is left out otherwise.
  bool lowers_max_output = false;
  CacheMarks cache_marks = CacheMarks::none;
  int answers = 1;  // that are wanted, side by side
  config::Features needs;
  // Whether its host runs tools, which may have effects, and not the client alone.
  bool host_runs_tools = false;
  std::vector<Unfit> unfit;  // of the endpoints of `model` and of `fallbacks`
  Delivery delivery = Delivery::whole;
  const config::KeySettings* key = nullptr;  // absent where no keys are configured
  std::string user;
  std::vector<std::pair<std::string, std::string>> headers;  // x-..., names in lower case, for policies
  std::vector<std::uint64_t>
      prefix_blocks;  // rolling hashes of the prompt's leading blocks, for cache affinity
  // Estimated tokens from the prompt's begin to the end of each of those blocks. Empty: blocks of equal size.
  std::vector<std::uint32_t> prefix_tokens;
  config::TimePoint admitted{};
  config::TimePoint deadline{};                              // for all attempts until the first byte
  config::WallTime wall{};                                   // when it came, for `hour`, `weekday` and prices
  config::ServiceTier tier = config::ServiceTier::standard;  // asked for
  config::GeoWord geo{};                                     // where it is to be served; empty: anywhere
  Effort effort = Effort::unsaid;                            // asked for; decides how long silence is borne
  config::Priority priority = config::Priority::normal;      // where not all can be served at once
};

}  // namespace routing
