#include <chrono>

#include "config/leaf.hpp"
#include "config/masked.hpp"
#include "config/settings_form.hpp"

namespace config {
namespace {

const std::vector<std::string> feature_words = {"tools", "json_object", "json_schema", "images", "audio",
                                                "files", "reasoning",   "logprobs",    "prefill"};
static_assert(feature_count == 9);

struct FeaturesForm {
  using Value = Features;

  std::optional<Features> read(const Node& node) const {
    if (!expect(node, Tree::Kind::list, "a list of features such as `[tools, json_schema]`"))
      return std::nullopt;
    Features features;
    for (std::size_t i = 0; i < node.size(); ++i) {
      if (const auto feature = read_word(node.child(i), feature_words)) features.set(*feature);
    }
    return features;
  }

  JsonMembers schema() const {
    return {{"type", json_string("array")}, {"items", json_object({{"enum", json_strings(feature_words)}})}};
  }
};

// A day, as seconds since 1970.
struct DateForm {
  using Value = std::int64_t;

  std::optional<std::int64_t> read(const Node& node) const {
    constexpr std::string_view wanted = "a day such as `2025-01-20`";
    const auto text = text_of(node, wanted);
    if (!text) return std::nullopt;
    const bool shaped = text->size() == 10 && (*text)[4] == '-' && (*text)[7] == '-';
    const auto year = parse_whole(text->substr(0, 4));
    const auto month = shaped ? parse_whole(text->substr(5, 2)) : std::nullopt;
    const auto day = shaped ? parse_whole(text->substr(8, 2)) : std::nullopt;
    if (year && month && day && *year >= 1970 && *month > 0 && *day > 0) {
      using namespace std::chrono;
      const year_month_day date(std::chrono::year(static_cast<int>(*year)),
                                std::chrono::month(static_cast<unsigned>(*month)),
                                std::chrono::day(static_cast<unsigned>(*day)));
      if (date.ok()) return duration_cast<seconds>(sys_days(date).time_since_epoch()).count();
    }
    node.refuse(wanted);
    return std::nullopt;
  }

  JsonMembers schema() const {
    return {{"type", json_string("string")}, {"pattern", json_string(R"(^[0-9]{4}-[0-9]{2}-[0-9]{2}$)")}};
  }
};

// A price outside of these is a slip of the unit more often than a price; free is a price.
void check_plausible(const Node& node, PricePerMillionTokens price) {
  constexpr PricePerMillionTokens least{{10'000'000}}, most{{100'000'000'000}};
  if (price.price.nanos == 0 || (price >= least && price <= most)) return;
  node.warning(quoted(node.text()) + " is an unusual price; most are from 0.01 to 100 $/Mtok",
               "check that it is for a million tokens");
}

void check_prices(const Node& node, Prices& prices) {
  if (node.has("output")) check_plausible(node["output"], prices.output);
  if (node.has("input") && node.has("cache_read") && prices.cache_read && *prices.cache_read > prices.input) {
    node["cache_read"].error("reading the cache costs " + quoted(node["cache_read"].text()) +
                                 ", more than the input price " + quoted(node["input"].text()),
                             "leave `cache_read` out when cached tokens cost what others cost");
  }
  if (node.has("input") && node.has("output") && prices.output < prices.input) {
    node["output"].warning("output costs less than input, which is rare", "check that they are not swapped");
  }
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
              field<S>("request", &S::request, MoneyForm{}, "Of each request, such as `$0.005`."),
          },
      .check = check_prices};
  return fields;
}

void check_endpoint(const Node& node, EndpointSettings& endpoint) {
  endpoint.name.text = endpoint.provider.text;
  if (!endpoint.variant.empty() && is_label(node["variant"], endpoint.variant)) {
    endpoint.name.text += "/" + endpoint.variant;
  }
  if (endpoint.context.count > 0 && endpoint.max_output && *endpoint.max_output > endpoint.context) {
    node["max_output"].error("the most output, " + quoted(node["max_output"].text()) +
                                 ", is larger than the context of " + quoted(node["context"].text()),
                             "the context holds prompt and output together");
  }
}

const Fields<EndpointSettings>& endpoint_fields() {
  using S = EndpointSettings;
  static const Fields<S> fields =
      {.meaning = "an endpoint: the model at one provider",
       .list =
           {
               field<S>("provider", &S::provider,
                        NameForm<ProviderName>{{.wanted = "the name of a provider"}},
                        "Who hosts it: a name from `providers`.", Need::required),
               field<S>("variant", &S::variant, TextForm{.wanted = "a short name", .longest = 64},
                        "Tells several endpoints of one model at one provider apart: `turbo` makes "
                        "`deepinfra/turbo`."),
               field<S>("host_model", &S::host_model, TextForm{.wanted = "the host's name of the model"},
                        "What the provider calls the model.", Need::required),
               field<S>("context", &S::context, TokensForm{},
                        "The most tokens of prompt and output together. `64 ktok` is 64,000.",
                        Need::required),
               field<S>("max_output", &S::max_output, TokensForm{},
                        "The most output tokens. Only the context bounds them when left out."),
               field<S>("quantization", &S::quantization,
                        WordForm<Quantization>{{"unknown", "int4", "int8", "fp4", "mxfp4", "nvfp4", "fp6",
                                                "fp8", "mxfp8", "fp16", "bf16", "fp32"}},
                        "The number format of the weights."),
               field<S>("price", &S::prices, Mapping<Prices>{price_fields}, "What it costs.", Need::required),
               field<S>("features", &S::features, FeaturesForm{},
                        "What it can do beside text. Requests that need more go elsewhere."),
               field<S>("tags",
                        &S::tags, ListOf<TextForm>{{.wanted = "a tag", .longest = 64}, "a list of tags"},
                        "Words of your own that policies can ask for."),
           },
       .check = check_endpoint};
  return fields;
}

}  // namespace

const Fields<ModelSettings>& model_fields() {
  using S = ModelSettings;
  const NameForm<ModelName> alias{{.wanted = "another name of the model"}};
  static const Fields<S> fields = {
      .meaning = "a model",
      .list = {
          field<S>("aliases", &S::aliases, ListOf<NameForm<ModelName>>{alias, "a list of names"},
                   "Other names that clients may ask for."),
          field<S>("display_name", &S::display_name, TextForm{.wanted = "a name to show"},
                   "The name people know it by."),
          field<S>("description", &S::description, TextForm{.wanted = "a description", .longest = 2000},
                   "A sentence for the list of models."),
          field<S>("created", &S::created, DateForm{}, "The day it was published."),
          field<S>("endpoints", &S::endpoints,
                   ListOf<Mapping<EndpointSettings>>{{endpoint_fields}, "a list of endpoints"},
                   "Who hosts it.", Need::required),
      }};
  return fields;
}

const Fields<RouteMember>& route_member_fields() {
  using S = RouteMember;
  static const Fields<S> fields = {
      .meaning = "a member of a route",
      .list = {
          field<S>("model", &S::model, NameForm<ModelName>{{.wanted = "the name of a model"}},
                   "A model whose endpoints may answer.", Need::required),
          field<S>("quality_penalty", &S::quality_penalty, MoneyForm{},
                   "What a lesser answer of this model costs you, in dollars for each request."),
      }};
  return fields;
}

}  // namespace config
