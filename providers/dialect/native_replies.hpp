// Replies of an API for clients of the same: passed on as they come, understood just as far as routing and
// accounting must. Without state.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "providers/dialect/correction.hpp"
#include "providers/dialect/host_model.hpp"
#include "providers/dialect/passed.hpp"
#include "providers/json/json_tokens.hpp"

namespace providers {

// Makes server-sent events of what a host wraps its own in. Belongs to one reply.
class Unframer {
 public:
  virtual ~Unframer() = default;
  // Of the next bytes, cut anywhere, the events that are whole, behind what is in `events`.
  virtual void feed(std::string_view bytes, std::string& events) = 0;
  virtual bool is_broken() const = 0;
  // Told by a frame that is no event; nothing follows it.
  virtual const std::optional<ReportedError>& error() const = 0;
};

enum class VectorForm { numbers, base64 };

// The vectors that a request wants, and how many of them each reply to a part of it has, but for the last.
struct AskedVectors {
  std::size_t total = 1;
  std::size_t per_reply = 1;
  VectorForm form = VectorForm::numbers;

  // Whether a reply to all of it can be passed on as it came.
  bool are(const PassedVectors& passed) const {
    const bool are_so = form == VectorForm::base64 ? passed.are_base64 : passed.are_numbers;
    return are_so && passed.are_numbered && passed.count == total;
  }
};

class NativeReplies {
 public:
  virtual ~NativeReplies() = default;
  // Null where streams are server-sent events.
  virtual std::unique_ptr<Unframer> unframer(JsonTokens& /*tokens*/) const { return nullptr; }
  virtual PassedEvent event(const SseEvent& event, JsonTokens& tokens) const = 0;
  // What the client is sent for it. The pieces live as long as the event's views, and no longer than
  // `scratch` is unchanged. `cost`, unless it is empty, takes the place of the one in the usage, where that
  // is shown.
  virtual Relayed relayed(const SseEvent& event, const PassedEvent& passed, UsageShown usage,
                          std::string& scratch, std::string_view cost) const = 0;
  // What a stream's usage comes to, when `next` follows `before`: of most APIs each tells all of it.
  virtual ReportedUsage joined(const ReportedUsage& /*before*/, const ReportedUsage& next) const {
    return next;
  }
  // Null where nothing needs to be put right.
  virtual std::unique_ptr<Correction> correction(const HostModel& /*model*/) const { return nullptr; }
  // What the replies to the parts of one request, or the one to all of it, make together: as many vectors as
  // are wanted, in their order and form; nothing where they do not.
  virtual std::optional<std::string> joined_wholes(std::span<const std::string> /*replies*/,
                                                   const AskedVectors& /*asked*/,
                                                   JsonTokens& /*tokens*/) const {
    return std::nullopt;
  }
  virtual PassedReply whole(std::string_view body, JsonTokens& tokens) const = 0;
  // The text in an event of a stream, where the first choice has one that is nothing but text.
  virtual std::optional<JsonString> plain_text(const SseEvent& /*event*/, JsonTokens& /*tokens*/) const {
    return std::nullopt;
  }
};

}  // namespace providers
