#include "providers/simulated/simulated_response.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <string_view>
#include <utility>
#include <variant>

#include "providers/loop/wall_clock.hpp"
#include "providers/simulated/simulated_elsewhere.hpp"
#include "providers/simulated/simulated_refusal.hpp"
#include "providers/simulated/simulated_request.hpp"
#include "providers/simulated/simulated_said.hpp"
#include "routing/host_model/host_draws.hpp"

namespace providers {
namespace {

template <class T>
using Task = boost::asio::awaitable<T>;
using Connection = std::shared_ptr<SimulatedConnection>;

// What only returns a task is no coroutine: its arguments are used up before the task runs.
Task<After> refuse_fault(SimulatedConnection& connection, After after, SimulatedApi api, int status,
                         std::string message, std::string param = {}) {
  return refuse(connection, after,
                {status, std::move(message), "invalid_request_error", "", std::move(param)}, {}, api);
}

bool is_allowed(const config::SimulatedHost& host, const SimulatedCall& call) {
  if (host.key.empty()) return true;
  constexpr std::string_view scheme = "Bearer ";
  const std::string_view given = call.authorization;
  if (call.api_key == host.key.reveal()) return true;
  // Of a signature (SigV4), whose it is; not whether it is right.
  constexpr std::string_view signature = "AWS4-HMAC-SHA256 Credential=";
  if (given.starts_with(signature))
    return given.substr(signature.size()).starts_with(std::string(host.key.reveal()) + "/");
  return given.starts_with(scheme) && given.substr(scheme.size()) == host.key.reveal();
}

std::string hexadecimal(std::uint64_t value) {
  std::array<char, 17> digits{};
  std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(value));
  return digits.data();
}

Task<After> refuse(SimulatedConnection& connection, After after, SimulatedApi api,
                   const routing::Refused& refused, const routing::HostRequest& request) {
  SimulatedServer& server = *connection.server;
  std::string fields = server.limit_fields();
  SimulatedError error = error_of(refused, server.settings, request);
  if (refused.retry_after) error.retry = server.clock->real(*refused.retry_after);
  // Google says it in the body, and Amazon nowhere.
  const bool has_fields = api != SimulatedApi::gemini && api != SimulatedApi::converse;
  if (error.retry && has_fields) fields += retry_fields(*error.retry);
  return refuse(connection, after, error, std::move(fields), api);
}

SimulatedMessage message_to(const SimulatedRequest& asked, std::uint64_t key, const SimulatedSaid& said) {
  using Thoughts = SimulatedMessage::Thoughts;
  return {"msg_" + hexadecimal(key), asked.model, SimulatedWords(key, said),
          asked.shows_thinking ? Thoughts::shown : Thoughts::hidden};
}

std::unique_ptr<SimulatedReply> openai_reply_to(const SimulatedRequest& asked, SimulatedApi api,
                                                std::uint64_t key, const SimulatedSaid& said) {
  const auto since_1970 = providers::system_wall().time_since_epoch();
  const auto created = std::chrono::duration_cast<std::chrono::seconds>(since_1970).count();
  if (api == SimulatedApi::responses) {
    using R = SimulatedResponse;
    return std::make_unique<R>(hexadecimal(key), asked.model, created, SimulatedWords(key, said),
                               asked.shows_thinking ? R::Thoughts::shown : R::Thoughts::hidden);
  }
  if (api == SimulatedApi::completions) {
    using C = SimulatedCompletion;
    return std::make_unique<C>(hexadecimal(key), asked.model, created, SimulatedWords(key, said),
                               asked.include_usage ? C::UsageInStream::asked : C::UsageInStream::not_asked);
  }
  if (api == SimulatedApi::embeddings) {
    using E = SimulatedEmbeddings;
    return std::make_unique<E>(asked.model, asked.inputs, asked.dimensions,
                               asked.in_base64 ? E::Encoding::base64 : E::Encoding::numbers);
  }
  std::vector<SimulatedWords> choices{SimulatedWords(key, said)};
  for (int i = 1; i < asked.choices; ++i) {
    choices.emplace_back(routing::mixed(key, static_cast<std::uint64_t>(i)), said);
  }
  using Usage = SimulatedChat::UsageInStream;
  return std::make_unique<SimulatedChat>(
      "chatcmpl-" + hexadecimal(key), asked.model, created, std::move(choices),
      SimulatedChat::Shown{.usage = asked.include_usage ? Usage::asked : Usage::not_asked,
                           .logprobs = asked.logprobs});
}

std::unique_ptr<SimulatedReply> reply_to(const SimulatedRequest& asked, const SimulatedPath& path,
                                         std::uint64_t key, const SimulatedSaid& said) {
  switch (path.api) {
    case SimulatedApi::messages:
    case SimulatedApi::vertex_messages:
      return std::make_unique<SimulatedMessage>(message_to(asked, key, said));
    case SimulatedApi::bedrock_messages:
      return std::make_unique<SimulatedFramedMessage>(message_to(asked, key, said));
    case SimulatedApi::converse:
      return std::make_unique<SimulatedConverse>(SimulatedWords(key, said));
    case SimulatedApi::gemini: {
      using G = SimulatedGemini;
      const G::Shown shown{.framing = path.is_array ? G::Framing::array : G::Framing::events,
                           .thoughts = asked.shows_thinking ? G::Thoughts::shown : G::Thoughts::hidden};
      return std::make_unique<G>(hexadecimal(key), asked.model, SimulatedWords(key, said), shown);
    }
    case SimulatedApi::responses:
    case SimulatedApi::completions:
    case SimulatedApi::embeddings:
    case SimulatedApi::chat:
      break;
  }
  return openai_reply_to(asked, path.api, key, said);
}

Task<After> answer(Connection connection, Arrival arrival, SimulatedPath path, SimulatedRequest asked) {
  const SimulatedApi api = path.api;
  SimulatedServer& server = *connection->server;
  const std::uint64_t key = server.luck_for(asked.hash);
  SimulatedSaid said = said_to(asked, key);
  routing::HostRequest request{.key = key,
                               .prompt = asked.prompt,
                               .max_output = asked.max_output,
                               .answer = {},
                               .prefix_blocks = asked.prefix_blocks};
  if (said.kind != SimulatedSaid::Kind::words) request.answer = config::Tokens{simulated_tokens(said.text)};
  // Vectors come as soon as the prompt is read.
  if (api == SimulatedApi::embeddings) request.answer = config::Tokens{1};
  const auto admission = server.model.admit(request, server.now());
  if (const auto* refused = std::get_if<routing::Refused>(&admission)) {
    if (refused->status == 0) {
      ++server.tally.broken;
      co_return After::close;
    }
    Task<After> refusal = refuse(*connection, arrival.after, api, *refused, request);
    co_return co_await std::move(refusal);
  }
  SimulatedVisit visit{connection, std::get<routing::Ticket>(admission)};
  if (server.model.answer(std::get<routing::Ticket>(admission)).lapses) said = broken(std::move(said), key);
  const std::unique_ptr<SimulatedReply> text = reply_to(asked, path, key, said);
  const bool streamed = asked.delivery == routing::Delivery::streamed && api != SimulatedApi::embeddings;
  Task<After> sending = streamed ? send_stream(visit, arrival, *text) : send_whole(visit, arrival, *text);
  co_return co_await std::move(sending);
}

SimulatedError unknown_model(const std::string& asked, const std::string& known, SimulatedApi api) {
  if (api == SimulatedApi::converse || api == SimulatedApi::bedrock_messages) {
    return {400, "The provided model identifier is invalid.", "", "", ""};
  }
  return {404, "The model '" + asked + "' does not exist here; there is '" + known + "'.",
          "invalid_request_error", "model_not_found", "model"};
}

Task<After> infer(Connection connection, const SimulatedCall& call, const SimulatedPath& path) {
  const SimulatedApi api = path.api;
  SimulatedServer& server = *connection->server;
  ++server.tally.requests;
  const After after = call.arrival.after;
  const int block_tokens = server.settings.prompt_cache ? server.settings.prompt_cache->block_tokens : 64;
  const bool is_elsewhere = api == SimulatedApi::gemini || api == SimulatedApi::converse;
  auto read = is_elsewhere ? read_elsewhere(call.body, block_tokens, path)
                           : read_simulated_request(call.body, block_tokens, path);
  if (const auto* bad = std::get_if<BadRequest>(&read)) {
    return refuse_fault(*connection, after, api, 400, bad->message, bad->param);
  }
  auto& asked = std::get<SimulatedRequest>(read);
  const std::vector<std::string> known = server.model_ids();
  if (std::ranges::find(known, asked.model) == known.end()) {
    return refuse(*connection, after, unknown_model(asked.model, server.model_id, api), {}, api);
  }
  return answer(std::move(connection), call.arrival, path, std::move(asked));
}

Task<After> health(SimulatedConnection& connection, After after) {
  const routing::HostModel& model = connection.server->model;
  return send_reply(connection, after, 200, {},
                    R"({"status":"ok","running":)" + std::to_string(model.running()) + R"(,"waiting":)" +
                        std::to_string(model.waiting()) + '}');
}

}  // namespace

Task<After> refuse(SimulatedConnection& connection, After after, const SimulatedError& error,
                   std::string fields, SimulatedApi api) {
  ++connection.server->tally.refused;
  std::string body;
  switch (api) {
    case SimulatedApi::chat:
    case SimulatedApi::responses:
    case SimulatedApi::completions:
    case SimulatedApi::embeddings:
      body = error_body(error);
      break;
    case SimulatedApi::messages:
    case SimulatedApi::vertex_messages:
      body = message_error_body(error);
      break;
    case SimulatedApi::gemini:
      body = gemini_error_body(error);
      break;
    case SimulatedApi::converse:
    case SimulatedApi::bedrock_messages:
      body = bedrock_error_body(error);
      fields += bedrock_error_field(error);
      break;
  }
  return send_reply(connection, after, error.status, std::move(fields), std::move(body));
}

Task<After> respond(Connection connection, const SimulatedCall& call) {
  SimulatedServer& server = *connection->server;
  const After after = call.arrival.after;
  const std::string& base = server.settings.path;
  // Amazon's calls have nothing before their names.
  std::optional<SimulatedPath> path = simulated_path(call.path, call.query, base);
  if (!path && call.path.starts_with("/model/")) path = simulated_path(call.path, call.query, "");
  const bool is_call = path.has_value(), is_list = call.path == base + "/models";
  const SimulatedApi api = path ? path->api : SimulatedApi::chat;
  if (call.path == "/health") return health(*connection, after);
  if (!is_call && !is_list)
    return refuse_fault(*connection, after, api, 404, "There is nothing at this path.");
  if (is_call != (call.method == "POST")) {
    const std::string allowed = is_call ? "POST" : "GET";
    return refuse(*connection, after, {405, "Use " + allowed + " here.", "invalid_request_error", "", ""},
                  "allow: " + allowed + "\r\n", api);
  }
  if (!is_allowed(server.settings, call)) {
    return refuse(*connection, after,
                  {401, "The API key is not valid.", "authentication_error", "invalid_api_key", ""}, {}, api);
  }
  if (is_call) return infer(std::move(connection), call, *path);
  return send_reply(*connection, after, 200, {},
                    models_body(server.model_ids(), server.settings.name.text, server.served.created));
}

}  // namespace providers
