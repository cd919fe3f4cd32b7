#include "gateway/surface/kept_thinking.hpp"

#include "providers/conversation/owner_mark.hpp"

namespace gateway {
namespace {

using providers::Text;
using providers::ThinkingPart;

// Behind it: whose it is, what it is signed by, and the text; or whose it is and what is encrypted.
constexpr std::string_view signed_mark = "isocost.signed.1|";
constexpr std::string_view redacted_mark = "isocost.redacted.1|";

// Whose hosts each have their own keys: Anthropic's read what any of them signed.
std::string mark_of(const ThinkingPart& thinking, std::uint64_t owner) {
  const bool is_opaque = !thinking.redacted.raw.empty() || !thinking.signature.raw.empty();
  const bool is_owned = thinking.format.is("openai-responses-v1") || thinking.format.is("google-gemini-v1");
  return owner != 0 && is_opaque && is_owned ? providers::owner_mark(owner) : std::string();
}

}  // namespace

std::string kept_thinking(const ThinkingPart& thinking, std::uint64_t owner) {
  const std::string mark = mark_of(thinking, owner);
  std::string kept;
  if (!thinking.redacted.raw.empty()) {
    return kept.append(redacted_mark)
        .append(thinking.format.raw)
        .append("|")
        .append(thinking.redacted.raw)
        .append(mark);
  }
  return kept.append(signed_mark)
      .append(thinking.format.raw)
      .append("|")
      .append(thinking.signature.raw)
      .append(mark)
      .append("|")
      .append(thinking.text.raw);
}

bool is_kept_thinking(const Text& encrypted) {
  return encrypted.raw.starts_with(signed_mark) || encrypted.raw.starts_with(redacted_mark);
}

std::optional<ThinkingPart> thinking_kept_in(const Text& encrypted) {
  if (!is_kept_thinking(encrypted)) return std::nullopt;
  const bool is_signed = encrypted.raw.starts_with(signed_mark);
  std::string_view rest = encrypted.raw.substr(is_signed ? signed_mark.size() : redacted_mark.size());
  const auto next = [&]() -> std::optional<Text> {
    const std::size_t bar = rest.find('|');
    if (bar == std::string_view::npos) return std::nullopt;
    const Text found{rest.substr(0, bar), encrypted.escaped};
    rest.remove_prefix(bar + 1);
    return found;
  };
  ThinkingPart thinking;
  const auto format = next();
  if (!format) return std::nullopt;
  thinking.format = *format;
  if (!is_signed) {
    thinking.redacted = {rest, encrypted.escaped};
    return thinking;
  }
  const auto signature = next();
  if (!signature) return std::nullopt;
  thinking.signature = *signature;
  thinking.text = {rest, encrypted.escaped};
  return thinking;
}

}  // namespace gateway
