#include "config/values/masked.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "config/values/problem.hpp"

namespace config {
namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '+' || c == '/' ||
         c == '=' || c == '.';
}

std::string lowered(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return std::tolower(c); });
  return result;
}

bool has_key_prefix(std::string_view word) {
  static constexpr std::array<std::string_view, 14> prefixes = {"sk-",    "sk_",  "gsk_", "gw_",  "hf_",
                                                                "xai-",   "fw_",  "tgp_", "csk-", "r8_",
                                                                "nvapi-", "AIza", "AKIA", "key-"};
  return word.size() >= 8 &&
         std::ranges::any_of(prefixes, [&](std::string_view prefix) { return word.starts_with(prefix); });
}

// Names of models and hosts are long too, but lower case, and with separators every few letters.
bool looks_random(std::string_view word) {
  if (word.size() < 20) return false;
  std::size_t digits = 0, upper = 0, lower = 0, run = 0, longest_run = 0;
  for (const char c : word) {
    const auto u = static_cast<unsigned char>(c);
    digits += std::isdigit(u) ? 1 : 0;
    upper += std::isupper(u) ? 1 : 0;
    lower += std::islower(u) ? 1 : 0;
    run = std::isalnum(u) ? run + 1 : 0;
    longest_run = std::max(longest_run, run);
  }
  const bool mixed = digits > 0 && upper > 0 && lower > 0;
  return (mixed && longest_run >= 12) || (digits > 0 && upper + lower > 0 && longest_run >= 20);
}

// Whether a word before a colon says that a credential or a hash follows, slips of the finger included.
bool names_credential(std::string_view key) {
  const std::string name = lowered(key);
  if (name == "key") return true;
  static const std::vector<std::string> harmless = {"first_token_timeout", "utilization", "tokens",
                                                    "tokens_per_request"};
  if (std::ranges::find(harmless, name) != harmless.end()) return false;
  static const std::vector<std::string> words = {"credential", "secret", "token",   "password",
                                                 "bearer",     "apikey", "api_key", "authorization",
                                                 "api-key",    "sha256"};
  const auto contained = [&](const std::string& word) { return name.find(word) != std::string::npos; };
  return std::ranges::any_of(words, contained) || (name.size() >= 5 && !nearest(name, words).empty());
}

void hide(std::string& text, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) text[i] = text[i] == '\n' ? '\n' : '*';
}

// The value after the colon at `colon`: until the end of the line, or of its place in a flow mapping.
std::size_t hide_value(std::string& text, std::size_t colon) {
  std::size_t begin = text.find_first_not_of(" \t", colon + 1);
  if (begin == std::string::npos) return text.size();
  std::size_t end = text.find_first_of("\n,}", begin);
  if (text[begin] == '"' || text[begin] == '\'') {
    end = text.find(text[begin], begin + 1);
    ++begin;
  }
  if (end == std::string::npos) end = text.size();
  const std::string_view value = std::string_view(text).substr(begin, end - begin);
  if (value.starts_with("${")) {
    const std::size_t close = value.find('}');
    // What stands beside a reference may be the secret itself.
    begin = close == std::string_view::npos && text.find('}', begin) == end ? end + 1 : begin + close + 1;
    end = begin < text.size() ? text.find_first_of("\n,} \t\"'", begin) : text.size();
    if (end == std::string::npos) end = text.size();
  }
  hide(text, std::min(begin, end), end);
  return end;
}

}  // namespace

std::string masked(std::string_view text) {
  std::string result(text);
  for (std::size_t at = 0; at < result.size();) {
    if (!is_word(result[at])) {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    while (at < result.size() && is_word(result[at])) ++at;
    const std::string_view word = std::string_view(result).substr(begin, at - begin);
    std::size_t colon = at;
    while (colon < result.size() && (result[colon] == '"' || result[colon] == '\'' || result[colon] == ' '))
      ++colon;
    const bool is_key = colon < result.size() && (result[colon] == ':' || result[colon] == '=');
    if (has_key_prefix(word) || looks_random(word)) {
      hide(result, begin, at);
    } else if (is_key && names_credential(word)) {
      at = hide_value(result, colon);
    }
  }
  return result;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 60;
  std::string shown = masked(text);
  std::ranges::replace_if(
      shown, [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
  if (shown.size() > longest) {
    std::size_t cut = longest;
    while (cut > 0 && (static_cast<unsigned char>(shown[cut]) & 0xC0) == 0x80) --cut;
    shown = shown.substr(0, cut) + "...";
  }
  return "`" + shown + "`";
}

}  // namespace config
