#include <chrono>

#include "config/forms/access_form.hpp"
#include "config/forms/credential.hpp"
#include "config/forms/engine_form.hpp"
#include "config/forms/leaf.hpp"
#include "config/forms/settings_form.hpp"
#include "config/values/address.hpp"
#include "config/values/masked.hpp"

namespace config {
namespace {

using std::chrono::milliseconds;

// Of every key, as they stand among the provider's own limits.
void add_limits_of_keys(Fields<ProviderLimits>& fields) {
  using S = ProviderLimits;
  for (const Field<KeyLimits>& each : key_limit_fields().list) {
    fields.list.push_back({.key = each.key,
                           .read = [&each](const Node& node, S& s) { each.read(node, s.each_key); },
                           .schema = [&each](const S& defaults) { return each.schema(defaults.each_key); }});
  }
  fields.list.push_back(field<S>(
      "keys", &S::of_keys,
      ListOf<Mapping<KeyLimits>>{{key_limit_fields}, "a list such as `[{requests: {minute: 500}}, {}]`"},
      "What the host lets single keys do, in the order of `credential`, in place of the `requests`, `tokens` "
      "and `concurrent` beside it."));
}

const Fields<ProviderLimits>& provider_limit_fields() {
  using S = ProviderLimits;
  const DurationForm<milliseconds> duration{milliseconds(1), std::chrono::hours(24)};
  static const Fields<S> fields = [&duration] {
    Fields<S> all = {
        .meaning = "limits towards a provider",
        .list = {
            field<S>("connect_timeout", &S::connect_timeout, duration,
                     "For finding the address and connecting, in each attempt."),
            field<S>("tls_handshake_timeout", &S::tls_handshake_timeout, duration,
                     "From connected to encrypted."),
            field<S>(
                "first_token_timeout", &S::first_token_timeout, duration,
                "From the request written to the first piece of the answer. Reasoning models need "
                "minutes. A stream of a host that is known gets as long as one in ten thousand takes there "
                "that "
                "was asked to think as much, from 10 s to this. A reply that is not streamed gets as long as "
                "an answer like it may take there, at most this and the time for its tokens."),
            field<S>("liveness_timeout", &S::liveness_timeout, duration,
                     "Between any two bytes of an answer that has begun, keep-alive comments included."),
            field<S>("progress_timeout", &S::progress_timeout, duration,
                     "Between two pieces of a streamed answer."),
            field<S>("keep_alive", &S::keep_alive, duration,
                     "How long an idle connection is kept for the next request."),
            field<S>("max_idle_connections", &S::max_idle_connections, WholeForm{0, 100'000},
                     "Idle connections kept, for each worker."),
            field<S>("warm_connections", &S::warm_connections, WholeForm{0, 1'000},
                     "Idle connections made ahead, for each worker, while requests are likely to go to this "
                     "provider, so that none waits for one. 0: connect when a request needs it."),
            field<S>("max_in_flight", &S::max_in_flight, WholeForm{1, 1'000'000},
                     "Requests at the same time, over all workers. Unlimited when left out."),
        }};
    add_limits_of_keys(all);
    return all;
  }();
  return fields;
}

// A credential and every prompt cross the network in the open over http.
void check_plaintext(const Node& node, const ProviderSettings& provider) {
  const BaseUrl& url = provider.base_url;
  const bool open = url.scheme == BaseUrl::Scheme::http && !url.host.empty() && !is_loopback(url.host);
  if (open && !provider.allow_plaintext) {
    node["base_url"].error("`http` sends the key and every prompt in the open to `" + url.host + "`",
                           "write `https`, or `allow_plaintext: true` when the network between is yours");
  }
  if (!open && provider.allow_plaintext && !url.host.empty()) {
    node["allow_plaintext"].warning("has no effect on this base URL", "remove it");
  }
}

// OpenRouter bills what it says, and for one model many prices.
bool is_openrouter(const BaseUrl& url) {
  return is_within(url.host, "openrouter.ai");
}

// Of Google's hosts the path says whose models they are asked for.
Format usual_format(const ProviderSettings& provider) {
  const std::string_view path = provider.base_url.path;
  switch (provider.dialect) {
    case Dialect::anthropic:
      return Format::messages;
    case Dialect::google:
      if (path.ends_with("/publishers/anthropic")) return Format::vertex_messages;
      return path.ends_with("/endpoints/openapi") ? Format::chat : Format::gemini;
    case Dialect::bedrock:
      return Format::converse;
    case Dialect::openai:
    case Dialect::azure:
      break;
  }
  return Format::chat;
}

// A name that could end a line would let a head say anything.
void check_credential_header(const Node& node, const ProviderSettings& provider) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  if (provider.credential_header.find_first_not_of(allowed) == std::string::npos) return;
  node["credential_header"].refuse("the name of a header field such as `api-key`");
}

void check_provider(const Node& node, ProviderSettings& provider) {
  check_key_list(node, provider);
  if (!node.has("speaks")) provider.speaks = usual_format(provider);
  check_credential_header(node, provider);
  if (!node.has("reports_cost")) provider.reports_cost = is_openrouter(provider.base_url);
  check_plaintext(node, provider);
  check_tls(node, provider);
  check_reasoning_switch(node, provider);
  check_earlier_thinking(node, provider);
  check_inference_geo(node, provider);
  check_access(node, provider);
  check_cloud_place(node, provider);
  check_engine(node, provider);
  const DataPolicy& data = provider.data_policy;
  if (provider.keeps_responses && (data.zero_data_retention == true || data.retains_prompts == false)) {
    node["keeps_responses"].error(
        "who stores answers retains data, and `zero_data_retention` or `retains_prompts` says the opposite");
  }
  const bool has_any = node.has("credential") || node.has("aws") || node.has("google") || node.has("entra");
  if (provider.optional && !has_any) {
    node["optional"].error("an optional provider has a `credential`, whose presence decides");
  }
}

}  // namespace

const Fields<ProviderSettings>& provider_fields() {
  using S = ProviderSettings;
  const auto credential = [](S& s, std::vector<Credential> all) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      Credential& each = all[i];
      if (s.credential_source.empty()) s.credential_source = std::move(each.source);
      if (each.secret.empty()) {
        s.access.absent_keys.push_back(i);
        continue;
      }
      if (s.credential.empty()) {
        s.credential = std::move(each.secret);
      } else {
        s.access.more_keys.push_back(std::move(each.secret));
      }
    }
  };
  const auto retains = [](S & s) -> auto& {
    return s.data_policy.retains_prompts;
  };
  const auto trains = [](S & s) -> auto& {
    return s.data_policy.trains_on_prompts;
  };
  const auto forgets = [](S & s) -> auto& {
    return s.data_policy.zero_data_retention;
  };
  const auto in_access = [](auto member) {
    return [member](S & s) -> auto& {
      return s.access.*member;
    };
  };
  static const Fields<S> fields =
      {.meaning = "a provider",
       .list =
           {
               field<S>("base_url", &S::base_url, BaseUrlForm{},
                        "Where its API is, without the name of a call: https://api.deepseek.com/v1",
                        Need::required),
               field<S>("credential", credential,
                        OneOrMore<CredentialForm>{{{Absence::accepted}, "a credential, or a list of them"}},
                        "The provider's key: ${NAME} for a variable, ${file:/path} for a file of mode 600. "
                        "None is sent "
                        "when left out. Of several, one that the host refuses is left alone for a while, and "
                        "the others go on."),
               field<S>("optional", &S::optional, FlagForm{},
                        "Leaves the provider and its endpoints out, instead of refusing the configuration, "
                        "while the "
                        "variable or file of its credential is not there."),
               field<S>("display_name", &S::display_name, TextForm{.wanted = "a name to show", .longest = 64},
                        "The name people know it by."),
               field<S>(
                   "dialect", &S::dialect,
                   WordForm<Dialect>{{"openai", "anthropic", "google", "bedrock", "azure"}},
                   "Whose API it is. It decides what is said nowhere else: OpenAI's speaks `chat` and gets "
                   "its "
                   "credential as a Bearer token, Anthropic's speaks `messages` and gets it as `x-api-key`, "
                   "Google's speaks `gemini` and gets it as `x-goog-api-key`, Bedrock's speaks `converse` "
                   "and "
                   "gets it as a Bearer token, Azure's speaks `chat` and gets it as `api-key`."),
               field<S>("speaks", &S::speaks, FormatsForm{},
                        "The APIs that it speaks under its base URL. Requests of one of them are passed on "
                        "as they "
                        "are; a conversation in one that it does not speak is put into one that it does."),
               field<S>("aws", in_access(&AccessSettings::aws), Mapping<AwsAccess>{aws_fields},
                        "Requests are signed with keys of Amazon's (SigV4), instead of a `credential`."),
               field<S>("google", in_access(&AccessSettings::google), Mapping<GoogleAccess>{google_fields},
                        "Access tokens of a service account, instead of a `credential`."),
               field<S>("entra", in_access(&AccessSettings::entra), Mapping<EntraAccess>{entra_fields},
                        "Access tokens of an application of Microsoft Entra's, instead of a `credential`."),
               field<S>("api_version", in_access(&AccessSettings::api_version),
                        TextForm{.wanted = "a version such as `2024-10-21`", .longest = 40},
                        "Azure's classic API: the deployment, `host_model`, stands in the path, and this "
                        "behind it. Left out for `/openai/v1`, or `preview` there."),
               field<S>("headers", in_access(&AccessSettings::headers), TextsForm{TextsForm::Of::headers},
                        "Header fields that are sent with every request. A value may end in ${NAME} or "
                        "${file:/path}: `Bearer ${TOKEN}`."),
               field<S>("query", in_access(&AccessSettings::query), TextsForm{TextsForm::Of::query},
                        "Names and values that are put behind every path. A value may end in ${NAME} or "
                        "${file:/path}."),
               field<S>(
                   "proxy", in_access(&AccessSettings::proxy), ProxyForm{},
                   "Who passes connections on (CONNECT): `http://proxy:3128`, or ${NAME} of a variable "
                   "that says so, with `user:password@` perhaps. `none`: nobody. HTTPS_PROXY and NO_PROXY "
                   "of the environment hold for https when left out."),
               field<S>("tls", in_access(&AccessSettings::tls), ShownForm{{client_certificate_fields}},
                        "What the host is shown that asks for a certificate (mTLS)."),
               field<S>("reasoning_switch", &S::reasoning_switch,
                        WordForm<ReasoningSwitch>{
                            {reasoning_switch_names.begin(), reasoning_switch_names.end()}},
                        "In which words of `chat` a request's wish to think more, less or not at all is put: "
                        "`effort`: `reasoning_effort`; `reasoning`: `reasoning: {effort}`; "
                        "`reasoning_enabled`: "
                        "`reasoning: {enabled}`; `thinking`: `thinking: {type}`; `enable_thinking`, with "
                        "`thinking_budget`; `template_enable_thinking` and `template_thinking`: "
                        "`chat_template_kwargs`; `none`: it takes none, and is left out where a request must "
                        "not "
                        "think. `as_it_came`: as the client says it. Known of many hosts when left out."),
               field<
                   S>("earlier_thinking", &S::earlier_thinking,
                      WordForm<EarlierThinking>{
                          {earlier_thinking_names.begin(), earlier_thinking_names.end()}},
                      "As which member of earlier answers of `chat` it is told what was thought for them, "
                      "if its model thinks; `none`: it is told nothing of it. `none` of OpenAI, Azure, Groq, "
                      "Mistral, Cerebras, OpenCode and Google's door of chat when left out."),
               field<S>("inference_geo", &S::inference_geo,
                        TextForm{.wanted = "a word of Anthropic's such as `us`", .longest = 40},
                        "Where Anthropic's models are asked to run, with every request; `regions` says the "
                        "same "
                        "to policies, and prices are those of that place. Requests that say another go "
                        "elsewhere."),
               field<S>("credential_header", &S::credential_header,
                        TextForm{.wanted = "the name of a header field such as `api-key`", .longest = 64},
                        "The header field that takes the credential, where it is not the dialect's own."),
               field<
                   S>("jurisdiction", &S::jurisdiction, CountryForm{},
                      "The country of its headquarters, ISO 3166-1 alpha-2. Unknown when left out; a policy "
                      "that asks "
                      "for a jurisdiction then never allows it."),
               field<S>("regions", &S::regions,
                        ListOf<CountryForm>{{}, "a list of countries such as `[US, DE]`"},
                        "The countries of its datacentres."),
               field<S>("retains_prompts", retains, FactForm{}, "Whether it stores prompts."),
               field<S>("trains_on_prompts", trains, FactForm{}, "Whether it trains models on prompts."),
               field<S>("zero_data_retention", forgets, FactForm{},
                        "Whether a contract with you says that nothing is kept."),
               field<S>("cancel_stops_billing", &S::cancel_stops_billing, FactForm{},
                        "Whether closing the connection ends the bill. Hedged requests cost more where it "
                        "does not; where it is unknown, they are priced as if it did not."),
               field<S>("keeps_responses", &S::keeps_responses, FlagForm{},
                        "Whether clients of `responses` may have answers stored there and refer to them with "
                        "`previous_response_id`. Such a chain stays at the endpoint that began it."),
               field<
                   S>("reports_cost", &S::reports_cost, FlagForm{},
                      "Whether the `cost` in the provider's usage is what it bills you, and so wins over the "
                      "configured prices. False when left out, but true for openrouter.ai."),
               field<S>("ca_file", &S::ca_file, TextForm{.wanted = "the path of a PEM file", .longest = 4096},
                        "Certificates trusted beside the system's."),
               field<S>("allow_plaintext", &S::allow_plaintext, FlagForm{},
                        "Allows http to another machine. Anyone between reads the key and every prompt."),
               field<S>("traceparent", &S::traceparent, FlagForm{},
                        "Whether it is told to which trace a request belongs, in W3C's `traceparent`: for "
                        "hosts "
                        "that write traces to your own collector. Others could tell by it which requests "
                        "belong together, and whose they are."),
               field<S>("engine", &S::engine, Mapping<EngineSettings>{engine_fields},
                        "It is an engine of your own, which is looked at while the gateway runs: one that is "
                        "not "
                        "ready is not asked, and what others have it do counts."),
               field<
                   S>("discovery", &S::discovery, Mapping<DiscoverySettings>{discovery_fields},
                      "Each address of the name in `base_url` is a host of its own, with the `limits` of its "
                      "own: `{}`, or how often they are looked up."),
               field<S>("limits", &S::limits, Mapping<ProviderLimits>{provider_limit_fields},
                        "Timeouts and bounds."),
           },
       .check = check_provider};
  return fields;
}

}  // namespace config
