// Tells what stands between <think> and </think> at the begin of an answer from the text behind it. The
// pieces are insides of JSON strings, cut anywhere but within an escape. Belongs to one choice of a reply.
#pragma once

#include <string>
#include <string_view>

#include "config/values/settings.hpp"

namespace providers {

class ThinkTags {
 public:
  // Insides of JSON strings.
  struct Parted {
    std::string thinking;
    std::string text;
  };

  explicit ThinkTags(config::ThinkTags meaning)
      : meaning_(meaning), at_(meaning == config::ThinkTags::text ? At::text : At::begin) {}

  // Whether all that follows is text.
  bool is_over() const { return at_ == At::text; }
  // What of `raw` and of what was held back is known.
  Parted part(std::string_view raw);
  // What is still held back, once nothing follows: it was no tag.
  Parted rest();
  // The host itself tells thinking apart: without its begin there is none here.
  void host_parts() {
    if (meaning_ == config::ThinkTags::opened) meaning_ = config::ThinkTags::reasoning;
  }

 private:
  enum class At { begin, thinking, behind, text };

  void begin(std::string_view unit, char means, Parted& parted);
  void think(std::string_view unit, char means, Parted& parted);

  config::ThinkTags meaning_;
  At at_;
  std::size_t matched_ = 0;  // characters of the tag that is looked for
  std::string held_;         // those, and white space before them, as they were spelled
  bool has_thought_ = false;
};

}  // namespace providers
