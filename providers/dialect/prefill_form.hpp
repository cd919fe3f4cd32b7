// How hosts that speak OpenAI's chat want to be told that the last message, the assistant's, is to be gone on
// with. Values.
#pragma once

#include <string_view>

#include "config/values/address.hpp"
#include "routing/terms/catalogue.hpp"

namespace providers {

enum class PrefillForm {
  plain,    // that it is the last one says it
  prefix,   // "prefix": true in it, as Mistral and DeepSeek have it
  partial,  // "partial": true in it, as Moonshot and Alibaba have it
  engine,   // "continue_final_message" beside the messages, as vLLM and SGLang have it
};

inline PrefillForm prefill_form_of(const config::ProviderSettings& provider) {
  if (provider.engine) {
    const config::EngineKind kind = provider.engine->kind;
    const bool has_templates = kind == config::EngineKind::vllm || kind == config::EngineKind::sglang;
    return has_templates ? PrefillForm::engine : PrefillForm::plain;
  }
  const auto is_of = [&](std::string_view domain) {
    return config::is_within(provider.base_url.host, domain);
  };
  if (is_of("mistral.ai") || is_of("deepseek.com")) return PrefillForm::prefix;
  if (is_of("moonshot.ai") || is_of("moonshot.cn") || is_of("aliyuncs.com")) return PrefillForm::partial;
  return PrefillForm::plain;
}

// What stands behind the content of that message, and before the first member of the body.
constexpr std::string_view member_of(PrefillForm form) {
  if (form == PrefillForm::prefix) return ",\"prefix\":true";
  return form == PrefillForm::partial ? ",\"partial\":true" : "";
}
constexpr std::string_view beside_messages(PrefillForm form) {
  constexpr std::string_view engine = "\"continue_final_message\":true,\"add_generation_prompt\":false,";
  return form == PrefillForm::engine ? engine : "";
}

}  // namespace providers
