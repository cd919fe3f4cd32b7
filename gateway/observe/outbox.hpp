// Records on their way from a data loop to the control loop, in batches, so that the control loop is not
// woken for each request. Belongs to one data loop.
#pragma once

#include <functional>
#include <vector>

#include "gateway/observe/record.hpp"
#include "providers/loop/timer.hpp"

namespace gateway {

class Outbox final : private providers::Alarm {
 public:
  using Deliver = std::function<void(std::vector<RecordPtr>)>;

  Outbox(providers::Timer& timer, Deliver deliver) : timer_(timer), deliver_(std::move(deliver)) {}

  // A record to fill, with the memory of one that was read already where there is one.
  RecordPtr blank() {
    if (spare_.empty()) return std::make_unique<Record>();
    RecordPtr record = std::move(spare_.back());
    spare_.pop_back();
    empty(*record);
    return record;
  }
  // Takes back records that were read, so that what this loop allocated is freed by this loop, if at all: an
  // allocator's slow path is memory that another thread gives back.
  void reuse(std::vector<RecordPtr> records) {
    for (RecordPtr& record : records) {
      if (spare_.size() == most_spare) return;
      // What is read holds on to no generation.
      record->catalogue.reset();
      record->preferences.reset();
      spare_.push_back(std::move(record));
    }
  }
  void add(RecordPtr record) {
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
  static constexpr std::size_t most_spare = 1024;
  static constexpr config::Duration patience = std::chrono::milliseconds(20);

  void ring() override { flush(); }

  providers::Timer& timer_;
  Deliver deliver_;
  std::vector<RecordPtr> records_;
  std::vector<RecordPtr> spare_;
};

}  // namespace gateway
