#include "config/forms/fleet_form.hpp"

#include <algorithm>

#include "config/forms/credential.hpp"
#include "config/forms/fleet_leaf.hpp"
#include "config/forms/settings_form.hpp"
#include "config/values/address.hpp"
#include "config/values/masked.hpp"

namespace config {
namespace {

const Fields<DataPolicy>& data_policy_fields() {
  using S = DataPolicy;
  static const Fields<S> fields = {
      .meaning = "what the host does with prompts",
      .list = {
          field<S>("retains_prompts", &S::retains_prompts, FactForm{}, "Whether it stores them."),
          field<S>("trains_on_prompts", &S::trains_on_prompts, FactForm{}, "Whether it trains on them."),
          field<S>("zero_data_retention", &S::zero_data_retention, FactForm{}, "Whether nothing is kept.")}};
  return fields;
}

const Fields<PriceChange>& price_change_fields() {
  using S = PriceChange;
  static const Fields<S> fields = {
      .meaning = "a change of prices such as `{at: 10 min, prices: {...}}`",
      .list = {
          field<S>("at", &S::at, seconds_form(), "Since the fleet's start.", Need::required),
          field<S>("prices", &S::prices, Mapping<Prices>{price_fields}, "From then on.", Need::required)}};
  return fields;
}

const Fields<PriceWindow>& price_window_fields() {
  using S = PriceWindow;
  const auto from = [](S & s) -> auto& {
    return s.when.from;
  };
  const auto to = [](S & s) -> auto& {
    return s.when.to;
  };
  static const Fields<S> fields = {
      .meaning = "prices at certain hours such as `{from: \"16:30\", to: \"00:30\", prices: {...}}`",
      .list = {
          field<S>("from", from, MinuteForm{}, "Time of day, UTC.", Need::required),
          field<S>("to", to, MinuteForm{}, "Over midnight when earlier.", Need::required),
          field<S>("prices", &S::prices, Mapping<Prices>{price_fields}, "Between them.", Need::required)}};
  return fields;
}

void add_identity(std::vector<Field<SimulatedHost>>& list) {
  using S = SimulatedHost;
  const auto port = [](S& s, int number) { s.port = static_cast<std::uint16_t>(number); };
  const auto key = [](S& s, Credential c) { s.key = std::move(c.secret); };
  const auto add = [&](Field<S> field) { list.push_back(std::move(field)); };
  add(field<S>("display_name", &S::display_name, TextForm{.wanted = "a name to show", .longest = 64},
               "The name people know it by."));
  add(field<S>("port", port, WholeForm{0, 65535},
               "Where it listens; counted from the fleet's base port when left out. 0: a free one."));
  add(field<S>("path", &S::path, TextForm{.wanted = "a path such as `/v1`"}, "Before /chat/completions."));
  add(field<S>("key", key, CredentialForm{Absence::refused},
               "The key it asks for, as ${NAME} or ${file:/path}."));
  add(field<S>("jurisdiction", &S::jurisdiction, CountryForm{}, "The country of its headquarters."));
  add(field<S>("regions", &S::regions, ListOf<CountryForm>{{}, "a list of countries such as `[US, DE]`"},
               "The countries of its datacentres."));
  add(field<S>("data_policy", &S::data_policy, Mapping<DataPolicy>{data_policy_fields},
               "What it does with prompts."));
  add(field<S>("cancel_stops_billing", &S::cancel_stops_billing, FlagForm{},
               "Whether closing the connection ends the bill."));
  add(field<S>("source", &S::source, TextForm{.wanted = "where its facts come from", .longest = 2000},
               "Where its facts come from, with a date."));
}

void add_offer(std::vector<Field<SimulatedHost>>& list) {
  using S = SimulatedHost;
  const auto add = [&](Field<S> field) { list.push_back(std::move(field)); };
  add(field<S>("model", &S::model, NameForm<ModelName>{{.wanted = "the name of a model"}}, "One of `models`.",
               Need::required));
  add(field<S>(
      "also", &S::also, ListOf<NameForm<ModelName>>{{{.wanted = "the name of a model"}}, "a list of models"},
      "Others of `models` that it has, by their names: all that it runs shares its capacity, and its "
      "answers are as long as the first one's."));
  add(field<S>("host_model", &S::host_model, TextForm{.wanted = "the host's name of the model"},
               "What it calls the model."));
  add(field<S>("context", &S::context, TokensForm{}, "The most tokens of prompt and output together."));
  add(field<S>("max_output", &S::max_output, TokensForm{}, "The most output tokens."));
  add(field<S>("quantization", &S::quantization, WordForm<Quantization>{quantization_words()},
               "The number format of the weights."));
  add(field<S>("features", &S::features, FeaturesForm{}, "What it can do beside text."));
  add(field<S>("tags", &S::tags, ListOf<TextForm>{{.wanted = "a tag", .longest = 64}, "a list of tags"},
               "Words that policies can ask for."));
  add(field<S>("prices", &S::prices, Mapping<Prices>{price_fields}, "What it costs.", Need::required));
  add(field<S>("price_changes", &S::price_changes,
               ListOf<Mapping<PriceChange>>{{price_change_fields}, "a list of price changes"},
               "Changes of prices, in order of time."));
  add(field<S>("price_windows", &S::price_windows,
               ListOf<Mapping<PriceWindow>>{{price_window_fields}, "a list of hours"},
               "Prices at certain hours."));
}

void add_behaviour(std::vector<Field<SimulatedHost>>& list) {
  using S = SimulatedHost;
  const auto add = [&](Field<S> field) { list.push_back(std::move(field)); };
  add(field<S>("ttft", &S::ttft, Mapping<FirstTokenBehaviour>{first_token_fields},
               "The time to the first token."));
  add(field<S>("speed", &S::speed, Mapping<SpeedBehaviour>{speed_fields}, "Tokens per second."));
  add(field<S>("batch", &S::batch, Mapping<BatchBehaviour>{batch_fields}, "How many requests run together."));
  add(field<S>("prompt_cache", &S::prompt_cache, Mapping<PromptCacheBehaviour>{prompt_cache_fields},
               "None when left out; `{}` for one with the defaults."));
  add(field<S>("rate_limits", &S::rate_limits, Mapping<RateLimitBehaviour>{rate_limit_fields},
               "None when left out."));
  add(field<S>("verbosity", &S::verbosity, RealForm{0.01, 100}, "The length of its answers over the usual."));
  add(field<S>("reasoning_share", &S::reasoning_share, probability_form(),
               "The share of an answer's tokens that are reasoning, which comes first."));
  add(field<S>("busy_hours", &S::busy_hours,
               ListOf<Mapping<BusyHours>>{{busy_hours_fields}, "a list of hours"}, "Hours of every day."));
  add(field<S>("busy_episodes", &S::busy_episodes, Mapping<BusyEpisodes>{busy_episodes_fields},
               "Times of load that come by chance or are set."));
  add(field<S>("outages", &S::outages, Mapping<Outages>{outage_fields},
               "Times when new requests are refused."));
  add(field<S>("drift", &S::drift, Mapping<Drift>{drift_fields}, "A slow wander around the medians."));
  add(field<S>("mishaps", &S::mishaps, Mapping<Mishaps>{mishap_fields},
               "What goes wrong with single requests."));
}

void check_host(const Node& node, SimulatedHost& host) {
  if (host.max_output && *host.max_output > host.context) {
    node["max_output"].error("the most output is larger than the context of " +
                             std::to_string(host.context.count) + " tokens");
  }
  if (!host.path.empty() && (host.path.front() != '/' || host.path.back() == '/')) {
    node["path"].error("found " + in_quotes(host.path) +
                       "; allowed is a path such as `/v1`, without a slash at its end");
  }
  if (!std::ranges::is_sorted(host.mishaps.variants, {}, &Variant::at)) {
    node["mishaps"]["variants"].error("the variants are not in order of time");
  }
  if (!std::ranges::is_sorted(host.mishaps.lapses, {}, &Lapses::at)) {
    node["mishaps"]["lapses"].error("the lapses are not in order of time");
  }
  if (!std::ranges::is_sorted(host.price_changes, {}, &PriceChange::at)) {
    node["price_changes"].error("the price changes are not in order of time");
  }
}

const Fields<AnswerLengths>& answer_fields() {
  using S = AnswerLengths;
  const auto median = [](S& s, Tokens tokens) { s.median_tokens = static_cast<double>(tokens.count); };
  static const Fields<S> fields = {
      .meaning = "how long answers are, such as `{median: 500 tok, log_sd: 0.7}`",
      .list = {field<S>("median", median, TokensForm{}, "Half of them are longer."),
               field<S>("log_sd", &S::log_sd, deviation_form(), "The deviation of the logarithm.")}};
  return fields;
}

}  // namespace

const Fields<SimulatedHost>& simulated_host_fields() {
  static const Fields<SimulatedHost> fields = [] {
    Fields<SimulatedHost> made = {.meaning = "a simulated host", .list = {}, .check = check_host};
    add_identity(made.list);
    add_offer(made.list);
    add_behaviour(made.list);
    return made;
  }();
  return fields;
}

const Fields<SimulatedModel>& simulated_model_fields() {
  using S = SimulatedModel;
  const NameForm<ModelName> alias{{.wanted = "another name of the model"}};
  static const Fields<S> fields = {
      .meaning = "a model of the fleet",
      .list = {
          field<S>("aliases", &S::aliases, ListOf<NameForm<ModelName>>{alias, "a list of names"},
                   "Other names."),
          field<S>("display_name", &S::display_name, TextForm{.wanted = "a name to show"}, "For people."),
          field<S>("description", &S::description, TextForm{.wanted = "a description", .longest = 2000},
                   "For people."),
          field<S>("created", &S::created, DateForm{}, "The day it was published."),
          field<S>("answers", &S::answers, Mapping<AnswerLengths>{answer_fields},
                   "How long its answers are."),
      }};
  return fields;
}

const Fields<Fleet>& fleet_fields() {
  using S = Fleet;
  const auto base_port = [](S& s, int number) { s.base_port = static_cast<std::uint16_t>(number); };
  static const Fields<S> fields = {
      .meaning = "a fleet of simulated hosts for isocost",
      .list = {
          field<S>("title", &S::title, TextForm{.wanted = "a title"}, "For people."),
          field<S>("seed", &S::seed, SeedForm{},
                   "Every draw comes from it: the same seed is the same world."),
          field<S>("listen", &S::listen, TextForm{.wanted = "an address such as `127.0.0.1`"},
                   "The address of all hosts."),
          field<S>("base_port", base_port, WholeForm{0, 65535}, "The first host's port. 0: free ones."),
          field<S>("time_scale", &S::time_scale, RealForm{0, 1000},
                   "Real seconds for a second of the hosts' world: 1 is truthful, 0.1 ten times as fast."),
          field<S>("models", &S::models,
                   Named<Mapping<SimulatedModel>>{
                       {simulated_model_fields}, "a mapping from names to models", is_model_name},
                   "What the hosts serve.", Need::required),
          field<S>("hosts", &S::hosts,
                   Named<Mapping<SimulatedHost>>{
                       {simulated_host_fields}, "a mapping from names to hosts", is_label},
                   "Who serves it.", Need::required),
      }};
  return fields;
}

}  // namespace config
