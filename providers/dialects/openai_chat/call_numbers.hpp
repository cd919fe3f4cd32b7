// The tool calls of an answer, numbered from 0 in the order in which they began. Hosts begin to count at 0,
// at 1, or call every call the first one: an id that is new is a call that is new. Belongs to one choice.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace providers {

class CallNumbers {
 public:
  struct Number {
    std::size_t number = 0;
    bool is_new = false;
  };

  // Of a piece of a call: its index and id where the host tells them, and its place among those of its
  // chunk. Nothing where there are more calls than any answer has; some hosts count wrongly.
  std::optional<Number> of(std::optional<std::int64_t> index, std::string_view id, std::size_t place) {
    const std::int64_t host_index = index.value_or(static_cast<std::int64_t>(place));
    const std::size_t id_hash = id.empty() ? 0 : std::hash<std::string_view>()(id);
    std::size_t at = calls_.size();
    while (at > 0 && calls_[at - 1].host_index != host_index) --at;
    const bool is_new = at == 0 || (id_hash != 0 && calls_[at - 1].id_hash != id_hash);
    if (!is_new) return Number{at - 1, false};
    if (calls_.size() == most) return std::nullopt;
    calls_.push_back({host_index, id_hash});
    return Number{calls_.size() - 1, true};
  }
  bool any() const { return !calls_.empty(); }

 private:
  static constexpr std::size_t most = 256;
  struct Call {
    std::int64_t host_index = 0;
    std::size_t id_hash = 0;
  };
  std::vector<Call> calls_;
};

}  // namespace providers
