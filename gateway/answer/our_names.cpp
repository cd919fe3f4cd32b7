#include "gateway/answer/our_names.hpp"

#include <utility>

#include "gateway/surface/json_string_of.hpp"

namespace gateway {

OurNames::OurNames(const Surface& surface, const StreamIdentity& reply,
                   const std::optional<Referred>& referred, SealedId sealed)
    : id_(json_string_of(surface.reply_id(reply.id))),
      created_(std::to_string(reply.created)),
      model_(json_string_of(reply.model)),
      sealed_(std::move(sealed)) {
  if (referred) referred_ = json_string_of(referred->id.text());
}

void OurNames::put(std::string_view text, const providers::NamePlaces& places, providers::DataEdits& edits) {
  if (sealed_ && places.id.size() > 2) {
    const std::string_view native = places.id.of(text);
    id_ = json_string_of(sealed_(native.substr(1, native.size() - 2)));
    sealed_ = {};
  }
  if (!places.id.empty()) edits.put(places.id, id_);
  if (!places.created.empty()) edits.put(places.created, created_);
  if (!places.model.empty()) edits.put(places.model, model_);
  if (!places.referred.empty() && !referred_.empty()) edits.put(places.referred, referred_);
}

}  // namespace gateway
