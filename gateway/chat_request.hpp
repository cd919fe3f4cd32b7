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

#include "config/settings.hpp"
#include "gateway/provider_preferences.hpp"
#include "providers/json_tokens.hpp"

namespace gateway {

// Why a body is refused: always 400. `message` names the place, what was found and what is allowed.
struct BodyFault {
  std::string_view code;  // "invalid_json", "duplicate_key", "invalid_type", ...; static text
  std::string param;      // "messages[2].content", or empty
  std::string message;
};

// A member of the top-level object: from its key's quote to the end of its value.
struct Member {
  std::string_view key;  // as spelled, without quotes
  providers::ByteRange whole;
  providers::ByteRange value;
};

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
  std::optional<ProviderPreferences> provider{};
  std::vector<std::pair<std::string, std::string>> metadata;  // those whose values are strings
  std::vector<std::uint64_t> prefix_blocks;  // one per message: the hash of it and all before it

  // For upstream_body().
  providers::ByteRange object;                                // the braces included
  providers::ByteRange model_value;                           // the quotes included
  std::optional<providers::ByteRange> stream_options{};       // the object, or null
  std::optional<providers::ByteRange> include_usage_value{};  // where the client wrote it
  std::vector<Member> routing_members;  // for isocost or OpenRouter only, in the order of the text
  bool last_member_is_routing = false;
};

using Inspected = boost::system::result<ChatRequest, BodyFault>;

// `tokens` is scratch space. The result's ranges are of `body`.
Inspected inspect(std::string_view body, providers::JsonTokens& tokens);

}  // namespace gateway
