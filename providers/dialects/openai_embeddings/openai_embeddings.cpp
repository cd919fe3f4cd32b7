#include "providers/dialects/openai_embeddings/openai_embeddings.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "providers/dialect/native_replies.hpp"
#include "providers/dialects/openai_embeddings/vector_text.hpp"
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
  std::optional<std::string> joined_wholes(std::span<const std::string> replies, const AskedVectors& asked,
                                           JsonTokens& tokens) const override;
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
  VectorForm form;
};

// Consumes a vector; where it stands in the other form, `text` becomes what it is in the one that is wanted.
bool take_form(JsonWalk& walk, VectorForm form, std::string& text) {
  std::optional<std::string> other;
  if (form == VectorForm::base64) {
    if (walk.type() == JsonType::string) return walk.skip();
    other = walk.type() == JsonType::array ? base64_of_numbers(walk) : std::nullopt;
  } else {
    if (walk.type() == JsonType::array) return walk.skip();
    const auto said = walk.type() == JsonType::string ? walk.string() : std::nullopt;
    other = said ? numbers_of_base64(*said) : std::nullopt;
  }
  if (!other) return false;
  text = *std::move(other);
  return true;
}

// Consumes an element of `data`, which is the input's at `place` unless it says another itself.
bool take_vector(JsonWalk& walk, std::string_view body, const Asked& asked, std::size_t place,
                 Vectors& vectors) {
  const std::size_t begin = walk.position();
  if (walk.type() != JsonType::object) return false;
  ByteRange number{}, vector{};
  std::string formed;
  const bool is_read = walk.object([&](const JsonString& key) {
    const std::size_t at = walk.position() - begin;
    if (key.is("embedding")) {
      formed.clear();
      const bool is_taken = take_form(walk, asked.form, formed);
      vector = {at, walk.end() - begin};
      return is_taken;
    }
    if (!key.is("index")) return walk.skip();
    if (walk.type() == JsonType::number) {
      const auto index = walk.number();
      if (!index || index->whole().value_or(-1) < 0) return false;
      place = static_cast<std::size_t>(*index->whole());
    } else if (!walk.skip()) {
      return false;
    }
    number = {at, walk.end() - begin};
    return true;
  });
  if (!is_read || vector.empty() || place >= asked.count) return false;
  std::string& all = vectors.all[asked.first + place];
  if (!all.empty()) return false;

  const std::string index = std::to_string(asked.first + place);
  const std::string named = "\"index\":" + index + ",";
  DataEdits edits;
  if (number.empty()) {
    edits.put({1, 1}, named);
  } else {
    edits.put(number, index);
  }
  if (!formed.empty()) edits.put(vector, formed);
  edits.write(body.substr(begin, walk.end() - begin), all);
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

std::string usage_text(std::int64_t prompt, const std::optional<double>& cost) {
  const std::string count = std::to_string(prompt);
  std::string text = "{\"prompt_tokens\":" + count + ",\"total_tokens\":" + count;
  if (cost) {
    std::array<char, 32> digits;  // of a few texts: far below a millionth of a dollar
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), *cost);
    text.append(",\"cost\":").append(digits.data(), end.ptr);
  }
  return text + "}";
}

std::optional<std::string> EmbeddingReplies::joined_wholes(std::span<const std::string> replies,
                                                           const AskedVectors& asked,
                                                           JsonTokens& tokens) const {
  Vectors vectors;
  vectors.all.resize(asked.total);
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
    const Asked part{
        .first = first, .count = std::min(asked.per_reply, asked.total - first), .form = asked.form};
    if (!take_vectors(padded, tokens, part, vectors)) return std::nullopt;
    first += part.count;
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
  DataEdits edits;
  edits.put(data, all);
  const std::string counts =
      is_counted ? usage_text(prompt, is_priced ? std::optional(cost) : std::nullopt) : "null";
  // One reply says it itself.
  if (replies.size() > 1 && !usage.empty()) edits.put(usage, counts);
  std::string out;
  edits.write(replies.front(), out);
  tokens.shrink();
  return out;
}

// Consumes an element of `data`.
bool look_at_vector(JsonWalk& walk, PassedVectors& vectors) {
  const std::size_t place = vectors.count++;
  bool is_numbered = false, is_list = false, is_string = false;
  const auto member = [&](const JsonString& key) {
    if (key.is("index") && walk.type() == JsonType::number) {
      const auto index = walk.number();
      is_numbered = index && index->whole() == static_cast<std::int64_t>(place);
      return index.has_value();
    }
    if (key.is("embedding")) {
      is_list = walk.type() == JsonType::array;
      is_string = walk.type() == JsonType::string;
    }
    return walk.skip();
  };
  const bool is_read = walk.type() == JsonType::object ? walk.object(member) : walk.skip();
  vectors.are_numbered = vectors.are_numbered && is_numbered;
  vectors.are_numbers = vectors.are_numbers && is_list;
  vectors.are_base64 = vectors.are_base64 && is_string;
  return is_read;
}

PassedReply EmbeddingReplies::whole(std::string_view body, JsonTokens& tokens) const {
  PassedReply reply;
  JsonWalk walk(tokens, body, JsonWalk::Depth::any);
  PassedVectors vectors;
  const auto member = [&](const JsonString& key) {
    if (key.is("data") && walk.type() == JsonType::array) {
      vectors = {};
      return walk.array([&] { return look_at_vector(walk, vectors); });
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
    reply.vectors = vectors;
    reply.kind = reply.error         ? PassedReply::Kind::error
                 : vectors.count > 0 ? PassedReply::Kind::answer
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
