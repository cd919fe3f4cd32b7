#include "gateway/surface/conversation_body.hpp"

namespace gateway {

std::optional<BodyFault> ConversationBody::read() {
  const Path top;
  const bool is_read =
      walk_.object(top, [&](const providers::JsonString& key, const Path& at) { return member(key, at); });
  if (!is_read || !walk_.json.finish()) return walk_.fault();
  complete();
  return std::nullopt;
}

}  // namespace gateway
