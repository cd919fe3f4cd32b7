// OpenRouter's `reasoning_details` in a message of the history, for hosts that do not know them: as
// DeepSeek's `reasoning_content`, unless the message has its thinking as text already. What only their maker
// can read is left out. For hosts that are told nothing of it, all of it is, whatever it is called. Edits of
// the client's own bytes. Belongs to one message.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "gateway/surface/client_body.hpp"
#include "providers/json/json_walk.hpp"

namespace gateway {

class EarlierThoughts {
 public:
  explicit EarlierThoughts(std::string_view body) : body_(body) {}

  // Each member of the message, when its key was read.
  void member(const providers::JsonString& key);
  // Consumes the value of that member, an array.
  bool details(providers::JsonWalk& json);
  // `end` is the message's, behind its brace.
  void put_edits(std::size_t end, std::vector<BodyEdit>& edits) const;
  // Those that leave out all of it: of what was read so far, and, with the message's end, of the rest.
  void leave_out(std::size_t end, std::vector<BodyEdit>& edits);

 private:
  // What of members that tell of thinking stands one behind the other, from the key of the first.
  struct Run {
    std::size_t begin = 0;
    bool is_first = true;  // no member before it stays
  };

  // What is to stand in their place, from `begin` to `end`.
  void put_texts(std::size_t begin, std::size_t end, std::vector<BodyEdit>& edits) const;

  std::string_view body_;
  std::size_t key_ = 0;    // where the last key begins, its quote included
  std::size_t begin_ = 0;  // of the details' key
  std::size_t end_ = 0;    // of their value; 0: there are none
  std::size_t next_ = 0;   // the key behind them; 0: they are the last
  bool is_first_ = true;   // nothing stands before them
  bool has_members_ = false;
  bool has_text_ = false;                    // the thinking stands elsewhere, too
  std::vector<providers::ByteRange> texts_;  // strings, their quotes included
  bool stays_ = false;                       // a member before it stays
  std::optional<Run> run_{};
  std::vector<BodyEdit> left_out_;
};

}  // namespace gateway
