// A host's own text with our names where its own stand: of the reply, of when it was made, and of the model.
// Belongs to one reply.
#pragma once

#include <string>
#include <string_view>

#include "gateway/surface/surface.hpp"
#include "providers/dialect/passed.hpp"

namespace gateway {

class OurNames {
 public:
  OurNames(const Surface& surface, const StreamIdentity& reply);

  // Puts `text` behind what is in `out`.
  void write(std::string_view text, const providers::NamePlaces& places, std::string& out) const;
  // Where in what was written stands what stood at `range`, which holds none of the names.
  providers::ByteRange moved(const providers::ByteRange& range, const providers::NamePlaces& places) const;

 private:
  // As JSON has them.
  std::string id_, created_, model_;
};

}  // namespace gateway
