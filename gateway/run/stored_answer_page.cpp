#include "gateway/run/stored_answer_page.hpp"

#include <algorithm>

#include "gateway/generation/key_ring.hpp"
#include "gateway/http/query.hpp"
#include "gateway/run/refusals.hpp"
#include "gateway/serving/stored_call.hpp"

namespace gateway {
namespace {

using providers::Task;

constexpr std::string_view items = "/input_items", cancelling = "/cancel";

// It must stand in a target as it is.
bool is_plain(std::string_view id) {
  return !id.empty() && std::ranges::all_of(id, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
  });
}

}  // namespace

Task<void> answer_stored(Front& front, const Route& route, const Incoming& incoming,
                         const config::KeySettings* key, HttpClient& client, Interruption& interruption) {
  const std::shared_ptr<const Hosts> hosts = front.services.hosts;
  const Generation& generation = *hosts->generation;
  const Refused where{.path = route.name, .key = key};
  const std::optional<StoredAnswer> stored = stored_answer(generation, key, route.parameter);
  const routing::PublicModel* model = stored ? generation.catalogue->find(stored->model) : nullptr;
  if (!model || !may_use(key, *model) || !is_plain(stored->id)) {
    co_return co_await turn_down(front, incoming, client, no_stored_answer("response_id"), where);
  }
  const bool is_read = incoming.method == Method::get || incoming.method == Method::head;
  if (is_read && query_value(incoming.query, "stream").value_or("false") != "false") {
    ErrorReply error = plain_error(400, "invalid_request_error", "unsupported_value",
                                   "stream: a stored response is read whole here; leave `stream` out.");
    error.param = "stream";
    error.should_retry = ShouldRetry::no;
    co_return co_await turn_down(front, incoming, client, error, where);
  }
  const bool lists_items = route.name.ends_with(items);
  std::string behind(lists_items ? items : route.name.ends_with(cancelling) ? cancelling : "");
  if (is_read && !incoming.query.empty()) behind.append("?").append(incoming.query);
  const std::string_view method = is_read ? "GET" : incoming.method == Method::del ? "DELETE" : "POST";
  const StoredCall call{.method = method,
                        .behind = std::move(behind),
                        .key = key,
                        .id = route.parameter,
                        .is_the_answer = !lists_items};
  const auto said = co_await ask_keeper(front.services, *hosts, *stored, call, interruption);
  if (const auto* error = std::get_if<ErrorReply>(&said)) {
    co_return co_await turn_down(front, incoming, client, *error, where);
  }
  const std::string& body = std::get<std::string>(said);
  co_await client.answer({.status = 200, .content_type = "application/json", .fields = {}}, body);
}

}  // namespace gateway
