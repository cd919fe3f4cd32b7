// What OpenAI's chat is whoever's client speaks it: its place, and its words for what others ask of an API.
#pragma once

#include "gateway/surface/surface.hpp"

namespace gateway {

class ChatSurface : public Surface {
 public:
  config::Format format() const override { return config::Format::chat; }
  std::string_view route() const override { return "/v1/chat/completions"; }
  // The words of presets are this API's own.
  std::optional<SaidDefault> said_default(std::string_view name, std::string_view value) const override {
    return SaidDefault{name, std::string(value)};
  }
  std::string_view system_member() const override { return "messages"; }
  std::string system_entry(std::string_view escaped) const override {
    return std::string(R"({"role":"system","content":")").append(escaped).append("\"}");
  }
  std::string_view newer_bound() const override { return "max_completion_tokens"; }
  bool can_go_on() const override { return true; }
};

}  // namespace gateway
