#include "gateway/surfaces/openai_responses/response_events.hpp"

#include <charconv>

namespace gateway {

void ResponseEvents::begin(std::string_view type) {
  out_->append("event: ").append(type).append("\ndata: {\"type\":\"").append(type);
  out_->append("\",\"sequence_number\":");
  number(static_cast<std::size_t>(count_++));
}

void ResponseEvents::number(std::size_t value) {
  char digits[20];
  out_->append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

void ResponseEvents::put_place(const ResponsePlace& place) {
  out_->append(",\"item_id\":\"").append(place.item_id).append("\",\"output_index\":");
  number(place.output_index);
}

void ResponseEvents::response(std::string_view type, std::string_view object) {
  if (!out_) return;
  begin(type);
  out_->append(",\"response\":").append(object).append("}\n\n");
}

void ResponseEvents::item(std::string_view type, std::size_t output_index, std::string_view json) {
  if (!out_) return;
  begin(type);
  out_->append(",\"output_index\":");
  number(output_index);
  out_->append(",\"item\":").append(json).append("}\n\n");
}

void ResponseEvents::part(std::string_view type, const ResponsePlace& place, std::string_view index_name,
                          std::string_view json) {
  if (!out_) return;
  begin(type);
  put_place(place);
  out_->append(",\"").append(index_name).append("\":");
  number(place.part);
  out_->append(",\"part\":").append(json).append("}\n\n");
}

void ResponseEvents::text(std::string_view type, const ResponsePlace& place, std::string_view index_name,
                          std::string_view name, std::string_view raw, std::string_view more_members) {
  if (!out_) return;
  begin(type);
  put_place(place);
  out_->append(",\"").append(index_name).append("\":");
  number(place.part);
  out_->append(",\"").append(name).append("\":\"").append(raw).append("\"").append(more_members);
  out_->append("}\n\n");
}

void ResponseEvents::text(std::string_view type, const ResponsePlace& place, std::string_view name,
                          std::string_view raw) {
  if (!out_) return;
  begin(type);
  put_place(place);
  out_->append(",\"").append(name).append("\":\"").append(raw).append("\"}\n\n");
}

void ResponseEvents::annotation(const ResponsePlace& place, std::size_t index, std::string_view json) {
  if (!out_) return;
  begin("response.output_text.annotation.added");
  put_place(place);
  out_->append(",\"content_index\":");
  number(place.part);
  out_->append(",\"annotation_index\":");
  number(index);
  out_->append(",\"annotation\":").append(json).append("}\n\n");
}

}  // namespace gateway
