#include "gateway/observe/refused_lines.hpp"

#include "gateway/text/line_writer.hpp"
#include "gateway/text/wall_text.hpp"

namespace gateway {
namespace {

using namespace std::chrono_literals;

// Records come a little out of order; beyond that the clock was set back.
constexpr auto most_disorder = 10s;

bool costs_nothing(const Record& record) {
  return record.ending == Ending::refused && record.attempts.empty();
}

}  // namespace

bool RefusedLines::admit(const Record& record, std::string& out) {
  if (!costs_nothing(record)) return true;
  const config::WallTime ended =
      record.wall + std::chrono::duration_cast<config::WallTime::duration>(record.total);
  tell(ended, out);
  Count& count = causes_[record.error];
  if (count.written < most_a_second) {
    ++count.written;
    return true;
  }
  ++count.left_out;
  return false;
}

void RefusedLines::tell(config::WallTime now, std::string& out) {
  const config::WallTime second = std::chrono::floor<std::chrono::seconds>(now);
  if (second <= second_ && second_ - second < most_disorder) return;
  for (const auto& [cause, count] : causes_) {
    if (count.left_out == 0) continue;
    LineWriter line(out);
    line.text("{\"time\":\"");
    line.text(WallText(second_).view());
    line.text("\",\"ending\":\"refused\",\"error\":");
    line.json_string(cause);
    line.text(",\"left_out\":");
    line.integer(static_cast<std::int64_t>(count.left_out));
    line.text("}\n");
  }
  causes_.clear();
  second_ = second;
}

}  // namespace gateway
