#include "config/forms/fleet_form.hpp"
#include "config/forms/fleet_leaf.hpp"

namespace config {
namespace {

constexpr int million = 1'000'000;

// The enclosing behaviour has a member `when` of type Recurrence; its keys stand beside the others.
template <class S>
void add_recurrence(std::vector<Field<S>>& list) {
  using Window = Recurrence::Window;
  static const Fields<Window> window_fields = {
      .meaning = "a set time such as `{at: 10 min, length: 30 s}`",
      .list = {
          field<Window>("at", &Window::at, seconds_form(), "Since the fleet's start.", Need::required),
          field<Window>("length", &Window::length, seconds_form(), "How long it lasts.", Need::required)}};
  static constexpr auto windows = []() -> const Fields<Window>& { return window_fields; };
  const auto scheduled = [](S & s) -> auto& {
    return s.when.scheduled;
  };
  const auto between = [](S & s) -> auto& {
    return s.when.mean_between;
  };
  const auto length = [](S & s) -> auto& {
    return s.when.mean_length;
  };
  list.push_back(
      field<S>("mean_between", between, seconds_form(),
               "From the end of one to the start of the next, on average. None by chance when left out."));
  list.push_back(field<S>("mean_length", length, seconds_form(), "How long one lasts, on average."));
  list.push_back(field<S>("scheduled", scheduled,
                          ListOf<Mapping<Window>>{{windows}, "a list such as `[{at: 10 min, length: 30 s}]`"},
                          "At set times."));
}

}  // namespace

const Fields<FirstTokenBehaviour>& first_token_fields() {
  using S = FirstTokenBehaviour;
  static const Fields<S> fields = {
      .meaning = "the time to the first token",
      .list = {
          field<S>("base", &S::base, seconds_form(), "The median with an empty prompt at an idle host."),
          field<S>("per_1000_prompt", &S::per_1000_prompt, seconds_form(),
                   "More for each 1,000 uncached tokens."),
          field<S>("load", &S::load, RealForm{0, 10},
                   "The logarithm of the slow-down when all slots are taken."),
          field<S>("log_sd", &S::log_sd, deviation_form(), "The deviation of its logarithm."),
      }};
  return fields;
}

const Fields<SpeedBehaviour>& speed_fields() {
  using S = SpeedBehaviour;
  static const Fields<S> fields = {
      .meaning = "tokens per second",
      .list = {
          field<S>("tokens_per_second", &S::tokens_per_second, RealForm{0.01, 1'000'000},
                   "The median at an idle host."),
          field<S>("load", &S::load, probability_form(), "The share that is lost when all slots are taken."),
          field<S>("log_sd", &S::log_sd, deviation_form(), "The deviation of its logarithm."),
      }};
  return fields;
}

const Fields<BatchBehaviour>& batch_fields() {
  using S = BatchBehaviour;
  static const Fields<S> fields = {
      .meaning = "how many requests run together",
      .list = {
          field<S>("slots", &S::slots, WholeForm{1, million}, "Requests that run together."),
          field<S>("queue", &S::queue, WholeForm{0, million}, "Requests that may wait for a slot."),
          field<S>("full_status", &S::full_status, WholeForm{400, 599}, "The HTTP status of those beyond."),
      }};
  return fields;
}

const Fields<PromptCacheBehaviour>& prompt_cache_fields() {
  using S = PromptCacheBehaviour;
  const auto capacity = [](S& s, int blocks) { s.capacity = static_cast<std::size_t>(blocks); };
  static const Fields<S> fields = {
      .meaning = "the cache of prompts",
      .list = {
          field<S>("block_tokens", &S::block_tokens, WholeForm{1, million},
                   "What is cached is whole blocks of this."),
          field<S>("time_to_live", &S::time_to_live, seconds_form(), "Since the last use."),
          field<S>("reliability", &S::reliability, probability_form(),
                   "Share of requests that reach their cache."),
          field<S>("capacity", capacity, WholeForm{1, 100 * million}, "Blocks that are kept."),
      }};
  return fields;
}

const Fields<RateLimitBehaviour>& rate_limit_fields() {
  using S = RateLimitBehaviour;
  const RealForm limit{1, 1e12};
  static const Fields<S> fields = {
      .meaning = "rate limits",
      .list = {field<S>("requests_per_minute", &S::requests_per_minute, limit, "Unlimited when left out."),
               field<S>("tokens_per_minute", &S::tokens_per_minute, limit, "Unlimited when left out.")}};
  return fields;
}

const Fields<BusyHours>& busy_hours_fields() {
  using S = BusyHours;
  const auto from = [](S & s) -> auto& {
    return s.when.from;
  };
  const auto to = [](S & s) -> auto& {
    return s.when.to;
  };
  static const Fields<S> fields = {
      .meaning = "busy hours such as `{from: \"13:00\", to: \"21:00\", ttft_factor: 2, speed_factor: 0.7}`",
      .list = {
          field<S>("from", from, MinuteForm{}, "Time of day, UTC.", Need::required),
          field<S>("to", to, MinuteForm{}, "Over midnight when earlier.", Need::required),
          field<S>("ttft_factor", &S::ttft_factor, factor_form(), "On the time to the first token."),
          field<S>("speed_factor", &S::speed_factor, RealForm{0.001, 1000}, "On tokens per second."),
      }};
  return fields;
}

const Fields<BusyEpisodes>& busy_episodes_fields() {
  using S = BusyEpisodes;
  static const Fields<S> fields = [] {
    Fields<S> made = {
        .meaning = "busy episodes",
        .list = {field<S>("ttft_factor", &S::ttft_factor, factor_form(), "On the time to the first token."),
                 field<S>("speed_factor", &S::speed_factor, RealForm{0.001, 1000}, "On tokens per second.")}};
    add_recurrence(made.list);
    return made;
  }();
  return fields;
}

const Fields<Outages>& outage_fields() {
  using S = Outages;
  static const Fields<S> fields = [] {
    Fields<S> made = {
        .meaning = "outages",
        .list = {field<S>("status", &S::status, WholeForm{0, 599},
                          "The HTTP status of refusals; 0: the connection is closed instead.")}};
    add_recurrence(made.list);
    return made;
  }();
  return fields;
}

const Fields<Drift>& drift_fields() {
  using S = Drift;
  static const Fields<S> fields = {
      .meaning = "a slow wander around the medians",
      .list = {
          field<S>("ttft_log_sd", &S::ttft_log_sd, deviation_form(), "Of the time to the first token."),
          field<S>("speed_log_sd", &S::speed_log_sd, deviation_form(), "Of tokens per second."),
          field<S>("time_constant", &S::time_constant, DurationForm<Seconds>{Seconds(1), Seconds(1e7)},
                   "How long it remembers."),
      }};
  return fields;
}

const Fields<Mishaps>& mishap_fields() {
  using S = Mishaps;
  static const Fields<ErrorReply> error_fields = {
      .meaning = "an error such as `{status: 503, probability: 0.01}`",
      .list = {field<ErrorReply>("status", &ErrorReply::status, WholeForm{400, 599}, "HTTP status.",
                                 Need::required),
               field<ErrorReply>("probability", &ErrorReply::probability, probability_form(), "Per request.",
                                 Need::required)}};
  static const Fields<Lapses> lapse_fields = {
      .meaning = "lapses such as `{at: 10 min, share: 10 %}`",
      .list = {field<Lapses>("at", &Lapses::at, seconds_form(), "Since the fleet's start.", Need::required),
               field<Lapses>("share", &Lapses::share, probability_form(), "Of the answers, from then on.",
                             Need::required)}};
  static const Fields<Variant> variant_fields = {
      .meaning = "a variant such as `{at: 10 min, prompt_scale: 1.15}`",
      .list = {field<Variant>("at", &Variant::at, seconds_form(), "Since the fleet's start.", Need::required),
               field<Variant>("prompt_scale", &Variant::prompt_scale, RealForm{0.1, 10},
                              "Prompt tokens that it counts, over those that the first one counted.")}};
  static constexpr auto variants = []() -> const Fields<Variant>& { return variant_fields; };
  static constexpr auto lapses = []() -> const Fields<Lapses>& { return lapse_fields; };
  static constexpr auto errors = []() -> const Fields<ErrorReply>& { return error_fields; };
  static const Fields<S> fields = {
      .meaning = "what goes wrong with single requests",
      .list = {
          field<S>("errors", &S::errors, ListOf<Mapping<ErrorReply>>{{errors}, "a list of errors"},
                   "Error replies."),
          field<S>("cut", &S::cut, probability_form(), "The connection breaks at some token."),
          field<S>("stall", &S::stall, probability_form(), "Tokens stop at some token."),
          field<S>("stall_length", &S::stall_length, seconds_form(), "For good when left out."),
          field<S>("straggler", &S::straggler, probability_form(), "Slow from beginning to end."),
          field<S>("straggler_factor", &S::straggler_factor, RealForm{1, 1000}, "How much slower."),
          field<S>("lapses", &S::lapses, ListOf<Mapping<Lapses>>{{lapses}, "a list of lapses"},
                   "Calls of tools, and answers in JSON, that break what was asked for; in order of time. "
                   "Where a fleet has any, all requests that are simulated offer tools."),
          field<S>("variants", &S::variants, ListOf<Mapping<Variant>>{{variants}, "a list of variants"},
                   "Other variants of the model that answer from some moment on, without a word; in order of "
                   "time."),
      }};
  return fields;
}

}  // namespace config
