// What isocost must know of a chat-completions body, and where it stands in the text so that it can be edited
// without being written again. The whole text is validated; nothing of it is changed. Views and ranges are of
// the text that was inspected. Values; belong to their request.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/system/result.hpp>

#include "config/values/settings.hpp"
#include "gateway/chat/body_fault.hpp"
#include "providers/json/json_text.hpp"
#include "providers/json/json_tokens.hpp"
#include "routing/policy/preferences.hpp"

namespace gateway {

struct ChatRequest {
  std::string model;
  bool stream = false;
  bool wants_usage = false;                    // stream_options.include_usage, as the client asked
  bool echo_decision = false;                  // debug: true, or an object with a true member
  std::optional<config::Tokens> max_output{};  // max_completion_tokens, else max_tokens
  int choices = 1;                             // n
  config::Features needs;
  config::Tokens prompt{};  // estimated
  std::string user;
  std::string session;              // session_id, else prompt_cache_key, else empty
  std::vector<std::string> models;  // fallbacks in order
  std::optional<routing::ProviderPreferences> provider{};
  std::vector<std::pair<std::string, std::string>> metadata;  // those whose values are strings
  std::vector<providers::ByteRange> messages;
  providers::ByteRange tools;                // empty: none
  std::vector<std::uint32_t> prefix_tokens;  // estimated tokens up to the end of each of prefix_blocks()

  // For UpstreamBody.
  providers::ByteRange object;       // the braces included
  providers::ByteRange model_value;  // the quotes included; empty where only `models` names one
  std::optional<providers::ByteRange> stream_options{};       // its value: an object, or null
  bool stream_options_empty = false;                          // {}, or null
  std::optional<providers::ByteRange> include_usage_value{};  // where the client wrote it
  // Members that only isocost and OpenRouter know, each up to the next key or to the closing brace.
  std::vector<providers::ByteRange> routing_members;
  std::size_t kept_end = 0;  // end of the last other member
};

using Inspected = boost::system::result<ChatRequest, BodyFault>;

// `tokens` is scratch space. The result's ranges are of `body`.
Inspected inspect(std::string_view body, providers::JsonTokens& tokens);

}  // namespace gateway
