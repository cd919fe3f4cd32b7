// What a data loop has seen on its way to the control loop: records of requests that ended, and before them
// what attempts show as they show it. In batches, so that the control loop is not woken for each request.
// Belongs to one data loop.
#pragma once

#include <functional>
#include <vector>

#include "gateway/observe/read_ahead.hpp"
#include "providers/loop/timer.hpp"

namespace gateway {

// What an attempt shows while its request goes on.
struct Sighting {
  enum class What { begins, ends } what = What::begins;
  routing::Attempt attempt{};
  routing::AskedFor asked{};
  config::TimePoint at{};  // when it was seen
};

// Sightings come before the records of the same requests.
struct Batch {
  std::vector<Sighting> sightings;
  std::vector<RecordPtr> records;
};

class Outbox final : private providers::Alarm {
 public:
  using Deliver = std::function<void(Batch)>;

  Outbox(providers::Timer& timer, Deliver deliver) : timer_(timer), deliver_(std::move(deliver)) {}

  // A record to fill, with the memory of one that was read already where there is one.
  RecordPtr blank() {
    if (spare_.empty()) return std::make_unique<Record>();
    RecordPtr record = std::move(spare_.back());
    spare_.pop_back();
    // Others have read it meanwhile: the lines of the next are here by the time that it is needed.
    if (!spare_.empty()) prefetch(spare_.back().get(), sizeof(Record));
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
      record->rules.reset();
      spare_.push_back(std::move(record));
    }
  }
  void add(RecordPtr record) {
    if (batch_.records.empty()) batch_.records.reserve(most);
    batch_.records.push_back(std::move(record));
    added(batch_.records.size());
  }
  // A failure is told at once: the next decision should know. Remembers in `attempt` what was told.
  void tell(Sighting::What what, routing::Attempt& attempt, const routing::AskedFor& asked) {
    batch_.sightings.push_back({.what = what, .attempt = attempt, .asked = asked, .at = timer_.now()});
    attempt.told = what == Sighting::What::begins ? routing::Told::beginning : routing::Told::all;
    if (what == Sighting::What::ends) return flush();
    added(batch_.sightings.size());
  }
  void flush() {
    cancel();
    if (batch_.records.empty() && batch_.sightings.empty()) return;
    deliver_(std::exchange(batch_, {}));
  }

 private:
  static constexpr std::size_t most = 64;
  static constexpr std::size_t most_spare = 256;
  static constexpr config::Duration patience = std::chrono::milliseconds(20);

  void ring() override { flush(); }
  void added(std::size_t count) {
    if (batch_.records.size() + batch_.sightings.size() == 1) timer_.set(*this, timer_.now() + patience);
    if (count == most) flush();
  }

  providers::Timer& timer_;
  Deliver deliver_;
  Batch batch_;
  std::vector<RecordPtr> spare_;
};

}  // namespace gateway
