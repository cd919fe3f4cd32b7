#include "gateway/catalogue_import/names.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>
#include <vector>

#include "config/values/ascii.hpp"

namespace gateway {
namespace {

using Names = std::array<std::string_view, 5>;

struct Host {
  KnownHost known;
  Names aliases{};  // up to the first empty one
};

// Base URLs and variables: the hosts' documentation and models.dev. Headquarters: general knowledge.
constexpr std::array hosts{
    Host{{"alibaba",
          "Alibaba Cloud",
          "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
          "DASHSCOPE_API_KEY",
          "CN",
          "",
          {}},
         {"dashscope", "alibaba-cloud"}},
    Host{{"alibaba-cn",
          "Alibaba Cloud (China)",
          "https://dashscope.aliyuncs.com/compatible-mode/v1",
          "DASHSCOPE_API_KEY",
          "CN",
          "",
          {}}},
    Host{{"anthropic",
          "Anthropic",
          "https://api.anthropic.com/v1",
          "ANTHROPIC_API_KEY",
          "US",
          "anthropic",
          {}}},
    Host{{"bedrock",
          "Amazon Bedrock",
          "https://bedrock-runtime.us-east-1.amazonaws.com",
          "AWS_BEARER_TOKEN_BEDROCK",
          "US",
          "bedrock",
          {}},
         {"bedrock_converse", "amazon-bedrock"}},
    Host{{"baidu", "Baidu Qianfan", "https://qianfan.baidubce.com/v2", "QIANFAN_API_KEY", "CN", "", {}},
         {"qianfan"}},
    Host{{"baseten", "Baseten", "https://inference.baseten.co/v1", "BASETEN_API_KEY", "US", "", {}}},
    Host{{"cerebras", "Cerebras", "https://api.cerebras.ai/v1", "CEREBRAS_API_KEY", "US", "", {}}},
    Host{{"chutes", "Chutes", "https://llm.chutes.ai/v1", "CHUTES_API_KEY", "", "", {}}},
    Host{{"cortecs", "Cortecs", "https://api.cortecs.ai/v1", "CORTECS_API_KEY", "AT", "", {}}},
    Host{
        {"deepinfra", "DeepInfra", "https://api.deepinfra.com/v1/openai", "DEEPINFRA_API_KEY", "US", "", {}}},
    Host{{"deepseek", "DeepSeek", "https://api.deepseek.com/v1", "DEEPSEEK_API_KEY", "CN", "", {}}},
    Host{{"fireworks",
          "Fireworks",
          "https://api.fireworks.ai/inference/v1",
          "FIREWORKS_API_KEY",
          "US",
          "",
          {}},
         {"fireworks-ai", "fireworks_ai"}},
    Host{{"friendli", "Friendli", "https://api.friendli.ai/serverless/v1", "FRIENDLI_TOKEN", "US", "", {}},
         {"friendliai"}},
    Host{{"google",
          "Google",
          "https://generativelanguage.googleapis.com/v1beta",
          "GEMINI_API_KEY",
          "US",
          "google",
          {}},
         {"gemini", "google-ai-studio"}},
    Host{{"groq", "Groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY", "US", "", {}}},
    Host{{"huggingface", "Hugging Face", "https://router.huggingface.co/v1", "HF_TOKEN", "US", "", {}}},
    Host{{"hyperbolic", "Hyperbolic", "https://api.hyperbolic.xyz/v1", "HYPERBOLIC_API_KEY", "US", "", {}}},
    Host{
        {"infinigence", "Infinigence", "https://cloud.infini-ai.com/maas/v1", "INFINI_API_KEY", "CN", "", {}},
        {"infini-ai"}},
    Host{{"lambda", "Lambda", "https://api.lambda.ai/v1", "LAMBDA_API_KEY", "US", "", {}}, {"lambda_ai"}},
    Host{{"minimax", "MiniMax", "https://api.minimax.io/v1", "MINIMAX_API_KEY", "CN", "", {}}},
    Host{{"mistral", "Mistral", "https://api.mistral.ai/v1", "MISTRAL_API_KEY", "FR", "", {}}},
    Host{{"moonshot", "Moonshot", "https://api.moonshot.ai/v1", "MOONSHOT_API_KEY", "CN", "", {}},
         {"moonshotai"}},
    Host{{"nebius", "Nebius", "https://api.tokenfactory.nebius.com/v1", "NEBIUS_API_KEY", "NL", "", {}}},
    Host{{"novita", "Novita", "https://api.novita.ai/openai/v1", "NOVITA_API_KEY", "US", "", {}},
         {"novita-ai"}},
    Host{{"openai", "OpenAI", "https://api.openai.com/v1", "OPENAI_API_KEY", "US", "", {}}},
    Host{{"openrouter", "OpenRouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY", "US", "", {}}},
    Host{{"parasail", "Parasail", "https://api.parasail.io/v1", "PARASAIL_API_KEY", "US", "", {}}},
    Host{{"perplexity", "Perplexity", "https://api.perplexity.ai", "PERPLEXITY_API_KEY", "US", "", {}}},
    Host{{"sambanova", "SambaNova", "https://api.sambanova.ai/v1", "SAMBANOVA_API_KEY", "US", "", {}}},
    Host{{"siliconflow", "SiliconFlow", "https://api.siliconflow.com/v1", "SILICONFLOW_API_KEY", "", "", {}}},
    Host{{"siliconflow-cn",
          "SiliconFlow (China)",
          "https://api.siliconflow.cn/v1",
          "SILICONFLOW_CN_API_KEY",
          "CN",
          "",
          {}}},
    Host{{"tencent",
          "Tencent Cloud",
          "https://tokenhub-intl.tencentcloudmaas.com/v1",
          "TENCENT_API_KEY",
          "CN",
          "",
          {}}},
    Host{{"together", "Together", "https://api.together.xyz/v1", "TOGETHER_API_KEY", "US", "", {}},
         {"togetherai", "together_ai", "together-ai"}},
    Host{{"venice", "Venice", "https://api.venice.ai/api/v1", "VENICE_API_KEY", "US", "", {}}},
    Host{{"volcengine",
          "Volcano Ark",
          "https://ark.cn-beijing.volces.com/api/v3",
          "ARK_API_KEY",
          "CN",
          "",
          {}}},
    Host{{"wandb", "Weights & Biases", "https://api.inference.wandb.ai/v1", "WANDB_API_KEY", "US", "", {}}},
    Host{{"xai", "xAI", "https://api.x.ai/v1", "XAI_API_KEY", "US", "", {}}, {"x-ai", "x_ai"}},
    Host{{"zai", "Z.ai", "https://api.z.ai/api/paas/v4", "ZAI_API_KEY", "CN", "", {}}, {"z-ai"}},
    Host{{"zhipu", "Zhipu", "https://open.bigmodel.cn/api/paas/v4", "ZHIPU_API_KEY", "CN", "", {}},
         {"zhipuai"}},
};

constexpr std::array<std::string_view, 12> ends_the_bill{"openai",    "anthropic", "fireworks", "novita",
                                                         "deepinfra", "together",  "cohere",    "hyperbolic",
                                                         "xai",       "friendli",  "chutes",    "deepseek"};
constexpr std::array<std::string_view, 11> bills_all_the_same{
    "bedrock", "groq",    "google",  "mistral",    "sambanova",  "lambda",
    "nebius",  "alibaba", "minimax", "perplexity", "huggingface"};

constexpr std::array data_policies{
    KnownDataPolicy{
        "anthropic", true, false,
        "privacy.claude.com, article 7996875, read 2026-11-29: no training unless you agree to it; "
        "nothing kept by agreement alone"},
    KnownDataPolicy{
        "fireworks", false, false,
        "docs.fireworks.ai/guides/security_compliance/data_handling, read 2026-11-29: nothing kept of "
        "open models; Responses with store are"},
    KnownDataPolicy{
        "openai", true, false,
        "developers.openai.com/api/docs/guides/your-data, read 2026-11-29: no training unless you opt "
        "in; kept for 30 days against abuse"},
    KnownDataPolicy{
        "together", true, false,
        "docs.together.ai/docs/zero-data-retention, read 2026-11-29: no training unless you opt in; "
        "kept unless your organization says otherwise"},
    KnownDataPolicy{
        "xai", true, false,
        "docs.x.ai/docs/faq/security, read 2026-11-29: no training unless you permit it; kept for 30 days"},
};

std::span<const std::string_view> given(const Names& names) {
  const auto end = std::ranges::find(names, std::string_view());
  return {names.data(), static_cast<std::size_t>(end - names.begin())};
}

// How the makers' models begin.
constexpr std::array<std::pair<std::string_view, std::string_view>, 22> makers{{
    {"chatgpt", "openai"},      {"claude", "anthropic"},
    {"codestral", "mistralai"}, {"command", "cohere"},
    {"deepseek", "deepseek"},   {"devstral", "mistralai"},
    {"ernie", "baidu"},         {"gemini", "google"},
    {"gemma", "google"},        {"glm", "z-ai"},
    {"gpt", "openai"},          {"grok", "x-ai"},
    {"kimi", "moonshotai"},     {"llama", "meta-llama"},
    {"magistral", "mistralai"}, {"meta-llama", "meta-llama"},
    {"minimax", "minimax"},     {"mistral", "mistralai"},
    {"mixtral", "mistralai"},   {"phi", "microsoft"},
    {"qwen", "qwen"},           {"qwq", "qwen"},
}};

// The same names, as some write them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> spellings{{
    {"meta-llama-", "llama-"},
    {"llama-v", "llama-"},
    {"llama3", "llama-3"},
    {"llama4", "llama-4"},
    {"deepseek-chat-v", "deepseek-v"},
    {"qwen-3-", "qwen3-"},
    {"zai-glm-", "glm-"},
    {"z-ai-glm-", "glm-"},
}};

using config::is_digit;
// Fireworks: "deepseek-v3p1" is deepseek-v3.1.
std::string with_points(std::string name) {
  for (std::size_t i = 1; i + 1 < name.size(); ++i) {
    if (name[i] == 'p' && is_digit(name[i - 1]) && is_digit(name[i + 1])) name[i] = '.';
  }
  return name;
}

// Bedrock: "us.deepseek.r1-v1:0" is deepseek-r1, "qwen.qwen3-32b-v1:0" is qwen3-32b.
std::string without_bedrock(std::string name) {
  for (const std::string_view region : {"us.", "global."}) {
    if (name.starts_with(region)) name.erase(0, region.size());
  }
  if (const std::size_t colon = name.find(':'); colon != std::string::npos) {
    std::size_t end = colon;
    while (end > 0 && is_digit(name[end - 1])) --end;
    if (end > 0 && name[end - 1] == 'v') --end;
    if (end > 0 && name[end - 1] == '-') --end;
    name.erase(end);
  }
  const std::size_t point = name.find('.');
  if (point == std::string::npos || is_digit(name[point - 1])) return name;
  const std::string maker = name.substr(0, point);
  name.erase(0, point + 1);
  if (name.starts_with("claude-") && name.ends_with("-v1")) name.resize(name.size() - 3);
  return maker == "deepseek" ? "deepseek-" + name : name;
}

constexpr std::array<std::string_view, 4> marks{":free", "-maas", "-tee", ":thinking"};

}  // namespace

std::span<const KnownHost> known_hosts() {
  static const auto all = [] {
    std::array<KnownHost, hosts.size()> made;
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      made[i] = hosts[i].known;
      made[i].aliases = given(hosts[i].aliases);
    }
    return made;
  }();
  return all;
}

bool has_pictures_as_tokens(std::string_view list_name) {
  return list_name == "google" || list_name == "gemini" || list_name.starts_with("vertex_ai");
}

const KnownHost* known_host(std::string_view name) {
  const auto is_it = [&](const KnownHost& host) {
    return host.name == name || std::ranges::find(host.aliases, name) != host.aliases.end();
  };
  const auto found = std::ranges::find_if(known_hosts(), is_it);
  return found == known_hosts().end() ? nullptr : &*found;
}

std::optional<bool> cancel_stops_billing(std::string_view host) {
  if (std::ranges::find(ends_the_bill, host) != ends_the_bill.end()) return true;
  if (std::ranges::find(bills_all_the_same, host) != bills_all_the_same.end()) return false;
  return std::nullopt;
}

const KnownDataPolicy* data_policy_of(std::string_view host) {
  const auto found = std::ranges::find(data_policies, host, &KnownDataPolicy::host);
  return found == data_policies.end() ? nullptr : &*found;
}

std::string common_name(std::string_view host, std::string_view host_model) {
  std::string_view name = host_model.substr(host_model.rfind('/') + 1);
  for (const std::string_view mark : marks) {
    if (name.ends_with(mark)) name.remove_suffix(mark.size());
  }
  std::string common(name);
  std::ranges::transform(common, common.begin(), [](unsigned char c) { return std::tolower(c); });
  if (host == "fireworks") common = with_points(std::move(common));
  if (host == "bedrock") common = without_bedrock(std::move(common));
  for (const auto& [begin, instead] : spellings) {
    if (common.starts_with(begin)) common.replace(0, begin.size(), instead);
  }
  return common;
}

std::string without_points(std::string name) {
  for (std::size_t i = 1; i + 1 < name.size(); ++i) {
    if (name[i] == '.' && is_digit(name[i - 1]) && is_digit(name[i + 1])) name[i] = '-';
  }
  return name;
}

std::string configured_name(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const bool is_plain =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    name += is_plain ? c : low != c ? low : '-';
  }
  return name;
}

namespace {

// Of a part of a name, such as "45"; -1 where it is none.
int version_number(std::string_view part) {
  const bool is_one = !part.empty() && part.size() <= 2 && std::ranges::all_of(part, is_digit);
  return !is_one ? -1 : part.size() == 1 ? part[0] - '0' : (part[0] - '0') * 10 + part[1] - '0';
}

}  // namespace

// claude-NAME-MAJOR[-MINOR][-DAY]
Snapshot snapshot_of(std::string name) {
  name = without_points(std::move(name));
  std::vector<std::string> parts(1);
  for (const char c : name) c == '-' ? void(parts.emplace_back()) : parts.back().push_back(c);
  const bool has_day = parts.back().size() == 8 && std::ranges::all_of(parts.back(), is_digit);
  const std::string day = has_day ? parts.back() : std::string();
  if (has_day) parts.pop_back();
  const bool is_long_enough = parts.size() == 3 || parts.size() == 4;
  const int major = is_long_enough ? version_number(parts[2]) : -1;
  const int minor = parts.size() == 4 ? version_number(parts[3]) : 0;
  const bool is_named_so = is_long_enough && parts[0] == "claude" && version_number(parts[1]) < 0;
  if (!is_named_so || major < 4 || minor < 0) return {.version = std::move(name)};
  std::string version = "claude-" + parts[1] + "-" + parts[2] + (minor > 0 ? "-" + parts[3] : "");
  const bool has_pinned_without = std::pair(major, minor) >= std::pair(4, 6);
  return {.version = std::move(version), .day = day, .is_pinned = has_day != has_pinned_without};
}

std::string public_name(std::string_view common) {
  for (const auto& [begin, maker] : makers) {
    if (common.starts_with(begin)) return std::string(maker) + "/" + std::string(common);
  }
  return std::string(common);
}

}  // namespace gateway
