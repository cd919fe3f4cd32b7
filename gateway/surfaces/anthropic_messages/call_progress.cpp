#include "gateway/surfaces/anthropic_messages/call_progress.hpp"

#include <algorithm>

#include "gateway/surface/block_hash.hpp"

namespace gateway {

void CallProgress::feed(std::string_view raw) {
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\\' || i + 1 == raw.size()) {
      take(raw[i]);
      continue;
    }
    const char escaped = raw[++i];
    if (escaped != 'u') {
      // Of the others none stands for a bracket, a quote or a backslash.
      take(escaped == '"' || escaped == '\\' ? escaped : ' ');
      continue;
    }
    const std::string_view digits = raw.substr(i + 1, 4);
    i += digits.size();
    take(digits == "0022" ? '"' : digits == "005c" || digits == "005C" ? '\\' : ' ');
  }
}

void CallProgress::take(char c) {
  if (in_string_) {
    if (is_escaped_) {
      is_escaped_ = false;
    } else if (c == '\\') {
      is_escaped_ = true;
    } else if (c == '"') {
      in_string_ = false;
    }
    return;
  }
  if (c == '"') in_string_ = true;
  if (c == '{' || c == '[') {
    ++depth_;
    has_begun_ = true;
  }
  if ((c == '}' || c == ']') && depth_ > 0) --depth_;
}

std::string allowed_call_id(std::string_view id, std::size_t index) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  if (id.empty()) return "toolu_" + std::to_string(index);
  std::string changed(id);
  if (std::ranges::all_of(changed, is_allowed)) return changed;
  std::ranges::replace_if(
      changed, [&](char c) { return !is_allowed(c); }, '_');
  // Two that differ in such characters alone go on to differ.
  return changed + "_" + std::to_string(block_hash(id) % 1'000'000);
}

}  // namespace gateway
