#include "gateway/serving/serve.hpp"

#include "gateway/answer/last_words.hpp"
#include "gateway/request/waiting_comment.hpp"
#include "gateway/serving/life.hpp"
#include "gateway/serving/record_keeping.hpp"

namespace gateway {

using providers::Task;

Task<void> Life::run() {
  const WaitingComment waiting(services_.timer, request_, reply_);
  if (tab_.open(reply_, error_) == Let::wait) {
    const config::TimePoint since = services_.timer.now();
    co_await tab_.wait(reply_, interruption_, error_);
    for_quotas_ = services_.timer.now() - since;
  }
  if (error_ || interruption_.over()) journey_.stops();
  now_ = services_.timer.now();
  for (;;) {
    const Journey::Step step = journey_.next(now_);
    if (std::holds_alternative<Journey::Choose>(step)) {
      const Chose chose = choose();
      if (chose == Chose::nobody) co_await wait_for_somebody(now_);
      if (chose == Chose::too_late) co_await wait_for_others();
    } else if (std::holds_alternative<Journey::ChooseBeside>(step)) {
      choose_beside();
    } else if (const auto* loser = std::get_if<Journey::GiveUp>(&step)) {
      race_.give_up(loser->leg);
    } else if (const auto* pause = std::get_if<Journey::Wait>(&step)) {
      if (race_.is_empty()) {
        co_await wait(*pause->until);
      } else {
        co_await race_.next(pause->until);
        now_ = services_.timer.now();
        take_ended();
      }
    } else {
      break;
    }
  }
  if (fault_) std::rethrow_exception(fault_);
  if (!error_ && journey_.has_answered()) {
    note_end(now_);
  } else {
    co_await tell_end();
  }
}

namespace {

enum class Escaped { nothing, memory, fault };

// A coroutine of its own: what it holds would be held by every stream.
Task<void> give_up_after(Escaped what, Life& life) {
  const ErrorReply error = what == Escaped::memory
                               ? out_of_memory()
                               : plain_error(500, "server_error", "internal_error", "The gateway failed.");
  co_await life.give_up(error);
}

}  // namespace

Task<RecordPtr> serve(Services& services, InferenceRequest& request, Reply& reply,
                      Interruption& interruption) {
  RecordPtr record = services.outbox.blank();
  begin_record(*record, request);
  const config::Settings& settings = request.hosts->generation->catalogue->settings();
  services.retries.count_request(*services.retry_budget, settings.retries, request.demand.admitted);
  services.hedges.count_request(request.policy->hedge_budget);
  Life life(services, request, reply, interruption, *record);
  Escaped escaped = Escaped::nothing;
  try {
    co_await life.run();
  } catch (const std::bad_alloc&) {
    escaped = Escaped::memory;
    if (!reply.is_over()) record->shed = Shed::memory;
  } catch (const std::exception&) {
    escaped = Escaped::fault;
  }
  if (escaped != Escaped::nothing) co_await give_up_after(escaped, life);
  co_return record;
}

}  // namespace gateway
