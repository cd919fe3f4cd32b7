#include "gateway/serving/attempt.hpp"

#include "gateway/continuation/continuation.hpp"
#include "gateway/request/unfit.hpp"
#include "gateway/serving/continuing_relay.hpp"
#include "gateway/serving/host_report.hpp"
#include "gateway/serving/interpreted_relay.hpp"
#include "gateway/serving/native_relay.hpp"
#include "gateway/serving/question.hpp"
#include "gateway/serving/whole_relay.hpp"
#include "gateway/tab/settlement.hpp"
#include "providers/host/retry_hint.hpp"
#include "providers/reports/reported_error.hpp"
#include "providers/reports/too_long.hpp"

namespace gateway {
namespace {

using providers::ContentKind;
using providers::Result;
using providers::Task;
using routing::Failure;
using routing::FailureKind;
using routing::Progress;

constexpr std::size_t max_error_body = 64u << 10;

// That the prompt does not fit, and how long the host found it.
void note_too_long(const providers::TooLong& said, const InferenceRequest& request, Failure& failure) {
  failure.kind = FailureKind::too_long;
  failure.context = said.context;
  failure.prompt = said.prompt;
  const std::int64_t output = request.output_bound().value_or(config::Tokens{}).count;
  if (!said.prompt && said.total && said.total->count > output) {
    failure.prompt = config::Tokens{said.total->count - output};
  }
}

// The reply's own account of what failed. Its body is cut off at a few KiB; the connection then goes.
Task<void> read_failure(const Attempting& with, const providers::HostReply& head,
                        providers::Exchange& exchange) {
  with.watchdog.saw_refusal(with.services.timer.now());
  std::string body;
  while (body.size() < max_error_body) {
    const Result<std::string_view> piece = co_await exchange.next();
    if (!piece || piece->empty()) break;
    body.append(piece->substr(0, max_error_body - body.size()));
  }
  providers::ReportedError reported = with.dialect.error_in(body, with.services.tokens);
  if (const std::string clock = head.clock_words(); !clock.empty()) reported.message += " (" + clock + ")";
  take_report(with.request, with.dialect, head.status, reported, Progress::request_sent, with.tried);
  Failure& failure = *with.tried.attempt.failure;
  if (!routing::exceeds_rate_alone(failure)) failure.retry_after = head.retry_after;
  // Some say it in the body alone.
  const bool asks_to_wait = head.status == 429 || head.status == 503;
  if (asks_to_wait && !head.retry_after) failure.retry_after = providers::retry_hint_in(body);
  if (const auto found = providers::too_long(head.status, reported)) {
    note_too_long(*found, with.request, failure);
  }
}

// What it came to, whatever ended it: a client that has its answer may be gone before the loser is given up.
void end(Services& services, const InferenceRequest& request, Tried& tried, Race& race, std::size_t leg) {
  routing::Attempt& attempt = tried.attempt;
  if (!tried.is_settled) settle(request, tried);
  settle_cut(request, tried);
  if (race.has_lost(leg)) {
    attempt.failure = Failure{.kind = FailureKind::outrun, .progress = Progress::request_sent};
    settle_given_up(request, tried.asked.output * tried.asked.answers, attempt);
  }
  if (!attempt.finished) attempt.finished = services.timer.now() - attempt.dispatched;
}

std::unique_ptr<StreamRelay> stream_relay(const Attempting& with) {
  if (goes_on(with)) return std::make_unique<ContinuingRelay>(with);
  if (is_passed_on(with.request, with.dialect)) return std::make_unique<NativeRelay>(with);
  return std::make_unique<InterpretedRelay>(with);
}

// Which name it is: of a region that does not exist, a slip of the pen, or any where no name server answers.
void name_not_found(const routing::Endpoint& endpoint, Tried& tried) {
  const auto& proxy = endpoint.provider->access.proxy;
  tried.said = std::make_unique<HostWords>();
  tried.said->message =
      "no address of " + (proxy ? proxy->url.host : endpoint.provider->base_url.host) + " was found";
}

// Asks, and relays what comes. False where no head of a reply did.
Task<bool> one_exchange(const Attempting& with, const routing::Endpoint& endpoint,
                        providers::Exchange& exchange, Batches& batches, providers::KeyPermit* permit) {
  Tried& tried = with.tried;
  const Result<providers::HostReply> head = co_await ask(with, endpoint, exchange, batches, permit);
  tried.repeats += exchange.repeats();
  if (!head) {
    tried.attempt.failure =
        Failure{.kind = with.watchdog.why().value_or(head.error()), .progress = exchange.progress()};
    if (tried.attempt.failure->kind == FailureKind::tls) tried.attempt.failure->tls = exchange.tls_fault();
    if (!exchange.why().empty()) take_words(with.request, exchange.why(), tried);
    if (tried.attempt.failure->kind == FailureKind::resolve) name_not_found(endpoint, tried);
    co_return false;
  }
  with.watchdog.saw_head();
  tried.attempt.headroom = head->headroom;
  if (head->status != 200) {
    co_await read_failure(with, *head, exchange);
  } else if (with.request.demand.delivery == routing::Delivery::whole) {
    co_await relay_whole(with, exchange, batches);
  } else if (head->content != ContentKind::event_stream) {
    co_await read_document(with, exchange);
  } else {
    tried.attempt.head = with.services.timer.now() - tried.attempt.dispatched;
    const std::unique_ptr<StreamRelay> relay = stream_relay(with);
    co_await relay->run(exchange);
  }
  co_return true;
}

}  // namespace

Task<std::unique_ptr<Tried>> attempt(Services& services, InferenceRequest& request, Asking asking,
                                     Served& served, routing::TrialPermit& trial, Reply& reply,
                                     Interruption& interruption, Race& race, std::size_t leg) {
  const Generation& generation = *request.hosts->generation;
  Tried& tried = *asking.begun;
  const routing::Endpoint& endpoint = generation.catalogue->endpoints()[tried.attempt.endpoint];
  const config::ProviderSettings& provider = *endpoint.provider;

  const auto index = static_cast<std::size_t>(&provider - generation.catalogue->settings().providers.data());
  const providers::Dialect& dialect = *dialect_for(request, endpoint);
  Batches batches(request, endpoint);
  config::TimePoint began = tried.attempt.dispatched;
  bool is_answered = false;
  for (;; batches.go_on(), began = services.timer.now()) {
    const std::unique_ptr<providers::Exchange> exchange = request.hosts->providers[index]->begin();
    Watchdog watchdog(
        *exchange, services.timer,
        {.first = began + asking.silence,
         // It is for the first byte, which a client that an answer is gone on for has.
         .deadline = tried.attempt.reason == routing::Reason::continues ? config::TimePoint::max()
                                                                        : request.demand.deadline,
         .liveness = provider.limits.liveness_timeout,
         .progress = provider.limits.progress_timeout,
         .text = asking.text_pause,
         .head = asking.headless ? began + *asking.headless : config::TimePoint::max()},
        interruption);
    const Race::Entry entry(race, leg, watchdog);
    const Attempting with{services,
                          request,
                          dialect,
                          served,
                          trial,
                          reply,
                          watchdog,
                          tried,
                          race,
                          leg,
                          asking.continuation,
                          asking.traceparent};
    is_answered = co_await one_exchange(with, endpoint, *exchange, batches, asking.permit);
    const bool is_over = !is_answered || tried.attempt.failure || batches.is_last();
    if (is_over) break;
  }
  if (is_answered && interruption.client_left() && !tried.attempt.finished) {
    const Progress progress = reply.begun() ? Progress::client_has_bytes : Progress::request_sent;
    tried.attempt.failure = Failure{.kind = FailureKind::client_left, .progress = progress};
  }
  // The replies before the one that failed are billed all the same, and so is what was not waited for.
  if (tried.attempt.failure && !tried.attempt.usage) {
    const FailureKind kind = tried.attempt.failure->kind;
    const bool is_left = kind == FailureKind::client_left || kind == FailureKind::deadline ||
                         kind == FailureKind::first_token_timeout;
    if (is_left && !batches.replies().empty() && !batches.are_all_answered()) batches.take_share();
    tried.attempt.usage = batches.used();
    tried.attempt.usage_is_estimated = tried.attempt.usage && batches.is_estimated();
  }
  end(services, request, tried, race, leg);
  tried.attempt.can_go_on = tried.attempt.failure && asking.continuation &&
                            asking.continuation->can_go_on(request, services.tokens);
  co_return std::move(asking.begun);
}

}  // namespace gateway
