// The turns of a conversation as Google has them: `user` and `model` in turn, results of tools by the name of
// what was called, signatures on the part that they were given with. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "providers/conversation/conversation.hpp"
#include "providers/dialect/host_model.hpp"
#include "providers/json/json_writer.hpp"

namespace providers {

// How clients that send thinking back call Google's.
inline constexpr std::string_view gemini_thinking_format = "google-gemini-v1";

struct GeminiContent {
  struct Sent {
    const Part* part;
    bool is_system = false;
    Text signature{};  // of a call of a tool; empty: none is known
  };

  Turn::Role role = Turn::Role::user;
  std::vector<Sent> parts{};
};

struct GeminiContents {
  std::vector<const Part*> system;  // texts
  std::vector<GeminiContent> turns;
  std::unordered_map<std::string, Text> called;  // the name of every call of a tool, by what its id is
  bool lose_thinking = false;                    // earlier thinking of others is left out
};

// Views into the conversation. Signatures that are marked as another endpoint's than `owner` are left out.
GeminiContents gemini_contents(const Conversation& conversation, std::uint64_t owner);

void write_gemini_contents(JsonWriter& json, const GeminiContents& contents, const HostModel& model);

}  // namespace providers
