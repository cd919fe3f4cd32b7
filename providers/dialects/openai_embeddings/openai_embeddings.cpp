#include "providers/dialects/openai_embeddings/openai_embeddings.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "providers/dialect/native_replies.hpp"
#include "providers/json/json_walk.hpp"
#include "providers/reports/plain_message.hpp"

namespace providers {
namespace {

// Never streams: an event is none of its words.
class EmbeddingReplies final : public NativeReplies {
 public:
  PassedEvent event(const SseEvent&, JsonTokens&) const override { return {}; }
  Relayed relayed(const SseEvent&, const PassedEvent&, UsageShown, std::string&,
                  std::string_view) const override {
    return {};
  }
  PassedReply whole(std::string_view body, JsonTokens& tokens) const override;
  std::optional<std::string> joined_wholes(std::span<const std::string> replies, std::size_t per_reply,
                                           std::size_t total, JsonTokens& tokens) const override;
};

// The vectors so far, each in its place among all, and what the last reply says beside them.
struct Vectors {
  std::vector<std::string> all;  // empty: not there yet
  ByteRange data{};
  ByteRange usage_value{};
  ReportedUsage usage;
};

// The inputs that a reply is about.
struct Asked {
  std::size_t first;
  std::size_t count;
};

// Consumes an element of `data`, which is the input's at `place` unless it says another itself.
bool take_vector(JsonWalk& walk, std::string_view body, const Asked& asked, std::size_t place,
                 Vectors& vectors) {
  const std::size_t begin = walk.position();
  if (walk.type() != JsonType::object) return false;
  ByteRange number{};
  const bool is_read = walk.object([&](const JsonString& key) {
    if (!key.is("index") || walk.type() != JsonType::number) return walk.skip();
    const std::size_t at = walk.position();
    const auto index = walk.number();
    if (!index || index->integer().value_or(-1) < 0) return false;
    place = static_cast<std::size_t>(*index->integer());
    number = {at, walk.end()};
    return true;
  });
  if (!is_read || place >= asked.count || !vectors.all[asked.first + place].empty()) return false;
  std::string text(body.substr(begin, walk.end() - begin));
  if (!number.empty()) {
    text.replace(number.begin - begin, number.size(), std::to_string(asked.first + place));
  }
  vectors.all[asked.first + place] = std::move(text);
  return true;
}

bool take_vectors(std::string_view body, JsonTokens& tokens, const Asked& asked, Vectors& vectors) {
  std::size_t place = 0;
  JsonWalk walk(tokens, body, JsonWalk::Depth::any);
  const bool is_read =
      walk.ok() && walk.type() == JsonType::object && walk.object([&](const JsonString& key) {
        const std::size_t begin = walk.position();
        if (key.is("usage")) {
          vectors.usage = read_usage(walk);
          vectors.usage_value = {begin, walk.end()};
          return walk.ok();
        }
        if (!key.is("data") || walk.type() != JsonType::array) return walk.skip();
        if (!walk.array([&] { return take_vector(walk, body, asked, place++, vectors); })) return false;
        vectors.data = {begin, walk.end()};
        return true;
      });
  return is_read && walk.finish();
}

std::optional<std::string> EmbeddingReplies::joined_wholes(std::span<const std::string> replies,
                                                           std::size_t per_reply, std::size_t total,
                                                           JsonTokens& tokens) const {
  Vectors vectors;
  vectors.all.resize(total);
  std::size_t first = 0;
  ByteRange data{}, usage{};
  std::int64_t prompt = 0;
  double cost = 0;
  bool is_counted = true, is_priced = true;
  for (const std::string& reply : replies) {
    std::string padded;  // the parser reads beyond the end
    padded.reserve(reply.size() + 64);
    padded = reply;
    vectors.usage = {};
    const Asked asked{.first = first, .count = std::min(per_reply, total - first)};
    if (!take_vectors(padded, tokens, asked, vectors)) return std::nullopt;
    first += asked.count;
    if (&reply == &replies.front()) {
      data = vectors.data;
      usage = vectors.usage_value;
    }
    is_counted = is_counted && vectors.usage.usage;
    is_priced = is_priced && vectors.usage.cost_said;
    prompt += vectors.usage.usage ? vectors.usage.usage->prompt.count : 0;
    cost += vectors.usage.cost_said.value_or(0);
  }
  std::string all = "[";
  for (const std::string& vector : vectors.all) {
    if (vector.empty()) return std::nullopt;
    all.append(all.size() > 1 ? "," : "").append(vector);
  }
  all += ']';
  const std::string count = std::to_string(prompt);
  std::string counts = "{\"prompt_tokens\":" + count + ",\"total_tokens\":" + count;
  if (is_priced) {
    std::array<char, 32> digits;  // of a few texts: far below a millionth of a dollar
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), cost);
    counts.append(",\"cost\":").append(digits.data(), end.ptr);
  }
  counts += '}';
  DataEdits edits;
  edits.put(data, all);
  if (!usage.empty()) edits.put(usage, is_counted ? std::string_view(counts) : "null");
  std::string out;
  edits.write(replies.front(), out);
  tokens.shrink();
  return out;
}

PassedReply EmbeddingReplies::whole(std::string_view body, JsonTokens& tokens) const {
  PassedReply reply;
  JsonWalk walk(tokens, body, JsonWalk::Depth::any);
  std::size_t vectors = 0;
  const auto member = [&](const JsonString& key) {
    if (key.is("data") && walk.type() == JsonType::array) {
      return walk.array([&] { return ++vectors, walk.skip(); });
    }
    if (key.is("usage")) {
      const std::size_t at = walk.position();
      reply.usage = read_usage(walk);
      reply.usage_value = {at, walk.end()};
      return walk.ok();
    }
    if (key.is("error") && walk.type() != JsonType::null) {
      return reply.error = read_error_value(walk), walk.ok();
    }
    const std::size_t begin = walk.position();
    if (!walk.skip()) return false;
    if (key.is("id")) reply.names.id = {begin, walk.end()};
    if (key.is("model")) reply.names.model = {begin, walk.end()};
    return true;
  };
  const bool is_read = walk.ok() && walk.type() == JsonType::object && walk.object(member) && walk.finish();
  if (!is_read) {
    reply = {};  // what stood before the fault is not believed
  } else {
    if (reply.error) reply.error->message = plain_message(reply.error->message, tokens);
    reply.kind = reply.error   ? PassedReply::Kind::error
                 : vectors > 0 ? PassedReply::Kind::answer
                               : PassedReply::Kind::empty;
  }
  tokens.shrink();
  return reply;
}

class OpenAiEmbeddings final : public Dialect {
 public:
  config::Format format() const override { return config::Format::embeddings; }
  std::string_view target(const HostModel&, routing::Delivery, std::string&) const override {
    return "/embeddings";
  }
  const NativeReplies* native() const override { return &replies_; }

 private:
  EmbeddingReplies replies_;
};

}  // namespace

const Dialect& openai_embeddings_dialect() {
  static const OpenAiEmbeddings dialect;
  return dialect;
}

}  // namespace providers
