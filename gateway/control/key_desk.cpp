#include "gateway/control/key_desk.hpp"

#include <boost/asio/post.hpp>
#include <chrono>

#include "gateway/keys/known_names.hpp"
#include "providers/loop/named_thread.hpp"
#include "providers/loop/run_to_end.hpp"
#include "providers/loop/spawn.hpp"

namespace gateway {

KeyDesk::KeyDesk(const LedgerPlace& place, providers::WallClock wall)
    : wall_(std::move(wall)),
      store_(std::make_unique<KeyStore>(open_keys(place))),
      version_(store_->version()),
      keys_(all()) {
  if (place.is_shared())
    shared_in_ = PostgresAddress{.url = place.settings.url, .password = place.settings.password};
}

std::unique_ptr<KeyDesk> KeyDesk::open(const LedgerPlace& place, std::string& why,
                                       providers::WallClock wall) {
  try {
    return std::unique_ptr<KeyDesk>(new KeyDesk(place, std::move(wall)));
  } catch (const std::exception& cause) {
    why = "the store of keys " + (place.is_shared() ? place.words() : KeyStore::file_in(place.directory)) +
          " cannot be used: " + cause.what();
    return nullptr;
  }
}

KeyDesk::~KeyDesk() {
  work_.reset();
  io_.stop();
  if (thread_.joinable()) thread_.join();
  calls_.reset();
}

void KeyDesk::run(boost::asio::io_context& control, Adopt adopt) {
  control_ = &control;
  adopt_ = std::move(adopt);
  if (shared_in_) {
    look_soon();
    calls_ = std::make_unique<KeyCalls>(*shared_in_, [this] {
      // Whoever calls without end makes it look once more, not once each.
      if (is_look_due_.exchange(true)) return;
      boost::asio::post(io_, [this] {
        is_look_due_ = false;
        look();
      });
    });
  }
  thread_ =
      providers::named_thread("keys", [this] { providers::run_to_end(io_, [](const std::exception&) {}); });
}

// What other gateways have changed is known here within a second, and at once where their calls are heard.
// While the database is away, the keys that are known hold.
void KeyDesk::look_soon() {
  constexpr auto unasked = std::chrono::milliseconds(400),
                 where_calls_are_heard = std::chrono::milliseconds(900);
  next_look_.expires_after(calls_ && calls_->is_listening() ? where_calls_are_heard : unasked);
  next_look_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    look();
    look_soon();
  });
}

void KeyDesk::look() {
  try {
    const std::int64_t version = store_->version();
    if (version != version_) take_into_use();
    version_ = version;
    is_away_ = false;
  } catch (const std::exception&) {
    is_away_ = true;
  }
}

std::vector<config::KeySettings> KeyDesk::all() {
  std::vector<config::KeySettings> keys;
  for (StoredKey& key : store_->all()) keys.push_back(std::move(key.settings));
  return keys;
}

// From here, so that what was changed last is taken into use last.
void KeyDesk::take_into_use() {
  boost::asio::post(*control_, [this, keys = all()] { adopt_(keys); });
}

providers::Task<KeyAnswer> KeyDesk::answer(boost::asio::io_context& asker, KeyCall call,
                                           std::shared_ptr<const Generation> generation) {
  if (call.what == KeyCall::What::create || call.what == KeyCall::What::change) {
    if (const auto unknown = unknown_name(call.body, *generation))
      co_return key_fault(400, "invalid_value", "The key cannot be so: " + *unknown + ".");
  }
  // Named, as below: GCC 12 destroys what is made within an awaited call twice.
  const auto make = [this, call, generation] {
    const std::int64_t now = std::chrono::system_clock::to_time_t(wall_());
    KeyAnswer done = store_->call(call, generation->catalogue->settings().keys, now);
    if (done.has_changed) {
      version_ = store_->version();  // before they are read: what others change after it is looked at again
      take_into_use();
    }
    return done;
  };
  KeyAnswer told;
  std::string failed;
  try {
    told = co_await providers::elsewhere(io_, asker, make);
  } catch (const std::exception& cause) {
    failed = cause.what();
  }
  if (!failed.empty())
    co_return key_fault(503, "key_store_unavailable", "The store of keys cannot be used now: " + failed);
  if (told.has_changed) {
    const auto is_adopted = [] { return true; };
    co_await providers::elsewhere(*control_, asker, is_adopted);
  }
  co_return std::move(told);
}

}  // namespace gateway
