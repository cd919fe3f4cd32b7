#include "gateway/run/dispatch.hpp"

#include "gateway/http/cors.hpp"
#include "gateway/overload/priority.hpp"
#include "gateway/request/understand.hpp"
#include "gateway/run/console_pages.hpp"
#include "gateway/run/pages.hpp"
#include "gateway/run/refusals.hpp"
#include "gateway/run/stored_answer_page.hpp"
#include "gateway/serving/record_keeping.hpp"
#include "gateway/serving/serve.hpp"
#include "gateway/surfaces/surfaces.hpp"

namespace gateway {
namespace {

using providers::Task;

std::optional<ErrorReply> completed(const Surface& surface, const Route& route, Incoming& incoming) {
  if (route.action.empty()) return std::nullopt;
  auto error = surface.complete({decoded(route.parameter), route.action, incoming.query}, incoming.body);
  give_slack(incoming.body);
  return error;
}

std::variant<InferenceRequest, ErrorReply> understood_at(const Route& route, Incoming& incoming,
                                                         const config::KeySettings* key,
                                                         DecidingServices& services) {
  const Surface& surface = surface_of(route.format, route.root)->of_call(route.action, incoming.query);
  try {
    if (auto error = completed(surface, route, incoming)) return *std::move(error);
    return understand(surface, incoming, key, services);
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  }
}

// Where not even the end could be told.
RecordPtr record_of_fault(Front& front, const Route& route, const Incoming& incoming,
                          const InferenceRequest& request, const ErrorReply& error) {
  RecordPtr record = front.outbox.blank();
  refused_record(*record, error, route.name, incoming, request.demand.key, front.services.timer);
  record->id = request.id;
  return record;
}

ErrorReply own_fault() {
  return plain_error(500, "server_error", "internal_error", "The gateway failed.");
}

Task<void> infer(Front& front, const Route& route, Incoming& incoming, const config::KeySettings* key,
                 HttpClient& client, Interruption& interruption) {
  Services& services = *front.serving;
  const UnderWay counted(front.pressure);
  auto understood = understood_at(route, incoming, key, services);
  if (const auto* error = std::get_if<ErrorReply>(&understood)) {
    co_await turn_down(front, incoming, client, *error, {.path = route.name, .key = key});
    co_return;
  }
  auto& request = std::get<InferenceRequest>(understood);
  Reply reply(client, services.timer, *request.surface, request.id);
  RecordPtr record;
  try {
    record = co_await serve(services, request, reply, interruption);
  } catch (const std::exception&) {
  }
  if (!record || record->error == "internal_error") front.metrics.count(Event::escaped_exception);
  if (!record) {
    record = record_of_fault(front, route, incoming, request, own_fault());
    if (!reply.committed()) co_await refuse(front, client, *request.surface, own_fault());
  }
  record->client = incoming.client;
  record->bytes_out = client.bytes_out();
  services.outbox.add(std::move(record));
}

// How long a prompt is, by the same estimate that decisions are made by. No host is asked.
Task<void> count(Front& front, const Route& route, Incoming& incoming, const config::KeySettings* key,
                 HttpClient& client) {
  const Surface& surface = *surface_of(route.format, route.root);
  const Counting& counting = *surface.counting();
  if (const auto error = completed(surface, route, incoming)) {
    co_return co_await turn_down(front, incoming, client, *error, {.path = route.name, .key = key});
  }
  const auto counted = counted_prompt(counting, incoming.body, key, front.services);
  if (const auto* error = std::get_if<ErrorReply>(&counted)) {
    co_return co_await turn_down(front, incoming, client, *error, {.path = route.name, .key = key});
  }
  const std::string body = counting.answer(std::get<config::Tokens>(counted));
  co_await client.answer(
      {.status = 200, .content_type = "application/json", .fields = "x-isocost-estimate: true\r\n"}, body);
}

auto admission_of(const Front& front, const Incoming& incoming, KeptKey& kept) {
  const Generation& generation = *front.services.hosts->generation;
  const config::Settings& settings = generation.catalogue->settings();
  return admit(front.services.timer.wall(), incoming, front.offers, front.reach, generation.keys,
               settings.cors, generation.catalogue->generation(), kept, logged_in(front, incoming));
}

// A browser's question before a page's call, from a page that may call; there is a page at the path.
bool is_answered_preflight(const Front& front, const Incoming& incoming) {
  if (!incoming.is_preflight || front.offers == Offers::administration) return false;
  const config::CorsSettings& cors = front.services.hosts->generation->catalogue->settings().cors;
  const bool may_call = is_named(cors, incoming.origin) || is_named(cors, "*");
  return may_call && page_of(route(incoming.method, incoming.path));
}

std::string_view words_for(Shed shed) {
  switch (shed) {
    case Shed::memory:
      return "has nearly all the memory that it may have";
    case Shed::requests:
      return "has as many requests under way as it may (`limits.max_requests`)";
    default:
      return "has more to do than it can";
  }
}

// Whether a request may begin now, by how much is going on already: asked before anything of it is read but
// its head, where its body did not come with it.
std::optional<NotAdmitted> turned_away(const Front& front, const Incoming& incoming,
                                       const Admitted& admitted) {
  if (admitted.route.page != Page::inference || !front.pressure) return std::nullopt;
  const config::Settings& settings = front.services.hosts->generation->catalogue->settings();
  const config::Priority priority = priority_of(admitted.key, incoming.priority);
  if (front.lag) front.lag->watch();
  Shed shed = front.pressure->judge(priority, settings.limits.max_requests);
  if (shed == Shed::none && front.lag && front.lag->is_too_long(priority)) shed = Shed::lag;
  if (shed == Shed::none) return std::nullopt;
  NotAdmitted no{.error = {},
                 .fields = {},
                 .reason = {},
                 .path = admitted.route.name,
                 .key = admitted.key,
                 .shed = shed,
                 .priority = priority};
  const std::string_view name = config::priority_names[static_cast<std::size_t>(priority)];
  no.error = plain_error(503, "server_error", "gateway_overloaded",
                         "The gateway " + std::string(words_for(shed)) + ", and this request's priority is " +
                             std::string(name) + ". Try again soon.");
  no.error.retry_after = std::chrono::seconds(priority == config::Priority::batch ? 5 : 1);
  no.error.should_retry = ShouldRetry::yes;
  return no;
}

}  // namespace

std::optional<NotAdmitted> refused_by_head(const Front& front, const Incoming& incoming, KeptKey& kept) {
  auto admission = admission_of(front, incoming, kept);
  if (const auto* admitted = std::get_if<Admitted>(&admission))
    return turned_away(front, incoming, *admitted);
  return std::move(std::get<NotAdmitted>(admission));
}

Task<void> dispatch(Front& front, Incoming& incoming, KeptKey& kept, HttpClient& client,
                    Interruption& interruption) {
  if (is_answered_preflight(front, incoming)) {
    const std::string fields = preflight_fields(incoming.preflight_headers);
    co_await client.answer({.status = 200, .content_type = "text/plain", .fields = fields}, {});
    co_return;
  }
  const auto admission = admission_of(front, incoming, kept);
  if (const auto* no = std::get_if<NotAdmitted>(&admission)) {
    co_return co_await turn_down(front, incoming, client, no->error, refused_by(*no));
  }
  if (const auto no = turned_away(front, incoming, std::get<Admitted>(admission))) {
    co_return co_await turn_down(front, incoming, client, no->error, refused_by(*no));
  }
  const auto& [found, key] = std::get<Admitted>(admission);
  if (found.page == Page::inference) {
    co_await infer(front, found, incoming, key, client, interruption);
  } else if (found.page == Page::stored_answer) {
    co_await answer_stored(front, found, incoming, key, client, interruption);
  } else if (found.page == Page::counting) {
    co_await count(front, found, incoming, key, client);
  } else if (is_of_console(found.page)) {
    co_await answer_console_page(front, found, incoming, key, client);
  } else {
    co_await answer_page(front, found, incoming, key, client);
  }
}

}  // namespace gateway
