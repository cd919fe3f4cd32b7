#include "gateway/serving/stored_call.hpp"

#include <algorithm>

#include "gateway/http/incoming.hpp"
#include "gateway/serving/watchdog.hpp"
#include "gateway/serving/whole_relay.hpp"
#include "gateway/surface/json_string_of.hpp"
#include "gateway/text/scrub.hpp"
#include "providers/dialect/native_replies.hpp"
#include "providers/reports/reported_error.hpp"

namespace gateway {
namespace {

using providers::Result;
using providers::Task;

ErrorReply unreachable() {
  return plain_error(502, "api_error", "provider_error",
                     "The host that stores the response could not be reached.");
}

// What the host refuses of the client's is told as it says it, and the rest is ours.
ErrorReply refused_by_host(int status, const std::string& body, const Generation& generation,
                           providers::JsonTokens& tokens) {
  if (status == 404) return no_stored_answer("response_id");
  const bool is_clients = status == 400 || status == 409 || status == 422;
  if (!is_clients) {
    const bool is_busy = status == 429 || status == 503;
    return plain_error(is_busy ? status : 502, "api_error", "provider_error",
                       "The host that stores the response answered with " + std::to_string(status) + ".");
  }
  const providers::ReportedError said = providers::read_error(body, tokens);
  const HostSecrets secrets(generation.catalogue->settings());
  ErrorReply error =
      plain_error(400, "invalid_request_error", "invalid_request", scrubbed(said.message, secrets));
  error.should_retry = ShouldRetry::no;
  return error;
}

// The host's own text with the names that the client knows.
std::string renamed(const std::string& body, const StoredAnswer& stored, const Generation& generation,
                    const config::KeySettings* key, std::string_view id, providers::JsonTokens& tokens) {
  const providers::NativeReplies& replies = *stored.dialect->native();
  providers::PassedReply reply = replies.whole(body, tokens);
  const std::string own_id = json_string_of(id), model = json_string_of(stored.model);
  std::string before;
  providers::DataEdits edits;
  if (!reply.names.id.empty()) edits.put(reply.names.id, own_id);
  if (!reply.names.model.empty()) edits.put(reply.names.model, model);
  if (reply.names.referred.size() > 2) {
    const std::string_view native = reply.names.referred.of(body);
    before =
        json_string_of(sealed_id(generation, *stored.endpoint, key, native.substr(1, native.size() - 2)));
    edits.put(reply.names.referred, before);
  }
  std::string text;
  edits.write(body, text);
  return text;
}

struct Got {
  int status = 0;
  std::string body;
};

// The host's answer; nothing where there is none.
Task<std::optional<Got>> asked(DecidingServices& services, const Hosts& hosts, const StoredAnswer& stored,
                               std::string_view method, std::string_view behind, Interruption& interruption) {
  const config::Settings& settings = hosts.generation->catalogue->settings();
  const config::ProviderSettings& provider = *stored.endpoint->provider;
  const auto index = static_cast<std::size_t>(&provider - settings.providers.data());
  providers::Timer& timer = services.timer;
  const std::unique_ptr<providers::Exchange> exchange = hosts.providers[index]->begin();
  const config::TimePoint end = timer.now() + settings.limits.deadline;
  Watchdog watchdog(*exchange, timer,
                    {.first = end,
                     .deadline = end,
                     .liveness = provider.limits.liveness_timeout,
                     .progress = provider.limits.progress_timeout,
                     .text = provider.limits.progress_timeout},
                    interruption);
  const std::string target = std::string("/responses/").append(stored.id).append(behind);
  providers::OutgoingRequest outgoing;
  outgoing.method = method;
  outgoing.dialect = stored.dialect;
  outgoing.target = target;
  const Result<providers::HostReply> head = co_await exchange->start(outgoing);
  if (!head) co_return std::nullopt;
  Result<std::string> body = co_await read_whole(services, *exchange, watchdog, max_whole_reply);
  if (!body) co_return std::nullopt;
  give_slack(*body);
  co_return Got{head->status, *std::move(body)};
}

}  // namespace

Task<std::variant<std::string, ErrorReply>> ask_keeper(DecidingServices& services, const Hosts& hosts,
                                                       const StoredAnswer& stored, const StoredCall& call,
                                                       Interruption& interruption) {
  const std::optional<Got> got =
      co_await asked(services, hosts, stored, call.method, call.behind, interruption);
  if (!got) co_return unreachable();
  const Generation& generation = *hosts.generation;
  if (got->status != 200) co_return refused_by_host(got->status, got->body, generation, services.tokens);
  if (!call.is_the_answer) co_return got->body;
  co_return renamed(got->body, stored, generation, call.key, call.id, services.tokens);
}

}  // namespace gateway
