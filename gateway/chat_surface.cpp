#include "gateway/chat_surface.hpp"

#include <algorithm>
#include <chrono>

namespace gateway {
namespace {

bool may_use(const config::KeySettings* key, const routing::PublicModel& model) {
  return !key || key->models.empty() || std::ranges::find(key->models, model.name) != key->models.end();
}

}  // namespace

std::string new_id(Dice& dice) {
  static constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuv";
  std::string id = "req_";
  for (const std::uint64_t part : {dice.roll(), dice.roll()}) {
    for (int i = 0; i < 12; ++i) id += digits[(part >> (5 * i)) & 31];
  }
  return id;
}

ErrorReply unknown_model(const std::string& model, const routing::Catalogue& catalogue) {
  std::string message = "The model `" + model + "` does not exist here.";
  const std::vector<std::string> near = catalogue.near(model);
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

std::variant<InferenceRequest, ErrorReply> understand_chat(Incoming& incoming, const config::KeySettings* key,
                                                           Services& services) {
  InferenceRequest request;
  request.body = std::move(incoming.body);
  Inspected inspected = inspect(request.body, services.tokens);
  if (!inspected) return of_body_fault(inspected.error());
  request.chat = std::move(*inspected);

  request.hosts = services.hosts;
  const Generation& generation = *request.hosts->generation;
  const routing::PublicModel* model = generation.catalogue->find(request.chat.model);
  if (!model) return unknown_model(request.chat.model, *generation.catalogue);
  if (!may_use(key, *model)) {
    return ErrorReply{
        .status = 403,
        .type = "permission_error",
        .code = "model_not_allowed",
        .message = "The key \"" + key->name.text + "\" may not use the model `" + request.chat.model + "`.",
        .param = "model",
        .metadata = {},
        .should_retry = ShouldRetry::no};
  }
  request.id = new_id(services.dice);
  request.path = "/v1/chat/completions";
  request.policy = &generation.policy;
  request.traceparent = std::move(incoming.traceparent);
  request.client_retry = incoming.client_retry;

  routing::Demand& demand = request.demand;
  demand.model = model;
  demand.model_requested = request.chat.model;
  demand.prompt = request.chat.prompt;
  demand.max_output = request.chat.max_output;
  demand.needs = request.chat.needs;
  demand.delivery = request.chat.stream ? routing::Delivery::streamed : routing::Delivery::whole;
  demand.key = key;
  demand.user = request.chat.user;
  demand.prefix_blocks = std::move(request.chat.prefix_blocks);
  demand.admitted = incoming.arrived;
  demand.deadline =
      incoming.arrived + request.policy->deadline.value_or(generation.catalogue->settings().limits.deadline);
  demand.wall = std::chrono::system_clock::now();
  return request;
}

}  // namespace gateway
