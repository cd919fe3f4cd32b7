// One model at one host, as far as a dialect must know it to speak to it. A value.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "routing/terms/catalogue.hpp"

namespace providers {

struct HostModel {
  using Thinking = config::Thinking;

  std::string_view name;                     // what the host calls it
  std::optional<std::int64_t> max_output{};  // tokens
  Thinking thinking = Thinking::none;
  bool takes_sampling = true;    // temperature, top_p, top_k; newer ones refuse them
  bool takes_schemas = false;    // follows a JSON schema, in answers and in arguments of tools
  bool takes_max_tokens = true;  // of OpenAI's chat: knows the limit by its older name
  bool refuses_unknown_members = false;
  config::EarlierThinking earlier_thinking = config::EarlierThinking::reasoning_content;
  config::ThinkTags think_tags = config::ThinkTags::reasoning;
  std::string_view azure_version{};  // of Azure's API; empty: it is another one, or says none
  config::ReasoningSwitch reasoning_switch = config::ReasoningSwitch::as_it_came;
  bool thinks_in_levels = false;     // beside `thinking`, as DeepSeek does
  std::string_view inference_geo{};  // of Anthropic's; empty: it is not said
  std::uint64_t owner = 0;  // whom what only this endpoint can read is marked for; 0: nobody else would
};

// A view into the endpoint's settings.
HostModel host_model_of(const routing::Endpoint& endpoint);

}  // namespace providers
