#include "gateway/surfaces/anthropic_messages/message_prompt.hpp"

#include <algorithm>

#include "gateway/surface/block_hash.hpp"
#include "gateway/surface/body_values.hpp"
#include "gateway/surface/prompt_estimate.hpp"
#include "gateway/surfaces/anthropic_messages/own_thinking.hpp"

namespace gateway {

using config::Feature;
using providers::ByteRange;
using providers::JsonString;
using providers::JsonType;

namespace {

PromptSize sum(const PromptSize& a, const PromptSize& b) {
  return {a.bytes + b.bytes, a.attachments + b.attachments, a.messages + b.messages};
}

// What is to be cut out of an array whose elements are `ranges`, so that what is left is one.
void cut(const std::vector<ByteRange>& ranges, const std::vector<bool>& is_cut,
         std::vector<ByteRange>& cuts) {
  bool any_kept = false;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (!is_cut[i]) {
      any_kept = true;
    } else if (any_kept) {
      cuts.push_back({ranges[i - 1].end, ranges[i].end});
    } else {
      cuts.push_back({ranges[i].begin, i + 1 < ranges.size() ? ranges[i + 1].begin : ranges[i].end});
    }
  }
}

}  // namespace

std::uint64_t PromptSize::tokens() const {
  return tokens_per_message * messages + tokens_per_attachment * attachments + (bytes + 3) / 4;
}

bool MessagePrompt::system(BodyWalk& walk, const Path& path) {
  size_ = {};
  const auto piece = [&](std::size_t begin) {
    const ByteRange range{begin, walk.json.end()};
    const std::string_view beginning = range.of(walk.body).substr(0, 200);
    if (beginning.find("x-anthropic-billing-header:") == std::string_view::npos) {
      system_.push_back({range, size_});
    }
  };
  const std::size_t begin = walk.json.position();
  bool is_read = false;
  if (walk.json.type() == JsonType::string) {
    is_read = text(walk);
    if (is_read) piece(begin);
  } else if (walk.json.type() == JsonType::array || walk.json.type() == JsonType::null) {
    is_read = walk.array(path, [&](const Path& at) {
      const std::size_t block_begin = walk.json.position();
      if (!block(walk, at)) return false;
      piece(block_begin);
      return true;
    });
  } else {
    return walk.wrong_type(path, "a string or an array");
  }
  system_size_ = size_;
  return is_read;
}

bool MessagePrompt::messages(BodyWalk& walk, const Path& path) {
  if (walk.json.type() != JsonType::array) return walk.wrong_type(path, "an array");
  size_ = {};
  return walk.array(path, [&](const Path& at) { return message(walk, at); });
}

bool MessagePrompt::message(BodyWalk& walk, const Path& path) {
  if (walk.json.type() != JsonType::object) return walk.wrong_type(path, "an object");
  const std::size_t begin = walk.json.position();
  ends_with_assistant_ = has_result_ = false;
  const std::size_t unsigned_before = unsigned_.size();
  bool has_role = false;
  const bool is_read = walk.object(path, [&](const JsonString& key, const Path& at) {
    if (key.is("role")) return has_role = true, role(walk, at);
    if (key.is("content")) return content(walk, at);
    return counted(walk, most_bytes_of_unknown);
  });
  if (!is_read) return false;
  if (!has_role) return walk.wrong("missing_member", path.member("role"), "nothing", "who says it");
  ends_with_result_ = has_result_;
  if (ends_with_assistant_) was_unsigned_ = unsigned_.size() > unsigned_before;
  ++size_.messages;
  messages_.push_back({{begin, walk.json.end()}, size_});
  return true;
}

bool MessagePrompt::role(BodyWalk& walk, const Path& path) {
  if (walk.json.type() != JsonType::string) return walk.wrong_type(path, "a string");
  const auto role = walk.json.string();
  if (!role) return false;
  ends_with_assistant_ = role->is("assistant");
  return true;
}

bool MessagePrompt::content(BodyWalk& walk, const Path& path) {
  if (walk.json.type() == JsonType::string) return text(walk);
  if (walk.json.type() != JsonType::array) return walk.wrong_type(path, "a string or an array");
  std::vector<ByteRange> ranges;
  std::vector<bool> are_unsigned;
  const bool is_read = walk.array(path, [&](const Path& at) {
    const std::size_t begin = walk.json.position();
    if (!block(walk, at)) return false;
    ranges.push_back({begin, walk.json.end()});
    are_unsigned.push_back(is_unsigned_);
    return true;
  });
  if (!is_read) return false;
  cut(ranges, are_unsigned, unsigned_);
  return true;
}

// Whichever kind it is of: what it holds says so, but for an image and a document.
bool MessagePrompt::block(BodyWalk& walk, const Path& path) {
  if (walk.json.type() != JsonType::object) return walk.wrong_type(path, "an object");
  JsonString type;
  bool has_source = false;
  bool is_unsigned = false;
  const bool is_read = walk.object(path, [&](const JsonString& key, const Path& at) {
    const JsonType found = walk.json.type();
    if (key.is("type")) {
      if (found != JsonType::string) return walk.wrong_type(at, "a string");
      const auto read = walk.json.string();
      if (read) type = *read;
      return read.has_value();
    }
    if (key.is("text") && found != JsonType::string) return walk.wrong_type(at, "a string");
    if (key.is("signature") && found == JsonType::string) {
      const auto signature = walk.json.string();
      if (!signature) return false;
      is_unsigned = is_of_others(*signature);
      // A text that the client did not want to read goes to the host from here.
      if (const auto kept = thinking_kept_in(*signature)) {
        size_.bytes += providers::decoded_size(kept->text.raw);
      }
      return true;
    }
    if (key.is("data") && found == JsonType::string) {
      const std::size_t begin = walk.json.position() + 1;
      if (!counted(walk, most_bytes_of_unknown)) return false;
      is_unsigned = is_kept_thinking({walk.body.substr(begin, walk.json.end() - 1 - begin), true});
      return true;
    }
    if (key.is("source") && found == JsonType::object) return source(walk, at, has_source);
    if (key.is("content") && found == JsonType::array) {
      return walk.array(at, [&](const Path& inner) {
        return walk.json.type() == JsonType::object ? block(walk, inner) : walk.json.skip();
      });
    }
    if (key.is("cache_control")) return note_cache_marks(walk, cache_marks_);
    if (key.is("id") || key.is("tool_use_id")) return walk.json.skip();
    if (key.is("input")) return counted(walk, walk.body.size());
    return found == JsonType::string ? text(walk) : counted(walk, most_bytes_of_unknown);
  });
  if (!is_read) return false;
  is_unsigned_ = is_unsigned && (type.is("thinking") || type.is("redacted_thinking"));
  has_result_ = has_result_ || type.is("tool_result");
  if (!has_source) return true;
  if (type.is("image")) {
    need(Feature::images);
    ++pictures_;
  }
  if (type.is("document")) need(Feature::files);
  return true;
}

// A document that is given as text, or as blocks, is counted as what it says, and takes no eyes.
bool MessagePrompt::source(BodyWalk& walk, const Path& path, bool& is_attachment) {
  JsonString type, data;
  const bool is_read = walk.object(path, [&](const JsonString& key, const Path& at) {
    const bool is_string = walk.json.type() == JsonType::string;
    if ((key.is("type") || key.is("data")) && is_string) {
      const auto read = walk.json.string();
      if (read) (key.is("type") ? type : data) = *read;
      return read.has_value();
    }
    if (!key.is("content")) return walk.json.skip();
    if (is_string) return text(walk);
    if (walk.json.type() != JsonType::array) return walk.json.skip();
    return walk.array(at, [&](const Path& inner) { return block(walk, inner); });
  });
  if (!is_read) return false;
  if (type.is("text")) {
    size_.bytes += providers::decoded_size(data.raw);
  } else if (!type.is("content")) {
    is_attachment = true;
    ++size_.attachments;
  }
  return true;
}

bool MessagePrompt::text(BodyWalk& walk) {
  const auto found = walk.json.string();
  if (!found) return false;
  size_.bytes += found->escaped ? providers::decoded_size(found->raw) : found->raw.size();
  return true;
}

bool MessagePrompt::counted(BodyWalk& walk, std::size_t most) {
  const std::size_t begin = walk.json.position();
  if (!walk.json.skip()) return false;
  const std::string_view value = walk.body.substr(begin, walk.json.end() - begin);
  size_.bytes += value.size() > most ? most : providers::decoded_size(value);
  return true;
}

std::vector<MessagePrompt::Piece> MessagePrompt::pieces() const {
  std::vector<Piece> pieces = system_;
  for (const Piece& message : messages_) pieces.push_back({message.range, sum(system_size_, message.upto)});
  return pieces;
}

config::Tokens MessagePrompt::estimated(std::uint64_t tools_bytes) const {
  const PromptSize messages = messages_.empty() ? PromptSize{} : messages_.back().upto;
  const std::uint64_t all = tokens_of_any_prompt + sum(system_size_, messages).tokens();
  return {static_cast<std::int64_t>(all + tokens_of_tools(tools_bytes))};
}

std::vector<std::uint32_t> MessagePrompt::prefix_tokens(std::uint64_t tools_bytes) const {
  const std::vector<Piece> all = pieces();
  const std::size_t skipped = all.size() - std::min(all.size(), most_prefix_blocks);
  std::vector<std::uint32_t> tokens;
  tokens.reserve(all.size() - skipped);
  for (std::size_t i = skipped; i < all.size(); ++i) {
    const std::uint64_t upto = tokens_of_any_prompt + all[i].upto.tokens() + tokens_of_tools(tools_bytes);
    tokens.push_back(static_cast<std::uint32_t>(std::min<std::uint64_t>(upto, UINT32_MAX)));
  }
  return tokens;
}

}  // namespace gateway
