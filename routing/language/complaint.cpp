#include "routing/language/complaint.hpp"

#include <algorithm>
#include <utility>

namespace routing {

config::Problem to_problem(const Complaint& complaint, const config::SourceText& source, std::string path) {
  const std::string& text = source.text;
  const std::size_t begin = std::min(complaint.begin, text.size());
  const std::size_t newline = begin == 0 ? std::string::npos : text.rfind('\n', begin - 1);
  const std::size_t line_begin = newline == std::string::npos ? 0 : newline + 1;
  const std::size_t line_end = std::min(text.find('\n', begin), text.size());
  const auto lines_above = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(begin), '\n');

  config::Problem problem{.severity = complaint.severity,
                          .place = source.place,
                          .path = std::move(path),
                          .message = complaint.message,
                          .suggestion = complaint.suggestion,
                          .excerpt = ""};
  if (source.place.line > 0) {
    problem.place.line += static_cast<int>(lines_above);
    const auto offset = static_cast<int>(begin - line_begin);
    problem.place.column = (lines_above == 0 ? source.place.column : 1) + offset;
  }
  const std::size_t end = std::clamp(complaint.end, begin, line_end);
  problem.excerpt = text.substr(line_begin, line_end - line_begin) + "\n" +
                    std::string(begin - line_begin, ' ') + "^" +
                    std::string(end > begin + 1 ? end - begin - 1 : 0, '~');
  return problem;
}

config::Problem about_whole(const config::SourceText& source, std::string path, std::string message,
                            std::string suggestion, config::Severity severity) {
  return to_problem({.begin = 0,
                     .end = source.text.size(),
                     .message = std::move(message),
                     .suggestion = std::move(suggestion),
                     .severity = severity},
                    source, std::move(path));
}

void complain(config::Problems& problems, const config::Place& place, std::string path, std::string message,
              std::string suggestion) {
  problems.push_back({.severity = config::Severity::error,
                      .place = place,
                      .path = std::move(path),
                      .message = std::move(message),
                      .suggestion = std::move(suggestion),
                      .excerpt = ""});
}

}  // namespace routing
