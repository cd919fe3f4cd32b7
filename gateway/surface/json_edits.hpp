// Edits of a JSON text, noted while it is walked through, and then written out in one pass. Belongs to one
// reply, and is used again for event after event.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "providers/json/json_walk.hpp"

namespace gateway {

class JsonEdits {
 public:
  // Begins anew. `text` must outlive the edits.
  void of(std::string_view text);
  std::string_view text() const { return text_; }

  // What stands at a place goes, and `replacement` comes there. Places do not overlap.
  void replace(const providers::ByteRange& place, std::string_view replacement);
  void insert(std::size_t at, std::string_view addition) { replace({at, at}, addition); }
  // Puts the edited text behind what is in `out`.
  void write(std::string& out);

 private:
  struct Edit {
    std::size_t begin = 0, end = 0;  // in the text
    std::size_t own = 0, size = 0;   // in own_
  };

  std::string_view text_;
  std::string own_;
  std::vector<Edit> edits_;
};

enum class Member { stays, goes };

// Walks through one object, and takes out the members that go, each with its comma.
class EditedObject {
 public:
  EditedObject(providers::JsonWalk& walk, JsonEdits& edits) : walk_(walk), edits_(edits) {}

  // `member` is called with each key: it consumes the value, and says what becomes of it.
  template <class Read>
  bool walk(Read member) {
    return walk_.object([&](const providers::JsonString& key) {
      begin(static_cast<std::size_t>(key.raw.data() - edits_.text().data()) - 1);
      const Member becomes = member(key);
      if (walk_.ok()) end(becomes);
      return walk_.ok();
    });
  }
  // Where the value of the member at hand stands, once it is consumed.
  providers::ByteRange value() const { return {value_begin_, walk_.end()}; }
  // Of a further member, once all are walked through.
  void add(std::string_view key, std::string_view value);

 private:
  void begin(std::size_t key);
  void end(Member becomes);

  providers::JsonWalk& walk_;
  JsonEdits& edits_;
  std::size_t key_begin_ = 0;
  std::size_t value_begin_ = 0;
  std::size_t last_end_ = 0;
  bool any_stays_ = false;
};

}  // namespace gateway
