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
  std::string_view model, stream, stream_options, max_tokens, max_completion_tokens, tools, messages, system,
      tool_choice, response_format, output_config, output_format, n, logprobs, top_logprobs, thinking;

  void take(const JsonString& key, std::string_view value) {
    if (key.is("model")) model = value;
    if (key.is("stream")) stream = value;
    if (key.is("stream_options")) stream_options = value;
    if (key.is("max_tokens")) max_tokens = value;
    if (key.is("max_completion_tokens")) max_completion_tokens = value;
    if (key.is("tools")) tools = value;
    if (key.is("messages")) messages = value;
    if (key.is("system")) system = value;
    if (key.is("tool_choice")) tool_choice = value;
    if (key.is("response_format")) response_format = value;
    if (key.is("output_config")) output_config = value;
    if (key.is("output_format")) output_format = value;
    if (key.is("n")) n = value;
    if (key.is("logprobs")) logprobs = value;
    if (key.is("top_logprobs")) top_logprobs = value;
    if (key.is("thinking")) thinking = value;
  }
};

// The text of a member's value; empty where there is none, or no object.
std::string_view member_of(std::string_view object, std::string_view name) {
  std::string_view found;
  if (!object.starts_with('{')) return found;
  each_member(object, [&](const JsonString& key, std::string_view value) {
    if (key.is(name)) found = value;
  });
  return found;
}

// What a message holds, as far as an answer depends on it.
struct Seen {
  std::string last_text;
  bool has_result = false;
};

void read_content(std::string_view content, Prompt& prompt, Seen& seen) {
  if (auto text = text_of(content)) {
    prompt.text(*text);
    seen.last_text = *std::move(text);
    return;
  }
  if (!content.starts_with('[')) return;
  each_element(content, [&](std::string_view part) {
    std::optional<std::string> text;
    std::string_view inner, input;
    if (part.starts_with('{')) {
      each_member(part, [&](const JsonString& key, std::string_view value) {
        if (key.is("text") || key.is("thinking")) text = text_of(value);
        if (key.is("content")) inner = value;
        if (key.is("input")) input = value;
        if (key.is("type")) seen.has_result |= text_of(value) == "tool_result";
      });
    }
    if (text) {
      prompt.text(*text);
      seen.last_text = *std::move(text);
    } else if (!inner.empty()) {
      read_content(inner, prompt, seen);
    } else if (!input.empty()) {
      prompt.text(minified(input));
    } else {
      prompt.tokens(tokens_per_image);
    }
  });
}

// False: no message.
bool read_message(std::string_view message, Prompt& prompt, SimulatedRequest& request) {
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
  Seen seen;
  read_content(content, prompt, seen);
  if (!tool_calls.empty()) prompt.text(minified(tool_calls));
  // What a program adds between the turns is no question.
  if (*role == "system" || *role == "developer") return true;
  request.follows_result = seen.has_result || *role == "tool";
  request.last_text = std::move(seen.last_text);
  return true;
}

std::optional<BadRequest> read_messages(const Members& members, Prompt& prompt, SimulatedRequest& request) {
  bool any = false, all_good = true;
  if (members.messages.starts_with('[')) {
    each_element(members.messages, [&](std::string_view message) {
      any = true;
      all_good = all_good && read_message(message, prompt, request);
    });
  }
  if (!any) return BadRequest{"'messages' must be an array with at least one message", "messages"};
  if (!all_good) return BadRequest{"each of 'messages' must be an object with a 'role'", "messages"};
  return std::nullopt;
}

// In either API's form.
void read_tools(const Members& members, SimulatedRequest& request) {
  if (!members.tools.starts_with('[')) return;
  each_element(members.tools, [&](std::string_view tool) {
    const std::string_view function = member_of(tool, "function");
    const std::string_view described = function.empty() ? tool : function;
    const auto name = text_of(member_of(described, "name"));
    const std::string_view schema = member_of(described, function.empty() ? "input_schema" : "parameters");
    if (name) request.tools.push_back({*name, std::string(schema)});
  });
}

void read_tool_choice(const Members& members, SimulatedRequest& request) {
  using Calls = SimulatedRequest::Calls;
  const auto word = text_of(members.tool_choice);
  const std::string said = word ? *word : text_of(member_of(members.tool_choice, "type")).value_or("");
  if (said == "none") request.calls = Calls::never;
  if (said == "required" || said == "any") request.calls = Calls::always;
  if (said != "function" && said != "tool") return;
  const std::string_view function = member_of(members.tool_choice, "function");
  request.calls = Calls::always;
  request.tool = text_of(member_of(function.empty() ? members.tool_choice : function, "name")).value_or("");
}

void read_form(const Members& members, SimulatedRequest& request) {
  std::string_view format = members.response_format;
  if (!is_given(format)) format = member_of(members.output_config, "format");
  if (!is_given(format)) format = members.output_format;
  const std::string type = text_of(member_of(format, "type")).value_or("");
  if (type == "json_object") request.form = "{\"type\":\"object\"}";
  if (type != "json_schema") return;
  const std::string_view named = member_of(format, "json_schema");
  request.form = member_of(named.empty() ? format : named, "schema");
  if (request.form.empty()) request.form = "{}";
}

std::optional<BadRequest> read_count(std::string_view value, const std::string& name, std::int64_t least,
                                     std::int64_t most, int& count) {
  if (!is_given(value)) return std::nullopt;
  const std::optional<std::int64_t> found = is_number(value) ? JsonNumber{value}.whole() : std::nullopt;
  if (!found || *found < least || *found > most) {
    return BadRequest{
        "'" + name + "' must be a whole number from " + std::to_string(least) + " to " + std::to_string(most),
        name};
  }
  count = static_cast<int>(*found);
  return std::nullopt;
}

std::optional<BadRequest> read_choices(const Members& members, SimulatedRequest& request) {
  if (auto bad = read_count(members.n, "n", 1, 16, request.choices)) return bad;
  if (members.logprobs != "true") return std::nullopt;
  int others = 0;
  if (auto bad = read_count(members.top_logprobs, "top_logprobs", 0, 20, others)) return bad;
  request.logprobs = others;
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

std::variant<SimulatedRequest, BadRequest> read_simulated_request(std::string_view body, int block_tokens,
                                                                  SimulatedApi api) {
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
  if (api == SimulatedApi::chat) {
    if (const auto bad = read_choices(members, request)) return *bad;
  } else {
    if (!request.max_output) return BadRequest{"'max_tokens' is missing", "max_tokens"};
    const std::string thinking = text_of(member_of(members.thinking, "type")).value_or("");
    request.shows_thinking = thinking == "enabled" || thinking == "adaptive";
  }
  read_tools(members, request);
  read_tool_choice(members, request);
  read_form(members, request);
  Prompt prompt{std::max(block_tokens, 1)};
  if (!members.tools.empty()) prompt.text(minified(members.tools));
  Seen of_system;
  read_content(members.system, prompt, of_system);
  if (const auto bad = read_messages(members, prompt, request)) return *bad;
  prompt.give_to(request);
  return request;
}

}  // namespace providers
