// Takes items out of a list of the client's body. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "gateway/surface/client_body.hpp"

namespace gateway {

// `which`: ascending. Each goes with the comma behind it; at the end, with the one before.
inline void take_out_items(std::span<const providers::ByteRange> items, std::span<const std::size_t> which,
                           std::vector<BodyEdit>& edits) {
  for (std::size_t i = 0; i < which.size();) {
    std::size_t last = i;
    while (last + 1 < which.size() && which[last + 1] == which[last] + 1) ++last;
    const std::size_t begin = which[i], end = which[last] + 1;
    if (end < items.size()) {
      edits.push_back({{items[begin].begin, items[end].begin}, {}});
    } else {
      edits.push_back({{begin > 0 ? items[begin - 1].end : items[begin].begin, items.back().end}, {}});
    }
    i = last + 1;
  }
}

}  // namespace gateway
