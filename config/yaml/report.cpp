#include "config/yaml/report.hpp"

#include <algorithm>
#include <tuple>

namespace config {

void Report::add(Problem problem) {
  constexpr std::size_t most = 100;
  const bool is_error = problem.severity == Severity::error;
  errors_ += is_error ? 1 : 0;
  if (problems_.size() >= most) {
    ++left_off_;
    return;
  }
  if (problem.excerpt.empty()) problem.excerpt = file_.excerpt(problem.place);
  problems_.push_back(std::move(problem));
}

Problems Report::take() {
  std::ranges::stable_sort(problems_, {}, [](const Problem& problem) {
    return std::tuple(problem.place.line, problem.place.column);
  });
  if (left_off_ > 0) {
    problems_.push_back({.severity = failed() ? Severity::error : Severity::warning,
                         .place = {.file = file_.name()},
                         .path = {},
                         .message = "there are " + std::to_string(left_off_) + " more problems",
                         .suggestion = {},
                         .excerpt = {}});
  }
  return std::move(problems_);
}

}  // namespace config
