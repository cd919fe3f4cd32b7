// The texts of a policy as bytes, so that an explanation can quote what decided, also long after the
// configuration changed. A policy read back has its texts, places and values, and no expression decides
// anything. Pure.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "routing/policy/policy.hpp"

namespace gateway {

std::string to_bytes(const routing::Policy& policy);
// Null when the bytes are damaged.
std::shared_ptr<const routing::Policy> rule_book_from(std::string_view bytes);

}  // namespace gateway
