// How a request's life ends, and each of its attempts.
#include "gateway/answer/last_words.hpp"
#include "gateway/request/key_room.hpp"
#include "gateway/request/understand.hpp"
#include "gateway/serving/life.hpp"
#include "gateway/serving/record_keeping.hpp"

namespace gateway {

using providers::Task;

void Life::take_ended() {
  for (Leg leg = 0; leg < Journey::most_legs; ++leg) {
    if (!race_.has_ended(leg)) continue;
    try {
      const std::unique_ptr<Tried> tried = race_.take(leg);
      note_for_operators(*tried);
      const std::size_t number = journey_.number_of(leg);
      if (tried->said && tried->said->ran_on && number < 32) record_.ran_on |= 1u << number;
      record_.repeats += tried->repeats;
      if (tried->said) said_ = std::move(tried->said);
      end(leg, *tried);
    } catch (...) {
      fault_ = std::current_exception();
      journey_.stops();
      Tried lost;
      lost.attempt = record_.attempts[journey_.number_of(leg)];
      lost.attempt.failure =
          routing::Failure{.kind = routing::FailureKind::local, .progress = routing::Progress::request_sent};
      end(leg, lost);
      race_.give_up(1 - leg);
    }
  }
  if (race_.is_empty()) remember_deciding_one();
}

// Of what is between a host and us, which is no client's business, and of answers that we cut.
void Life::note_for_operators(const Tried& tried) {
  using routing::FailureKind;
  constexpr std::size_t most_bytes = 500;
  if (!tried.said || !tried.attempt.failure) return;
  const FailureKind kind = tried.attempt.failure->kind;
  const bool is_ours = kind == FailureKind::credential || kind == FailureKind::connect ||
                       kind == FailureKind::resolve || tried.said->ran_on;
  if (!is_ours) return;
  record_.said = tried.said->message.substr(0, most_bytes);
}

// What it showed is learned as it ends, also where another one goes on.
void Life::end(Leg leg, Tried& tried) {
  gateway::end(chosen_[leg]->permit, tried.attempt, now_);
  chosen_[leg]->slot.reset();
  chosen_[leg]->trial.end();
  services_.line.call();
  if (tried.attempt.failure) services_.outbox.tell(Sighting::What::ends, tried.attempt, tried.asked);
  if (interruption_.over()) journey_.stops();
  const double draw = tried.attempt.failure ? services_.dice.uniform() : 0;
  journey_.ends(leg, tried.attempt, now_, draw);
}

void Life::remember_deciding_one() {
  const auto number =
      static_cast<std::size_t>(&routing::deciding_one(record_.attempts) - record_.attempts.data());
  Chosen& deciding = *chosen_[number - journey_.number_of(0)];
  in_short_ = std::move(deciding.in_short);
  served_ = deciding.served;
  served_.decision = in_short_;
}

Task<void> Life::give_up(const ErrorReply& why) {
  journey_.stops();
  for (Leg leg = 0; leg < Journey::most_legs; ++leg) race_.give_up(leg);
  // What fails behind the client's last byte is no failure of the answer.
  if (!reply_.is_over()) error_ = why;
  co_await tell_end();
}

Task<void> Life::tell_end() {
  const bool answered = journey_.has_answered();
  if (!error_ && !answered && !reply_.is_over() && interruption_.stopping()) error_ = gateway_stopping();
  if (!error_ && !answered && !reply_.is_over() && !record_.attempts.empty()) {
    error_ = nobody_answered(request_, record_, said_ ? *said_ : HostWords());
  }
  if (error_ || !answered) close_tab();
  if (error_) say_when(*error_, somebody_at_, services_.timer.now());
  if (error_ && !is_gone(record_, interruption_)) {
    error_->models = asked_models(request_.asked);
    const StreamIdentity stream{.id = request_.id,
                                .created = std::chrono::system_clock::to_time_t(record_.wall),
                                .model = record_.model,
                                .provider = served_.provider};
    if (!served_.hedge.empty() && !reply_.begun()) served_.hedge = "lost";
    co_await reply_.fail(*error_, served_, stream);
  }
  note_end(services_.timer.now());
}

void Life::close_tab() {
  const bool is_gone_now = is_gone(record_, interruption_);
  const EntryEnd end = is_gone_now      ? EntryEnd::client_left
                       : reply_.begun() ? EntryEnd::broken
                                        : EntryEnd::refused;
  tab_.close(nullptr, end, is_gone_now ? 499 : reply_.begun() ? 200 : error_ ? error_->status : 500);
}

void Life::note_end(config::TimePoint now) {
  record_.waited = std::chrono::duration_cast<decltype(record_.waited)>(for_quotas_ + place_.waited());
  end_record(record_, request_, reply_, error_, now);
}

}  // namespace gateway
