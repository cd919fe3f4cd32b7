#include "gateway/simulate/number_list.hpp"

#include <algorithm>

#include "config/values/quantity.hpp"

namespace gateway {

std::optional<Numbers> number_range(std::string_view text, std::int64_t most) {
  const std::size_t dash = text.find('-');
  const auto first = config::parse_whole(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : config::parse_whole(text.substr(dash + 1));
  if (!first || !last || *first < 0 || *last < *first || *last - *first >= most) return std::nullopt;
  return Numbers{static_cast<std::uint64_t>(*first), static_cast<std::uint64_t>(*last)};
}

std::optional<std::vector<std::uint64_t>> number_list(std::string_view text, std::size_t most) {
  std::vector<std::uint64_t> result;
  while (!text.empty() || result.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    const auto numbers = number_range(part, static_cast<std::int64_t>(most));
    if (!numbers || result.size() + (numbers->last - numbers->first) >= most) return std::nullopt;
    for (std::uint64_t number = numbers->first; number <= numbers->last; ++number) result.push_back(number);
  }
  return result;
}

}  // namespace gateway
