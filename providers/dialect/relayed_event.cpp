#include "providers/dialect/relayed_event.hpp"

#include <algorithm>

#include "providers/dialect/priced_usage.hpp"

namespace providers {

Relayed relayed_event(const SseEvent& event, const PassedEvent& passed, Kept kept, std::string_view cost,
                      std::string& scratch) {
  using Form = SseEvent::Form;
  Relayed result;
  const auto add = [&](std::string_view piece) {
    if (!piece.empty()) result.parts[result.count++] = piece;
  };
  const bool prices_usage = takes_cost(passed, event.data, cost);
  const bool is_kept =
      event.form == Form::named || (kept == Kept::plain_and_named && event.form == Form::normal);
  if (is_kept && !prices_usage) {
    result.form = Relayed::Form::as_it_came;
    add(event.raw);
    return result;
  }
  result.form = Relayed::Form::rewritten;
  std::string_view data = event.data;
  scratch.clear();
  if (!event.name.empty()) scratch.append("event: ").append(event.name).append("\n");
  scratch.append("data: ");
  const std::size_t begin = scratch.size();
  if (breaks_lines(data)) {
    // Between JSON's tokens a line's end is white space like any other, and inside them there is none.
    scratch.append(data);
    std::replace(scratch.begin() + static_cast<std::ptrdiff_t>(begin), scratch.end(), '\n', ' ');
    std::replace(scratch.begin() + static_cast<std::ptrdiff_t>(begin), scratch.end(), '\r', ' ');
    data = std::string_view(scratch).substr(begin);
  }
  add(std::string_view(scratch).substr(0, begin));
  if (prices_usage) {
    add_priced(result, passed, data, cost);
  } else {
    add(data);
  }
  add("\n\n");
  return result;
}

}  // namespace providers
