#include "gateway/surfaces/openai_responses/responses_request.hpp"

#include <algorithm>
#include <array>

#include "gateway/surface/block_hash.hpp"
#include "gateway/surface/client_body_reader.hpp"
#include "gateway/surface/item_edits.hpp"
#include "gateway/surfaces/openai_responses/responses_prompt.hpp"

namespace gateway {
namespace {

using config::Feature;
using providers::ByteRange;
using providers::JsonString;
using providers::JsonType;

enum class Purpose { answer, count };

class ResponsesReader final : public ClientBodyReader {
 public:
  ResponsesReader(std::string_view body, providers::JsonTokens& tokens, ClientBody& request, Purpose purpose)
      : ClientBodyReader(body, tokens, request), purpose_(purpose) {}

 private:
  struct Own {
    std::string_view key;
    bool (ResponsesReader::*read)(const Path&);
  };
  static const std::array<Own, 14> own_;

  std::optional<bool> own_member(std::string_view name, const Path& path) override {
    const auto own = std::ranges::find(own_, name, &Own::key);
    if (own == own_.end()) return std::nullopt;
    return (this->*own->read)(path);
  }

  bool needs_model() const override { return purpose_ == Purpose::answer; }

  bool is_complete(const Path& top) override {
    const bool is_asked =
        !prompt_.items.empty() || instructions_.size() > 2 || has_template_ || purpose_ == Purpose::count;
    return is_asked || walk_.wrong(has_input_ ? "invalid_value" : "missing_member", top.member("input"),
                                   has_input_ ? "an empty array" : "nothing", "a text or a list of items");
  }

  void complete() override {
    if (max_output_) request_.max_output = config::Tokens{*max_output_};
    request_.needs |= prompt_.needs;
    request_.pictures = prompt_.pictures;
    request_.wants_usage = true;
    request_.streams_tell_usage = true;
    const std::size_t tools_bytes = providers::decoded_size(request_.tools.of(body_));
    const std::size_t said = instructions_.empty() ? 0 : providers::decoded_size(instructions_.of(body_));
    request_.prompt = estimated_tokens(prompt_, said, tools_bytes);
    request_.prefix_tokens = prefix_tokens(prompt_, said, tools_bytes);
    if (said > 0) request_.messages.push_back(instructions_);
    request_.messages.insert(request_.messages.end(), prompt_.items.begin(), prompt_.items.end());
    edit_for_natives();
  }

  // What a host would store could not be found again, but where it is asked to store for us.
  void edit_for_natives() {
    request_.may_be_stored = store_.empty() || stores_;
    if (!store_.empty()) {
      if (stores_) request_.stateless_edits.push_back({store_, "false"});
    } else {
      const std::size_t first = request_.object.begin + 1;
      const std::size_t next = body_.find_first_not_of(" \t\r\n", first);
      if (next != std::string_view::npos && body_[next] != '}') {
        request_.stateless_edits.push_back({{first, first}, "\"store\":false,"});
      }
    }
    take_out_unusable();
  }

  // Of which some have an owner, who goes is known only once it is known who is asked.
  void take_out_unusable() {
    if (prompt_.owned.empty()) return take_out_items(prompt_.items, prompt_.unusable, request_.edits);
    request_.items = prompt_.items;
    request_.unusable_items = std::move(prompt_.unusable);
    request_.owned_items = std::move(prompt_.owned);
  }

  bool input(const Path& path) {
    has_input_ = true;
    return walk_.json.type() == JsonType::null ? walk_.json.null() : read_input(walk_, path, prompt_);
  }

  bool instructions(const Path& path) {
    if (walk_.json.type() == JsonType::null) return walk_.json.null();
    if (walk_.json.type() != JsonType::string) return walk_.wrong_type(path, "a string");
    const std::size_t begin = walk_.json.position();
    if (!walk_.json.skip()) return false;
    instructions_ = {begin, walk_.json.end()};
    return true;
  }

  bool prompt_template(const Path&) {
    has_template_ = walk_.json.type() != JsonType::null;
    return walk_.json.skip();
  }

  bool max_output(const Path& path) { return output_bound(path, "max_output_tokens", max_output_); }

  bool text(const Path& path) {
    return walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (!key.is("format")) return walk_.json.skip();
      return output_form(at);
    });
  }

  bool reasoning(const Path& path) {
    return walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (!key.is("effort")) return walk_.json.skip();
      std::string effort;
      if (!walk_.string(at, effort)) return false;
      if (!effort.empty() && effort != "none") need(Feature::reasoning);
      asks_effort(effort);
      return true;
    });
  }

  bool top_logprobs(const Path& path) {
    std::optional<std::int64_t> count;
    if (!walk_.integer(path, 0, 1'000, count)) return false;
    if (count.value_or(0) > 0) need(Feature::logprobs);
    return true;
  }

  bool include(const Path& path) {
    std::vector<std::string> wanted;
    if (!walk_.strings(path, wanted)) return false;
    if (std::ranges::find(wanted, "message.output_text.logprobs") != wanted.end()) need(Feature::logprobs);
    return true;
  }

  bool store(const Path& path) {
    const std::size_t begin = walk_.json.position();
    std::optional<bool> store;
    if (!walk_.boolean(path, store)) return false;
    store_ = {begin, walk_.json.end()};
    stores_ = store.value_or(true);
    return true;
  }

  bool background(const Path& path) {
    std::optional<bool> background;
    if (!walk_.boolean(path, background)) return false;
    return !background.value_or(false) ||
           walk_.wrong("unsupported_value", path, "true",
                       "false: nothing goes on here without its client; stream the answer instead");
  }

  bool previous_response(const Path& path) {
    if (walk_.json.type() == JsonType::null) return walk_.json.null();
    if (walk_.json.type() != JsonType::string) return walk_.wrong_type(path, "a string");
    const std::size_t begin = walk_.json.position();
    const auto id = walk_.json.string();
    if (!id) return false;
    request_.referred = Referred{{begin, walk_.json.end()}, *id, {}};
    return true;
  }

  bool conversation(const Path& path) {
    return nothing_said(path, "a stored conversation",
                        "none: nothing is stored here, so all of the history must be sent as `input`");
  }

  bool nothing_said(const Path& path, std::string_view found, std::string_view allowed) {
    if (walk_.json.type() == JsonType::null) return walk_.json.null();
    return walk_.wrong("unsupported_value", path, found, allowed);
  }

  // Of it nothing is ours: the usage comes always, and what else it says is for hosts.
  bool stream_options(const Path& path) {
    return walk_.object(path, [&](const JsonString&, const Path&) { return walk_.json.skip(); });
  }

  const Purpose purpose_;
  ResponsesPrompt prompt_;
  ByteRange instructions_;
  ByteRange store_;
  bool stores_ = false;
  bool has_input_ = false;
  bool has_template_ = false;
  std::optional<std::int64_t> max_output_;
};

const std::array<ResponsesReader::Own, 14> ResponsesReader::own_{{
    {"input", &ResponsesReader::input},
    {"instructions", &ResponsesReader::instructions},
    {"prompt", &ResponsesReader::prompt_template},
    {"max_output_tokens", &ResponsesReader::max_output},
    {"tools", &ResponsesReader::tools},
    {"text", &ResponsesReader::text},
    {"reasoning", &ResponsesReader::reasoning},
    {"top_logprobs", &ResponsesReader::top_logprobs},
    {"include", &ResponsesReader::include},
    {"store", &ResponsesReader::store},
    {"background", &ResponsesReader::background},
    {"previous_response_id", &ResponsesReader::previous_response},
    {"conversation", &ResponsesReader::conversation},
    {"stream_options", &ResponsesReader::stream_options},
}};

Inspected inspected(std::string_view body, providers::JsonTokens& tokens, Purpose purpose) {
  Inspected result{ClientBody()};
  if (auto fault = ResponsesReader(body, tokens, *result, purpose).read()) result = *std::move(fault);
  tokens.shrink();
  return result;
}

}  // namespace

Inspected inspect_responses(std::string_view body, providers::JsonTokens& tokens) {
  return inspected(body, tokens, Purpose::answer);
}

Inspected inspect_responses_count(std::string_view body, providers::JsonTokens& tokens) {
  return inspected(body, tokens, Purpose::count);
}

}  // namespace gateway
