// A first configuration out of what is there: keys in the environment, engines nearby, and what is shipped of
// hosts. No key's value ever stands in it. Pure; the same gives the same bytes.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/first_configuration/found_engines.hpp"

namespace gateway {

struct FirstConfiguration {
  std::string text{};                    // empty: there is nothing to write of
  std::vector<std::string> variables{};  // whose hosts are in it
  std::vector<std::string> engines{};    // addresses of those in it
  std::vector<std::string> notes{};      // what was found and could not be written, and why
};

// `variable`: whether the environment has a key of this name. `catalogue`: what is shipped. `today`:
// "2026-11-28".
FirstConfiguration first_configuration(std::string_view catalogue,
                                       const std::function<bool(const std::string&)>& has_variable,
                                       const std::vector<FoundEngine>& engines, std::string_view today);

}  // namespace gateway
