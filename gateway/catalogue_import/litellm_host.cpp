#include "gateway/catalogue_import/litellm_host.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <initializer_list>

#include "gateway/catalogue_import/names.hpp"

namespace gateway {
namespace {

constexpr std::array<std::string_view, 13> openai_like{
    "openai",    "custom_openai", "openai_like",   "hosted_vllm",
    "vllm",      "ollama",        "ollama_chat",   "lm_studio",
    "llamafile", "xinference",    "litellm_proxy", "text-completion-openai",
    ""};

bool is_one_of(std::string_view word, const auto& words) {
  return std::ranges::find(words, word) != words.end();
}

// "api.example.com:8000" of "https://api.example.com:8000/v1"
std::string_view authority_of(std::string_view url) {
  url.remove_prefix(std::min(url.size(), url.find("//") + 2));
  return url.substr(0, url.find('/'));
}

bool is_of_their_own(std::string_view url) {
  std::string_view host = authority_of(url);
  if (!host.starts_with('[')) host = host.substr(0, host.rfind(':'));
  constexpr std::array<std::string_view, 7> ends{".internal",      ".local", ".lan",      ".svc",
                                                 ".cluster.local", ".home",  ".localhost"};
  const bool is_number =
      !host.empty() && (host.front() == '[' || std::isdigit(static_cast<unsigned char>(host.front())));
  return url.starts_with("http://") || is_number || host.find('.') == std::string_view::npos ||
         std::ranges::any_of(ends, [&](std::string_view end) { return host.ends_with(end); });
}

// The address said, by itself or in a variable; nothing where it cannot be told.
std::optional<std::string> address(const LitellmDeployment& deployment, const Variable& variable,
                                   std::string_view usual, std::string& why) {
  std::string said(deployment.param("api_base"));
  if (said.empty()) said = deployment.param("base_url");
  if (said.empty() && !usual.empty()) said = "os.environ/" + std::string(usual);
  if (const std::string name(variable_named(said)); !name.empty()) {
    const auto value = variable(name);
    if (!value) {
      why = "its address stands in the variable " + name + ", which is not set here; set it and import again";
      return std::nullopt;
    }
    said = *value;
  }
  if (said.empty()) return said;
  const bool is_plain = std::ranges::none_of(said, [](char c) { return c <= ' ' || c >= 0x7f; }) &&
                        said.find_first_of("?#@<>{}$\"'") == std::string::npos;
  if (!is_plain || !(said.starts_with("https://") || said.starts_with("http://"))) {
    why = "its `api_base` is no plain address";
    return std::nullopt;
  }
  for (const std::string_view call : {"/", "/chat/completions", "/completions", "/embeddings", "/responses",
                                      "/models", "/v1/messages", "/messages", "/"}) {
    while (said.ends_with(call)) said.resize(said.size() - call.size());
  }
  return said;
}

// What a parameter says, by itself, in a variable that it names, or in one of those that LiteLLM looks into
// where it says nothing. Empty where nobody says it; `why` where the variable that it names is not set.
std::string value(const LitellmDeployment& deployment, std::string_view name, const Variable& variable,
                  std::initializer_list<std::string_view> usual, std::string& why) {
  const std::string said(deployment.param(name));
  if (const std::string named(variable_named(said)); !named.empty()) {
    const auto found = variable(named);
    if (!found)
      why = "its `" + std::string(name) + "` stands in the variable " + named +
            ", which is not set here; set it and import again";
    return found.value_or("");
  }
  if (!said.empty()) return said;
  for (const std::string_view each : usual) {
    if (auto found = variable(std::string(each)); found && !found->empty()) return *std::move(found);
  }
  return {};
}

// The variable that holds the key. A key itself is never taken out of the file.
std::string credential(const LitellmDeployment& deployment, std::string_view usual, LitellmHost& host) {
  const std::string_view said = deployment.param("api_key");
  const std::string_view variable = variable_named(said);
  const bool is_name = !variable.empty() && !std::isdigit(static_cast<unsigned char>(variable.front())) &&
                       std::ranges::all_of(variable, [](char c) {
                         return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
                       });
  if (is_name) return "${" + std::string(variable) + "}";
  if (said.empty()) return usual.empty() ? "" : "${" + std::string(usual) + "}";
  std::string low(said);
  std::ranges::transform(low, low.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  constexpr std::array<std::string_view, 10> none{"none",     "empty",      "dummy",  "fake",     "fake-key",
                                                  "sk-dummy", "not-needed", "no-key", "anything", "null"};
  if (host.is_own && is_one_of(low, none)) return {};
  std::string name = host.name.front() <= '9' ? "HOST_" : "";
  for (const char c : host.name)
    name += std::isalnum(static_cast<unsigned char>(c)) ? static_cast<char>(std::toupper(c)) : '_';
  name += "_API_KEY";
  host.notes.push_back("its key stands in the file, and was not copied: put it into the variable " + name);
  return "${" + name + "}";
}

void azure(const LitellmDeployment& deployment, const Variable& variable, LitellmHost& host) {
  auto base = address(deployment, variable, "AZURE_API_BASE", host.why);
  if (!base) return;
  host.name =
      plain_name("azure-" + std::string(authority_of(*base).substr(0, authority_of(*base).find('.'))));
  host.list_name = "azure";
  host.dialect = "azure";
  const std::string version = value(deployment, "api_version", variable, {}, host.why);
  if (!host.why.empty()) return;
  const bool has_none = version.empty() || version == "v1" || version == "latest" || version == "preview" ||
                        base->ends_with("/openai/v1");
  if (!base->ends_with("/openai") && !base->ends_with("/openai/v1")) *base += "/openai";
  if (has_none && !base->ends_with("/v1")) *base += "/v1";
  if (!has_none) host.lines.push_back("api_version: \"" + version + "\"");
  host.base_url = *base;
  host.credential = credential(deployment, "AZURE_API_KEY", host);
}

// At Azure's own address of many makers' models; elsewhere it is asked as OpenAI is.
bool foundry(const LitellmDeployment& deployment, const Variable& variable, LitellmHost& host) {
  const auto base = address(deployment, variable, "AZURE_AI_API_BASE", host.why);
  if (!base) return true;
  const std::string authority(authority_of(*base));
  if (!authority.ends_with(".services.ai.azure.com")) return false;
  const bool is_claude = host.host_model.starts_with("claude");
  host.name = plain_name("azure-" + authority.substr(0, authority.find('.')) + (is_claude ? "-claude" : ""));
  host.list_name = "azure_ai";
  host.dialect = is_claude ? "anthropic" : "azure";
  host.base_url = "https://" + authority + (is_claude ? "/anthropic/v1" : "/openai/v1");
  host.credential = credential(deployment, "AZURE_AI_API_KEY", host);
  return true;
}

void bedrock(const LitellmDeployment& deployment, const Variable& variable, LitellmHost& host) {
  std::string region = value(deployment, "aws_region_name", variable, {}, host.why);
  if (!host.why.empty()) return;
  const std::size_t slash = host.host_model.find('/');
  if (slash != std::string::npos && !host.host_model.starts_with("arn:")) {
    if (region.empty()) region = host.host_model.substr(0, slash);
    host.host_model.erase(0, slash + 1);
  }
  for (const std::string name : {"AWS_REGION_NAME", "AWS_REGION"}) {
    if (region.empty()) region = variable(name).value_or("");
  }
  if (region.empty()) {
    host.why = "its region is not in the file: write `aws_region_name` and import again";
    return;
  }
  for (const std::string_view other : {"aws_profile_name", "aws_role_name", "aws_web_identity_token"}) {
    if (!deployment.param(other).empty()) {
      host.why = "it takes its keys by `" + std::string(other) + "`, which isocost does not know";
      return;
    }
  }
  host.name = plain_name("bedrock-" + region);
  host.list_name = "bedrock";
  host.dialect = "bedrock";
  host.base_url = "https://bedrock-runtime." + plain_name(region) + ".amazonaws.com";
  host.lines.push_back("aws: {region: " + plain_name(region) +
                       "}   # keys: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
  const std::string_view key = deployment.param("aws_access_key_id");
  if (!key.empty() && variable_named(key) != "AWS_ACCESS_KEY_ID")
    host.notes.push_back(
        "its keys were not copied: put them into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
}

void vertex(const LitellmDeployment& deployment, const Variable& variable, LitellmHost& host) {
  const std::string project = value(deployment, "vertex_project", variable, {"VERTEXAI_PROJECT"}, host.why);
  const std::string location =
      value(deployment, "vertex_location", variable, {"VERTEXAI_LOCATION"}, host.why);
  std::string account(deployment.param("vertex_credentials"));
  if (account.empty()) account = variable("GOOGLE_APPLICATION_CREDENTIALS").value_or("");
  if (!host.why.empty()) return;
  if (project.empty() || location.empty()) {
    host.why = "its project and location are not in the file: write both and import again";
    return;
  }
  if (!account.starts_with('/') && variable_named(account).empty()) {
    host.why =
        "it has no `vertex_credentials` that name a file or a variable; isocost asks no machine for them";
    return;
  }
  const bool is_claude = host.host_model.starts_with("claude");
  if (!is_claude && !host.host_model.starts_with("gemini")) {
    host.why = "of Vertex only Gemini and Claude are carried over";
    return;
  }
  host.name = plain_name("vertex-" + location + (is_claude ? "-claude" : ""));
  host.list_name = "vertex_ai";
  host.dialect = "google";
  host.base_url = "https://" + (location == "global" ? "" : plain_name(location) + "-") +
                  "aiplatform.googleapis.com/v1/projects/" + plain_name(project) + "/locations/" +
                  plain_name(location) + "/publishers/" + (is_claude ? "anthropic" : "google");
  if (is_claude) host.speaks = {"vertex_messages"};
  const std::string from =
      account.starts_with('/') ? "file:" + account : std::string(variable_named(account));
  host.lines.push_back("google: {service_account: \"${" + from + "}\"}");
}

void of_openais_kind(const LitellmDeployment& deployment, const Variable& variable, LitellmHost& host) {
  const bool is_generic = is_one_of(deployment.kind, openai_like);
  const KnownHost* known = known_host(deployment.kind);
  const auto base = address(deployment, variable, {}, host.why);
  if (!base) return;
  const bool is_ollama = deployment.kind.starts_with("ollama");
  if (base->empty() && !known && !is_ollama) {
    host.why = is_generic ? "it has no `api_base`"
                          : "isocost knows no host `" + plain_name(deployment.kind) +
                                "`; see hosts.md for those it does, or write its `api_base` where it answers "
                                "as OpenAI's does";
    return;
  }
  host.base_url = !base->empty() ? *base
                  : is_ollama    ? "http://127.0.0.1:11434"
                                 : std::string(known->base_url);
  if (is_ollama && !host.base_url.ends_with("/v1")) host.base_url += "/v1";
  const bool is_theirs = base->empty() || (known && *base == known->base_url);
  host.is_own = is_of_their_own(host.base_url);
  host.name = known && is_theirs ? std::string(known->name) : plain_name(authority_of(host.base_url));
  if (is_ollama && base->empty()) host.name = "ollama";
  host.list_name = known ? std::string(known->name) : deployment.kind;
  if (deployment.kind == "text-completion-openai") host.speaks = {"completions"};
  host.credential = credential(deployment, known && is_theirs ? known->variable : "", host);
}

}  // namespace

std::string plain_name(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = std::isalnum(byte) || c == '-' || c == '.';
    if (is_plain || (!name.empty() && name.back() != '-'))
      name += is_plain ? static_cast<char>(std::tolower(byte)) : '-';
  }
  while (!name.empty() && (name.back() == '-' || name.back() == '.')) name.pop_back();
  while (!name.empty() && (name.front() == '-' || name.front() == '.')) name.erase(0, 1);
  return name.empty() ? "host" : name;
}

LitellmHost litellm_host(const LitellmDeployment& deployment, const Variable& variable) {
  LitellmHost host{
      .name = plain_name(deployment.kind), .list_name = deployment.kind, .host_model = deployment.host_model};
  if (deployment.host_model.find('*') != std::string::npos ||
      deployment.group.find('*') != std::string::npos) {
    host.why = "it stands for many models; `isocost catalog import --models` writes those that you name";
  } else if (deployment.kind == "azure" || deployment.kind == "azure_text") {
    azure(deployment, variable, host);
  } else if (deployment.kind.starts_with("bedrock")) {
    bedrock(deployment, variable, host);
  } else if (deployment.kind.starts_with("vertex_ai")) {
    vertex(deployment, variable, host);
  } else if (deployment.kind == "azure_ai" && foundry(deployment, variable, host)) {
    // Said there.
  } else if (deployment.kind == "gemini") {
    host.name = host.list_name = "google";
    host.dialect = "google";
    host.base_url = "https://generativelanguage.googleapis.com/v1beta";
    host.credential = credential(deployment, "GEMINI_API_KEY", host);
  } else {
    of_openais_kind(deployment, variable, host);
    if (deployment.kind == "anthropic" && !host.base_url.empty()) {
      host.dialect = "anthropic";
      if (!host.base_url.ends_with("/v1")) host.base_url += "/v1";
    }
  }
  if (host.base_url.starts_with("http://") && !host.base_url.starts_with("http://127.0.0.1") &&
      !host.base_url.starts_with("http://localhost") && !host.base_url.starts_with("http://[::1]")) {
    host.lines.push_back("allow_plaintext: true   # as LiteLLM asked it: whoever is on the way reads all");
  }
  return host;
}

}  // namespace gateway
