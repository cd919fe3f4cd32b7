#include "gateway/run/session.hpp"

#include "gateway/addresses/forwarded_client.hpp"
#include "gateway/http/cors.hpp"
#include "gateway/http/request_reader.hpp"
#include "gateway/run/dispatch.hpp"
#include "gateway/run/http2_session.hpp"
#include "gateway/run/refusals.hpp"
#include "providers/net/tls_server.hpp"

namespace gateway {
namespace {

using providers::Task;
using providers::TlsConnection;

// Counts a limit of time that a client let pass, a request that the gate refused, or one that was left.
void count_refused(Metrics& metrics, const RequestReader& reader, const RequestRead& read) {
  if (!reader.late()) {
    const auto* refusal = std::get_if<Refusal>(&read);
    if (refusal) {
      metrics.count(refusal->status == 503               ? Event::body_turned_away
                    : refusal->code == left_in_body_code ? Event::left_in_body
                                                         : Event::malformed_request);
    } else if (std::holds_alternative<ConnectionOver>(read) && !reader.between_requests()) {
      metrics.count(Event::left_in_head);
    }
    return;
  }
  const bool idle = std::holds_alternative<ConnectionOver>(read);
  const bool in_body = *reader.late() == RequestReader::Phase::body;
  metrics.count(idle ? Event::idle_timeout : in_body ? Event::body_timeout : Event::header_timeout);
}

ErrorReply too_many_of(const std::string& client) {
  ErrorReply error = plain_error(429, "rate_limit_error", "too_many_requests_at_once",
                                 "The address " + client + " has as many requests under way as it may have.");
  error.retry_after = std::chrono::seconds(1);
  return error;
}

// In a coroutine of its own: what it needs no stream holds.
Task<void> refuse_too_many(Front& front, const Incoming& incoming, HttpClient& client) {
  front.metrics.count(Event::address_refused);
  co_await refuse(client, words_for(front, surface_for(incoming), too_many_of(incoming.client)));
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
  front.sessions.begin_serving(open, &interruption);
  const Watched watched(connection, interruption);
  const config::Settings& settings = front.services.hosts->generation->catalogue->settings();
  const ForwardedClient forwarded(front.addresses, peer, settings.trusted_proxies, request.incoming);
  request.manner.fields = cors_fields(settings.cors, request.incoming.origin);
  HttpClient client(connection, front.services.timer, limits.write_idle_timeout, request.manner);
  if (forwarded.is_within_limit()) {
    co_await dispatch(front, request.incoming, kept, client, interruption);
  } else {
    co_await refuse_too_many(front, request.incoming, client);
  }
  front.sessions.end_serving(open, front.services.timer.now());
  if (client.stalled()) front.metrics.count(Event::write_stall);
  const bool go_on = client.reusable() && !interruption.over() && !front.draining;
  if (!go_on && client.complete()) connection.say_end();
  co_return go_on ? Next::another_request : Next::the_end;
}

const config::CorsSettings& cors_of(const Front& front) {
  return front.services.hosts->generation->catalogue->settings().cors;
}

// Whom a trusted proxy names.
std::optional<std::string> named_client(const Front& front, const Peer& peer, const Incoming& incoming) {
  if (!peer.is_proxy) return std::nullopt;
  const auto& trusted = front.services.hosts->generation->catalogue->settings().trusted_proxies;
  const auto named = forwarded_client(incoming.forwarded_for, trusted);
  return named ? std::optional(named->to_string()) : std::nullopt;
}

// By its head alone.
Task<void> turn_down_unread(Front& front, providers::Connection& connection, Incoming& incoming,
                            const NotAdmitted& no) {
  incoming.arrived = front.services.timer.now();
  const std::string fields = no.fields + cors_fields(cors_of(front), incoming.origin);
  Refused refused = refused_by(no);
  refused.more_fields = fields;
  co_await refuse_unread(front, connection, note_refusal(front, incoming, no.error, refused));
}

// As the table of routes has it: nothing of it is the client's own text.
std::string_view route_name(Method method, std::string_view path) {
  const Routed routed = route(method, path);
  if (const auto* there = std::get_if<Route>(&routed)) return there->name;
  const auto* wrong = std::get_if<WrongMethod>(&routed);
  return wrong ? wrong->name : "unknown";
}

// What is known of a request whose head was refused.
Incoming what_was_read(const Refusal& refusal, const std::string& address) {
  Incoming incoming;
  incoming.method = refusal.method;
  incoming.path = refusal.path;
  incoming.origin = refusal.origin;
  incoming.client = address;
  return incoming;
}

// `begun`: the request where its head was read, else null. `received`: of its body.
Task<void> refuse_misread(Front& front, providers::Connection& connection, const Refusal& refusal,
                          Incoming* begun, const std::string& address, std::uint64_t received) {
  Incoming unread = what_was_read(refusal, address);
  Incoming& incoming = begun ? *begun : unread;
  incoming.arrived = front.services.timer.now();
  const ErrorReply error = of_refusal(refusal);
  const std::string fields = cors_fields(cors_of(front), incoming.origin);
  const Refused refused{.path = route_name(incoming.method, incoming.path),
                        .more_fields = fields,
                        .shed = refusal.status == 503 ? Shed::memory : Shed::none,
                        .received = received};
  // Who left in the body was counted as that, and hardly hears it.
  RefusalWords words = refusal.code == left_in_body_code
                           ? words_for(front, surface_for(incoming), error, {}, fields)
                           : note_refusal(front, incoming, error, refused);
  co_await refuse_unread(front, connection, std::move(words));
}

// Reads on where only the head of a request has come. False: it was refused by that, unread.
Task<bool> read_on(Front& front, RequestReader& reader, providers::Connection& connection, KeptKey& kept,
                   RequestRead& read) {
  Incoming& incoming = std::get<ReadRequest*>(read)->incoming;
  auto refused = refused_by_head(front, incoming, kept);
  if (!refused) {
    try {
      read = co_await reader.rest();
      co_return true;
    } catch (const std::bad_alloc&) {
      refused = std::make_unique<NotAdmitted>(
          NotAdmitted{.error = out_of_memory(), .fields = {}, .reason = {}, .shed = Shed::memory});
    }
  }
  co_await turn_down_unread(front, connection, incoming, *refused);
  co_return false;
}

// To who speaks HTTP where TLS is spoken, before the connection is closed.
constexpr std::string_view in_the_open =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nConnection: close\r\n"
    "\r\n"
    R"({"error":{"message":"This address speaks TLS: write https:// instead of http://.",)"
    R"("type":"invalid_request_error","param":null,"code":"plaintext_to_tls","status":400}})"
    "\n";

// Where the connection is one over TLS. False: there is nobody to serve.
Task<bool> shake_hands(Front& front, TlsConnection& connection, config::Duration patience, KeptKey& kept) {
  providers::Limit enough([&connection] { connection.close(); });
  front.services.timer.set(enough, front.services.timer.now() + patience);
  const routing::TlsFault fault = co_await connection.handshake();
  enough.cancel();
  if (fault == routing::TlsFault::none) {
    kept.shown(providers::names_of_peer(connection));
    co_return true;
  }
  if (fault == routing::TlsFault::plaintext) connection.say_in_the_open(in_the_open);
  front.metrics.count(Event::tls_handshake_failed);
  co_return false;
}

}  // namespace

Task<void> turn_away(Front& front, providers::ConnectionPtr connection) {
  KeptKey nobody;
  auto* const tls = dynamic_cast<TlsConnection*>(connection.get());
  if (tls && !co_await shake_hands(front, *tls, OpenSessions::time_to_ask, nobody)) {
    connection->close();
    co_return;
  }
  // An answer that comes before anything was asked would be taken for none.
  providers::Limit enough([&connection] { connection->interrupt(); });
  front.services.timer.set(enough, front.services.timer.now() + OpenSessions::time_to_ask);
  co_await connection->more();
  enough.cancel();
  if (tls && providers::speaks_http2(*tls)) co_return co_await http2_turn_away(front, *connection);
  ErrorReply error = plain_error(503, "server_error", "too_many_connections",
                                 "The gateway has as many connections as it may have.");
  error.retry_after = std::chrono::seconds(1);
  error.should_retry = ShouldRetry::yes;
  co_await refuse_unread(front, *connection, words_for(front, any_surface(), error));
  connection->close();
}

Task<void> session(Front& front, providers::ConnectionPtr connection, Peer peer,
                   std::vector<std::string> shown) {
  // Copies: a connection that is idle holds no generation.
  const DecidingServices& services = front.services;
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
  if (!shown.empty()) kept.shown(std::move(shown));
  OpenSession open(connection, reader, services.timer.now());
  front.sessions.add(open);
  auto* const tls = dynamic_cast<TlsConnection*>(connection.get());
  if (tls && !co_await shake_hands(front, *tls, limits.header_timeout, kept)) co_return;
  if (tls && providers::speaks_http2(*tls))
    co_return co_await http2_session(front, open, peer, limits, providers::names_of_peer(*tls));
  for (;;) {
    RequestRead read = co_await reader.next();
    Incoming* incoming = nullptr;  // whose body did not come with its head
    if (reader.body_to_come()) {
      incoming = &std::get<ReadRequest*>(read)->incoming;
      incoming->client = named_client(front, peer, *incoming).value_or(address);
      if (!co_await read_on(front, reader, *connection, kept, read)) break;
    }
    count_refused(front.metrics, reader, read);
    if (const auto* refusal = std::get_if<Refusal>(&read)) {
      co_await refuse_misread(front, *connection, *refusal, incoming, address, reader.received());
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
