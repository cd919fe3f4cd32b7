#include "config/values/problem.hpp"

#include <algorithm>
#include <numeric>

namespace config {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Insertions, deletions, replacements and swaps of neighbours that turn one into the other; the optimal
// string alignment distance (Damerau 1964, restricted). A difference in case alone costs nothing.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      const bool swapped =
          i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

std::string indented(const std::string& text) {
  std::string result = "  ";
  for (const char c : text) {
    result += c;
    if (c == '\n') result += "  ";
  }
  return result;
}

}  // namespace

std::string to_text(const Problem& problem) {
  std::string text = problem.place.file;
  if (problem.place.line > 0) text += ":" + std::to_string(problem.place.line);
  if (problem.place.column > 0) text += ":" + std::to_string(problem.place.column);
  if (!text.empty()) text += ": ";
  text += problem.severity == Severity::error ? "error: " : "warning: ";
  if (!problem.path.empty()) text += problem.path + ": ";
  text += problem.message;
  if (!problem.excerpt.empty()) text += "\n" + indented(problem.excerpt);
  if (!problem.suggestion.empty()) text += "\n  " + problem.suggestion;
  return text;
}

std::string nearest(const std::string& found, const std::vector<std::string>& allowed) {
  // Texts this long are not slips of a finger, and comparing them costs their product.
  constexpr std::size_t longest = 100;
  if (found.empty() || found.size() > longest) return {};
  const std::string* best = nullptr;
  std::size_t least = found.size() + longest;
  for (const std::string& candidate : allowed) {
    const std::size_t shorter = std::min(found.size(), candidate.size());
    const std::size_t longer = std::max(found.size(), candidate.size());
    // A third of the letters may be wrong, and one of a short word.
    const std::size_t most = std::max<std::size_t>(1, longer / 3);
    if (longer > longest || longer - shorter > most) continue;
    const std::size_t d = distance(found, candidate);
    if (d > most || d >= least) continue;
    least = d;
    best = &candidate;
  }
  return best ? *best : std::string();
}

}  // namespace config
