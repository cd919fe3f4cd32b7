#include "providers/simulated/simulated_words.hpp"

#include <algorithm>
#include <array>

#include "providers/json/json_text.hpp"
#include "providers/simulated/simulated_prompt.hpp"
#include "routing/host_model/host_draws.hpp"

namespace providers {
namespace {

constexpr std::array<std::string_view, 64> dictionary{
    "the",    "price", "of",      "a",     "token",  "is",      "what",    "you",   "pay",   "for",
    "time",   "and",   "each",    "host",  "has",    "its",     "own",     "curve", "where", "waiting",
    "less",   "costs", "more",    "so",    "we",     "compare", "them",    "at",    "one",   "rate",
    "then",   "pick",  "point",   "that",  "lies",   "lowest",  "on",      "line",  "equal", "cost",
    "when",   "load",  "grows",   "batch", "slows",  "every",   "request", "in",    "it",    "while",
    "others", "queue", "but",     "fast",  "answer", "may",     "still",   "be",    "cheap", "if",
    "prompt", "was",   "already", "there"};
constexpr std::int64_t words_per_sentence = 12;

}  // namespace

std::string SimulatedWords::words(std::int64_t from, std::int64_t to) const {
  std::string result;
  for (std::int64_t token = from; token < to; ++token) {
    const auto drawn = routing::mixed(key_, static_cast<std::uint64_t>(token));
    const std::size_t start = result.size();
    result += dictionary[drawn % dictionary.size()];
    const std::int64_t place = token % words_per_sentence;
    if (place == 0) result[start] = static_cast<char>(result[start] - 'a' + 'A');
    result += place == words_per_sentence - 1 ? ". " : " ";
  }
  return result;
}

std::string SimulatedWords::visible(std::int64_t from, std::int64_t to, const routing::Answer& answer) const {
  if (said_.kind == SimulatedSaid::Kind::words) return words(from, to);
  const std::size_t begin = bytes_upto(from, answer);
  return said_.text.substr(begin, bytes_upto(to, answer) - begin);
}

// Not within a character.
std::size_t SimulatedWords::bytes_upto(std::int64_t token, const routing::Answer& answer) const {
  const auto size = static_cast<std::int64_t>(said_.text.size());
  const std::int64_t all = std::max<std::int64_t>(answer.output.count - answer.reasoning.count, 1);
  const std::int64_t at = token - answer.reasoning.count;
  const bool is_cut = answer.finish == routing::Answer::Finish::length;
  auto bytes = static_cast<std::size_t>(
      std::clamp<std::int64_t>(is_cut ? at * bytes_per_token : size * at / all, 0, size));
  while (bytes < said_.text.size() && (static_cast<unsigned char>(said_.text[bytes]) & 0xc0) == 0x80) ++bytes;
  return bytes;
}

std::int64_t simulated_tokens(std::string_view text) {
  return std::max<std::int64_t>(
      (static_cast<std::int64_t>(text.size()) + bytes_per_token - 1) / bytes_per_token, 1);
}

std::string simulated_quoted(std::string_view text) {
  std::string result = "\"";
  append_escaped(result, text);
  return result + '"';
}

}  // namespace providers
