#include "gateway/continuation/cut.hpp"

namespace gateway {
namespace {

// A shorter text gives a model nothing to go on from.
constexpr std::size_t shortest_given = 4;

}  // namespace

Cut cut_for_going_on(std::string_view said) {
  if (said.size() < shortest_given) return {{}, said};
  const std::size_t last = said.find_last_of(white_space);
  const bool is_near = last != std::string_view::npos && said.size() - last <= longest_repeated;
  if (!is_near) return {said, {}};
  const std::size_t before = said.find_last_not_of(white_space, last);
  if (before == std::string_view::npos) return {{}, said};
  return {said.substr(0, before + 1), said.substr(before + 1)};
}

}  // namespace gateway
