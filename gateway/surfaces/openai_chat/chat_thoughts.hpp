// What an assistant's message of a chat body says that was thought: OpenRouter's reasoning_details, which can
// carry what it was signed by, else plain text. Belongs to one message.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateway/surface/body_walk.hpp"
#include "providers/conversation/part.hpp"

namespace gateway {

class Thoughts {
 public:
  bool details(BodyWalk& walk, const Path& path);
  bool plain(BodyWalk& walk, const Path& path);
  // One part for each. A client that collected a stream may send one in as many pieces as it came: they are
  // joined.
  void move_into(std::vector<providers::Part>& parts, providers::OwnTexts& own);

 private:
  struct Detail {
    providers::ThinkingPart thinking;
    std::optional<std::int64_t> index{};
  };
  struct Thought {
    Detail detail;
    std::string joined;  // raw; empty: there was one piece
  };

  bool goes_on(const Thought& last, const Detail& next) const;

  std::vector<Thought> thoughts_;
  providers::Text plain_;
};

}  // namespace gateway
