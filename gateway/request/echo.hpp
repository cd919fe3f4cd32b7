// What a client is told about the decision inside its reply, next to the host's own text, which stays as it
// is.
#pragma once

#include <string>
#include <string_view>

namespace gateway {

struct Echo {
  std::string members;  // of a JSON object, without braces; empty: nothing was asked for
  std::string event;    // the same as the first event of a stream
};

// `object` with the members in front of its own. It must be a JSON object.
std::string spliced(std::string_view object, std::string_view members);

}  // namespace gateway
