// Reads a chunk of an OpenAI-style stream, or a whole reply, once: they differ in `delta` and `message` only.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "providers/dialect/passed.hpp"
#include "providers/json/json_walk.hpp"
#include "providers/reports/reported_error.hpp"
#include "providers/reports/usage.hpp"

namespace providers {

class ChatReader {
 public:
  // `walk` stands before the value and must outlive this.
  explicit ChatReader(JsonWalk& walk) : walk_(walk) {}

  // False: it is not JSON, or no object. Once.
  bool read();

  PassedContent content;
  ReportedUsage usage;
  ByteRange usage_value;
  ByteRange fingerprint;
  NamePlaces names;
  std::optional<ReportedError> error;
  // The message, code and type at the top, for events that are errors by their name.
  ReportedError take_flat_error() { return std::move(flat_error_); }

 private:
  bool member(const JsonString& key);
  bool name(ByteRange& place);
  bool choices();
  void end_choice();
  bool choice_member(const JsonString& key);
  bool delta_member(const JsonString& key);
  bool parts();
  bool text(bool& found);
  bool present(JsonType type, bool& found);
  bool tool_calls();
  bool reason(std::string_view& found);
  bool index();
  bool top_usage();
  bool groq();
  bool error_value();
  bool base_resp();
  bool object_name();

  // The one that is read.
  struct Choice {
    std::size_t index = 0;
    bool is_whole = false;
    std::string_view finish_reason;
    std::string_view native_finish_reason;
  };

  JsonWalk& walk_;
  Choice choice_;
  ReportedUsage groq_usage_;
  std::optional<config::ServiceTier> tier_{};
  ReportedError flat_error_;
  bool is_error_object_ = false;
};

}  // namespace providers
