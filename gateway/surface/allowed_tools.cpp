#include "gateway/surface/allowed_tools.hpp"

#include <string>
#include <unordered_set>

#include "gateway/surface/body_values.hpp"

namespace gateway {

void offer_only(const std::vector<providers::Text>& names, std::string_view param,
                providers::Conversation& conversation) {
  std::unordered_set<std::string> allowed, offered;
  for (const providers::Text& name : names) allowed.insert(name.identity());
  std::erase_if(conversation.tools, [&](const providers::Tool& tool) {
    const std::string name = tool.name.identity();
    return offered.insert(name), !allowed.contains(name);
  });
  for (const std::string& name : allowed) {
    if (!offered.contains(name)) return add_beyond(conversation, std::string(param), providers::Weight::need);
  }
}

}  // namespace gateway
