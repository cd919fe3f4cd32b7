// Where Azure's APIs are asked: the version stands behind the path, and in the classic one the deployment in
// that of most calls. Pure.
#pragma once

#include <string>
#include <string_view>

#include "config/values/ascii.hpp"
#include "providers/dialect/dialect.hpp"
#include "providers/dialect/path_segment.hpp"

namespace providers {

// What follows the path of the base URL; static, or in `scratch`.
inline std::string_view target_at(const Dialect& dialect, const HostModel& model, routing::Delivery delivery,
                                  std::string& scratch) {
  const std::string_view target = dialect.target(model, delivery, scratch);
  if (model.azure_version.empty()) return target;
  std::string whole;
  // The classic API's versions are days; `/openai/v1` has `preview` and `latest`, and the model in the body.
  const bool is_classic = config::is_digit(model.azure_version.front());
  if (is_classic && dialect.format() != config::Format::responses) {
    whole = "/deployments/";
    append_segment(whole, model.name);
  }
  whole.append(target).append("?api-version=").append(model.azure_version);
  scratch = std::move(whole);
  return scratch;
}

}  // namespace providers
