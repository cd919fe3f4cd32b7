#include "gateway/replay/replay_stages.hpp"

namespace gateway {

routing::Stage* ReplayStages::at(std::uint64_t snapshot) {
  const StoredMarket* market = reader_.market(snapshot);
  if (!market) return nullptr;
  Shown& shown = stages_[market->catalogue.get()];
  if (!shown.stage) shown.stage = std::make_unique<routing::Stage>(market->catalogue);
  if (shown.snapshot != snapshot) shown.stage->show(snapshot, market->states);
  shown.snapshot = snapshot;
  return shown.stage.get();
}

}  // namespace gateway
