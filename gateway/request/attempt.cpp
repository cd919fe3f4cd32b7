#include "gateway/request/attempt.hpp"

#include "gateway/chat/upstream_body.hpp"
#include "gateway/explain/decision_order.hpp"
#include "gateway/request/host_report.hpp"
#include "gateway/request/settlement.hpp"
#include "gateway/request/stream_relay.hpp"
#include "providers/host/retry_hint.hpp"
#include "providers/openai/chat_events.hpp"
#include "providers/openai/reported_error.hpp"
#include "providers/openai/too_long.hpp"
#include "routing/decision/patience.hpp"
#include "routing/market/predict.hpp"

namespace gateway {
namespace {

using providers::ContentKind;
using providers::Result;
using providers::Task;
using routing::Failure;
using routing::FailureKind;
using routing::Progress;

constexpr std::size_t max_whole_reply = 64u << 20;
constexpr std::size_t max_error_body = 64u << 10;

// The body up to `limit` bytes; more is a bad reply. Blank lines keep a connection open while nothing is
// there yet of the answer: they are no part of it.
Task<Result<std::string>> read_whole(Services& services, providers::Exchange& exchange, Watchdog& watchdog,
                                     std::size_t limit) {
  std::string body;
  for (;;) {
    const Result<std::string_view> piece = co_await exchange.next();
    if (!piece) co_return watchdog.why().value_or(piece.error());
    if (piece->empty()) co_return std::move(body);
    if (body.size() + piece->size() > limit) co_return FailureKind::bad_reply;
    const bool is_blank = piece->find_first_not_of(" \t\r\n") == std::string_view::npos;
    if (!body.empty() || !is_blank) {
      watchdog.saw_body(services.timer.now());
      body.append(*piece);
    }
  }
}

// That the prompt does not fit, and how long the host found it.
void note_too_long(const providers::TooLong& said, const routing::Demand& demand, Failure& failure) {
  failure.kind = FailureKind::too_long;
  failure.context = said.context;
  failure.prompt = said.prompt;
  const std::int64_t output = demand.max_output ? demand.max_output->count : 0;
  if (!said.prompt && said.total && said.total->count > output) {
    failure.prompt = config::Tokens{said.total->count - output};
  }
}

// The reply's own account of what failed. Its body is cut off at a few KiB; the connection then goes.
Task<void> read_failure(Services& services, const InferenceRequest& request, const providers::HostReply& head,
                        providers::Exchange& exchange, Watchdog& watchdog, Tried& tried) {
  watchdog.saw_refusal(services.timer.now());
  std::string body;
  while (body.size() < max_error_body) {
    const Result<std::string_view> piece = co_await exchange.next();
    if (!piece || piece->empty()) break;
    body.append(piece->substr(0, max_error_body - body.size()));
  }
  const providers::ReportedError reported = providers::read_error(body, services.tokens);
  take_report(request, head.status, reported, Progress::request_sent, tried);
  Failure& failure = *tried.attempt.failure;
  failure.retry_after = head.retry_after;
  // Some say it in the body alone.
  const bool asks_to_wait = head.status == 429 || head.status == 503;
  if (asks_to_wait && !head.retry_after) failure.retry_after = providers::retry_hint_in(body);
  if (const auto found = providers::too_long(head.status, reported)) {
    note_too_long(*found, request.demand, failure);
  }
}

Task<void> relay_whole(Services& services, const InferenceRequest& request, Served served, Reply& reply,
                       providers::Exchange& exchange, Watchdog& watchdog, Tried& tried) {
  routing::Attempt& attempt = tried.attempt;
  const auto fail = [&](FailureKind kind) {
    attempt.failure = Failure{.kind = kind, .progress = Progress::request_sent};
  };
  const Result<std::string> body = co_await read_whole(services, exchange, watchdog, max_whole_reply);
  if (!body) {
    fail(body.error());
    co_return;
  }
  const providers::ChatReply understood = providers::classify_whole(*body, services.tokens);
  attempt.usage = understood.usage.usage;
  attempt.usage_is_estimated = understood.usage.anomaly;
  tried.bytes = understood.content.bytes;
  switch (understood.kind) {
    case providers::ChatReply::Kind::bad:
      fail(FailureKind::bad_reply);
      co_return;
    case providers::ChatReply::Kind::empty:
      fail(FailureKind::empty_reply);
      co_return;
    case providers::ChatReply::Kind::error:
      take_report(request, 200, *understood.error, Progress::request_sent, tried);
      co_return;
    case providers::ChatReply::Kind::answer:
      break;
  }
  attempt.finished = services.timer.now() - attempt.dispatched;
  const bool is_counted = attempt.usage.has_value();
  settle(request, tried.bytes, attempt);
  if (is_counted) served.cost = attempt.cost;
  co_await reply.whole(served, *body);
}

}  // namespace

Task<Tried> attempt(Services& services, InferenceRequest& request, routing::EndpointIndex target,
                    std::span<const routing::Attempt> earlier, Served served, routing::TrialPermit& trial,
                    Reply& reply, Interruption& interruption) {
  const Generation& generation = *request.hosts->generation;
  const routing::Endpoint& endpoint = generation.catalogue->endpoints()[target];
  const config::ProviderSettings& provider = *endpoint.provider;

  Tried tried;
  tried.attempt.endpoint = target;
  tried.attempt.generation = generation.catalogue->generation();
  tried.attempt.dispatched = services.timer.now();
  tried.attempt.in_flight = generation.in_flight.at(target) - 1;
  tried.asked = {.prompt = request.demand.prompt,
                 .delivery = request.demand.delivery,
                 .output = services.decision.length.output};
  // The decision is still the one that chose this endpoint: nobody has waited since.
  if (const routing::Verdict* chosen = chosen_one(services.decision)) {
    tried.attempt.cached_share = routing::prompt_share(request.demand, chosen->cached_blocks);
  }

  const auto index = static_cast<std::size_t>(&provider - generation.catalogue->settings().providers.data());
  const std::unique_ptr<providers::Exchange> exchange = request.hosts->providers[index]->begin();
  const config::Duration patience =
      routing::longest_silence(endpoint, request.demand, &services.decision, *request.policy, earlier);
  Watchdog watchdog(*exchange, services.timer, provider.limits, tried.attempt.dispatched + patience,
                    request.demand.deadline, interruption);

  Result<providers::HostReply> head = FailureKind::connect;
  {
    const UpstreamBody body(request.chat, request.body, endpoint.settings->host_model,
                            RoutingMembers::removed);
    providers::OutgoingRequest outgoing{
        .endpoint = &endpoint, .delivery = request.demand.delivery, .traceparent = request.traceparent};
    for (const std::string_view piece : body.pieces()) outgoing.body.add(piece);
    head = co_await exchange->start(outgoing);
  }
  if (!head) {
    tried.attempt.failure =
        Failure{.kind = watchdog.why().value_or(head.error()), .progress = exchange->progress()};
    tried.attempt.finished = services.timer.now() - tried.attempt.dispatched;
    if (tried.attempt.failure->kind == FailureKind::tls) tried.attempt.failure->tls = exchange->tls_fault();
    co_return tried;
  }
  tried.attempt.headroom = head->headroom;

  if (head->status != 200) {
    co_await read_failure(services, request, *head, *exchange, watchdog, tried);
  } else if (request.demand.delivery == routing::Delivery::whole) {
    co_await relay_whole(services, request, served, reply, *exchange, watchdog, tried);
  } else if (head->content == ContentKind::event_stream) {
    StreamRelay relay(services, request, served, trial, reply, watchdog, tried);
    co_await relay.run(*exchange);
  } else {
    // A host that answers a stream with one document has an error to tell, or does not stream.
    const Result<std::string> document = co_await read_whole(services, *exchange, watchdog, max_whole_reply);
    const FailureKind kind = document ? FailureKind::bad_reply : document.error();
    tried.attempt.failure =
        Failure{.kind = watchdog.why().value_or(kind), .progress = Progress::request_sent};
    if (document) {
      const providers::ChatReply understood = providers::classify_whole(*document, services.tokens);
      if (understood.error) take_report(request, 200, *understood.error, Progress::request_sent, tried);
    }
  }
  if (interruption.client_left() && !tried.attempt.finished) {
    const Progress progress = reply.begun() ? Progress::client_has_bytes : Progress::request_sent;
    tried.attempt.failure = Failure{.kind = FailureKind::client_left, .progress = progress};
  }
  settle(request, tried.bytes, tried.attempt);
  if (!tried.attempt.finished) tried.attempt.finished = services.timer.now() - tried.attempt.dispatched;
  co_return tried;
}

}  // namespace gateway
