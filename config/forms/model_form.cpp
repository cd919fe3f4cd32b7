#include "config/forms/engine_form.hpp"
#include "config/forms/leaf.hpp"
#include "config/forms/price_form.hpp"
#include "config/forms/settings_form.hpp"
#include "config/values/masked.hpp"

namespace config {
namespace {

// Nobody serves so little: a number of thousands without its unit.
void check_size(const Node& node, std::string_view key, Tokens size, Tokens least) {
  if (size.count <= 0 || size >= least) return;
  const std::string count = std::to_string(size.count);
  node[key].warning(in_quotes(node[key].text()) + " is a number of tokens, and fewer than any host has",
                    "did you mean `" + count + " ktok`?");
}

void check_endpoint(const Node& node, EndpointSettings& endpoint) {
  endpoint.name.text = endpoint.provider.text;
  if (!endpoint.variant.empty() && is_label(node["variant"], endpoint.variant)) {
    endpoint.name.text += "/" + endpoint.variant;
  }
  check_machine(node, endpoint);
  check_size(node, "context", endpoint.context, Tokens{1'000});
  if (endpoint.max_output) check_size(node, "max_output", *endpoint.max_output, Tokens{64});
  if (endpoint.context.count > 0 && endpoint.max_output && *endpoint.max_output > endpoint.context) {
    node["max_output"].error("the most output, " + in_quotes(node["max_output"].text()) +
                                 ", is larger than the context of " + in_quotes(node["context"].text()),
                             "the context holds prompt and output together");
  }
  check_price_rules(node, endpoint);
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
               field<S>("max_inputs", &S::max_inputs, WholeForm{1, 100'000},
                        "The most texts that one embeddings request may hold there. More are sent in several "
                        "requests, one after the other."),
               field<S>("quantization", &S::quantization, WordForm<Quantization>{quantization_words()},
                        "The number format of the weights."),
               field<S>("machine", &S::machine, Mapping<MachineSettings>{machine_fields},
                        "What an hour of your own machine costs and what it manages, instead of a `price`: a "
                        "token "
                        "costs the time that it takes."),
               field<S>("price", &S::prices, Mapping<Prices>{price_fields},
                        "What it costs, where none of `price_rules` holds. Left out where one always does."),
               field<S>(
                   "price_rules", &S::price_rules,
                   ListOf<Mapping<PriceRule>>{{price_rule_fields}, "a list of price rules"},
                   "Other prices for long prompts, at certain hours or service tiers, for a time. The first "
                   "rule that holds is taken."),
               field<S>("features", &S::features, FeaturesForm{},
                        "What it can do beside text. Requests that need more go elsewhere."),
               field<S>(
                   "speaks", &S::speaks, FormatsForm{},
                   "The APIs in which this model can be asked there. Those of the provider when left out."),
               field<S>("thinking", &S::thinking, WordForm<Thinking>{{"none", "budget", "adaptive"}},
                        "How it is told to think in `messages`: by a number of tokens, or by an effort. "
                        "`adaptive` "
                        "where `features` has `reasoning`, else `none`, when left out."),
               field<S>("takes_sampling", &S::takes_sampling, FlagForm{},
                        "Whether it takes `temperature`, `top_p` and `top_k` in `messages`; newer models "
                        "refuse them."),
               field<S>("cache_writes", &S::cache_writes, WordForm<CacheWrites>{{"all", "marked"}},
                        "What of its prompts it writes to its cache and takes `cache_write` for: `all`, or "
                        "what "
                        "`cache_control` marks. `marked` for Claude, at Alibaba Cloud, and where it speaks "
                        "`messages` or `converse` alone, else `all`, when left out."),
               field<S>("reasoning_switch", &S::reasoning_switch,
                        WordForm<ReasoningSwitch>{
                            {reasoning_switch_names.begin(), reasoning_switch_names.end()}},
                        "In which words it is told to think in `chat`; those of the provider when left out."),
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
          field<S>("think_tags", &S::think_tags, WordForm<ThinkTags>{{"reasoning", "text", "opened"}},
                   "What becomes of `<think>...</think>` at the begin of an answer: `reasoning`, beside the "
                   "text; `text`, as it came; `opened`, for hosts whose answers begin behind `<think>`: all "
                   "before `</think>` is reasoning."),
          field<S>("embeddings_equal", &S::embeddings_equal, FlagForm{},
                   "Whether all its endpoints give the same vector for the same text. Where they do not, "
                   "embeddings "
                   "are asked of the first one alone: vectors of different hosts ruin an index."),
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
