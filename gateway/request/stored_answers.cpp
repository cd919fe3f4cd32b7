#include "gateway/request/stored_answers.hpp"

#include <algorithm>

#include "gateway/state/seal.hpp"
#include "providers/dialects/dialects.hpp"
#include "providers/json/json_text.hpp"

namespace gateway {
namespace {

constexpr std::string_view prefix = "resp_";
constexpr char separator = '\n';  // no name has one

std::string_view owner_of(const config::KeySettings* key) {
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

// In whose API it is asked for what it keeps; null: it keeps nothing.
const providers::Dialect* keeper(const routing::Endpoint& endpoint) {
  return endpoint.provider->keeps_responses ? providers::keeper_of_answers(endpoint.settings->speaks)
                                            : nullptr;
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

ErrorReply no_stored_answer(std::string_view param) {
  return {.status = 404,
          .type = "invalid_request_error",
          .code = "response_not_found",
          .message = std::string(param) +
                     ": there is no such response of this key's here. Either it was not stored, or its host "
                     "or model is gone: send all of the history as `input`.",
          .param = std::string(param),
          .metadata = {},
          .should_retry = ShouldRetry::no};
}

std::optional<StoredAnswer> stored_answer(const Generation& generation, const config::KeySettings* key,
                                          std::string_view id) {
  if (!generation.seal || !id.starts_with(prefix)) return std::nullopt;
  const auto opened = generation.seal->opened(id.substr(prefix.size()), owner_of(key));
  const auto stored = opened ? parts_of(*opened) : std::nullopt;
  if (!stored) return std::nullopt;
  const routing::PublicModel* const model = generation.catalogue->find(stored->model);
  if (!model || !model->model) return std::nullopt;
  for (const routing::Candidate& candidate : model->candidates) {
    const routing::Endpoint& endpoint = generation.catalogue->endpoints()[candidate.endpoint];
    const bool is_owner = endpoint.settings->name.text == stored->endpoint;
    const providers::Dialect* const dialect = is_owner ? keeper(endpoint) : nullptr;
    if (dialect) return StoredAnswer{&endpoint, std::string(stored->model), std::string(stored->id), dialect};
  }
  return std::nullopt;
}

std::optional<ErrorReply> find_stored(InferenceRequest& request) {
  std::optional<Referred>& referred = request.asked.referred;
  if (!referred) return std::nullopt;
  const Generation& generation = *request.hosts->generation;
  const auto stores = [](const config::ProviderSettings& each) { return each.keeps_responses; };
  if (!generation.seal || std::ranges::none_of(generation.catalogue->settings().providers, stores)) {
    return nothing_is_stored();
  }
  const std::string param = "previous_response_id";
  const auto stored = stored_answer(generation, request.demand.key, referred->id.text());
  if (!stored) return no_stored_answer(param);
  bool is_there = false;
  const auto look_at = [&](const routing::PublicModel& model) {
    for (const routing::Candidate& candidate : model.candidates) {
      const bool is_owner = candidate.endpoint == stored->endpoint->index;
      is_there |= is_owner;
      if (is_owner) continue;
      request.demand.unfit.push_back({candidate.endpoint, routing::Unfit::Why::cannot_be_told, param});
    }
  };
  look_at(*request.demand.model);
  for (const routing::PublicModel* model : request.demand.fallbacks) look_at(*model);
  if (!is_there) return no_stored_answer(param);
  referred->native = "\"";
  providers::append_escaped(referred->native, stored->id);
  referred->native += '"';
  return std::nullopt;
}

std::string sealed_id(const Generation& generation, const routing::Endpoint& endpoint,
                      const config::KeySettings* key, std::string_view native) {
  std::string text = endpoint.model->name.text;
  text.append(1, separator).append(endpoint.settings->name.text).append(1, separator).append(native);
  return std::string(prefix) + generation.seal->closed(text, owner_of(key));
}

SealedId sealed_id_for(const InferenceRequest& request, const routing::Endpoint& endpoint) {
  const Generation& generation = *request.hosts->generation;
  const bool is_stored = generation.seal && endpoint.provider->keeps_responses && request.asked.may_be_stored;
  if (!is_stored) return {};
  return [&generation, &endpoint, key = request.demand.key](std::string_view native) {
    return sealed_id(generation, endpoint, key, native);
  };
}

}  // namespace gateway
