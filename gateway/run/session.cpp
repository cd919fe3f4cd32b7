#include "gateway/run/session.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/http/request_reader.hpp"
#include "gateway/pages/models_page.hpp"
#include "gateway/request/explanation.hpp"
#include "gateway/request/understand.hpp"
#include "gateway/run/forwarded_client.hpp"
#include "gateway/serving/record_keeping.hpp"
#include "gateway/serving/serve.hpp"
#include "gateway/surfaces/surfaces.hpp"

namespace gateway {
namespace {

using providers::Task;

constexpr std::string_view greeting =
    "isocost routes calls of OpenAI's, Anthropic's and OpenRouter's clients to the host that costs least, "
    "waiting "
    "included. Their base URL is this address with /v1 or /api/v1; Anthropic's want neither. GET /v1/models "
    "says "
    "what there is.\n";

// In whose words a client is told of what no surface was asked for.
const Surface& surface_for(const Incoming& incoming) {
  const Routed routed = route(Method::post, incoming.path);
  const auto* there = std::get_if<Route>(&routed);
  const bool is_of_one = there && (there->page == Page::inference || there->page == Page::counting);
  if (is_of_one) return *surface_of(there->format);
  return *surface_of(incoming.api.version.empty() ? config::Format::chat : config::Format::messages);
}

// Of a client that has said nothing yet.
const Surface& any_surface() {
  return *surface_of(config::Format::chat);
}

// `id` names the request in its record; where there is none, the reply alone has one.
Task<void> refuse(Front& front, HttpClient& client, const Surface& surface, const ErrorReply& error,
                  std::string_view id = {}, std::string_view more_fields = {}) {
  const std::string fresh = id.empty() ? new_id(front.services.dice) : std::string();
  if (id.empty()) id = fresh;
  std::string fields = error_fields(surface, id, error);
  fields += more_fields;
  const std::string body = surface.error_body(error, id);
  co_await client.answer({.status = error.status, .content_type = "application/json", .fields = fields},
                         body);
}

// Where a request was refused before routing saw it, for its record: nothing of it is the client's own text.
struct Refused {
  std::string_view path;  // of the route table
  const config::KeySettings* key = nullptr;
  std::string_view reason{};       // absent: the error's code
  std::string_view more_fields{};  // of the reply
};

Refused refused_by(const NotAdmitted& no) {
  return {.path = no.path, .key = no.key, .reason = no.reason, .more_fields = no.fields};
}

// Makes the record of a refusal: who tries keys or paths shall be seen. Returns the request's id.
std::string note_refusal(Front& front, const Incoming& incoming, const ErrorReply& error,
                         const Refused& refused) {
  Services& services = front.services;
  RecordPtr record = services.outbox.blank();
  refused_record(*record, error, refused.path, incoming, refused.key, services.timer.now());
  if (!refused.reason.empty()) record->error = refused.reason;
  record->id = new_id(services.dice);
  record->client = incoming.client;
  std::string id = record->id;
  services.outbox.add(std::move(record));
  return id;
}

Task<void> turn_down(Front& front, const Incoming& incoming, HttpClient& client, const ErrorReply& error,
                     Refused refused) {
  const std::string id = note_refusal(front, incoming, error, refused);
  co_await refuse(front, client, surface_for(incoming), error, id, refused.more_fields);
}

// `body` must outlive the task.
Task<void> show(HttpClient& client, std::string_view content_type, std::string_view body) {
  co_await client.answer({.status = 200, .content_type = content_type, .fields = {}}, body);
}

Task<void> infer(Front& front, const Route& route, Incoming& incoming, const config::KeySettings* key,
                 HttpClient& client, Interruption& interruption) {
  Services& services = front.services;
  auto understood = understand(*surface_of(route.format), incoming, key, services);
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
    // Not even the end could be told.
  }
  if (!record || record->error == "internal_error") front.metrics.count(Event::escaped_exception);
  if (!record) {
    const ErrorReply error = plain_error(500, "server_error", "internal_error", "The gateway failed.");
    record = services.outbox.blank();
    refused_record(*record, error, route.name, incoming, key, services.timer.now());
    record->id = request.id;
    if (!reply.committed()) co_await refuse(front, client, *request.surface, error);
  }
  record->client = incoming.client;
  record->bytes_out = client.bytes_out();
  services.outbox.add(std::move(record));
}

// How long a prompt is, by the same estimate that decisions are made by. No host is asked.
Task<void> count(Front& front, const Route& route, Incoming& incoming, const config::KeySettings* key,
                 HttpClient& client) {
  const Counting& counting = *surface_of(route.format)->counting();
  const auto counted = counted_prompt(counting, incoming.body, key, front.services);
  if (const auto* error = std::get_if<ErrorReply>(&counted)) {
    co_return co_await turn_down(front, incoming, client, *error, {.path = route.name, .key = key});
  }
  const std::string body = counting.answer(std::get<config::Tokens>(counted));
  co_await client.answer(
      {.status = 200, .content_type = "application/json", .fields = "x-isocost-estimate: true\r\n"}, body);
}

// The API of the call that is to be explained; null where clients speak no such API.
const Surface* surface_named(std::string_view name) {
  if (name.empty()) return surface_of(config::Format::chat);
  const auto found = std::ranges::find(config::format_names, name);
  if (found == std::end(config::format_names)) return nullptr;
  return surface_of(static_cast<config::Format>(found - std::begin(config::format_names)));
}

// The decision about the call that the body holds, on what is known now. Nothing is sent, nothing learned.
Task<void> explain(Front& front, const Route& route, Incoming& incoming, const config::KeySettings* key,
                   HttpClient& client) {
  Services& services = front.services;
  const Surface* surface = surface_named(parameter(incoming.query, "api"));
  if (!surface) {
    const ErrorReply error =
        plain_error(400, "invalid_request_error", "unknown_api",
                    "`api` is `chat`, `completions`, `embeddings`, `messages` or `responses`.");
    co_return co_await turn_down(front, incoming, client, error, {.path = route.name, .key = key});
  }
  auto understood = understand(*surface, incoming, key, services);
  if (const auto* error = std::get_if<ErrorReply>(&understood))
    co_return co_await turn_down(front, incoming, client, *error, {.path = route.name, .key = key});
  const auto& request = std::get<InferenceRequest>(understood);
  const std::optional<Screen> screen = screen_of(incoming.query);
  const Explanation said = explained(services, request, screen);
  co_await client.answer({.status = 200,
                          .content_type = screen ? "text/plain; charset=utf-8" : "application/json",
                          .fields = said.fields},
                         said.page);
}

ModelWindow window_of(std::string_view query) {
  ModelWindow window{.after = decoded(parameter(query, "after_id")),
                     .before = decoded(parameter(query, "before_id"))};
  const std::string_view limit = parameter(query, "limit");
  std::from_chars(limit.data(), limit.data() + limit.size(), window.limit);
  window.limit = std::max<std::size_t>(window.limit, 1);
  return window;
}

Task<void> answer_model(Front& front, const Route& route, const Incoming& incoming,
                        const config::KeySettings* key, HttpClient& client) {
  const routing::Catalogue& catalogue = *front.services.hosts->generation->catalogue;
  const std::string name = decoded(route.parameter);
  std::optional<std::string> body =
      route.page == Page::model ? model_page(catalogue, name, key)
                                : model_endpoints_page(catalogue, *front.services.snapshot, name, key);
  if (body) {
    co_await show(client, "application/json", *body);
  } else {
    const ErrorReply error = unknown_model(name, catalogue, key);
    co_await turn_down(front, incoming, client, error, {.path = route.name, .key = key});
  }
}

Task<void> answer_page(Front& front, const Route& route, const Incoming& incoming,
                       const config::KeySettings* key, HttpClient& client) {
  switch (route.page) {
    case Page::models: {
      const std::string text =
          models_page(*front.services.hosts->generation->catalogue, key, window_of(incoming.query));
      co_return co_await show(client, "application/json", text);
    }
    case Page::model:
    case Page::endpoints:
      co_return co_await answer_model(front, route, incoming, key, client);
    case Page::greeting:
      co_return co_await show(client, "text/plain; charset=utf-8", greeting);
    case Page::alive:
      co_return co_await show(client, "text/plain", "ok\n");
    case Page::ready:
      if (front.draining) {
        const ErrorReply error = plain_error(503, "api_error", "draining", "This gateway is shutting down.");
        co_return co_await turn_down(front, incoming, client, error, {.path = route.name});
      }
      co_return co_await show(client, "text/plain", "ready\n");
    case Page::metrics: {
      const std::string text = co_await front.pages.metrics(front.loop);
      co_return co_await show(client, "text/plain; version=0.0.4; charset=utf-8", text);
    }
    case Page::status: {
      const std::string text = co_await front.pages.status(front.loop);
      co_return co_await show(client, "application/json", text);
    }
    case Page::reload: {
      const Reloaded reloaded = co_await front.pages.reload(front.loop);
      co_await client.answer({.status = reloaded.status, .content_type = "application/json", .fields = {}},
                             reloaded.body);
      co_return;
    }
    case Page::inference:
    case Page::counting:
    case Page::explain:
      break;
  }
}

auto admission_of(const Front& front, const Incoming& incoming, KeptKey& kept) {
  const Generation& generation = *front.services.hosts->generation;
  return admit(incoming, front.offers, front.reach, generation.keys, generation.catalogue->generation(),
               kept);
}

std::optional<NotAdmitted> refused_by_head(const Front& front, const Incoming& incoming, KeptKey& kept) {
  auto admission = admission_of(front, incoming, kept);
  auto* refused = std::get_if<NotAdmitted>(&admission);
  return refused ? std::optional(std::move(*refused)) : std::nullopt;
}

Task<void> dispatch(Front& front, Incoming& incoming, KeptKey& kept, HttpClient& client,
                    Interruption& interruption) {
  const auto admission = admission_of(front, incoming, kept);
  if (const auto* no = std::get_if<NotAdmitted>(&admission)) {
    co_return co_await turn_down(front, incoming, client, no->error, refused_by(*no));
  }
  const auto& [found, key] = std::get<Admitted>(admission);
  if (found.page == Page::inference) {
    co_await infer(front, found, incoming, key, client, interruption);
  } else if (found.page == Page::counting) {
    co_await count(front, found, incoming, key, client);
  } else if (found.page == Page::explain) {
    co_await explain(front, found, incoming, key, client);
  } else {
    co_await answer_page(front, found, incoming, key, client);
  }
}

// Counts a limit of time that a client let pass, or a request that the gate refused.
void count_refused(Metrics& metrics, const RequestReader& reader, const RequestRead& read) {
  if (!reader.late()) {
    const auto* refusal = std::get_if<Refusal>(&read);
    if (refusal) metrics.count(refusal->status == 503 ? Event::body_turned_away : Event::malformed_request);
    return;
  }
  const bool idle = std::holds_alternative<ConnectionOver>(read);
  const bool in_body = *reader.late() == RequestReader::Phase::body;
  metrics.count(idle ? Event::idle_timeout : in_body ? Event::body_timeout : Event::header_timeout);
}

// Answers what is not read to its end; no further byte of the connection is parsed.
Task<void> refuse_unread(Front& front, providers::Connection& connection, const Surface& surface,
                         const ErrorReply& error, std::string_view id = {},
                         std::string_view more_fields = {}) {
  HttpClient client(connection, front.services.timer, std::chrono::seconds(5), {.after = AfterReply::close});
  co_await refuse(front, client, surface, error, id, more_fields);
  co_await linger(connection, front.services.timer);
}

ErrorReply too_many_of(const std::string& client) {
  ErrorReply error = plain_error(429, "rate_limit_error", "too_many_requests_at_once",
                                 "The address " + client + " has as many requests under way as it may have.");
  error.retry_after = std::chrono::seconds(1);
  return error;
}

// While it lives, the client's leaving interrupts what is waited for.
class Watched {
 public:
  Watched(providers::Connection& connection, Interruption& interruption) : connection_(connection) {
    connection_.watch(&interruption);
    connection_.start_reading();
  }
  ~Watched() { connection_.watch(nullptr); }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

 private:
  providers::Connection& connection_;
};

enum class Next { another_request, the_end };

Task<Next> serve_one(Front& front, OpenSession& open, const Peer& peer, const config::ServingLimits& limits,
                     KeptKey& kept, ReadRequest& request) {
  providers::Connection& connection = *open.connection;
  if (front.draining) request.manner.after = AfterReply::close;
  Interruption interruption;
  front.sessions.begin_serving(open, interruption);
  const Watched watched(connection, interruption);
  const auto& trusted = front.services.hosts->generation->catalogue->settings().trusted_proxies;
  const ForwardedClient forwarded(front.addresses, peer, trusted, request.incoming);
  HttpClient client(connection, front.services.timer, limits.write_idle_timeout, request.manner);
  if (forwarded.is_within_limit()) {
    co_await dispatch(front, request.incoming, kept, client, interruption);
  } else {
    front.metrics.count(Event::address_refused);
    const ErrorReply error = too_many_of(request.incoming.client);
    co_await refuse(front, client, surface_for(request.incoming), error);
  }
  front.sessions.end_serving(open, front.services.timer.now());
  if (client.stalled()) front.metrics.count(Event::write_stall);
  const bool go_on = client.reusable() && !interruption.over() && !front.draining;
  co_return go_on ? Next::another_request : Next::the_end;
}

}  // namespace

Task<void> turn_away(Front& front, providers::ConnectionPtr connection) {
  // An answer that comes before anything was asked would be taken for none.
  providers::Limit enough([&connection] { connection->interrupt(); });
  front.services.timer.set(enough, front.services.timer.now() + OpenSessions::time_to_ask);
  co_await connection->more();
  enough.cancel();
  ErrorReply error = plain_error(503, "server_error", "too_many_connections",
                                 "The gateway has as many connections as it may have.");
  error.retry_after = std::chrono::seconds(1);
  error.should_retry = ShouldRetry::yes;
  co_await refuse_unread(front, *connection, any_surface(), error);
  connection->close();
}

Task<void> session(Front& front, providers::ConnectionPtr connection, Peer peer) {
  // Copies: a connection that is idle holds no generation.
  const Services& services = front.services;
  const config::Settings& settings = services.hosts->generation->catalogue->settings();
  const config::ServingLimits limits = settings.limits;
  const bool is_apart = front.offers == Offers::administration && settings.admin;
  const config::ListenAddress reached_at = is_apart ? *settings.admin : settings.listen;
  RequestReader reader(
      *connection, services.timer, limits,
      [&services]() -> std::span<const std::string> { return services.hosts->generation->headers; },
      &front.bodies);
  reader.reached_at(reached_at);
  if (peer.is_proxy) reader.behind_proxy();
  const std::string address = peer.address.is_unspecified() ? std::string() : peer.address.to_string();
  KeptKey kept;
  OpenSession open(connection, reader, services.timer.now());
  front.sessions.add(open);
  for (;;) {
    const Surface* surface = &any_surface();
    RequestRead read = co_await reader.next();
    if (reader.body_to_come()) {
      // Who may not have the page need not send the body.
      Incoming& incoming = std::get<ReadRequest*>(read)->incoming;
      surface = &surface_for(incoming);
      const auto refused = refused_by_head(front, incoming, kept);
      if (refused) {
        incoming.client = address;
        incoming.arrived = services.timer.now();
        const std::string id = note_refusal(front, incoming, refused->error, refused_by(*refused));
        co_await refuse_unread(front, *connection, *surface, refused->error, id, refused->fields);
        break;
      }
      read = co_await reader.rest();
    }
    count_refused(front.metrics, reader, read);
    if (const auto* refusal = std::get_if<Refusal>(&read)) {
      const ErrorReply error = of_refusal(*refusal);
      co_await refuse_unread(front, *connection, *surface, error);
    }
    auto* const* request = std::get_if<ReadRequest*>(&read);
    if (!request) break;
    (*request)->incoming.client = address;
    const Next next = co_await serve_one(front, open, peer, limits, kept, **request);
    if (next == Next::the_end) break;
    reader.keep_alive();
  }
}

}  // namespace gateway
