#include "gateway/keys/key_calls.hpp"

namespace gateway {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds patience_of_calls{1'000};
constexpr std::chrono::milliseconds at_a_time{100};  // so that a stop does not wait
// A connection that is broken somewhere on the way says nothing: it is asked now and then.
constexpr int times_between_signs = 50, times_after_a_fault = 5;

}  // namespace

KeyCalls::KeyCalls(PostgresAddress address, std::function<void()> called)
    : address_(std::move(address)), called_(std::move(called)) {
  thread_ = std::thread([this] { work(); });
}

KeyCalls::~KeyCalls() {
  is_over_ = true;
  thread_.join();
}

void KeyCalls::work() {
  while (!is_over_) {
    try {
      listen();
    } catch (const std::exception&) {
      // The store of keys says what is the matter with the database.
    }
    is_listening_ = false;
    for (int i = 0; i < times_after_a_fault && !is_over_; ++i) std::this_thread::sleep_for(at_a_time);
  }
}

void KeyCalls::listen() {
  Postgres database(address_, patience_of_calls);
  database.run(std::string("LISTEN ") + key_channel);
  is_listening_ = true;
  called_();
  for (int quiet = 0; !is_over_;) {
    if (database.is_called(at_a_time)) {
      called_();
      quiet = 0;
    } else if (++quiet % times_between_signs == 0) {
      database.run("SELECT 1");
    }
  }
}

}  // namespace gateway
