#include "gateway/ledger/till.hpp"

#include <algorithm>

namespace gateway {

void Till::ring() {
  post_([this] { wake_called(); });
}

// One that goes on may end at once, and the next ones with it.
void Till::wake_called() {
  const auto called = [&] {
    return std::ranges::find_if(
        line_, [](const InLine& each) { return each.waiting.is_called.load(std::memory_order_acquire); });
  };
  for (auto found = called(); found != line_.end(); found = called()) {
    InLine& place = *found;
    remove(place);
    place.sleep.wake();
  }
}

void Till::look() {
  if (line_.empty()) return;
  books.look(timer_.now());
  wake_called();
  if (!line_.empty()) timer_.set(regular_, timer_.now() + look_every);
}

}  // namespace gateway
