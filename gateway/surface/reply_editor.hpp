// A host's reply in the client's own API, edited where the client reads other members than the host writes.
// The rest stays as it came. Belongs to one reply.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/surface/cost_shown.hpp"
#include "providers/json/json_tokens.hpp"
#include "routing/terms/outcome.hpp"

namespace gateway {

class ReplyEditor {
 public:
  virtual ~ReplyEditor() = default;
  // Whether a whole reply holds what the client's words for it are made of.
  virtual bool takes(std::string_view /*body*/, providers::JsonTokens& /*tokens*/) const { return true; }
  // The data of one event, put behind what is in `out`. It is valid JSON, an object; `cost` is of the usage
  // in it. `tokens` is scratch space.
  virtual void event(std::string_view data, const std::optional<CostShown>& cost,
                     providers::JsonTokens& tokens, std::string& out) = 0;
  // A whole reply of which `attempt` tells the usage, also where the host told none.
  virtual void whole(std::string_view body, const CostShown& cost, const routing::Attempt& attempt,
                     providers::JsonTokens& tokens, std::string& out) = 0;
};

}  // namespace gateway
