// What is known of hosts before anybody configures one.
#include <algorithm>
#include <array>

#include "gateway/catalogue_import/names.hpp"

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

}  // namespace gateway
