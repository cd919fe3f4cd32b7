// Writes the events of a response's stream, numbered; or nothing, for an answer that comes whole. Texts are
// raw, as they stand in JSON. Belongs to one reply.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/surfaces/openai_responses/response_object.hpp"

namespace gateway {

// Which part of which item an event is of.
struct ResponsePlace {
  std::string_view item_id{};
  std::size_t output_index = 0;
  std::size_t part = 0;
};

class ResponseEvents {
 public:
  // Whole events are put behind what is in `out`, which must outlive this; null: nobody listens.
  explicit ResponseEvents(std::string* out) : out_(out) {}

  // `members` begin with a comma.
  void response(std::string_view type, std::string_view object);
  void item(std::string_view type, std::size_t output_index, std::string_view json);
  // `index_name` is "content_index" or "summary_index".
  void part(std::string_view type, const ResponsePlace& place, std::string_view index_name,
            std::string_view json);
  // A text under `name`, of a part: "delta", "text", "refusal".
  void text(std::string_view type, const ResponsePlace& place, std::string_view index_name,
            std::string_view name, std::string_view raw, std::string_view more_members = {});
  // A text under `name`, of an item without parts: "delta", "arguments", "input".
  void text(std::string_view type, const ResponsePlace& place, std::string_view name, std::string_view raw);

  // The one with this number, of a part.
  void annotation(const ResponsePlace& place, std::size_t index, std::string_view json);

  std::int64_t count() const { return count_; }

 private:
  void begin(std::string_view type);
  void put_place(const ResponsePlace& place);
  void number(std::size_t value);

  std::string* out_;
  std::int64_t count_ = 0;
};

}  // namespace gateway
