#include "gateway/request/stored_answers.hpp"

#include <algorithm>

#include "gateway/generation/seal.hpp"
#include "providers/json/json_text.hpp"

namespace gateway {
namespace {

constexpr std::string_view prefix = "resp_";
constexpr char separator = '\n';  // no name has one

std::string_view owner_of(const InferenceRequest& request) {
  const config::KeySettings* key = request.demand.key;
  return key ? std::string_view(key->name.text) : std::string_view();
}

ErrorReply nothing_is_stored() {
  return of_body_fault(
      {.code = "unsupported_value",
       .param = "previous_response_id",
       .message =
           "previous_response_id: found the id of a stored response; allowed is no id: nothing is stored "
           "here, so all of the history must be sent as `input`"});
}

// The same whatever is wrong with it: who guesses learns nothing.
ErrorReply no_such_response() {
  return {.status = 404,
          .type = "invalid_request_error",
          .code = "response_not_found",
          .message =
              "previous_response_id: there is no such response of this key's here. Either it was not "
              "stored, or its host or model is gone: send all of the history as `input`.",
          .param = "previous_response_id",
          .metadata = {},
          .should_retry = ShouldRetry::no};
}

struct Stored {
  std::string_view model, endpoint, id;
};
std::optional<Stored> parts_of(std::string_view text) {
  const std::size_t first = text.find(separator);
  const std::size_t second = text.find(separator, first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
  return Stored{text.substr(0, first), text.substr(first + 1, second - first - 1), text.substr(second + 1)};
}

}  // namespace

std::optional<ErrorReply> find_stored(InferenceRequest& request) {
  std::optional<Referred>& referred = request.asked.referred;
  if (!referred) return std::nullopt;
  const Generation& generation = *request.hosts->generation;
  const auto& all = generation.catalogue->endpoints();
  const auto keeps = [](const routing::Endpoint& each) { return each.provider->keeps_responses; };
  if (!generation.seal || std::ranges::none_of(all, keeps)) return nothing_is_stored();

  const std::string said = referred->id.text();
  const bool is_ours = said.starts_with(prefix);
  const auto opened =
      is_ours ? generation.seal->opened(said.substr(prefix.size()), owner_of(request)) : std::nullopt;
  const auto stored = opened ? parts_of(*opened) : std::nullopt;
  if (!stored) return no_such_response();
  bool is_there = false;
  const auto look_at = [&](const routing::PublicModel& model) {
    for (const routing::Candidate& candidate : model.candidates) {
      const routing::Endpoint& endpoint = all[candidate.endpoint];
      const bool is_owner = endpoint.settings->name.text == stored->endpoint &&
                            endpoint.model->name.text == stored->model && keeps(endpoint) &&
                            endpoint.settings->speaks.has(request.surface->format());
      is_there |= is_owner;
      if (is_owner) continue;
      request.demand.unfit.push_back(
          {endpoint.index, routing::Unfit::Why::cannot_be_told, "previous_response_id"});
    }
  };
  look_at(*request.demand.model);
  for (const routing::PublicModel* model : request.demand.fallbacks) look_at(*model);
  if (!is_there) return no_such_response();
  referred->native = "\"";
  providers::append_escaped(referred->native, stored->id);
  referred->native += '"';
  return std::nullopt;
}

SealedId sealed_id_for(const InferenceRequest& request, const routing::Endpoint& endpoint) {
  const Generation& generation = *request.hosts->generation;
  const bool is_stored = generation.seal && endpoint.provider->keeps_responses && request.asked.may_be_stored;
  if (!is_stored) return {};
  return [&generation, &endpoint, owner = std::string(owner_of(request))](std::string_view native) {
    std::string text = endpoint.model->name.text;
    text.append(1, separator).append(endpoint.settings->name.text).append(1, separator).append(native);
    return std::string(prefix) + generation.seal->closed(text, owner);
  };
}

}  // namespace gateway
