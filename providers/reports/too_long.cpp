#include "providers/reports/too_long.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "config/values/ascii.hpp"

namespace providers {
namespace {

constexpr std::int64_t most_named = 100'000'000;

// A number of the text, and what stands around it up to the numbers next to it.
struct NamedNumber {
  std::int64_t number = 0;
  std::string_view before, after;
};

std::string in_lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return out;
}

using config::is_digit;
bool holds_one_of(std::string_view text, std::initializer_list<std::string_view> phrases) {
  return std::ranges::any_of(phrases,
                             [&](auto phrase) { return text.find(phrase) != std::string_view::npos; });
}

// Where the digits that begin at `at` end; commas between groups of three belong to them.
std::size_t end_of_number(std::string_view text, std::size_t at) {
  const auto digits = [&](std::size_t from) {
    while (from < text.size() && is_digit(text[from])) ++from;
    return from;
  };
  std::size_t end = digits(at);
  while (end < text.size() && text[end] == ',' && digits(end + 1) == end + 4) end += 4;
  return end;
}

std::int64_t value_of(std::string_view digits) {
  std::string plain(digits);
  std::erase(plain, ',');
  std::int64_t value = 0;
  const auto read = std::from_chars(plain.data(), plain.data() + plain.size(), value);
  return read.ec == std::errc() ? value : most_named + 1;
}

// Calls `use` with each number that can be one of tokens.
template <class Use>
void each_number(std::string_view text, Use use) {
  std::optional<NamedNumber> last;
  std::size_t last_end = 0;
  const auto give = [&](std::size_t next) {
    if (!last) return;
    last->after = text.substr(last_end, next - last_end);
    if (last->number > 0 && last->number <= most_named) use(*last);
  };
  for (std::size_t at = 0; at < text.size();) {
    if (!is_digit(text[at])) {
      ++at;
      continue;
    }
    const std::size_t end = end_of_number(text, at);
    give(at);
    last = NamedNumber{.number = value_of(text.substr(at, end - at)),
                       .before = text.substr(last_end, at - last_end),
                       .after = {}};
    last_end = at = end;
  }
  give(text.size());
}

// The phrases of OpenAI and DeepSeek, vLLM, SGLang, TGI and Together, Anthropic, Fireworks, OpenRouter.
bool is_of_prompt(const NamedNumber& named) {
  return holds_one_of(named.after,
                      {"in the messages", "in your prompt", "in the prompt", "of text input", "input tokens",
                       "`inputs` tokens", "tokens from the input", "prompt tokens"}) ||
         holds_one_of(named.before, {"resulted in", "prompt is too long", "prompt contains", "prompt has",
                                     "the input (", "input length", "prompt length", "input token count"});
}
bool is_of_context(const NamedNumber& named) {
  return named.after.starts_with(" maximum") || named.before.ends_with("> ") ||
         holds_one_of(named.before, {"maximum context", "context length", "context window",
                                     "must be <=", "number of tokens allowed"});
}

}  // namespace

std::optional<TooLong> too_long(int status, const ReportedError& error) {
  if (status != 400 && status != 413 && status != 422) return std::nullopt;
  const std::string text = in_lower_case(error.message);
  const bool is_coded = error.code == "context_length_exceeded" || error.type == "context_length_exceeded" ||
                        error.type == "exceed_context_size_error";
  const bool is_said =
      holds_one_of(text, {"maximum context length", "model's context length", "context window",
                          "prompt is too long", "input is too long", "exceeds the available context size",
                          "input token count", "`inputs` tokens + `max_new_tokens` must be <="});
  if (!is_coded && !is_said) return std::nullopt;
  TooLong found;
  each_number(text, [&](const NamedNumber& named) {
    const config::Tokens tokens{named.number};
    if (!found.context && is_of_context(named)) {
      found.context = tokens;
    } else if (!found.prompt && is_of_prompt(named)) {
      found.prompt = tokens;
    } else if (!found.total && holds_one_of(named.before, {"requested"})) {
      found.total = tokens;
    }
  });
  return found;
}

}  // namespace providers
