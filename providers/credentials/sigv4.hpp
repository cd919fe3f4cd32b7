// Amazon's signatures of requests, version 4. Pure: the time is an argument.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "config/values/access.hpp"
#include "config/values/units.hpp"

namespace providers {

struct Signable {
  std::string_view method = "POST";
  std::string_view host;    // as the Host field has it
  std::string_view target;  // as the request line has it: path and query, encoded
  std::string_view content_type;
  std::span<const std::string_view> body;
};

// The header fields that a request is signed by: lines, each with its line's end in front.
std::string sigv4_fields(const Signable& request, const config::AwsAccess& keys, config::WallTime now);

}  // namespace providers
