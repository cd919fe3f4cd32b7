// Whether the arguments of a tool call, an object, have come to their end. Belongs to one call.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gateway {

class CallProgress {
 public:
  // A piece of them as it stands inside a JSON string; no escape is cut.
  void feed(std::string_view raw);
  bool is_complete() const { return has_begun_ && depth_ == 0; }

 private:
  void take(char c);

  int depth_ = 0;
  bool has_begun_ = false;
  bool in_string_ = false;
  bool is_escaped_ = false;
};

// The name of a call as Anthropic's API allows it, which refuses others when they come back: `id`, raw as it
// stands in JSON, with an underscore for each character that it does not allow.
std::string allowed_call_id(std::string_view id, std::size_t index);

}  // namespace gateway
