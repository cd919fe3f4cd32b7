// A JSON object that somebody sent to have something done. One whose members come twice is refused: of the
// two nobody knows which was meant. Pure.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <variant>

namespace gateway {

struct NotTold {
  std::string_view code;  // "invalid_json" or "duplicate_key"
  std::string text;       // a sentence
};
std::variant<boost::json::object, NotTold> told_object(std::string_view text);

}  // namespace gateway
