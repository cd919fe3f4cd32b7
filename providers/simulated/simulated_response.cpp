#include "providers/simulated/simulated_response.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <string_view>
#include <utility>
#include <variant>

#include "providers/simulated/simulated_refusal.hpp"
#include "providers/simulated/simulated_request.hpp"

namespace providers {
namespace {

template <class T>
using Task = boost::asio::awaitable<T>;
using Connection = std::shared_ptr<SimulatedConnection>;

// What only returns a task is no coroutine: its arguments are used up before the task runs.
Task<After> refuse_fault(SimulatedConnection& connection, After after, int status, std::string message,
                         std::string param = {}) {
  return refuse(connection, after,
                {status, std::move(message), "invalid_request_error", "", std::move(param)});
}

bool is_allowed(const config::SimulatedHost& host, const SimulatedCall& call) {
  if (host.key.empty()) return true;
  constexpr std::string_view scheme = "Bearer ";
  const std::string_view given = call.authorization;
  return given.starts_with(scheme) && given.substr(scheme.size()) == host.key.reveal();
}

std::string hexadecimal(std::uint64_t value) {
  std::array<char, 17> digits{};
  std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(value));
  return digits.data();
}

Task<After> refuse(SimulatedConnection& connection, After after, const routing::Refused& refused,
                   const routing::HostRequest& request) {
  SimulatedServer& server = *connection.server;
  std::string fields = server.limit_fields();
  if (refused.retry_after) fields += retry_fields(server.clock->real(*refused.retry_after));
  return refuse(connection, after, error_of(refused, server.settings, request), std::move(fields));
}

SimulatedReply reply_to(const SimulatedRequest& asked, std::uint64_t key) {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return {
      "chatcmpl-" + hexadecimal(key), asked.model,
      std::chrono::duration_cast<std::chrono::seconds>(since_1970).count(), key,
      asked.include_usage ? SimulatedReply::UsageInStream::asked : SimulatedReply::UsageInStream::not_asked};
}

Task<After> answer(Connection connection, Arrival arrival, SimulatedRequest asked) {
  SimulatedServer& server = *connection->server;
  const std::uint64_t key = server.luck_for(asked.hash);
  const routing::HostRequest request{.key = key,
                                     .prompt = asked.prompt,
                                     .max_output = asked.max_output,
                                     .answer = {},
                                     .prefix_blocks = asked.prefix_blocks};
  const auto admission = server.model.admit(request, server.now());
  if (const auto* refused = std::get_if<routing::Refused>(&admission)) {
    if (refused->status == 0) {
      ++server.tally.broken;
      co_return After::close;
    }
    Task<After> refusal = refuse(*connection, arrival.after, *refused, request);
    co_return co_await std::move(refusal);
  }
  SimulatedVisit visit{connection, std::get<routing::Ticket>(admission)};
  const SimulatedReply text = reply_to(asked, key);
  const bool streamed = asked.delivery == routing::Delivery::streamed;
  Task<After> sending = streamed ? send_stream(visit, arrival, text) : send_whole(visit, arrival, text);
  co_return co_await std::move(sending);
}

Task<After> chat(Connection connection, const SimulatedCall& call) {
  SimulatedServer& server = *connection->server;
  ++server.tally.requests;
  const After after = call.arrival.after;
  const int block_tokens = server.settings.prompt_cache ? server.settings.prompt_cache->block_tokens : 64;
  auto read = read_simulated_request(call.body, block_tokens);
  if (const auto* bad = std::get_if<BadRequest>(&read)) {
    return refuse_fault(*connection, after, 400, bad->message, bad->param);
  }
  auto& asked = std::get<SimulatedRequest>(read);
  if (asked.model != server.model_id) {
    return refuse(
        *connection, after,
        {404, "The model '" + asked.model + "' does not exist here; there is '" + server.model_id + "'.",
         "invalid_request_error", "model_not_found", "model"});
  }
  return answer(std::move(connection), call.arrival, std::move(asked));
}

Task<After> health(SimulatedConnection& connection, After after) {
  const routing::HostModel& model = connection.server->model;
  return send_reply(connection, after, 200, {},
                    R"({"status":"ok","running":)" + std::to_string(model.running()) + R"(,"waiting":)" +
                        std::to_string(model.waiting()) + '}');
}

}  // namespace

Task<After> refuse(SimulatedConnection& connection, After after, const SimulatedError& error,
                   std::string fields) {
  ++connection.server->tally.refused;
  return send_reply(connection, after, error.status, std::move(fields), error_body(error));
}

Task<After> respond(Connection connection, const SimulatedCall& call) {
  SimulatedServer& server = *connection->server;
  const After after = call.arrival.after;
  const std::string& base = server.settings.path;
  const bool is_chat = call.path == base + "/chat/completions";
  const bool is_list = call.path == base + "/models";
  if (call.path == "/health") return health(*connection, after);
  if (!is_chat && !is_list) return refuse_fault(*connection, after, 404, "There is nothing at this path.");
  if (is_chat != (call.method == "POST")) {
    const std::string allowed = is_chat ? "POST" : "GET";
    return refuse(*connection, after, {405, "Use " + allowed + " here.", "invalid_request_error", "", ""},
                  "allow: " + allowed + "\r\n");
  }
  if (!is_allowed(server.settings, call)) {
    return refuse(*connection, after,
                  {401, "The API key is not valid.", "authentication_error", "invalid_api_key", ""});
  }
  if (is_chat) return chat(std::move(connection), call);
  return send_reply(*connection, after, 200, {},
                    models_body(server.model_id, server.settings.name.text, server.served.created));
}

}  // namespace providers
