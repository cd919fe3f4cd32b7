// Texts of a conversation. Every API that is spoken here is JSON, so a text stays what it is in the body it
// was read from: the inside of a JSON string. Ten megabytes of base64 are neither decoded nor escaped again
// on their way. Views: into the body, or into the OwnTexts of their conversation.
#pragma once

#include <forward_list>
#include <string>
#include <string_view>
#include <utility>

#include "providers/json/json_text.hpp"

namespace providers {

using Text = JsonString;

// Nothing, or white space only. Some hosts refuse such a text.
bool is_blank(const Text& text);

// Texts that no body holds. What was kept stays where it is, also when this is moved.
class OwnTexts {
 public:
  std::string_view keep(std::string text) { return kept_.emplace_front(std::move(text)); }
  // UTF-8 that is no JSON yet.
  Text keep_plain(std::string_view plain);

 private:
  std::forward_list<std::string> kept_;
};

}  // namespace providers
