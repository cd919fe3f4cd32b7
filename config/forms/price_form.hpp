// What stands in `price` and `price_rules`. See form.hpp.
#pragma once

#include <cstdint>
#include <optional>

#include "config/forms/form.hpp"
#include "config/values/settings.hpp"

namespace config {

const Fields<Prices>& price_fields();
const Fields<PriceRule>& price_rule_fields();

// Whether the rules leave a hole, and whether each of them can ever apply. `node` is the endpoint's. Where it
// has no `price` of its own, it gets the last rule's to show.
void check_price_rules(const Node& node, EndpointSettings& endpoint);

// "16:30"
struct MinuteForm {
  using Value = MinuteOfDay;
  std::optional<MinuteOfDay> read(const Node& node) const;
  JsonMembers schema() const {
    return {{"type", json_string("string")}, {"pattern", json_string("^([01][0-9]|2[0-3]):[0-5][0-9]$")}};
  }
};

}  // namespace config
