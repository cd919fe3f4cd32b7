// What the client is sent for one event of a host's stream: the same bytes where possible, else the same
// event in normal form. Never an id, never an event without data.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "providers/openai/chat_events.hpp"

namespace providers {

enum class UsageShown { yes, no };  // whether the client asked for usage

struct Relayed {
  enum class Form { dropped, as_it_came, rewritten };

  Form form = Form::dropped;
  std::array<std::string_view, 6> parts{};
  std::size_t count = 0;

  // as_it_came: one, the event's `raw`.
  std::span<const std::string_view> pieces() const { return {parts.data(), count}; }
};

// The pieces live as long as the event's views, and no longer than `scratch` is unchanged. Where usage is not
// shown it is blanked to null, else its `cost` becomes `cost`, unless that is empty. An event with an empty
// list of choices is dropped when usage that is not shown is all it is for, one without a list always unless
// it has usage to show.
// Errors and what is not understood are dropped: the one event that ends a broken stream is written by
// whoever ends it.
Relayed relayed(const SseEvent& event, const ChatEvent& chat, UsageShown usage, std::string& scratch,
                std::string_view cost = {});

}  // namespace providers
