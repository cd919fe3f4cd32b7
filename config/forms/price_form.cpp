#include "config/forms/price_form.hpp"

#include <algorithm>

#include "config/forms/leaf.hpp"
#include "config/values/masked.hpp"
#include "config/values/price_coverage.hpp"

namespace config {
namespace {

// A price outside of these is a slip of the unit more often than a price; free is a price.
void check_plausible(const Node& node, PricePerMillionTokens price) {
  constexpr PricePerMillionTokens least{{10'000'000}}, most{{300'000'000'000}};
  if (price.price.nanos == 0 || (price >= least && price <= most)) return;
  node.warning(in_quotes(node.text()) + " is an unusual price; most are from 0.01 to 300 $/Mtok",
               "check that it is for a million tokens");
}

void check_prices(const Node& node, Prices& prices) {
  if (node.has("output")) check_plausible(node["output"], prices.output);
  if (node.has("input") && node.has("cache_read") && prices.cache_read && *prices.cache_read > prices.input) {
    node["cache_read"].error("reading the cache costs " + in_quotes(node["cache_read"].text()) +
                                 ", more than the input price " + in_quotes(node["input"].text()),
                             "leave `cache_read` out when cached tokens cost what others cost");
  }
  const bool has_output_price = node.has("output") && prices.output.price.nanos > 0;  // embeddings have none
  if (node.has("input") && has_output_price && prices.output < prices.input) {
    node["output"].warning("output costs less than input, which is rare", "check that they are not swapped");
  }
  if (!node.has("image")) return;
  constexpr Money most_usual{1'000'000'000}, most{100'000'000'000};
  if (prices.image > most) {
    node["image"].refuse("what one picture costs, at most $100");
  } else if (prices.image > most_usual) {
    node["image"].warning(in_quotes(node["image"].text()) + " is an unusual price of a picture",
                          "check that it is for one, and not for a thousand");
  }
  if (prices.image.nanos > 0 && prices.image_input && prices.image_input->price.nanos > 0) {
    node["image"].warning("pictures are paid by the piece and, with `image_input`, by their tokens",
                          "check that the host charges both");
  }
}

// More than any list has; so that checking them stays quick.
constexpr std::size_t most_rules = 32;

std::vector<std::string> words_of(std::span<const std::string_view> names) {
  return {names.begin(), names.end()};
}

const Fields<DailyWindow>& hours_fields() {
  using S = DailyWindow;
  static const Fields<S> fields = {
      .meaning = "hours of the day such as `{from: \"16:30\", to: \"00:30\"}`",
      .list = {field<S>("from", &S::from, MinuteForm{}, "Time of day, UTC.", Need::required),
               field<S>("to", &S::to, MinuteForm{}, "Over midnight when earlier.", Need::required)}};
  return fields;
}

void check_conditions(const Node& node, PriceConditions& when) {
  if (!when.any() && node.size() == 0) {
    node.error("a rule without conditions", "prices that always hold are the endpoint's `price`");
  }
}

// As hosts write them.
struct GeoForm {
  using Value = GeoWord;
  static constexpr std::string_view wanted = "a word of the host's for a place, such as `us`";

  static std::optional<GeoWord> read(const Node& node) {
    const auto text = text_of(node, wanted);
    if (!text) return std::nullopt;
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789-_";
    const bool is_word = !text->empty() && text->find_first_not_of(letters) == std::string::npos;
    if (is_word && text->size() <= GeoWord::longest) return GeoWord(*text);
    node.refuse(wanted);
    return std::nullopt;
  }
  static JsonMembers schema() { return {{"type", json_string("string")}}; }
};

const Fields<PriceConditions>& condition_fields() {
  using S = PriceConditions;
  const auto days = [](S& s, const std::vector<std::size_t>& set) {
    for (const std::size_t day : set) s.weekdays.set(day);
  };
  const auto tiers = [](S& s, const std::vector<ServiceTier>& set) {
    for (const ServiceTier tier : set) s.tiers.set(static_cast<std::size_t>(tier));
  };
  static const Fields<S> fields = {
      .meaning = "conditions such as `{prompt_above: 200 ktok}`",
      .list =
          {
              field<S>("prompt_above", &S::prompt_above, TokensForm{},
                       "The whole prompt, what is cached included, is longer. The prices then are the whole "
                       "request's."),
              field<S>("prompt_to", &S::prompt_to, TokensForm{}, "It is not longer."),
              field<S>("hours", &S::hours, Mapping<DailyWindow>{hours_fields}, "Hours of the day, UTC."),
              field<S>("weekdays", days,
                       OneOrMore<WordForm<std::size_t>>{{{words_of(weekday_names)}, "a list of weekdays"}},
                       "Days of the week, UTC; each from midnight to midnight."),
              field<S>("from", &S::from, DateForm{}, "Since that day, UTC."),
              field<S>("until", &S::until, DateForm{}, "Until that day begins, UTC."),
              field<S>("service_tier", tiers,
                       OneOrMore<WordForm<ServiceTier>>{
                           {{words_of(service_tier_names)}, "a list of service tiers"}},
                       "What the answer says it was served as, and before there is one what the request "
                       "asks for. `fast` is Anthropic's `speed`, `reserved` bought throughput."),
              field<S>(
                  "inference_geo", &S::geos,
                  OneOrMore<GeoForm>{{GeoForm{}, "a list of places such as `[us]`"}},
                  "Where the answer says that it was made, in the host's word; before there is one, and "
                  "where it does not say, where the request or the provider's `inference_geo` wants it."),
          },
      .check = check_conditions};
  return fields;
}

}  // namespace

std::optional<MinuteOfDay> MinuteForm::read(const Node& node) const {
  constexpr std::string_view wanted = "a time of day (UTC) such as `16:30`";
  const auto text = text_of(node, wanted);
  if (!text) return std::nullopt;
  if (text->size() == 5 && (*text)[2] == ':') {
    const auto hours = parse_whole(text->substr(0, 2)), minutes = parse_whole(text->substr(3, 2));
    const bool good = hours && minutes && *hours >= 0 && *hours < 24 && *minutes >= 0 && *minutes < 60;
    if (good) return MinuteOfDay{static_cast<int>(*hours * 60 + *minutes)};
  }
  node.refuse(wanted);
  return std::nullopt;
}

const Fields<Prices>& price_fields() {
  using S = Prices;
  static const Fields<S> fields = {
      .meaning = "prices such as `{input: 0.55 $/Mtok, output: 2.19 $/Mtok}`",
      .list =
          {
              field<S>("input", &S::input, PriceForm{}, "Of prompt tokens.", Need::required),
              field<S>("output", &S::output, PriceForm{}, "Of answer tokens, reasoning included.",
                       Need::required),
              field<S>("cache_read", &S::cache_read, PriceForm{},
                       "Of prompt tokens read from the provider's cache. The input price when left out."),
              field<S>("cache_write", &S::cache_write, PriceForm{},
                       "Of prompt tokens written to the provider's cache, beside the input price. Free when "
                       "left out."),
              field<S>(
                  "cache_write_1h", &S::cache_write_1h, PriceForm{},
                  "The same for what is kept for an hour. The input price when left out, if `cache_write` "
                  "is there."),
              field<S>("audio_input", &S::audio_input, PriceForm{},
                       "Of prompt tokens that are sound. The input price when left out."),
              field<S>("audio_cache_read", &S::audio_cache_read, PriceForm{},
                       "Of those, read from the provider's cache. As `cache_read` when left out."),
              field<S>("image_input", &S::image_input, PriceForm{},
                       "Of prompt tokens that are pictures. The input price when left out."),
              field<S>("audio_output", &S::audio_output, PriceForm{},
                       "Of answer tokens that are sound. The output price when left out."),
              field<S>("image_output", &S::image_output, PriceForm{},
                       "Of answer tokens that are pictures. The output price when left out."),
              field<S>("reasoning", &S::reasoning, PriceForm{},
                       "Of answer tokens that are reasoning. The output price when left out."),
              field<S>("request", &S::request, MoneyForm{}, "Of each request, such as `$0.005`."),
              field<S>("search", &S::search, MoneyForm{},
                       "Of each search in the web that the host reports, such as `$0.01`."),
              field<S>("image", &S::image, MoneyForm{},
                       "Of each picture in the request, such as `$0.005`, beside what its tokens cost where "
                       "the host counts them."),
          },
      .check = check_prices};
  return fields;
}

const Fields<PriceRule>& price_rule_fields() {
  using S = PriceRule;
  static const Fields<S> fields = {
      .meaning = "a rule such as `{when: {prompt_above: 200 ktok}, price: {...}}`",
      .list = {field<S>("when", &S::when, Mapping<PriceConditions>{condition_fields},
                        "All that is said must hold.", Need::required),
               field<S>("price", &S::prices, Mapping<Prices>{price_fields},
                        "The whole of the prices then: nothing is taken from the endpoint's `price`.",
                        Need::required)}};
  return fields;
}

namespace {

// A price that nobody ever meets.
void check_pictures(const Node& node, const EndpointSettings& endpoint) {
  if (endpoint.features.test(static_cast<std::size_t>(Feature::images))) return;
  const auto tell = [](const Node& price, const Prices& prices) {
    if (prices.image.nanos == 0 || !price.has("image")) return;
    price["image"].warning("never holds: the endpoint takes no pictures", "its `features` have no `images`");
  };
  tell(node["price"], endpoint.prices);
  for (std::size_t i = 0; i < endpoint.price_rules.size(); ++i)
    tell(node["price_rules"].child(i)["price"], endpoint.price_rules[i].prices);
}

}  // namespace

void check_price_rules(const Node& node, EndpointSettings& endpoint) {
  check_pictures(node, endpoint);
  const std::vector<PriceRule>& rules = endpoint.price_rules;
  if (rules.empty()) {
    if (!node.has("price") && !node.has("machine"))
      node.error("the key `price` is missing", "or say what its `machine` costs");
    return;
  }
  const Node list = node["price_rules"];
  if (rules.size() > most_rules) {
    return list.error("found " + std::to_string(rules.size()) + " rules; at most " +
                      std::to_string(most_rules) + " are allowed");
  }
  if (!node.has("price")) endpoint.prices = rules.back().prices;
  // One that could not be read was reported, and says nothing about the others.
  if (!std::ranges::all_of(rules, [](const PriceRule& rule) { return rule.when.any(); })) return;
  const PriceCoverage coverage = coverage_of(rules, endpoint.context);
  for (const std::size_t i : coverage.idle) {
    const auto& above = rules[i].when.prompt_above;
    const bool is_beyond = above && *above >= endpoint.context;
    list.child(i)["when"].error(
        is_beyond ? "never holds: the context is " + std::to_string(endpoint.context.count) + " tokens"
                  : "never holds, or only where a rule before it does: the first one that holds is taken");
  }
  if (node.has("price")) {
    if (!coverage.hole) node["price"].warning("never holds: the rules leave nothing over");
  } else if (coverage.hole) {
    list.error("no price holds for " + to_text(*coverage.hole), "`price` holds where no rule does");
  }
}

}  // namespace config
