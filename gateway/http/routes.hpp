// What is served where, and who may ask for it. Everything not listed is refused. Immutable.
#pragma once

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "config/values/format.hpp"
#include "gateway/http/http_gate.hpp"

namespace gateway {

enum class Page {
  greeting,
  openapi,        // the routes, described for tools
  inference,      // in one of the APIs that clients speak
  counting,       // how long a prompt is, in one of them
  stored_answer,  // one that a host stores for the client: read, its input, cancelled, deleted
  explain,        // POST /v1/route/explain: the decision about the call, without making it
  models,
  embedding_models,
  model_count,
  model,       // GET /v1/models/{id}
  model_data,  // the same, as OpenRouter's clients ask for it: GET /v1/model/{author}/{slug}
  endpoints,   // GET /v1/models/{author}/{slug}/endpoints
  parameters,  // GET /v1/parameters/{author}/{slug}
  providers,
  zero_retention,  // the endpoints of those who keep nothing
  gemini_models,   // as Google's clients list them
  gemini_model,
  accounts,      // a key's own, its money and its past requests, as OpenRouter's clients ask for them
  provisioning,  // keys, as OpenRouter's clients manage them
  keys,          // the same, as ours are managed
  spend,         // what was spent, by whom and on what
  limits,        // how quotas stand, and where budgets will be when they refill
  users,         // what is stored about a user
  alive,
  ready,
  metrics,
  status,
  reload,
  service,         // POST /admin/endpoints/{name}/drain and the like, and /admin/prefills
  changes,         // GET /admin/changes: who changed what
  request,         // GET /admin/requests/{id}: a recorded one, explained
  market,          // GET /admin/market: where hosts sit for a request that nobody makes
  market_history,  // GET /admin/market/history: how fast they were over days, and at what prices
  comparison,      // GET /admin/spend/elsewhere: what recorded requests would have cost at other hosts
  events,          // GET /admin/events: what happens, as it happens
  configuration,
  policies,  // their text in the configuration
  policy_check,
  policy_trial,
  console,  // the files of /ui/
  console_root,
  me,  // who looks at the console
  login,
  policy_apply,  // POST /admin/policies/apply: into the configuration file, and into use
};

// A key that may look, one that may see requests and what they cost, one that may change something, or one
// that may give others access: those of roles. `own_site`: no key, but no page of another site either.
enum class Needs { nothing, own_site, client_key, looking, seeing_use, changing, administering };

// Under which path the pages stand: whose clients look there.
enum class Root { v1, api_v1 };  // of OpenAI's and Anthropic's; of OpenRouter's

struct Route {
  Page page{};
  Needs needs = Needs::client_key;
  std::string_view name;       // for records and metrics: never the client's text
  std::string_view parameter;  // the variable part of the path
  std::string_view action;     // what stands behind it and a colon
  config::Format format{};     // of Page::inference and Page::counting
  Root root = Root::v1;
};

struct NoRoute {};
struct WrongMethod {
  Page page{};
  std::string_view name;     // as of a route
  std::string_view allowed;  // "GET, HEAD"
};
using Routed = std::variant<Route, NoRoute, WrongMethod>;

Root root_of(std::string_view path);
// As the table has it: a parameter stands in braces.
struct KnownRoute {
  std::string_view method;  // "get", "post"
  std::string_view path;
  Page page{};
  Needs needs{};
  config::Format format{};
};
std::vector<KnownRoute> known_routes();

// Whether who asks under this name of a route asks a model.
bool is_of_model(std::string_view name);

// Nothing where there is no route.
std::optional<Page> page_of(const Routed& routed);

// A route's parameter with its percent signs read; as it stands where that would not be printable ASCII.
std::string decoded(std::string_view parameter);
// The same of a name that its owner chose, which may have blanks and letters of any language.
std::string decoded_name(std::string_view parameter);

// The same pages under /v1 and /api/v1, those outside /v1 too. `path` is as the gate let it through.
Routed route(Method method, std::string_view path);

}  // namespace gateway
