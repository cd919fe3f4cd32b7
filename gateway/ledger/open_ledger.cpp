#include "gateway/ledger/open_ledger.hpp"

#include <chrono>
#include <filesystem>
#include <thread>

#include "gateway/ledger/ledger_file.hpp"
#include "gateway/ledger/postgres_ledger.hpp"

namespace gateway {
namespace {

using namespace std::chrono_literals;

// A server that hangs is given up soon: until it answers, journals keep what comes.
constexpr auto patience = 3'000ms, patience_of_readers = 10'000ms, patience_at_start = 60'000ms;
constexpr auto most_wait = 20s;
constexpr auto between_tries = 250ms;

std::unique_ptr<LedgerStore> opened(const LedgerPlace& place, LedgerStore::Mode mode,
                                    std::chrono::milliseconds most) {
  if (!place.is_shared()) return std::make_unique<LedgerFile>(place.words(), mode);
  return std::make_unique<PostgresLedger>(
      PostgresAddress{.url = place.settings.url, .password = place.settings.password}, place.gateway, mode,
      most);
}

}  // namespace

std::string LedgerPlace::words() const {
  return is_shared() ? settings.url.substr(0, settings.url.find('?')) : directory + "/ledger.sqlite";
}

std::unique_ptr<LedgerStore> open_ledger(const LedgerPlace& place, LedgerStore::Mode mode) {
  return opened(place, mode, mode == LedgerStore::Mode::read ? patience_of_readers : patience);
}
std::unique_ptr<LedgerStore> await_ledger(const LedgerPlace& place,
                                          const std::function<void(const std::string&)>& say) {
  const auto until = std::chrono::steady_clock::now() + most_wait;
  for (bool is_told = false;; is_told = true) {
    try {
      return opened(place, LedgerStore::Mode::write, patience_at_start);
    } catch (const PostgresFault& fault) {
      if (fault.kind() != PostgresFault::Kind::away || std::chrono::steady_clock::now() >= until) throw;
      if (!is_told) say("ledger: waiting for " + place.words() + ": " + fault.what());
    }
    std::this_thread::sleep_for(between_tries);
  }
}

std::string fault_words(const LedgerPlace& place, const std::exception& fault) {
  constexpr std::uintmax_t little = 1 << 20;
  std::error_code error;
  std::string words = fault.what();
  // SQLite has several names for it.
  const bool is_on_disk = dynamic_cast<const SqliteFault*>(&fault) != nullptr;
  if (is_on_disk && std::filesystem::space(place.directory, error).available < little && !error)
    words += "; no space is left on the disk of " + place.directory;
  return words;
}

std::string opening_fault(const LedgerPlace& place, const std::exception& fault) {
  const auto* postgres = dynamic_cast<const PostgresFault*>(&fault);
  if (!place.is_shared()) {
    return (dynamic_cast<const SqliteFault*>(&fault) ? "cannot open " + place.words() + ": "
                                                     : std::string()) +
           fault_words(place, fault);
  }
  std::string text = "cannot use " + place.words() + ": " + fault.what();
  if (postgres && postgres->kind() == PostgresFault::Kind::refused)
    text += "; who may use it is said by `ledger.url` and `ledger.password` of the configuration";
  return text;
}

}  // namespace gateway
