#include "providers/dialects/openai_chat/relay.hpp"

#include <algorithm>

#include "providers/dialect/priced_usage.hpp"

namespace providers {
namespace {

void add(Relayed& relayed, std::string_view piece) {
  relayed.parts[relayed.count++] = piece;
}

// An empty list of choices goes with what is said of the prompt or of moderation, and with usage, which a
// client that did not ask for it does not expect.
bool is_for_us_only(const PassedEvent& chat, UsageShown usage) {
  if (chat.kind != PassedEvent::Kind::delta || !chat.content.no_choices) return false;
  return chat.usage_value.empty() ? !chat.content.names_choices : usage == UsageShown::no;
}

}  // namespace

Relayed relayed(const SseEvent& event, const PassedEvent& chat, UsageShown usage, std::string& scratch,
                std::string_view cost) {
  Relayed result;
  const bool is_shown = chat.kind == PassedEvent::Kind::delta || chat.kind == PassedEvent::Kind::done;
  if (!is_shown || is_for_us_only(chat, usage)) return result;

  const bool blanks_usage = usage == UsageShown::no && !chat.usage_value.empty();
  const bool prices_usage = usage == UsageShown::yes && takes_cost(chat, event.data, cost);
  if (event.form == SseEvent::Form::normal && !blanks_usage && !prices_usage) {
    result.form = Relayed::Form::as_it_came;
    add(result, event.raw);
    return result;
  }
  result.form = Relayed::Form::rewritten;
  std::string_view data = event.data;
  if (breaks_lines(data)) {
    // Between JSON's tokens a line's end is white space like any other, and inside them there is none.
    scratch.assign(data);
    std::replace(scratch.begin(), scratch.end(), '\n', ' ');
    std::replace(scratch.begin(), scratch.end(), '\r', ' ');
    data = scratch;
  }
  add(result, "data: ");
  if (blanks_usage) {
    add(result, data.substr(0, chat.usage_value.begin));
    add(result, "null");
    add(result, data.substr(chat.usage_value.end));
  } else if (prices_usage) {
    add_priced(result, chat, data, cost);
  } else {
    add(result, data);
  }
  add(result, "\n\n");
  return result;
}

}  // namespace providers
