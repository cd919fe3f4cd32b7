// Replies that are passed on as they come, since client and host speak the same API: what routing and
// accounting must know of them. Views are into the text that was understood. Values.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "providers/http/sse.hpp"
#include "providers/reports/reported_error.hpp"
#include "providers/reports/usage.hpp"

namespace providers {

// By the choices' own indexes; no API gives more of them.
using Choices = std::bitset<128>;

// What the choices of a chunk or of a whole reply hold.
struct PassedContent {
  bool text = false;       // something to see or hear: text, a refusal, a picture, sound; not empty
  bool reasoning = false;  // reasoning text, not empty
  bool tool_call = false;
  bool no_choices = true;          // absent or []
  bool names_choices = false;      // there is a list of them, if only []
  bool is_odd = false;             // a text in parts, or no reason to end where there must be one
  std::size_t bytes = 0;           // of all texts, as they are spelled
  std::string_view finish_reason;  // empty: none; as spelled; of the last choice that has one
  Choices seen;
  Choices finished;  // those with a finish_reason

  bool any() const { return text || reasoning || tool_call; }
  // Whether it shows that the host answers: content of any kind, or a finish. An answer may well be empty:
  // hidden thinking used up its tokens, or a filter took it.
  bool decisive() const { return any() || !finish_reason.empty(); }
};

// Where a reply says what it is called, and when and by what it was made: the client reads ours there. Values
// of members, the quotes included; empty: nowhere.
struct NamePlaces {
  ByteRange id{};
  ByteRange created{};
  ByteRange model{};
  ByteRange referred{};  // the id of the stored answer that it goes on from, if any

  bool any() const { return !id.empty() || !created.empty() || !model.empty() || !referred.empty(); }
};

struct PassedEvent {
  enum class Kind {
    delta,  // part of an answer; `usage` may be in it
    done,   // [DONE]
    error,  // the host reports an error
    empty,  // no data
    bad,    // not JSON, or not an object
  };

  Kind kind = Kind::bad;
  bool is_last = false;  // the answer is over with it, whatever else the body holds
  PassedContent content;
  ReportedUsage usage;
  NamePlaces names;
  ByteRange usage_value;    // of the top-level usage in the data, when it is there and not null
  ByteRange fingerprint{};  // of what the host runs, in its own words, the quotes included
  std::optional<ReportedError> error{};
};

// The vectors of a whole reply to texts, as far as clients may not get them as they stand.
struct PassedVectors {
  std::size_t count = 0;
  bool are_numbered = true;  // each by the place in which it stands
  bool are_numbers = true;   // each is a list, of numbers
  bool are_base64 = true;    // each is a string
};

struct PassedReply {
  enum class Kind {
    answer,
    error,  // an error in a reply whose status said that there is none
    empty,  // no choices, or choices without any content or finish
    bad,    // not JSON, or not an object
  };

  Kind kind = Kind::bad;
  PassedContent content;
  ReportedUsage usage;
  ByteRange usage_value{};  // of the top-level usage, when it is there and not null
  ByteRange fingerprint{};  // as in PassedEvent
  NamePlaces names;
  std::optional<PassedVectors> vectors{};  // where they are what was asked for
  std::optional<ReportedError> error{};
};

enum class UsageShown { yes, no };  // whether the client asked for usage

struct Relayed {
  enum class Form { dropped, as_it_came, rewritten };

  Form form = Form::dropped;
  std::array<std::string_view, 6> parts{};
  std::size_t count = 0;

  // as_it_came: one, the event's `raw`.
  std::span<const std::string_view> pieces() const { return {parts.data(), count}; }
};

}  // namespace providers
