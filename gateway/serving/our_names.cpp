#include "gateway/serving/our_names.hpp"

#include <algorithm>
#include <array>

#include "providers/json/json_text.hpp"

namespace gateway {
namespace {

std::string quoted(std::string_view name) {
  std::string text = "\"";
  providers::append_escaped(text, name);
  return text += '"';
}

}  // namespace

OurNames::OurNames(const Surface& surface, const StreamIdentity& reply)
    : id_(quoted(surface.reply_id(reply.id))),
      created_(std::to_string(reply.created)),
      model_(quoted(reply.model)) {}

void OurNames::write(std::string_view text, const providers::NamePlaces& places, std::string& out) const {
  struct Edit {
    const providers::ByteRange* place;
    std::string_view name;
  };
  std::array<Edit, 3> edits{{{&places.id, id_}, {&places.created, created_}, {&places.model, model_}}};
  std::ranges::sort(edits, {}, [](const Edit& each) { return each.place->begin; });
  std::size_t copied = 0;
  for (const Edit& each : edits) {
    if (each.place->empty()) continue;
    out.append(text.substr(copied, each.place->begin - copied)).append(each.name);
    copied = each.place->end;
  }
  out.append(text.substr(copied));
}

providers::ByteRange OurNames::moved(const providers::ByteRange& range,
                                     const providers::NamePlaces& places) const {
  if (range.empty()) return range;
  std::size_t more = 0, less = 0;
  const auto count = [&](const providers::ByteRange& place, const std::string& name) {
    if (place.empty() || place.begin > range.begin) return;
    more += name.size();
    less += place.end - place.begin;
  };
  count(places.id, id_);
  count(places.created, created_);
  count(places.model, model_);
  return {range.begin + more - less, range.end + more - less};
}

}  // namespace gateway
