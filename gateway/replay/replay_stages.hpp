// Finds the stage for each recorded decision: the hosts and the market it saw. Belongs to one thread.
#pragma once

#include <map>
#include <memory>

#include "gateway/record_file/record_reader.hpp"
#include "routing/replay/stage.hpp"

namespace gateway {

class ReplayStages {
 public:
  explicit ReplayStages(RecordReader& reader) : reader_(reader) {}

  // Null when the file no longer has the market of then. Good until the next call.
  routing::Stage* at(std::uint64_t snapshot);

 private:
  struct Shown {
    std::unique_ptr<routing::Stage> stage;
    std::uint64_t snapshot = 0;
  };
  RecordReader& reader_;
  std::map<const routing::Catalogue*, Shown> stages_;
};

}  // namespace gateway
