#include "providers/dialect/priced_usage.hpp"

namespace providers {

bool takes_cost(const PassedEvent& passed, std::string_view data, std::string_view cost) {
  if (passed.usage_value.empty() || cost.empty()) return false;
  const std::string_view usage = passed.usage_value.of(data);
  const std::size_t first = usage.find_first_not_of(" \t\r\n", 1);
  return usage.front() == '{' && first != std::string_view::npos && usage[first] != '}';
}

void add_priced(Relayed& relayed, const PassedEvent& passed, std::string_view data, std::string_view cost) {
  const auto add = [&](std::string_view piece) { relayed.parts[relayed.count++] = piece; };
  const ByteRange& usage = passed.usage_value;
  const ByteRange& own = passed.usage.cost_value;
  if (!own.empty() && own.begin > usage.begin && own.end < usage.end) {
    add(data.substr(0, own.begin));
    add(cost);
    add(data.substr(own.end));
  } else {
    add(data.substr(0, usage.end - 1));
    add(",\"cost\":");
    add(cost);
    add(data.substr(usage.end - 1));
  }
}

}  // namespace providers
