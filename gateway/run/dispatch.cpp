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

std::string_view words_for(Shed shed) {
  switch (shed) {
    case Shed::memory:
      return "has nearly all the memory that it may have";
    case Shed::requests:
      return "has as many requests under way as it may (`limits.max_requests`), and so many wait that this "
             "one "
             "could not begin in time";
    case Shed::outwaited:
    case Shed::displaced:
      return "has as many requests under way as it may (`limits.max_requests`), and this one waited in vain";
    default:
      return "has more to do than it can";
  }
}

ErrorReply overloaded(Shed shed, config::Priority priority,
                      std::optional<config::Duration> comes_again_in = {}) {
  const std::string_view name = config::priority_names[static_cast<std::size_t>(priority)];
  ErrorReply error =
      plain_error(503, "server_error", "gateway_overloaded",
                  "The gateway " + std::string(words_for(shed)) + ". This request's priority is " +
                      std::string(name) + ". Try again soon.");
  const auto usual = std::chrono::seconds(priority == config::Priority::batch ? 5 : 1);
  error.retry_after = comes_again_in ? std::chrono::ceil<std::chrono::seconds>(*comes_again_in) : usual;
  error.should_retry = ShouldRetry::yes;
  return error;
}

// How long one may stand in line, as far as its head says it: who is too late for its policy's deadline is
// not let in, and need not stand there. Which policy another one gets follows from its body.
config::Duration patience_of(const Generation& generation, const Incoming& incoming,
                             const config::KeySettings* key) {
  const config::ServingLimits& limits = generation.catalogue->settings().limits;
  const config::Duration most = limits.queue_timeout;
  const bool is_named = !incoming.policy_header.empty();
  const routing::Policy* policy = is_named ? generation.policies.find(incoming.policy_header, key) : nullptr;
  return policy && policy->deadline ? std::min(most, *policy->deadline) : most;
}

EntryLine::Asks asks_of(const Front& front, const Incoming& incoming, const config::KeySettings* key) {
  const Generation& generation = *front.services.hosts->generation;
  const config::ServingLimits& limits = generation.catalogue->settings().limits;
  return {.owner = key ? std::hash<std::string_view>()(key->name.text) : 0,
          .priority = priority_of(key, incoming.priority),
          .most_requests = limits.max_requests,
          .patience = patience_of(generation, incoming, key),
          .most_waiting = limits.max_queued};
}

// Of a request that was counted in, until it ends.
class Entered {
 public:
  Entered(Front& front, config::TimePoint since) : front_(front), since_(since) {}
  ~Entered() {
    if (front_.pressure) front_.entry.left(*front_.pressure, front_.services.timer.now() - since_);
  }
  Entered(const Entered&) = delete;
  Entered& operator=(const Entered&) = delete;

 private:
  Front& front_;
  const config::TimePoint since_;
};

// What happens to few requests is a coroutine of its own in this file, and what is large on the heap there:
// what a coroutine's body names is held by every stream.

// Waits for room. False: there was none in time, and the client has been told.
Task<bool> wait_for_room(Front& front, const Route& route, Incoming& incoming, const config::KeySettings* key,
                         HttpClient& client, Interruption& interruption, config::Duration& waited) {
  const EntryLine::Asks asks = asks_of(front, incoming, key);
  auto entering = front.entry.enter(asks, *front.pressure, front.services.timer, interruption);
  const EntryLine::Answer entry = co_await std::move(entering);
  waited = entry.waited;
  if (entry.shed == Shed::none) co_return true;
  const ErrorReply error = overloaded(entry.shed, asks.priority, entry.comes_again_in);
  const Refused refused{.path = route.name, .key = key, .shed = entry.shed, .priority = asks.priority};
  co_await turn_down(front, incoming, client, error, refused);
  co_return false;
}

Task<void> turn_down_at(Front& front, const Route& route, const Incoming& incoming,
                        const config::KeySettings* key, HttpClient& client, const ErrorReply& error) {
  co_await turn_down(front, incoming, client, error, {.path = route.name, .key = key});
}

Task<void> tell_own_fault(Front& front, HttpClient& client, const InferenceRequest& request) {
  co_await refuse(client, words_for(front, *request.surface, own_fault(), request.id));
}

Task<void> infer(Front& front, const Route& route, Incoming& incoming, const config::KeySettings* key,
                 HttpClient& client, Interruption& interruption) {
  Services& services = *front.serving;
  config::Duration waited{};
  config::TimePoint since = incoming.arrived;
  if (front.pressure && !EntryLine::begins_at_once(asks_of(front, incoming, key), *front.pressure)) {
    if (!co_await wait_for_room(front, route, incoming, key, client, interruption, waited)) co_return;
    since = services.timer.now();
  }
  const Entered entered(front, since);
  auto understood = understood_at(route, incoming, key, services);
  if (const auto* error = std::get_if<ErrorReply>(&understood)) {
    co_await turn_down_at(front, route, incoming, key, client, *error);
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
    if (!reply.committed()) co_await tell_own_fault(front, client, request);
  }
  record->client = incoming.client;
  record->bytes_out = client.bytes_out();
  record->waited += std::chrono::round<std::chrono::milliseconds>(waited);
  services.outbox.add(std::move(record));
}

// How long a prompt is, by the same estimate that decisions are made by. No host is asked.
Task<void> count(Front& front, const Route& route, Incoming& incoming, const config::KeySettings* key,
                 HttpClient& client) {
  const Surface& surface = *surface_of(route.format, route.root);
  const Counting& counting = *surface.counting();
  if (const auto error = completed(surface, route, incoming)) {
    co_return co_await turn_down_at(front, route, incoming, key, client, *error);
  }
  const auto counted = counted_prompt(counting, incoming.body, key, front.services);
  if (const auto* error = std::get_if<ErrorReply>(&counted)) {
    co_return co_await turn_down_at(front, route, incoming, key, client, *error);
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

// Whether a request may begin now, by how much is going on already: asked before anything of it is read but
// its head, where its body did not come with it.
std::optional<NotAdmitted> turned_away(const Front& front, const Incoming& incoming,
                                       const Admitted& admitted) {
  if (admitted.route.page != Page::inference || !front.pressure) return std::nullopt;
  const EntryLine::Asks asks = asks_of(front, incoming, admitted.key);
  if (front.lag) front.lag->watch();
  EntryLine::Answer answer = front.entry.foresee(asks, *front.pressure);
  const Shed memory = front.pressure->judge(asks.priority);
  if (memory != Shed::none) answer = {.shed = memory};
  if (answer.shed == Shed::none && front.lag && front.lag->is_too_long(asks.priority))
    answer.shed = Shed::lag;
  if (answer.shed == Shed::none) return std::nullopt;
  return NotAdmitted{.error = overloaded(answer.shed, asks.priority, answer.comes_again_in),
                     .fields = {},
                     .reason = {},
                     .path = admitted.route.name,
                     .key = admitted.key,
                     .shed = answer.shed,
                     .priority = asks.priority};
}

// Who may come in; absent where that is not so, and why is in `no`.
std::optional<Admitted> let_in(const Front& front, const Incoming& incoming, KeptKey& kept,
                               std::unique_ptr<NotAdmitted>& no) {
  auto admission = admission_of(front, incoming, kept);
  if (auto* refused = std::get_if<NotAdmitted>(&admission)) {
    no = std::make_unique<NotAdmitted>(std::move(*refused));
    return std::nullopt;
  }
  const Admitted& admitted = std::get<Admitted>(admission);
  auto away = turned_away(front, incoming, admitted);
  if (!away) return admitted;
  no = std::make_unique<NotAdmitted>(*std::move(away));
  return std::nullopt;
}

Task<void> answer_preflight(const Incoming& incoming, HttpClient& client) {
  const std::string fields = preflight_fields(incoming.preflight_headers);
  co_await client.answer({.status = 200, .content_type = "text/plain", .fields = fields}, {});
}

Task<void> turn_down_by(const NotAdmitted& no, Front& front, const Incoming& incoming, HttpClient& client) {
  co_await turn_down(front, incoming, client, no.error, refused_by(no));
}

}  // namespace

std::unique_ptr<NotAdmitted> refused_by_head(const Front& front, const Incoming& incoming, KeptKey& kept) {
  std::unique_ptr<NotAdmitted> no;
  let_in(front, incoming, kept, no);
  return no;
}

Task<void> dispatch(Front& front, Incoming& incoming, KeptKey& kept, HttpClient& client,
                    Interruption& interruption) {
  if (is_answered_preflight(front, incoming)) co_return co_await answer_preflight(incoming, client);
  std::unique_ptr<NotAdmitted> no;
  const std::optional<Admitted> admitted = let_in(front, incoming, kept, no);
  if (!admitted) co_return co_await turn_down_by(*no, front, incoming, client);
  const auto& [found, key] = *admitted;
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
