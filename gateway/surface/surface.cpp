#include "gateway/surface/surface.hpp"

#include "gateway/text/line_writer.hpp"

namespace gateway {

std::string Surface::cost_members(const CostShown& cost) const {
  std::string text;
  LineWriter line(text);
  line.text(",\"cost\":");
  line.fixed(cost.all.nanos, 9);
  line.hand_over();
  return text;
}

}  // namespace gateway
