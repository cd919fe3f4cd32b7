#include "gateway/request/model_suffix.hpp"

#include <algorithm>
#include <array>

#include "routing/policy/selection.hpp"

namespace gateway {
namespace {

struct Unsaid {
  std::string_view suffix;
  std::string_view why;
};
constexpr std::array<Unsaid, 3> unsaid{
    {{"online", "isocost searches nothing. Give the model a tool of your own that does."},
     {"thinking", "send `reasoning`, such as {\"effort\": \"high\"}, or `reasoning_effort`."},
     {"extended",
      "ask for the model itself: hosts whose context is too small are left out of each request."}}};

routing::ProviderPreferences& preferences_of(InferenceRequest& request) {
  if (!request.asked.provider) request.asked.provider = std::make_unique<routing::ProviderPreferences>();
  return *request.asked.provider;
}

}  // namespace

std::optional<ErrorReply> take_suffix(InferenceRequest& request, const config::KeySettings* key,
                                      std::string_view& suffix) {
  if (suffix.empty() || request.hosts->generation->policies.find(suffix, key)) return std::nullopt;
  if (suffix == "free") {
    preferences_of(request).max_price = {.prompt = 0, .completion = 0, .request = 0, .image = 0};
    suffix = {};
  } else if (suffix == "exacto") {
    if (preferences_of(request).sort.empty()) preferences_of(request).sort = suffix;
    suffix = {};
  }
  const auto found = std::ranges::find(unsaid, suffix, &Unsaid::suffix);
  if (suffix.empty() || found == unsaid.end()) return std::nullopt;
  ErrorReply error = plain_error(400, "invalid_request_error", "unsupported_suffix",
                                 "`:" + std::string(suffix) + "`: " + std::string(found->why));
  error.param = "model";
  error.should_retry = ShouldRetry::no;
  return error;
}

bool is_suffix(const Generation& generation, const config::KeySettings* key, std::string_view suffix) {
  return suffix == "free" || suffix == "exacto" || routing::find_suffix(generation.policies, suffix, key);
}

}  // namespace gateway
