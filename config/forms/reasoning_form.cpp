// What hosts are told beside what a request says: in which words to think, what was thought before, and where
// to run.
#include <algorithm>
#include <array>

#include "config/forms/access_form.hpp"
#include "config/values/address.hpp"

namespace config {

// What is known of the hosts that have words of their own.
void check_reasoning_switch(const Node& node, ProviderSettings& provider) {
  using Switch = ReasoningSwitch;
  constexpr std::array<std::pair<std::string_view, Switch>, 16> known{
      {{"deepseek.com", Switch::thinking},
       {"moonshot.ai", Switch::thinking},
       {"moonshot.cn", Switch::thinking},
       {"bigmodel.cn", Switch::thinking},
       {"z.ai", Switch::thinking},
       {"tencentmaas.com", Switch::thinking},
       {"tencentcloudmaas.com", Switch::thinking},
       {"volces.com", Switch::thinking},
       {"bytepluses.com", Switch::thinking},
       {"aliyuncs.com", Switch::enable_thinking},
       {"siliconflow.com", Switch::enable_thinking},
       {"siliconflow.cn", Switch::enable_thinking},
       {"novita.ai", Switch::enable_thinking},
       {"friendli.ai", Switch::template_enable_thinking},
       {"together.xyz", Switch::reasoning_enabled},
       {"openrouter.ai", Switch::reasoning}}};
  if (node.has("reasoning_switch")) return;
  for (const auto& [domain, words] : known) {
    if (is_within(provider.base_url.host, domain)) provider.reasoning_switch = words;
  }
}

// Those who show no thoughts, and those who refuse members that they do not know.
void check_earlier_thinking(const Node& node, ProviderSettings& provider) {
  constexpr std::array<std::string_view, 6> takes_none{"api.openai.com", "api.groq.com",
                                                       "api.mistral.ai", "api.cerebras.ai",
                                                       "opencode.ai",    "generativelanguage.googleapis.com"};
  if (node.has("earlier_thinking")) return;
  const bool is_known = std::ranges::find(takes_none, provider.base_url.host) != takes_none.end();
  if (is_known || provider.dialect == Dialect::azure) provider.earlier_thinking = EarlierThinking::none;
}

void check_inference_geo(const Node& node, const ProviderSettings& provider) {
  if (provider.inference_geo.empty()) return;
  const bool is_word =
      provider.inference_geo.find_first_not_of("abcdefghijklmnopqrstuvwxyz-_") == std::string::npos;
  if (!is_word) node["inference_geo"].refuse("a word of Anthropic's such as `us`");
  if (provider.speaks != Formats(Format::messages)) {
    node["inference_geo"].error(
        "only Anthropic's `messages` has it, and requests in another API would go without",
        "remove it, or write `speaks: [messages]`");
  }
}

}  // namespace config
