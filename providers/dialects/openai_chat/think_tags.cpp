#include "providers/dialects/openai_chat/think_tags.hpp"

#include <utility>

namespace providers {
namespace {

constexpr std::string_view opening = "<think>", closing = "</think>";
// White space before the first tag; more of it is a text.
constexpr std::size_t most_blank = 64;

// A character, or an escape with what it stands for. 0: nothing that matters here.
std::string_view unit_at(std::string_view raw, std::size_t at, char& means) {
  if (raw[at] != '\\' || at + 1 >= raw.size()) {
    means = raw[at];
    return raw.substr(at, 1);
  }
  const char kind = raw[at + 1];
  if (kind != 'u') {
    means = kind == 'n' || kind == 't' || kind == 'r' ? ' ' : kind == '/' ? '/' : '\0';
    return raw.substr(at, 2);
  }
  const std::string_view unit = raw.substr(at, 6);
  const std::string_view digits = unit.substr(2);
  means = digits == "003c" || digits == "003C" ? '<' : digits == "003e" || digits == "003E" ? '>' : '\0';
  return unit;
}

bool is_blank(char means) {
  return means == ' ';
}

}  // namespace

ThinkTags::Parted ThinkTags::part(std::string_view raw) {
  Parted parted;
  for (std::size_t at = 0; at < raw.size();) {
    if (at_ == At::text) {
      parted.text.append(raw.substr(at));
      break;
    }
    char means = 0;
    const std::string_view unit = unit_at(raw, at, means);
    at += unit.size();
    if (at_ == At::begin) {
      begin(unit, means, parted);
    } else if (at_ == At::thinking) {
      think(unit, means, parted);
    } else if (!is_blank(means)) {
      at_ = At::text;
      parted.text.append(unit);
    }
  }
  return parted;
}

void ThinkTags::begin(std::string_view unit, char means, Parted& parted) {
  const bool is_next = means == opening[matched_];
  const bool is_white = matched_ == 0 && is_blank(means) && held_.size() < most_blank;
  if (is_next || is_white) {
    held_.append(unit);
    matched_ += is_next ? 1 : 0;
    if (matched_ < opening.size()) return;
    at_ = At::thinking;
    matched_ = 0;
    held_.clear();
    return;
  }
  matched_ = 0;
  if (meaning_ == config::ThinkTags::opened) {
    at_ = At::thinking;
    const std::string before = std::exchange(held_, {});
    for (std::size_t at = 0; at < before.size();) {
      char meant = 0;
      const std::string_view each = unit_at(before, at, meant);
      at += each.size();
      think(each, meant, parted);
    }
    return think(unit, means, parted);
  }
  at_ = At::text;
  parted.text.append(std::exchange(held_, {})).append(unit);
}

void ThinkTags::think(std::string_view unit, char means, Parted& parted) {
  if (means != closing[matched_] && matched_ > 0) {
    has_thought_ = true;
    parted.thinking.append(std::exchange(held_, {}));
    matched_ = 0;
  }
  if (means == closing[matched_]) {
    held_.append(unit);
    if (++matched_ < closing.size()) return;
    at_ = At::behind;
    matched_ = 0;
    held_.clear();
    return;
  }
  if (!has_thought_ && is_blank(means)) return;
  has_thought_ = true;
  parted.thinking.append(unit);
}

ThinkTags::Parted ThinkTags::rest() {
  Parted parted;
  const bool is_thought = at_ == At::thinking || (at_ == At::begin && meaning_ == config::ThinkTags::opened);
  (is_thought ? parted.thinking : parted.text) = std::exchange(held_, {});
  matched_ = 0;
  return parted;
}

}  // namespace providers
