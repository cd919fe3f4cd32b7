// What a client asks of a model, in the words of no API: where a host does not speak the client's, the one is
// read into this and the other is written from it. Made once per request, and only then. The body it was read
// from must outlive it. Belongs to its request.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "providers/conversation/part.hpp"
#include "providers/conversation/text.hpp"
#include "providers/conversation/tool.hpp"
#include "providers/conversation/wishes.hpp"

namespace providers {

// What is lost where it cannot be said: the request would be another one, or only a hint is.
enum class Weight { need, hint };

// A member of the client's body that a conversation has no place for.
struct Beyond {
  std::string param;  // in the words of the client's API: "logit_bias"
  Weight weight = Weight::need;
};

// A tool that hosts know by another name than the client.
struct RenamedTool {
  Text clients{};
  Text hosts{};  // plain
};

struct Conversation {
  std::vector<Part> system;  // texts, before anything else
  std::vector<Turn> turns;
  std::vector<Tool> tools;
  std::vector<RenamedTool> renamed{};  // some of them, and of earlier calls
  ToolChoice tool_choice;
  std::optional<bool> parallel_tool_calls{};
  // The client knows tools as functions, as OpenAI's chat had them first: of an answer it reads one call
  // alone.
  bool calls_functions = false;
  OutputForm form;
  Sampling sampling;
  std::optional<std::int64_t> max_output{};  // tokens, thinking included
  ThinkingWish thinking;
  Handling handling;
  std::optional<CacheLife> cache{};  // of all that can be remembered
  std::string betas{};               // of Anthropic's API, with commas between them
  Text user;                         // the client's own name for its user; empty: none
  std::vector<std::pair<Text, Text>> metadata;

  std::vector<Beyond> beyond;
  // What an answer in the client's API repeats of the request, as members of a JSON object; empty: nothing.
  std::string_view said_back;
  OwnTexts own;
};

}  // namespace providers
