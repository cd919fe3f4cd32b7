// Reads the tools of a Responses body, and how free the model is to call them. Tools that take a text, and
// those in a group, become functions that models everywhere know. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/surface/body_values.hpp"
#include "providers/conversation/conversation.hpp"

namespace gateway {

// Hosted tools, which no other host could run, and kinds that are not known. Offered alone, the request would
// be another one without them; beside tools that the client runs itself they are a hint.
struct HostedTools {
  std::vector<std::string> params;  // "tools[2]"
  bool are_wanted = false;          // by the choice of tools
};

// Each reads the value of the member of its name.
bool read_response_tools(BodyWalk& walk, const Path& path, std::string_view body,
                         providers::Conversation& conversation, HostedTools& hosted);
// Reads more than a choice: of which tools, too. Both must have been read for apply().
class ResponseToolChoice {
 public:
  bool read(BodyWalk& walk, const Path& path, HostedTools& hosted);
  void apply(providers::Conversation& conversation) const;

 private:
  struct Named {
    providers::Text name{};
    providers::Text space{};
  };
  bool read_named(BodyWalk& walk, const Path& path, HostedTools& hosted, Named& named);
  // Whether the list is empty, or one of it is no tool of the conversation.
  bool names_nobody(const providers::Conversation& conversation) const;

  providers::ToolChoice::Kind kind_ = providers::ToolChoice::Kind::unsaid;
  std::vector<Named> named_;  // the one, or those that are allowed
  bool is_list_ = false;
  bool lists_hosted_ = false;
};

// The name under which a tool of a group is known to hosts.
providers::Text joined_name(const providers::Text& space, const providers::Text& name,
                            providers::OwnTexts& own);

}  // namespace gateway
