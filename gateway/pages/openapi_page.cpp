#include "gateway/pages/openapi_page.hpp"

#include <array>
#include <boost/json.hpp>

#include "gateway/http/routes.hpp"
#include "gateway/text/json_page.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

struct Said {
  Page page;
  std::string_view summary;
};
constexpr std::array<Said, 42> of_pages{{
    {Page::greeting, "What this is, in a line."},
    {Page::openapi, "This description."},
    {Page::explain, "Which host a call would go to, and why; `api` names the call's API. Nothing is sent."},
    {Page::models, "The models that the key may ask for."},
    {Page::embedding_models, "The models that make embeddings."},
    {Page::stored_answer, "A response that a host stores for this key: itself, its input, its end."},
    {Page::gemini_models, "The models that the key may ask for, as Google's clients read them."},
    {Page::gemini_model, "One model, as Google's clients read it."},
    {Page::model_count, "How many models the key may ask for."},
    {Page::model, "One model."},
    {Page::model_data, "One model, as OpenRouter's clients read it."},
    {Page::parameters, "The parameters that every host of a model takes."},
    {Page::providers, "Who hosts the models."},
    {Page::zero_retention, "The hosts that keep nothing of what they are sent."},
    {Page::accounts, "A key's own budget, what a request cost, what was spent: as OpenRouter's clients ask."},
    {Page::provisioning, "Client keys, as OpenRouter's clients manage them."},
    {Page::keys, "Client keys that are made while the gateway runs."},
    {Page::spend,
     "What was spent; `by` of team, key, user, tag, model, endpoint, provider, policy and one time; each of "
     "them but times as a parameter, too: whose spending alone."},
    {Page::limits, "How quotas stand, and where budgets will be when they refill."},
    {Page::service, "Takes an endpoint out of service, or back into it."},
    {Page::changes, "Who changed what."},
    {Page::users, "Forgets whom the requests of a user were for."},
    {Page::endpoints,
     "The hosts of one model: prices, limits, what they do with prompts, how fast they are."},
    {Page::alive, "Whether the process serves."},
    {Page::ready, "Whether it takes new requests; 503 while it shuts down."},
    {Page::metrics, "Metrics in Prometheus' format."},
    {Page::status, "What is known of every host: state, speed, load, spend."},
    {Page::reload, "Takes a changed configuration into use."},
    {Page::request, "A request that was served: its attempts, each decision on it, what was expected."},
    {Page::market, "Where the hosts of a model sit for a request of some size, and the policy's line."},
    {Page::market_history, "How soon the hosts of a model answered over the last days, and their prices."},
    {Page::comparison, "What recorded requests would have cost at one host, the cheapest or the fastest."},
    {Page::events, "Requests as they end, and the state of all hosts once a second, as events of a stream."},
    {Page::configuration, "What is in force: the configuration's text without its secrets."},
    {Page::policies, "The policies as the configuration has them."},
    {Page::policy_check, "What is wrong with policies that are sent, each problem at its place."},
    {Page::policy_trial, "What recorded requests would have been under a policy that is sent."},
    {Page::policy_apply,
     "Writes the policies that are sent into the configuration file, and takes it into use."},
    {Page::console, "The console's files."},
    {Page::console_root, "The way to the console."},
    {Page::me, "Who looks at the console."},
    {Page::login, "Exchanges a key with a role for a cookie."},
}};

// What a call of an API must hold, and what its replies are called there.
struct Call {
  config::Format format;
  std::string_view summary;
  std::string_view required;  // members of the body, separated by spaces
};
constexpr std::array<Call, 6> calls{{
    {config::Format::chat, "OpenAI's chat completions, streamed or whole.", "model messages"},
    {config::Format::completions, "OpenAI's older completions, streamed or whole.", "model prompt"},
    {config::Format::embeddings, "OpenAI's embeddings.", "model input"},
    {config::Format::messages, "Anthropic's Messages, streamed or whole.", "model max_tokens messages"},
    {config::Format::responses, "OpenAI's Responses, streamed or whole.", "model input"},
    {config::Format::gemini, "Google's generateContent; streamed as events with `alt=sse`, else as an array.",
     "contents"},
}};

constexpr Call embedding{config::Format::embeddings, "Google's embeddings of one text.", "content"};
constexpr Call embeddings{config::Format::embeddings, "Google's embeddings of several texts.", "requests"};

const Call& call_of(const KnownRoute& route) {
  if (route.path.ends_with(":embedContent")) return embedding;
  if (route.path.ends_with(":batchEmbedContents")) return embeddings;
  for (const Call& call : calls) {
    if (call.format == route.format) return call;
  }
  return calls.front();
}

// Of a text that is no call: policies, a key.
bool takes_text(Page page) {
  return page == Page::policy_check || page == Page::policy_trial || page == Page::policy_apply ||
         page == Page::login;
}

bool is_call(Page page) {
  return page == Page::inference || page == Page::counting || page == Page::explain;
}

std::string summary_of(const KnownRoute& route) {
  if (route.page == Page::inference) return std::string(call_of(route).summary);
  if (route.page == Page::counting) {
    return "How many tokens a prompt has, by the gateway's own estimate: " +
           std::string(call_of(route).summary);
  }
  for (const Said& said : of_pages) {
    if (said.page == route.page) return std::string(said.summary);
  }
  return {};
}

json::object body_of(const KnownRoute& route) {
  json::object schema{{"type", "object"}, {"additionalProperties", true}};
  json::array required;
  std::string_view names = call_of(route).required;
  while (!names.empty()) {
    const std::size_t end = std::min(names.find(' '), names.size());
    const std::string_view name = names.substr(0, end);
    const bool is_counted = route.page != Page::counting || name != "max_tokens";
    if (is_counted) required.emplace_back(name);
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  schema["required"] = std::move(required);
  return {{"required", true}, {"content", {{"application/json", {{"schema", std::move(schema)}}}}}};
}

json::object replies_of(const KnownRoute& route) {
  json::object good{{"description", "the answer, in the API's own words"}};
  json::object content{{"application/json", json::object{{"schema", json::object{{"type", "object"}}}}}};
  const bool is_text = route.page == Page::greeting || route.page == Page::alive ||
                       route.page == Page::ready || route.page == Page::metrics;
  const json::object text{{"schema", json::object{{"type", "string"}}}};
  if (is_text) content = {{"text/plain", text}};
  const bool may_stream =
      route.page == Page::inference && call_of(route).format != config::Format::embeddings;
  if (may_stream) content["text/event-stream"] = text;
  good["content"] = std::move(content);
  json::object replies{{"200", std::move(good)}};
  const json::object bad{{"$ref", "#/components/responses/Error"}};
  if (route.needs != Needs::nothing || route.page == Page::ready) replies["default"] = bad;
  return replies;
}

json::object operation_of(const KnownRoute& route) {
  json::object operation{{"summary", summary_of(route)}, {"responses", replies_of(route)}};
  json::array parameters;
  const std::size_t brace = route.path.find('{');
  if (brace != std::string_view::npos) {
    const std::string_view name = route.path.substr(brace + 1, route.path.find('}') - brace - 1);
    parameters.push_back(
        {{"name", name},
         {"in", "path"},
         {"required", true},
         {"description", name == "model" ? "the name of a model, with its slash"
                         : name == "id" && route.page == Page::stored_answer ? "of a response"
                         : route.page == Page::request                       ? "x-request-id of its reply"
                         : route.page == Page::console                       ? "of a file"
                         : route.page == Page::service                       ? "of an endpoint"
                                                                             : "of a key or a user"},
         {"schema", {{"type", "string"}}}});
  }
  if (route.page == Page::inference || route.page == Page::explain) {
    parameters.push_back({{"name", "x-isocost-policy"},
                          {"in", "header"},
                          {"description", "the policy that decides"},
                          {"schema", {{"type", "string"}}}});
    parameters.push_back(
        {{"name", "x-isocost-priority"},
         {"in", "header"},
         {"description", "who is served first where not all can be at once; normal where nothing is said"},
         {"schema", {{"type", "string"}, {"enum", {"interactive", "normal", "batch"}}}}});
  }
  if (!parameters.empty()) operation["parameters"] = std::move(parameters);
  if (is_call(route.page)) operation["requestBody"] = body_of(route);
  if (takes_text(route.page)) {
    const bool is_yaml = route.page == Page::policy_check || route.page == Page::policy_trial;
    const std::string_view type = is_yaml ? "application/yaml" : "application/json";
    operation["requestBody"] = {{"required", true}, {"content", {{type, json::object()}}}};
  }
  if (route.needs <= Needs::own_site) operation["security"] = json::array();
  return operation;
}

json::object components() {
  const auto header = [](std::string_view name) {
    return json::object{{"type", "apiKey"}, {"in", "header"}, {"name", name}};
  };
  json::object error{{"description", "an error in the words of the API that was called"},
                     {"content", {{"application/json", {{"schema", {{"type", "object"}}}}}}}};
  return {{"securitySchemes",
           {{"bearer", {{"type", "http"}, {"scheme", "bearer"}}},
            {"x-api-key", header("x-api-key")},
            {"x-goog-api-key", header("x-goog-api-key")}}},
          {"responses", {{"Error", std::move(error)}}}};
}

}  // namespace

std::string openapi_page() {
  json::object paths;
  for (const KnownRoute& route : known_routes()) {
    json::value& path = paths[route.path];
    if (!path.is_object()) path.emplace_object();
    path.as_object()[route.method] = operation_of(route);
  }
  const json::object security_bearer{{"bearer", json::array()}};
  json::object document{
      {"openapi", "3.1.0"},
      {"info",
       {{"title", "isocost"},
        {"version", "1"},
        {"description",
         "Calls of several APIs, each routed to the host that costs least, waiting included. All paths under "
         "/v1 are under /api/v1 as well. Which headers an answer brings: x-request-id and x-isocost-*."}}},
      {"servers", json::array{json::object{{"url", "/"}}}},
      {"security", json::array{security_bearer, json::object{{"x-api-key", json::array()}},
                               json::object{{"x-goog-api-key", json::array()}}, json::object()}},
      {"paths", std::move(paths)},
      {"components", components()}};
  return json_page(document);
}

}  // namespace gateway
