#include "gateway/request/understand.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "config/values/ascii.hpp"
#include "config/values/counted_words.hpp"
#include "gateway/generation/key_ring.hpp"
#include "gateway/overload/priority.hpp"
#include "gateway/request/model_suffix.hpp"
#include "gateway/request/policy_choice.hpp"
#include "gateway/request/preset.hpp"
#include "gateway/request/stored_answers.hpp"
#include "gateway/request/unfit.hpp"
#include "gateway/surface/block_hash.hpp"
#include "gateway/text/in_quotes.hpp"
#include "routing/terms/draws.hpp"

namespace gateway {
namespace {

ErrorReply model_not_allowed(const config::KeySettings& key, const std::string& model, std::string param) {
  return {.status = 403,
          .type = "permission_error",
          .code = "model_not_allowed",
          .message = "The key \"" + key.name.text + "\" may not use the model `" + model + "`.",
          .param = std::move(param),
          .metadata = {},
          .should_retry = ShouldRetry::no};
}

// The model that was asked for, and the policy that a suffix of its name asks for.
struct NamedModel {
  const routing::PublicModel* model = nullptr;
  std::string_view suffix;
};

NamedModel find_model(const routing::Catalogue& catalogue, std::string_view name) {
  if (const routing::PublicModel* whole = catalogue.find(name)) return {whole, {}};
  const routing::ModelAndSuffix parts = routing::split_suffix(name);
  if (parts.suffix.empty()) return {};
  return {catalogue.find(parts.model), parts.suffix};
}

// The model that is asked for first: of a list, the first that there is, as OpenRouter takes it. It leaves
// the list with those before it. Nothing where none is there.
NamedModel take_first_model(const routing::Catalogue& catalogue, ClientBody& asked) {
  NamedModel named = find_model(catalogue, asked.model);
  for (std::size_t i = 0; !named.model && i < asked.models.size(); ++i) {
    named = find_model(catalogue, asked.models[i]);
    if (!named.model) continue;
    const auto begin = asked.models.begin();
    std::swap(asked.model, asked.models[i]);
    named = find_model(catalogue, asked.model);  // a suffix is a view into the name
    asked.models.erase(begin, begin + static_cast<std::ptrdiff_t>(i) + 1);
  }
  return named;
}

ErrorReply other_suffix(const std::string& name, std::string param) {
  ErrorReply error = plain_error(400, "invalid_request_error", "invalid_value",
                                 "The model `" + name +
                                     "` has a suffix that the first one has not. One suffix is for the whole "
                                     "request: give it to the first model.");
  error.param = std::move(param);
  error.should_retry = ShouldRetry::no;
  return error;
}

// The models to turn to when nobody of the first is left. One that is not there is passed over; but one with
// a suffix that the first one has not, which would choose a policy, is not taken without it.
std::optional<ErrorReply> find_fallbacks(const InferenceRequest& request, const config::KeySettings* key,
                                         std::string_view suffix, routing::Demand& demand) {
  const routing::Catalogue& catalogue = *request.hosts->generation->catalogue;
  for (std::size_t i = 0; i < request.asked.models.size(); ++i) {
    const std::string& name = request.asked.models[i];
    std::string param = "models[" + std::to_string(i) + "]";
    const routing::PublicModel* model = catalogue.find(name);
    if (!model) {
      const NamedModel named = find_model(catalogue, name);
      if (!named.model) continue;
      if (named.suffix != suffix) return other_suffix(name, std::move(param));
      model = named.model;
    }
    if (!may_use(key, *model)) return model_not_allowed(*key, name, std::move(param));
    const bool is_known =
        model == demand.model || std::ranges::find(demand.fallbacks, model) != demand.fallbacks.end();
    if (!is_known) demand.fallbacks.push_back(model);
  }
  return std::nullopt;
}

ErrorReply unknown_priority(std::string_view found) {
  ErrorReply error = plain_error(400, "invalid_request_error", "invalid_value",
                                 "The header x-isocost-priority says " + in_quotes(found) +
                                     "; allowed is interactive, normal or batch.");
  error.param = "x-isocost-priority";
  error.should_retry = ShouldRetry::no;
  return error;
}

// What one key's prompts left in a host's cache is nobody else's business: the same text has other hashes.
void separate(std::vector<std::uint64_t>& blocks, const config::KeySettings* key) {
  if (!key) return;
  const std::uint64_t tenant = routing::hash_of(key->name.text);
  for (std::uint64_t& block : blocks) block = routing::mixed(block ^ tenant);
}

// By commas between them, as the ledger sums them up; what is beyond is left out.
std::vector<std::string> tags_in(std::string_view field) {
  std::vector<std::string> tags;
  for (const std::string_view tag : config::comma_list(field)) {
    if (tags.size() == config::most_tags) break;
    const std::string_view kept = tag.substr(0, config::longest_tag);
    if (std::ranges::find(tags, kept) == tags.end()) tags.emplace_back(kept);
  }
  return tags;
}

void fill_demand(InferenceRequest& request, Incoming& incoming, const config::KeySettings* key,
                 config::WallTime wall) {
  const ClientBody& asked = request.asked;
  routing::Demand& demand = request.demand;
  demand.model_requested = asked.model;
  demand.prompt = asked.prompt;
  demand.pictures = asked.pictures;
  demand.searches = asked.searches;
  demand.cache_marks = asked.cache_marks;
  demand.host_runs_tools = asked.host_runs_tools;
  demand.max_output = asked.max_output;
  // A bound is no order: frameworks send large ones that nobody meant. Where each parameter is to be heard,
  // it is one.
  demand.lowers_max_output = !asked.provider || asked.provider->parameters != routing::Parameters::required;
  demand.answers = std::max({1, asked.choices, asked.made});
  demand.needs = asked.needs;
  demand.delivery = asked.stream ? routing::Delivery::streamed : routing::Delivery::whole;
  demand.key = key;
  demand.user = asked.user.substr(0, config::longest_user);
  demand.headers = std::move(incoming.headers);
  demand.admitted = incoming.arrived;
  demand.wall = wall;
  demand.tier = asked.tier;
  demand.geo = config::GeoWord(asked.inference_geo);
  demand.effort = asked.effort;
  demand.priority = priority_of(key, incoming.priority);
}

}  // namespace

std::string new_id(Dice& dice) {
  static constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuv";
  std::array<char, 28> id{'r', 'e', 'q', '_'};
  auto at = id.begin() + 4;
  for (const std::uint64_t part : {dice.roll(), dice.roll()}) {
    for (int i = 0; i < 12; ++i) *at++ = digits[(part >> (5 * i)) & 31];
  }
  return std::string(id.data(), id.size());
}

ErrorReply unknown_model(const std::string& model, const routing::Catalogue& catalogue,
                         const config::KeySettings* key) {
  std::string message = "The model `" + model + "` does not exist here.";
  std::vector<std::string> near = catalogue.near(model);
  std::erase_if(near, [&](const std::string& name) { return !may_use(key, *catalogue.find(name)); });
  for (std::size_t i = 0; i < near.size(); ++i) {
    message += (i == 0 ? " Did you mean `" : i + 1 == near.size() ? " or `" : ", `") + near[i] + "`";
  }
  message += near.empty() ? " GET /v1/models lists what does." : "? GET /v1/models lists all.";
  return {.status = 404,
          .type = "invalid_request_error",
          .code = "model_not_found",
          .message = message,
          .param = "model",
          .metadata = {},
          .should_retry = ShouldRetry::no};
}

namespace {

// Where the call is put into another API the tier is not said: its prices, mostly lower, are then nobody's to
// count on.
bool says_tier(const InferenceRequest& request) {
  const auto& endpoints = request.hosts->generation->catalogue->endpoints();
  const auto is_told = [&](const routing::PublicModel& model) {
    return std::ranges::all_of(model.candidates, [&](const routing::Candidate& each) {
      const routing::Endpoint& endpoint = endpoints[each.endpoint];
      const providers::Dialect* dialect = endpoint.ruled ? dialect_for(request, endpoint) : nullptr;
      return !dialect || is_passed_on(request, *dialect);
    });
  };
  return is_told(*request.demand.model) &&
         std::ranges::all_of(request.demand.fallbacks,
                             [&](const routing::PublicModel* model) { return is_told(*model); });
}

std::optional<ErrorReply> fill(InferenceRequest& request, Incoming& incoming, const config::KeySettings* key,
                               DecidingServices& services) {
  if (!incoming.unknown_priority.empty()) return unknown_priority(incoming.unknown_priority);
  request.body = std::move(incoming.body);
  request.body_share = incoming.body_share;
  Inspected inspected = request.surface->inspect(request.body, services.tokens);
  if (!inspected) return of_body_fault(inspected.error());
  request.asked = std::move(*inspected);

  request.hosts = services.hosts;
  const routing::Catalogue& catalogue = *request.hosts->generation->catalogue;
  std::string_view preset_policy;
  if (auto error = apply_preset(request, services.tokens, preset_policy)) return *std::move(error);
  const NamedModel named = take_first_model(catalogue, request.asked);
  if (!named.model) return unknown_model(request.asked.model, catalogue, key);
  if (!may_use(key, *named.model)) return model_not_allowed(*key, request.asked.model, "model");
  std::string_view suffix = named.suffix;
  if (auto error = take_suffix(request, key, suffix)) return *std::move(error);
  request.id = new_id(services.dice);
  request.host_fields = request.surface->host_fields(incoming.api);
  request.betas = incoming.api.betas;
  request.traceparent = std::move(incoming.traceparent);
  request.client_retry = incoming.client_retry;
  if (!incoming.tags_header.empty()) request.tags = tags_in(incoming.tags_header);
  request.shows_openrouter_metadata = incoming.metadata_header == "enabled";
  fill_demand(request, incoming, key, incoming.as_of ? *incoming.as_of : services.timer.wall());
  request.demand.model = named.model;
  if (auto error = find_fallbacks(request, key, named.suffix, request.demand)) return *std::move(error);
  if (request.demand.tier != config::ServiceTier::standard && !says_tier(request))
    request.demand.tier = config::ServiceTier::standard;
  if (auto error = find_stored(request)) return *std::move(error);
  const bool is_by_preset = suffix.empty() && incoming.policy_header.empty() && !preset_policy.empty();
  if (is_by_preset) suffix = preset_policy;
  if (auto error = choose_policy(request, {.header = incoming.policy_header, .suffix = suffix})) {
    return *std::move(error);
  }
  if (is_by_preset) request.why_policy = "the preset";
  if (auto error = find_unfit(request, services.tokens)) return *std::move(error);
  // Which hosts know the prompt matters only where there is a choice, and hashing is most of what a long
  // prompt costs.
  if (request.demand.model->candidates.size() > 1 || !request.asked.models.empty()) {
    request.demand.prefix_blocks = prefix_blocks(request.body, request.asked.messages, request.asked.tools);
    separate(request.demand.prefix_blocks, key);
    request.demand.prefix_tokens = std::move(request.asked.prefix_tokens);
  }
  request.demand.deadline =
      incoming.arrived + request.policy->deadline.value_or(catalogue.settings().limits.deadline);
  return std::nullopt;
}

}  // namespace

std::vector<std::string> asked_models(const ClientBody& asked) {
  std::vector<std::string> models;
  if (!asked.model.empty()) models.push_back(asked.model);
  models.insert(models.end(), asked.models.begin(), asked.models.end());
  return models;
}

std::variant<InferenceRequest, ErrorReply> understand(const Surface& surface, Incoming& incoming,
                                                      const config::KeySettings* key,
                                                      DecidingServices& services) {
  // Filled in place: a request is large, and moved it would be copied.
  std::variant<InferenceRequest, ErrorReply> result;
  auto& request = std::get<InferenceRequest>(result);
  request.surface = &surface;
  if (auto error = fill(request, incoming, key, services)) {
    if (error->code == "model_not_found") error->status = surface.unknown_model_status();
    error->models = asked_models(request.asked);
    incoming.body = std::move(request.body);  // of which the record tells how large it was
    result = *std::move(error);
  }
  return result;
}

std::variant<config::Tokens, ErrorReply> counted_prompt(const Counting& counting, std::string_view body,
                                                        const config::KeySettings* key,
                                                        DecidingServices& services) {
  Inspected inspected = counting.inspect(body, services.tokens);
  if (!inspected) return of_body_fault(inspected.error());
  if (inspected->model.empty()) return inspected->prompt;  // where the API lets it be
  const routing::Catalogue& catalogue = *services.hosts->generation->catalogue;
  const NamedModel named = take_first_model(catalogue, *inspected);
  if (!named.model) return unknown_model(inspected->model, catalogue, key);
  if (!may_use(key, *named.model)) return model_not_allowed(*key, inspected->model, "model");
  return inspected->prompt;
}

}  // namespace gateway
