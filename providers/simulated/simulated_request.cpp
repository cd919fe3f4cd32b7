#include "providers/simulated/simulated_request.hpp"

#include <algorithm>
#include <optional>

#include "providers/json/json_walk.hpp"
#include "routing/host_model/host_draws.hpp"

namespace providers {
namespace {

constexpr std::int64_t bytes_per_token = 4;
constexpr std::int64_t tokens_per_message = 4;
constexpr std::int64_t tokens_per_image = 765;

// Counts and hashes a prompt as it goes by.
class Prompt {
 public:
  explicit Prompt(int block_tokens)
      : block_bytes_(static_cast<std::size_t>(block_tokens * bytes_per_token)) {}

  void text(std::string_view text) {
    bytes_ += text.size();
    while (!text.empty()) {
      const auto part = text.substr(0, block_bytes_ - in_block_);
      hash_ = routing::hash_of(part, hash_);
      text.remove_prefix(part.size());
      in_block_ += part.size();
      if (in_block_ < block_bytes_) continue;
      blocks_.push_back(hash_);
      in_block_ = 0;
    }
  }
  void tokens(std::int64_t count) { extra_ += count; }

  void give_to(SimulatedRequest& request) {
    request.prompt = {(static_cast<std::int64_t>(bytes_) + bytes_per_token - 1) / bytes_per_token + extra_};
    request.hash = hash_;
    request.prefix_blocks = std::move(blocks_);
  }

 private:
  std::size_t block_bytes_;
  std::size_t in_block_ = 0;
  std::size_t bytes_ = 0;
  std::int64_t extra_ = 0;
  std::uint64_t hash_ = routing::hash_of("");
  std::vector<std::uint64_t> blocks_;
};

// Calls `use` with the key and the text of the value of each member. False: no object.
template <class Use>
bool each_member(std::string_view text, Use use) {
  JsonTokens tokens;
  JsonWalk walk(tokens, text, JsonWalk::Depth::any);
  return walk.ok() && walk.object([&](const JsonString& key) {
    const std::size_t begin = walk.position();
    if (!walk.skip()) return false;
    use(key, text.substr(begin, walk.end() - begin));
    return true;
  });
}

// The same with each element. False: no array.
template <class Use>
bool each_element(std::string_view text, Use use) {
  JsonTokens tokens;
  JsonWalk walk(tokens, text, JsonWalk::Depth::any);
  return walk.ok() && walk.array([&] {
    const std::size_t begin = walk.position();
    if (!walk.skip()) return false;
    use(text.substr(begin, walk.end() - begin));
    return true;
  });
}

std::optional<std::string> text_of(std::string_view value) {
  if (!value.starts_with('"')) return std::nullopt;
  const std::string_view raw = value.substr(1, value.size() - 2);
  return JsonString{raw, raw.find('\\') != std::string_view::npos}.text();
}

bool is_given(std::string_view value) {
  return !value.empty() && value != "null";
}

// Without the white space between its tokens.
std::string minified(std::string_view value) {
  std::string out;
  bool in_string = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (in_string && c == '\\' && i + 1 < value.size()) {
      out.append(value.substr(i++, 2));
      continue;
    }
    if (c == '"') in_string = !in_string;
    if (in_string || (c != ' ' && c != '\n' && c != '\r' && c != '\t')) out += c;
  }
  return out;
}

// The texts of the values that a host reads; empty where they are not there.
struct Members {
  std::string_view model, stream, stream_options, max_tokens, max_completion_tokens, tools, messages;

  void take(const JsonString& key, std::string_view value) {
    if (key.is("model")) model = value;
    if (key.is("stream")) stream = value;
    if (key.is("stream_options")) stream_options = value;
    if (key.is("max_tokens")) max_tokens = value;
    if (key.is("max_completion_tokens")) max_completion_tokens = value;
    if (key.is("tools")) tools = value;
    if (key.is("messages")) messages = value;
  }
};

void read_content(std::string_view content, Prompt& prompt) {
  if (const auto text = text_of(content)) return prompt.text(*text);
  if (!content.starts_with('[')) return;
  each_element(content, [&](std::string_view part) {
    std::optional<std::string> text;
    if (part.starts_with('{')) {
      each_member(part, [&](const JsonString& key, std::string_view value) {
        if (key.is("text")) text = text_of(value);
      });
    }
    if (text) {
      prompt.text(*text);
    } else {
      prompt.tokens(tokens_per_image);
    }
  });
}

// False: no message.
bool read_message(std::string_view message, Prompt& prompt) {
  std::optional<std::string> role;
  std::string_view content, tool_calls;
  const bool is_object = message.starts_with('{');
  if (is_object) {
    each_member(message, [&](const JsonString& key, std::string_view value) {
      if (key.is("role")) role = text_of(value);
      if (key.is("content")) content = value;
      if (key.is("tool_calls")) tool_calls = value;
    });
  }
  if (!role) return false;
  prompt.text(*role);
  prompt.tokens(tokens_per_message);
  read_content(content, prompt);
  if (!tool_calls.empty()) prompt.text(minified(tool_calls));
  return true;
}

std::optional<BadRequest> read_messages(const Members& members, Prompt& prompt) {
  bool any = false, all_good = true;
  if (members.messages.starts_with('[')) {
    each_element(members.messages, [&](std::string_view message) {
      any = true;
      all_good = all_good && read_message(message, prompt);
    });
  }
  if (!any) return BadRequest{"'messages' must be an array with at least one message", "messages"};
  if (!all_good) return BadRequest{"each of 'messages' must be an object with a 'role'", "messages"};
  return std::nullopt;
}

std::optional<BadRequest> read_max_output(std::string_view value, const std::string& name,
                                          SimulatedRequest& request) {
  if (!is_given(value)) return std::nullopt;
  const std::optional<std::int64_t> count = is_number(value) ? JsonNumber{value}.whole() : std::nullopt;
  if (!count || *count < 1) {
    return BadRequest{"'" + name + "' must be a whole number of at least 1", name};
  }
  request.max_output = config::Tokens{*count};
  return std::nullopt;
}

std::optional<BadRequest> read_delivery(const Members& members, SimulatedRequest& request) {
  if (!is_given(members.stream)) return std::nullopt;
  if (members.stream != "true" && members.stream != "false") {
    return BadRequest{"'stream' must be true or false", "stream"};
  }
  if (members.stream == "true") request.delivery = routing::Delivery::streamed;
  if (!members.stream_options.starts_with('{')) return std::nullopt;
  each_member(members.stream_options, [&](const JsonString& key, std::string_view value) {
    if (key.is("include_usage")) request.include_usage = value == "true";
  });
  return std::nullopt;
}

// All of it, or why it is not JSON.
std::optional<BadRequest> read_members(std::string_view body, Members& members) {
  JsonTokens tokens;
  JsonWalk walk(tokens, body, JsonWalk::Depth::any);
  if (!walk.ok() || !walk.skip() || !walk.finish()) {
    return BadRequest{"the body is not JSON: " + std::string(walk.fault().what), ""};
  }
  const auto take = [&](const JsonString& key, std::string_view value) { members.take(key, value); };
  if (!each_member(body, take)) return BadRequest{"the body must be a JSON object", ""};
  return std::nullopt;
}

}  // namespace

std::variant<SimulatedRequest, BadRequest> read_simulated_request(std::string_view body, int block_tokens) {
  Members members;
  if (const auto bad = read_members(body, members)) return *bad;

  SimulatedRequest request;
  const std::optional<std::string> model = text_of(members.model);
  if (!model) return BadRequest{"'model' must be a text", "model"};
  request.model = *model;
  if (const auto bad = read_delivery(members, request)) return *bad;
  if (const auto bad = read_max_output(members.max_tokens, "max_tokens", request)) return *bad;
  // The newer name wins where both are there.
  if (const auto bad = read_max_output(members.max_completion_tokens, "max_completion_tokens", request)) {
    return *bad;
  }
  Prompt prompt{std::max(block_tokens, 1)};
  if (!members.tools.empty()) prompt.text(minified(members.tools));
  if (const auto bad = read_messages(members, prompt)) return *bad;
  prompt.give_to(request);
  return request;
}

}  // namespace providers
