// Clients that offer many tools and let the model call some of them: hosts are offered only those, which
// every API can say.
#pragma once

#include <string_view>
#include <vector>

#include "providers/conversation/conversation.hpp"

namespace gateway {

// `names` are of tools of the conversation, whose tools have been read; one that is of none is a need that no
// host can meet, under the name of `param`.
void offer_only(const std::vector<providers::Text>& names, std::string_view param,
                providers::Conversation& conversation);

}  // namespace gateway
