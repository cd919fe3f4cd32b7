#include "gateway/run/session.hpp"

#include "gateway/http/request_reader.hpp"
#include "gateway/pages/models_page.hpp"
#include "gateway/request/chat_surface.hpp"
#include "gateway/request/explanation.hpp"
#include "gateway/request/record_keeping.hpp"
#include "gateway/request/serve.hpp"

namespace gateway {
namespace {

using providers::Task;

// `id` names the request in its record; where there is none, the reply alone has one.
Task<void> refuse(Front& front, HttpClient& client, const ErrorReply& error, std::string_view id = {},
                  std::string_view more_fields = {}) {
  const std::string fresh = id.empty() ? new_id(front.services.dice) : std::string();
  std::string fields = error_fields(id.empty() ? std::string_view(fresh) : id, error);
  fields += more_fields;
  const std::string body = envelope(error);
  co_await client.answer({.status = error.status, .content_type = "application/json", .fields = fields},
                         body);
}

// `body` must outlive the task.
Task<void> show(HttpClient& client, std::string_view content_type, std::string_view body) {
  co_await client.answer({.status = 200, .content_type = content_type, .fields = {}}, body);
}

Task<void> chat(Front& front, Incoming& incoming, const config::KeySettings* key, HttpClient& client,
                Interruption& interruption) {
  Services& services = front.services;
  auto understood = understand_chat(incoming, key, services);
  if (const auto* error = std::get_if<ErrorReply>(&understood)) {
    RecordPtr record = services.outbox.blank();
    refused_record(*record, *error, incoming, key, services.timer.now());
    record->id = new_id(services.dice);
    const std::string id = record->id;
    services.outbox.add(std::move(record));
    co_await refuse(front, client, *error, id);
    co_return;
  }
  auto& request = std::get<InferenceRequest>(understood);
  Reply reply(client, services.timer, request.id);
  RecordPtr record;
  try {
    record = co_await serve(services, request, reply, interruption);
  } catch (const std::exception&) {
    front.metrics.count(Event::escaped_exception);
  }
  if (!record) {
    const ErrorReply error = plain_error(500, "server_error", "internal_error", "The gateway failed.");
    record = services.outbox.blank();
    refused_record(*record, error, incoming, key, services.timer.now());
    if (!reply.committed()) co_await refuse(front, client, error);
  }
  record->bytes_out = client.bytes_out();
  services.outbox.add(std::move(record));
}

// The decision about the call that the body holds, on what is known now. Nothing is sent, nothing learned.
Task<void> explain(Front& front, Incoming& incoming, const config::KeySettings* key, HttpClient& client) {
  Services& services = front.services;
  auto understood = understand_chat(incoming, key, services);
  if (const auto* error = std::get_if<ErrorReply>(&understood))
    co_return co_await refuse(front, client, *error);
  const auto& request = std::get<InferenceRequest>(understood);
  const std::optional<Screen> screen = screen_of(incoming.query);
  const Explanation said = explained(services, request, screen);
  co_await client.answer({.status = 200,
                          .content_type = screen ? "text/plain; charset=utf-8" : "application/json",
                          .fields = said.fields},
                         said.page);
}

Task<void> answer_model(Front& front, const Route& route, const config::KeySettings* key,
                        HttpClient& client) {
  const routing::Catalogue& catalogue = *front.services.hosts->generation->catalogue;
  const std::string name = decoded(route.parameter);
  std::optional<std::string> body =
      route.page == Page::model ? model_page(catalogue, name, key)
                                : model_endpoints_page(catalogue, *front.services.snapshot, name, key);
  if (body) {
    co_await show(client, "application/json", *body);
  } else {
    const ErrorReply error = unknown_model(name, catalogue, key);
    co_await refuse(front, client, error);
  }
}

Task<void> answer_page(Front& front, const Route& route, const config::KeySettings* key, HttpClient& client) {
  switch (route.page) {
    case Page::models: {
      const std::string text = models_page(*front.services.hosts->generation->catalogue, key);
      co_return co_await show(client, "application/json", text);
    }
    case Page::model:
    case Page::endpoints:
      co_return co_await answer_model(front, route, key, client);
    case Page::alive:
      co_return co_await show(client, "text/plain", "ok\n");
    case Page::ready:
      if (front.draining) {
        const ErrorReply error = plain_error(503, "api_error", "draining", "This gateway is shutting down.");
        co_return co_await refuse(front, client, error);
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
    case Page::chat_completions:
    case Page::explain:
      break;
  }
}

Task<void> dispatch(Front& front, Incoming& incoming, KeptKey& kept, HttpClient& client,
                    Interruption& interruption) {
  const Generation& generation = *front.services.hosts->generation;
  const auto admission =
      admit(incoming, front.offers, generation.keys, generation.catalogue->generation(), kept);
  if (const auto* refused = std::get_if<NotAdmitted>(&admission)) {
    co_return co_await refuse(front, client, refused->error, {}, refused->fields);
  }
  const auto& [found, key] = std::get<Admitted>(admission);
  if (found.page == Page::chat_completions) {
    co_await chat(front, incoming, key, client, interruption);
  } else if (found.page == Page::explain) {
    co_await explain(front, incoming, key, client);
  } else {
    co_await answer_page(front, found, key, client);
  }
}

// Counts a limit of time that a client let pass, or a request that the gate refused.
void count_refused(Metrics& metrics, const RequestReader& reader, const RequestRead& read) {
  if (!reader.late()) {
    if (std::holds_alternative<Refusal>(read)) metrics.count(Event::malformed_request);
    return;
  }
  const bool idle = std::holds_alternative<ConnectionOver>(read);
  const bool in_body = *reader.late() == RequestReader::Phase::body;
  metrics.count(idle ? Event::idle_timeout : in_body ? Event::body_timeout : Event::header_timeout);
}

// Answers what the gate refused; no further byte of the connection is parsed.
Task<void> turn_away(Front& front, providers::Connection& connection, const Refusal& refusal) {
  HttpClient client(connection, front.services.timer, std::chrono::seconds(5), {.after = AfterReply::close});
  const ErrorReply error = of_refusal(refusal);
  co_await refuse(front, client, error);
  co_await linger(connection, front.services.timer);
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

Task<Next> serve_one(Front& front, OpenSession& open, const config::ServingLimits& limits, KeptKey& kept,
                     ReadRequest& request) {
  providers::Connection& connection = *open.connection;
  if (front.draining) request.manner.after = AfterReply::close;
  Interruption interruption;
  open.serving = &interruption;
  const Watched watched(connection, interruption);
  HttpClient client(connection, front.services.timer, limits.write_idle_timeout, request.manner);
  co_await dispatch(front, request.incoming, kept, client, interruption);
  open.serving = nullptr;
  if (client.stalled()) front.metrics.count(Event::write_stall);
  const bool go_on = client.reusable() && !interruption.over() && !front.draining;
  co_return go_on ? Next::another_request : Next::the_end;
}

}  // namespace

void close_idle(Front& front) {
  for (OpenSession& open : front.sessions) {
    if (open.reader.between_requests()) open.connection->close();
  }
}

void break_off(Front& front) {
  for (auto next = front.sessions.begin(); next != front.sessions.end();) {
    OpenSession& open = *next++;  // it may end here
    if (open.serving) {
      open.serving->stop();
    } else {
      open.connection->close();
    }
  }
}

Task<void> session(Front& front, providers::ConnectionPtr connection) {
  // The limits of the generation it began with: held for as long as the connection.
  const std::shared_ptr<const Hosts> hosts = front.services.hosts;
  const config::ServingLimits& limits = hosts->generation->catalogue->settings().limits;
  const Services& services = front.services;
  RequestReader reader(*connection, services.timer, limits, [&services]() -> std::span<const std::string> {
    return services.hosts->generation->headers;
  });
  KeptKey kept;
  OpenSession open(connection, reader);
  front.sessions.push_back(open);
  for (;;) {
    RequestRead read = co_await reader.next();
    count_refused(front.metrics, reader, read);
    if (const auto* refusal = std::get_if<Refusal>(&read)) co_await turn_away(front, *connection, *refusal);
    auto* const* request = std::get_if<ReadRequest*>(&read);
    if (!request) break;
    const Next next = co_await serve_one(front, open, limits, kept, **request);
    if (next == Next::the_end) break;
    reader.keep_alive();
  }
}

}  // namespace gateway
