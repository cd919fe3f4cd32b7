#include "providers/dialect/called_tools.hpp"

#include <string>
#include <unordered_set>
#include <variant>

namespace providers {

std::vector<Text> called_but_not_offered(const Conversation& conversation) {
  std::vector<Text> names;
  if (!conversation.tools.empty()) return names;
  std::unordered_set<std::string> known;
  for (const Turn& turn : conversation.turns) {
    for (const Part& part : turn.parts) {
      const auto* call = std::get_if<ToolCallPart>(&part.what);
      if (call && known.insert(call->name.identity()).second) names.push_back(call->name);
    }
  }
  return names;
}

}  // namespace providers
