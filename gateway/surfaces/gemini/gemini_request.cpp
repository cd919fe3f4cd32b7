#include "gateway/surfaces/gemini/gemini_request.hpp"

#include <algorithm>
#include <optional>

#include "gateway/surface/block_hash.hpp"
#include "gateway/surface/client_body_reader.hpp"
#include "gateway/surface/prompt_estimate.hpp"
#include "gateway/surfaces/gemini/gemini_names.hpp"

namespace gateway {
namespace {

using config::Feature;
using providers::ByteRange;
using providers::JsonString;
using providers::JsonType;

class GeminiReader final : public ClientBodyReader {
 public:
  using ClientBodyReader::ClientBodyReader;

 private:
  std::optional<bool> own_member(std::string_view name, const Path& path) override {
    if (name == "contents") return contents(path);
    if (is(name, "systemInstruction", "system_instruction")) return counted();
    if (name == "tools") return tools(path);
    if (is(name, "generationConfig", "generation_config")) return generation(path);
    // Of OpenAI's APIs; here they say nothing.
    if (name == "n" || name == "user" || name == "stream_options") return walk_.json.skip();
    return std::nullopt;
  }

  bool is_complete(const Path& top) override {
    return !request_.messages.empty() ||
           walk_.wrong("missing_member", top.member("contents"), "nothing", "what is said");
  }

  // All but functions: searches, code, maps.
  bool runs_at_host(const JsonString& key) const override {
    return !is(key, "functionDeclarations", "function_declarations");
  }

  void complete() override {
    request_.wants_usage = true;
    request_.streams_tell_usage = true;
    request_.bounds_in = "generationConfig";
    request_.choices = answers_;
    const std::uint64_t tools_bytes = providers::decoded_size(request_.tools.of(body_));
    const std::uint64_t all = rough_tokens(request_.messages.size(), attachments_, bytes_);
    request_.prompt = {static_cast<std::int64_t>(all + tokens_of_tools(tools_bytes))};
    if (so_far_.size() > most_prefix_blocks) {
      so_far_.erase(so_far_.begin(), so_far_.end() - static_cast<std::ptrdiff_t>(most_prefix_blocks));
    }
    for (std::uint32_t& each : so_far_) each += static_cast<std::uint32_t>(tokens_of_tools(tools_bytes));
    request_.prefix_tokens = std::move(so_far_);
  }

  // A text, one content, or a list of them.
  bool contents(const Path& path) {
    if (walk_.json.type() == JsonType::array) {
      return walk_.array(path, [&](const Path& at) { return content(at); });
    }
    return content(path);
  }

  bool content(const Path& path) {
    const std::size_t begin = walk_.json.position();
    if (walk_.json.type() != JsonType::object) return walk_.wrong_type(path, "an object");
    const bool is_read = walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (!key.is("parts")) return walk_.json.skip();
      if (walk_.json.type() == JsonType::object) return part(at);
      return walk_.array(at, [&](const Path& each) { return part(each); });
    });
    if (!is_read) return false;
    request_.messages.push_back({begin, walk_.json.end()});
    const std::uint64_t so_far = rough_tokens(request_.messages.size(), attachments_, bytes_);
    so_far_.push_back(static_cast<std::uint32_t>(std::min<std::uint64_t>(so_far, UINT32_MAX / 2)));
    return true;
  }

  bool part(const Path& path) {
    if (walk_.json.type() != JsonType::object) return walk_.wrong_type(path, "an object");
    return walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (is(key, "inlineData", "inline_data") || is(key, "fileData", "file_data")) return media(at);
      return counted();
    });
  }

  bool media(const Path& path) {
    std::string type;
    ++attachments_;
    const bool is_read = walk_.object(path, [&](const JsonString& key, const Path& at) {
      return is(key, "mimeType", "mime_type") ? walk_.string(at, type) : walk_.json.skip();
    });
    const bool is_picture = type.starts_with("image/");
    if (is_picture) ++request_.pictures;
    need(is_picture ? Feature::images : type.starts_with("audio/") ? Feature::audio : Feature::files);
    return is_read;
  }

  bool counted() {
    const std::size_t begin = walk_.json.position();
    const bool is_text = walk_.json.type() == JsonType::string;
    if (!walk_.json.skip()) return false;
    const std::string_view value = body_.substr(begin, walk_.json.end() - begin);
    bytes_ += value.size() > most_bytes_of_unknown && !is_text ? most_bytes_of_unknown
                                                               : providers::decoded_size(value);
    return true;
  }

  bool thinking(const Path& path) {
    return walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (is(key, "thinkingBudget", "thinking_budget") && walk_.json.type() == JsonType::number) {
        const auto number = walk_.json.number();
        const std::optional<std::int64_t> budget = number ? number->whole() : std::nullopt;
        // Below zero the model chooses itself.
        if (budget && *budget >= 0) asks_budget(*budget);
        return number.has_value();
      }
      if (is(key, "thinkingLevel", "thinking_level") && walk_.json.type() == JsonType::string) {
        std::string level;
        if (!walk_.string(at, level)) return false;
        std::ranges::transform(level, level.begin(),
                               [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
        asks_effort(level);
        return true;
      }
      return walk_.json.skip();
    });
  }

  bool generation(const Path& path) {
    bool has_schema = false, is_json = false;
    const std::size_t begin = walk_.json.position();
    const bool is_object = walk_.json.type() == JsonType::object;
    request_.is_bounds_object_empty = true;
    const bool is_read = walk_.object(path, [&](const JsonString& key, const Path& at) {
      request_.is_bounds_object_empty = false;
      if (is(key, "maxOutputTokens", "max_output_tokens")) {
        return output_bound(at, "generationConfig.maxOutputTokens", most_);
      }
      if (is(key, "candidateCount", "candidate_count")) {
        std::optional<std::int64_t> count;
        if (!walk_.integer(at, 1, 128, count)) return false;
        if (count) answers_ = static_cast<int>(*count);
        return true;
      }
      if (is(key, "responseMimeType", "response_mime_type")) {
        std::string type;
        if (!walk_.string(at, type)) return false;
        is_json = type == "application/json";
        return true;
      }
      if (is(key, "responseLogprobs", "response_logprobs")) {
        std::optional<bool> wanted;
        if (!walk_.boolean(at, wanted)) return false;
        if (wanted == true) need(Feature::logprobs);
        return true;
      }
      if (is(key, "thinkingConfig", "thinking_config") && walk_.json.type() == JsonType::object)
        return thinking(at);
      has_schema |= (is(key, "responseSchema", "response_schema") ||
                     is(key, "responseJsonSchema", "response_json_schema")) &&
                    walk_.json.type() == JsonType::object;
      return walk_.json.skip();
    });
    if (is_object) request_.bounds_object = {begin, walk_.json.end()};
    if (is_json || has_schema) need(has_schema ? Feature::json_schema : Feature::json_object);
    if (most_) request_.max_output = config::Tokens{*most_};
    return is_read;
  }

  std::uint64_t bytes_ = 0, attachments_ = 0;
  int answers_ = 1;
  std::vector<std::uint32_t> so_far_;
  std::optional<std::int64_t> most_;
};

}  // namespace

Inspected inspect_gemini(std::string_view body, providers::JsonTokens& tokens) {
  Inspected result{ClientBody()};
  if (auto fault = GeminiReader(body, tokens, *result).read()) result = *std::move(fault);
  tokens.shrink();
  return result;
}

}  // namespace gateway
