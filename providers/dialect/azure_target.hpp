// Where Azure's classic API is asked: the deployment stands in the path of most calls, and the version behind
// it. Pure.
#pragma once

#include <string>
#include <string_view>

#include "providers/dialect/dialect.hpp"
#include "providers/dialect/path_segment.hpp"

namespace providers {

// What follows the path of the base URL; static, or in `scratch`.
inline std::string_view target_at(const Dialect& dialect, const HostModel& model, routing::Delivery delivery,
                                  std::string& scratch) {
  const std::string_view target = dialect.target(model, delivery, scratch);
  if (model.azure_version.empty()) return target;
  std::string whole;
  if (dialect.format() != config::Format::responses) {
    whole = "/deployments/";
    append_segment(whole, model.name);
  }
  whole.append(target).append("?api-version=").append(model.azure_version);
  scratch = std::move(whole);
  return scratch;
}

}  // namespace providers
