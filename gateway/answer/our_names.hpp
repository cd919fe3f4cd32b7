// A host's own text with our names where its own stand: of the reply, of when it was made, and of the model.
// Belongs to one reply.
#pragma once

#include <string>
#include <string_view>

#include "gateway/request/stored_answers.hpp"
#include "gateway/surface/surface.hpp"
#include "providers/dialect/data_edits.hpp"
#include "providers/dialect/passed.hpp"

namespace gateway {

class OurNames {
 public:
  // `referred`: as the client knows it. `sealed` is empty where the host stores no answer.
  OurNames(const Surface& surface, const StreamIdentity& reply, const std::optional<Referred>& referred = {},
           SealedId sealed = {});

  // In place of those in `text`. Must outlive the edits.
  void put(std::string_view text, const providers::NamePlaces& places, providers::DataEdits& edits);

 private:
  // As JSON has them.
  std::string id_, created_, model_, referred_;
  SealedId sealed_;  // until the host's own id is known
};

}  // namespace gateway
