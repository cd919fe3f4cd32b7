// Records on their way from a data loop to the control loop, in batches, so that the control loop is not
// woken for each request. Belongs to one data loop.
#pragma once

#include <functional>
#include <vector>

#include "gateway/record.hpp"
#include "providers/timer.hpp"

namespace gateway {

class Outbox final : private providers::Alarm {
 public:
  using Deliver = std::function<void(std::vector<Record>)>;

  Outbox(providers::Timer& timer, Deliver deliver) : timer_(timer), deliver_(std::move(deliver)) {}

  void add(Record record) {
    if (records_.empty()) {
      records_.reserve(batch);
      timer_.set(*this, timer_.now() + patience);
    }
    records_.push_back(std::move(record));
    if (records_.size() == batch) flush();
  }
  void flush() {
    cancel();
    if (!records_.empty()) deliver_(std::exchange(records_, {}));
  }

 private:
  static constexpr std::size_t batch = 256;
  static constexpr config::Duration patience = std::chrono::milliseconds(20);

  void ring() override { flush(); }

  providers::Timer& timer_;
  Deliver deliver_;
  std::vector<Record> records_;
};

}  // namespace gateway
