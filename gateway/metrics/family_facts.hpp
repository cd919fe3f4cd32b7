// What there is to know of a family of metrics without any number in it. A value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gateway {

struct FamilyFacts {
  std::string name, help;
  std::string_view type;
  std::vector<std::string> labels;
  std::vector<double> buckets;  // of histograms: their upper bounds
  std::size_t most_series = 0;  // that it can have, buckets counted
};

}  // namespace gateway
