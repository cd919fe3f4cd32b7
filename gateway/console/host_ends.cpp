#include "gateway/console/host_ends.hpp"

#include <array>
#include <cstdint>
#include <map>

#include "gateway/observe/words.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

constexpr std::size_t hours = 24;
constexpr std::uint64_t most_read = 20'000;

using Hourly = std::array<std::int64_t, hours>;

struct Ends {
  Hourly attempts{};
  std::map<std::string, Hourly> failed{};  // by kind
};

json::array array_of(const Hourly& numbers) {
  return json::array(numbers.begin(), numbers.end());
}

// Who was left, or called off for another one, did not fail.
bool is_clients(routing::FailureKind kind) {
  return kind == routing::FailureKind::client_left || kind == routing::FailureKind::outrun;
}

void take(const LoggedRequest& request, const routing::Catalogue& catalogue, const std::string& model,
          std::size_t hour, std::map<std::string, Ends>& all) {
  for (std::size_t i = 0; i < request.attempts.size(); ++i) {
    const routing::Attempt& attempt = request.attempts[i];
    if (attempt.endpoint >= catalogue.endpoints().size()) continue;
    const routing::Endpoint& endpoint = catalogue.endpoints()[attempt.endpoint];
    if (endpoint.model->name.text != model) continue;
    Ends& ends = all[endpoint.settings->name.text];
    ++ends.attempts[hour];
    if (!attempt.failure || is_clients(attempt.failure->kind)) continue;
    ++ends.failed[std::string(failure_of(request.attempts, i, request.ran_on))][hour];
  }
}

}  // namespace

json::object host_ends(RecordReader& reader, const std::string& model, config::WallTime now) {
  const config::WallTime from = now - std::chrono::hours(hours);
  std::map<std::string, Ends> all;
  const bool is_complete = reader.begin_between(from, now, most_read);
  while (const auto stored = reader.next()) {
    const LoggedRequest& request = stored->request;
    const config::WallTime at = ended(request);
    if (at < from || at >= now || request.decisions.empty()) continue;
    const auto catalogue = reader.catalogue_at(request.decisions[0].snapshot);
    const auto hour = static_cast<std::size_t>((at - from) / std::chrono::hours(1));
    if (catalogue) take(request, *catalogue, model, hour, all);
  }
  json::object endpoints;
  for (const auto& [name, ends] : all) {
    json::object failed;
    for (const auto& [kind, numbers] : ends.failed) failed[kind] = array_of(numbers);
    endpoints[name] = json::object{{"attempts", array_of(ends.attempts)}, {"failed", std::move(failed)}};
  }
  return {{"from", std::chrono::floor<std::chrono::seconds>(from).time_since_epoch().count()},
          {"hours", hours},
          {"complete", is_complete},
          {"endpoints", std::move(endpoints)}};
}

}  // namespace gateway
