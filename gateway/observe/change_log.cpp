#include "gateway/observe/change_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "gateway/state/kept_file.hpp"
#include "gateway/text/line_writer.hpp"
#include "gateway/text/wall_text.hpp"

namespace gateway {
namespace {

std::string line_of(const Change& change) {
  std::string text;
  LineWriter line(text);
  const auto member = [&](std::string_view name, std::string_view value) {
    line.text(name);
    line.json_string(value);
  };
  line.text("{\"time\":\"");
  line.text(WallText(change.at).view());
  member("\",\"who\":", change.who);
  if (!change.from.empty()) member(",\"from\":", change.from);
  member(",\"what\":", change.what);
  if (!change.whom.empty()) member(",\"whom\":", change.whom);
  line.text(",\"status\":");
  line.integer(change.status);
  line.text("}");
  return text;
}

}  // namespace

std::string change_log_in(const std::string& directory) {
  return directory + "/changes.log";
}

ChangeLog::~ChangeLog() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void ChangeLog::keep(std::string file, Say say) {
  file_ = std::move(file), say_ = std::move(say);
  descriptor_ = open_kept(file_, O_WRONLY | O_APPEND);
  if (descriptor_ < 0) say_(file_ + " cannot be written: " + std::strerror(errno) + "; changes are not kept");
}

void ChangeLog::write(const Change& change) {
  std::string line = line_of(change);
  last_.push_front(line);
  if (last_.size() > most_shown) last_.pop_back();
  if (descriptor_ < 0) return;
  line += '\n';
  const bool is_written = ::write(descriptor_, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  if (!is_written && !std::exchange(has_complained_, true)) say_(file_ + ": a change could not be written");
}

std::string ChangeLog::page() const {
  std::string page = "{\"changes\":[";
  for (const std::string& line : last_) page += (page.ends_with('[') ? "" : ",") + line;
  return page + "]}\n";
}

}  // namespace gateway
