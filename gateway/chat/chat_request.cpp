#include "gateway/chat/chat_request.hpp"

#include <algorithm>
#include <array>

#include "gateway/chat/body_walk.hpp"
#include "gateway/chat/chat_prompt.hpp"
#include "gateway/chat/provider_preferences.hpp"

namespace gateway {
namespace {

using config::Feature;
using providers::ByteRange;
using providers::JsonString;
using providers::JsonType;

constexpr std::int64_t most_tokens = 100'000'000;

class ChatReader {
 public:
  // Fills `request`.
  ChatReader(std::string_view body, providers::JsonTokens& tokens, ChatRequest& request)
      : body_(body), walk_(tokens, body), request_(request) {}

  std::optional<BodyFault> read() {
    const Path top;
    if (walk_.json.ok() && walk_.json.type() != JsonType::object) {
      walk_.wrong_type(top, "an object");
      return walk_.fault();
    }
    request_.object.begin = walk_.json.position();
    const bool read =
        walk_.object(top, [&](const JsonString& key, const Path& at) { return member(key, at); });
    if (!read || !finished(top)) return walk_.fault();
    complete();
    return std::nullopt;
  }

 private:
  // What one of the top-level members is to us.
  struct Known {
    std::string_view key;
    bool (ChatReader::*read)(const Path&);
    enum class Reader { hosts, router } for_whom = Reader::hosts;
  };
  static const std::array<Known, 28> known_;

  bool member(const JsonString& key, const Path& path) {
    // Keys with escapes are rare, and looked up by what they mean.
    const std::string unescaped = key.escaped ? key.text() : std::string();
    const std::string_view name = key.escaped ? std::string_view(unescaped) : key.raw;
    const auto key_begin = static_cast<std::size_t>(key.raw.data() - body_.data()) - 1;
    end_routing_member(key_begin);

    const auto known =
        std::find_if(known_.begin(), known_.end(), [&](const Known& k) { return k.key == name; });
    const bool read = known == known_.end() ? walk_.json.skip() : (this->*known->read)(path);
    if (known != known_.end() && known->for_whom == Known::Reader::router) {
      request_.routing_members.push_back({key_begin, key_begin});
    } else {
      request_.kept_end = walk_.json.end();
    }
    return read;
  }

  // A routing member reaches to the key after it, so that it goes with its comma.
  void end_routing_member(std::size_t next) {
    if (request_.routing_members.empty()) return;
    ByteRange& last = request_.routing_members.back();
    if (last.empty()) last.end = next;
  }

  bool finished(const Path& top) {
    request_.object.end = walk_.json.end();
    end_routing_member(request_.object.end - 1);
    if (!walk_.json.finish()) return false;
    // As OpenRouter takes it: a list alone begins with the model that is wanted most.
    if (request_.model.empty() && !request_.models.empty()) {
      request_.model = std::move(request_.models.front());
      request_.models.erase(request_.models.begin());
    }
    if (request_.model.empty()) {
      return walk_.wrong("missing_member", top.member("model"), "nothing", "the name of a model");
    }
    if (!has_messages_) {
      return walk_.wrong("missing_member", top.member("messages"), "nothing", "an array of messages");
    }
    return !prompt_.messages.empty() ||
           walk_.wrong("invalid_value", top.member("messages"), "an empty array", "at least one message");
  }

  void complete() {
    request_.stream = stream_.value_or(false);
    request_.wants_usage = include_usage_.value_or(false);
    request_.choices = static_cast<int>(choices_.value_or(1));
    if (const auto most = max_completion_tokens_ ? max_completion_tokens_ : max_tokens_) {
      request_.max_output = config::Tokens{*most};
    }
    if (request_.session.empty()) request_.session = std::move(cache_key_);
    if (logprobs_.value_or(false)) need(Feature::logprobs);
    if (include_reasoning_.value_or(false)) need(Feature::reasoning);
    if (prompt_.ends_with_assistant) need(Feature::prefill);
    request_.needs |= prompt_.needs;
    const std::size_t tools_bytes = providers::decoded_size(tools_.of(body_));
    request_.prompt = estimated_tokens(prompt_, tools_bytes);
    request_.prefix_tokens = prefix_tokens(prompt_, tools_bytes);
    request_.messages = std::move(prompt_.messages);
    request_.tools = tools_;
  }

  void need(Feature feature) { request_.needs.set(static_cast<std::size_t>(feature)); }

  bool skip(const Path&) { return walk_.json.skip(); }

  bool model(const Path& path) {
    const std::size_t begin = walk_.json.position();
    if (walk_.json.type() != JsonType::string) return walk_.wrong_type(path, "a string");
    if (!walk_.string(path, request_.model)) return false;
    request_.model_value = {begin, walk_.json.end()};
    return true;
  }

  bool messages(const Path& path) {
    if (walk_.json.type() != JsonType::array) return walk_.wrong_type(path, "an array");
    has_messages_ = true;
    return read_messages(walk_, path, prompt_);
  }

  bool stream(const Path& path) { return walk_.boolean(path, stream_); }

  bool stream_options(const Path& path) {
    const std::size_t begin = walk_.json.position();
    request_.stream_options_empty = true;
    const bool read = walk_.object(path, [&](const JsonString& key, const Path& at) {
      request_.stream_options_empty = false;
      if (!key.is("include_usage")) return walk_.json.skip();
      const std::size_t value = walk_.json.position();
      if (!walk_.boolean(at, include_usage_)) return false;
      request_.include_usage_value = ByteRange{value, walk_.json.end()};
      return true;
    });
    request_.stream_options = ByteRange{begin, walk_.json.end()};
    return read;
  }

  bool max_tokens(const Path& path) { return walk_.integer(path, 0, most_tokens, max_tokens_); }
  bool max_completion_tokens(const Path& path) {
    return walk_.integer(path, 0, most_tokens, max_completion_tokens_);
  }
  bool choices(const Path& path) { return walk_.integer(path, 1, 128, choices_); }

  bool tools(const Path& path) {
    const std::size_t begin = walk_.json.position();
    bool any = false;
    if (!walk_.array(path, [&](const Path&) { return any = true, walk_.json.skip(); })) return false;
    if (!any) return true;
    need(Feature::tools);
    tools_ = {begin, walk_.json.end()};
    return true;
  }

  bool response_format(const Path& path) {
    return walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (!key.is("type")) return walk_.json.skip();
      std::string type;
      if (!walk_.string(at, type)) return false;
      if (type == "json_object") need(Feature::json_object);
      if (type == "json_schema") need(Feature::json_schema);
      return true;
    });
  }

  bool reasoning_effort(const Path& path) {
    std::string effort;
    if (!walk_.string(path, effort)) return false;
    if (!effort.empty() && effort != "none") need(Feature::reasoning);
    return true;
  }

  bool reasoning(const Path& path) {
    std::string effort;
    std::optional<bool> enabled;
    bool any = false;
    const bool read = walk_.object(path, [&](const JsonString& key, const Path& at) {
      any = true;
      if (key.is("effort")) return walk_.string(at, effort);
      if (key.is("enabled")) return walk_.boolean(at, enabled);
      return walk_.json.skip();
    });
    if (any && effort != "none" && enabled.value_or(true)) need(Feature::reasoning);
    return read;
  }

  bool include_reasoning(const Path& path) { return walk_.boolean(path, include_reasoning_); }
  bool logprobs(const Path& path) { return walk_.boolean(path, logprobs_); }

  bool modalities(const Path& path) {
    std::vector<std::string> asked;
    if (!walk_.strings(path, asked)) return false;
    if (std::find(asked.begin(), asked.end(), "audio") != asked.end()) need(Feature::audio);
    return true;
  }

  bool user(const Path& path) { return walk_.string(path, request_.user, 512); }
  bool session(const Path& path) { return walk_.string(path, request_.session); }
  bool cache_key(const Path& path) { return walk_.string(path, cache_key_, 1'024); }
  bool models(const Path& path) { return walk_.strings(path, request_.models, 16); }

  bool provider(const Path& path) {
    if (walk_.json.type() == JsonType::object) request_.provider.emplace();
    routing::ProviderPreferences none;
    return read_preferences(walk_, path, request_.provider ? *request_.provider : none);
  }

  bool debug(const Path& path) {
    std::optional<bool> asked;
    if (walk_.json.type() != JsonType::object) {
      if (!walk_.boolean(path, asked)) return false;
      request_.echo_decision = asked.value_or(false);
      return true;
    }
    return walk_.object(path, [&](const JsonString&, const Path& at) {
      if (!walk_.boolean(at, asked)) return false;
      request_.echo_decision = request_.echo_decision || asked.value_or(false);
      return true;
    });
  }

  bool metadata(const Path& path) {
    return walk_.object(path, [&](const JsonString& key, const Path&) {
      if (walk_.json.type() != JsonType::string) return walk_.json.skip();
      const auto value = walk_.json.string();
      if (!value) return false;
      const bool fits = request_.metadata.size() < 16 && key.raw.size() <= 64 && value->raw.size() <= 512;
      if (fits) request_.metadata.emplace_back(key.text(), value->text());
      return true;
    });
  }

  std::string_view body_;
  BodyWalk walk_;
  ChatRequest& request_;
  ChatPrompt prompt_;
  ByteRange tools_;
  bool has_messages_ = false;
  std::string cache_key_;
  std::optional<bool> stream_, include_usage_, logprobs_, include_reasoning_;
  std::optional<std::int64_t> max_tokens_, max_completion_tokens_, choices_;
};

const std::array<ChatReader::Known, 28> ChatReader::known_{{
    {"messages", &ChatReader::messages},
    {"model", &ChatReader::model},
    {"stream", &ChatReader::stream},
    {"max_tokens", &ChatReader::max_tokens},
    {"stream_options", &ChatReader::stream_options},
    {"max_completion_tokens", &ChatReader::max_completion_tokens},
    {"tools", &ChatReader::tools},
    {"functions", &ChatReader::tools},
    {"response_format", &ChatReader::response_format},
    {"reasoning_effort", &ChatReader::reasoning_effort},
    {"reasoning", &ChatReader::reasoning},
    {"include_reasoning", &ChatReader::include_reasoning},
    {"n", &ChatReader::choices},
    {"logprobs", &ChatReader::logprobs},
    {"modalities", &ChatReader::modalities},
    {"user", &ChatReader::user},
    {"prompt_cache_key", &ChatReader::cache_key},
    {"metadata", &ChatReader::metadata},
    {"provider", &ChatReader::provider, Known::Reader::router},
    {"models", &ChatReader::models, Known::Reader::router},
    {"session_id", &ChatReader::session, Known::Reader::router},
    {"debug", &ChatReader::debug, Known::Reader::router},
    {"route", &ChatReader::skip, Known::Reader::router},
    {"preset", &ChatReader::skip, Known::Reader::router},
    {"plugins", &ChatReader::skip, Known::Reader::router},
    {"transforms", &ChatReader::skip, Known::Reader::router},
    {"usage", &ChatReader::skip, Known::Reader::router},
    {"trace", &ChatReader::skip, Known::Reader::router},
}};

}  // namespace

Inspected inspect(std::string_view body, providers::JsonTokens& tokens) {
  Inspected result{ChatRequest()};
  if (auto fault = ChatReader(body, tokens, *result).read()) result = *std::move(fault);
  tokens.shrink();
  return result;
}

}  // namespace gateway
