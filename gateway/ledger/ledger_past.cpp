// What was used before, as a ledger that is open knows it.
#include <boost/asio/post.hpp>
#include <map>
#include <tuple>
#include <utility>

#include "gateway/ledger/ledger.hpp"
#include "gateway/ledger/ledger_times.hpp"

namespace gateway {
namespace {

namespace asio = boost::asio;

using Sums = std::map<std::string, std::vector<LedgerStore::Sum>>;

Sums sums_of(LedgerStore& store, Scope scope, config::WallTime since, LedgerStore::Writers writers) {
  Sums sums;
  for (LedgerStore::Sum& sum : store.sums(scope, since, writers)) {
    const std::string whose = scope == Scope::everybody ? "everybody"
                              : scope == Scope::user    ? sum.key
                                                        : sum.name;
    sums[whose].push_back(std::move(sum));
  }
  return sums;
}

}  // namespace

std::vector<Books::Past> Ledger::past_in(LedgerStore& store,
                                         const std::vector<Books::Question>& questions) const {
  using Writers = LedgerStore::Writers;
  std::vector<Books::Past> all;
  std::map<std::tuple<Scope, config::WallTime, Writers>, Sums> known;
  const auto add = [&](const Books::Question& asked, Writers writers, bool is_own) {
    const auto [at, is_new] = known.try_emplace({asked.scope, asked.since, writers});
    if (is_new) at->second = sums_of(store, asked.scope, asked.since, writers);
    for (const LedgerStore::Sum& sum : at->second[asked.name]) {
      const Amounts used{.requests = sum.requests, .tokens = sum.tokens, .nanos = sum.charged};
      all.push_back({.scope = asked.scope,
                     .key = sum.key,
                     .name = asked.scope == Scope::user ? sum.name : asked.name,
                     .measure = asked.measure,
                     .period = asked.period,
                     .used = used.of(asked.measure),
                     .is_own = is_own});
    }
  };
  for (const Books::Question& each : questions) {
    add(each, Writers::all, false);
    add(each, place_.is_shared() ? Writers::this_one : Writers::all, true);
  }
  return all;
}

std::vector<Books::Past> Ledger::past(const std::vector<Books::Question>& questions) {
  // Years may have to be summed up: with the patience of a start, not that of a commit.
  return past_in(place_.is_shared() ? *await_ledger(place_, say_) : *store_, questions);
}

void Ledger::past(std::vector<Books::Question> questions, Take take) {
  if (questions.empty()) return;
  past_until(opening_.wall(), std::move(questions), std::move(take));
}

// What ended since is counted already, and taken off again. A limit that did not know what was used before
// would let it be used again: whoever asks is told in the end.
void Ledger::past_until(config::WallTime until, std::vector<Books::Question> questions, Take take) {
  asio::post(reading_, [this, until, asked = std::move(questions), take = std::move(take)] {
    bring_up_to_date();
    try {
      take(reading([&](LedgerStore& store) {
        std::vector<Books::Past> all = past_in(store, asked);
        std::vector<Books::Question> since = asked;
        for (Books::Question& each : since) each.since = until;
        for (Books::Past& each : past_in(store, since)) {
          each.used = -each.used;
          all.push_back(std::move(each));
        }
        return all;
      }));
    } catch (const std::exception& fault) {
      say_(std::string("ledger: what was used before a limit was set cannot be read: ") + fault.what());
      const auto again = std::make_shared<asio::steady_timer>(reading_, after_a_fault);
      again->async_wait([this, again, until, asked, take](boost::system::error_code error) {
        if (!error) past_until(until, asked, take);
      });
    }
  });
}

void Ledger::read(std::function<void(LedgerStore*)> take) {
  asio::post(reading_, [this, take = std::move(take)] {
    bring_up_to_date();
    try {
      reading([&](LedgerStore& store) {
        take(&store);
        return true;
      });
    } catch (const std::exception&) {
      take(nullptr);
    }
  });
}

}  // namespace gateway
