#include "providers/http/sse.hpp"

#include <algorithm>
#include <utility>

namespace providers {
namespace {

constexpr std::string_view data_prefix = "data: ";
constexpr std::string_view event_prefix = "event: ";

struct EventLine {
  std::string_view text;
  std::size_t next = 0;
};

// Where the line that begins at `at` ends: at CR or LF, whichever comes first.
std::size_t line_end(std::string_view bytes, std::size_t at) {
  const std::size_t lf = bytes.find('\n', at);
  return std::min(lf, bytes.substr(0, lf).find('\r', at));
}

// Of a block of whole lines.
EventLine line_at(std::string_view block, std::size_t at) {
  const std::size_t end = std::min(line_end(block, at), block.size());
  const bool crlf = block.substr(end, 2) == "\r\n";
  return {block.substr(at, end - at), end + (crlf ? 2 : 1)};
}

// The event at the front of `bytes`, where it is a normal or a named one, and whole.
std::optional<SseEvent> plain_event(std::string_view bytes) {
  std::size_t begin = 0;
  std::string_view name;
  if (bytes.starts_with(event_prefix)) {
    const std::size_t lf = bytes.find('\n');
    if (lf == std::string_view::npos) return std::nullopt;
    name = bytes.substr(event_prefix.size(), lf - event_prefix.size());
    begin = lf + 1;
  }
  if (bytes.compare(begin, data_prefix.size(), data_prefix) != 0) return std::nullopt;
  const std::size_t lf = bytes.find('\n', begin);
  if (lf >= max_event || lf + 1 >= bytes.size() || bytes[lf + 1] != '\n') return std::nullopt;
  const std::string_view raw = bytes.substr(0, lf + 2);
  if (raw.find('\r') != std::string_view::npos) return std::nullopt;
  return SseEvent{.data = raw.substr(begin + data_prefix.size(), lf - begin - data_prefix.size()),
                  .name = name,
                  .raw = raw,
                  .form = begin > 0 ? SseEvent::Form::named : SseEvent::Form::normal};
}

}  // namespace

std::optional<SseEvent> SseReader::next() {
  while (state_ == State::reading && !input_.empty()) {
    if (skip_lf_) {
      skip_lf_ = false;
      if (input_.front() == '\n') input_.remove_prefix(1);
      continue;
    }
    if (auto event = whole_plain()) return event;

    const auto end = event_end();
    if (carry_.size() + end.value_or(input_.size()) > max_event) {
      state_ = State::too_large;
      return std::nullopt;
    }
    if (!end) {
      carry_.append(input_);
      input_ = {};
      return std::nullopt;
    }
    std::string_view block = input_.substr(0, *end);
    input_.remove_prefix(*end);
    if (!carry_.empty()) {
      // Into a place of its own, since the next event may be cut in the same feed.
      carry_.append(block);
      completed_.swap(carry_);
      carry_.clear();
      block = completed_;
    }
    if (auto event = event_in(block)) return event;
  }
  return std::nullopt;
}

// The common case: "data: ...\n\n" at the front of the input.
std::optional<SseEvent> SseReader::whole_plain() {
  if (!carry_.empty()) return std::nullopt;
  auto event = plain_event(input_);
  if (!event) return std::nullopt;
  input_.remove_prefix(event->raw.size());
  at_start_ = false;
  return event;
}

// Behind the empty line that ends the event at hand; nothing when it is not in the input. Goes on with the
// line that the last input ended in.
std::optional<std::size_t> SseReader::event_end() {
  std::size_t at = 0;
  while (at < input_.size()) {
    if (after_cr_) {
      after_cr_ = false;
      if (input_[at] == '\n') {
        ++at;
        continue;
      }
    }
    const std::size_t end = line_end(input_, at);
    if (end == std::string_view::npos) {
      line_is_empty_ = false;
      return std::nullopt;
    }
    const bool is_empty = line_is_empty_ && end == at;
    const bool is_cr = input_[end] == '\r';
    at = end + 1;
    line_is_empty_ = true;
    if (is_empty) {
      if (is_cr && at == input_.size()) skip_lf_ = true;
      if (is_cr && at < input_.size() && input_[at] == '\n') ++at;
      return at;
    }
    after_cr_ = is_cr;
  }
  return std::nullopt;
}

std::optional<SseEvent> SseReader::event_in(std::string_view block) {
  if (at_start_ && block.starts_with("\xef\xbb\xbf")) block.remove_prefix(3);
  at_start_ = false;
  if (auto event = plain_event(block); event && event->raw.size() == block.size()) return event;

  SseEvent event;
  has_data_ = false;
  for (std::size_t at = 0; at < block.size();) {
    const EventLine line = line_at(block, at);
    at = line.next;
    const std::size_t colon = line.text.find(':');
    if (colon == 0) event.raw = line.text;
    if (line.text.empty() || colon == 0) continue;
    const std::string_view name = line.text.substr(0, colon);
    std::string_view value =
        colon == std::string_view::npos ? std::string_view() : line.text.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (name == "data") add_data(value, event);
    if (name == "event") event.name = value;
    // id and retry are for a reader that reconnects, which a POST cannot.
  }
  const std::string_view comment = std::exchange(event.raw, {});
  if (has_data_) return event;
  if (comment.empty() || comments_ == Comments::dropped) return std::nullopt;
  return SseEvent{.data = {}, .name = {}, .raw = comment, .form = SseEvent::Form::comment};
}

void SseReader::add_data(std::string_view value, SseEvent& event) {
  if (!has_data_) {
    has_data_ = true;
    event.data = value;
    return;
  }
  if (event.data.data() != joined_.data()) joined_.assign(event.data);
  joined_.append("\n").append(value);
  event.data = joined_;
}

}  // namespace providers
