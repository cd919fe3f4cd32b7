#include "gateway/control/accounting.hpp"

#include <boost/asio/post.hpp>
#include <cmath>

#include "gateway/text/quantity_text.hpp"

namespace gateway {

Accounting::Accounting(ControlLoop& control, providers::WallClock wall, Say say)
    : control_(control), wall_(std::move(wall)), say_(std::move(say)) {}

void Accounting::adopt(const config::Settings& settings) {
  books_.adopt(settings, wall_(), config::Clock::now());
  if (!ledger_) return;
  ledger_->past(books_.questions(config::Clock::now()), [this](const std::vector<Books::Past>& all) {
    for (const Books::Past& past : all) books_.add(past, config::Clock::now());
  });
}

void Accounting::count_from(Ledger& ledger) {
  const config::TimePoint now = config::Clock::now();
  for (const Books::Past& past : ledger.past(books_.questions(now))) books_.add(past, now);
  ledger_ = &ledger;
  count_elsewhere();
  ledger.run();
  control_.on_regrets([this](std::vector<LedgerStore::Regret> all) { ledger_->add_regrets(std::move(all)); });
  paced_past_ = std::make_unique<PacedPast>(
      ledger, [this](std::function<void()> work) { boost::asio::post(control_.io(), std::move(work)); },
      [this](const std::string& policy, std::int64_t day, const LedgerStore::PolicyCost& cost) {
        control_.began_with({.policy = policy, .day = day, .nanos = cost.own},
                            {.policy = policy, .day = day, .nanos = cost.others});
      },
      say_);
}

void Accounting::count_elsewhere() {
  const auto asked = [](const Entry& of, Amounts most) {
    return Asked{.user = of.user, .key = of.key, .team = of.team, .most = most};
  };
  ledger_->on_elsewhere({.under_way =
                             [this, asked](const Entry& of, Amounts most) {
                               reserved_elsewhere_.under_way(of.id, asked(of, most), config::Clock::now());
                             },
                         .ended =
                             [this, asked](const Entry& of, Amounts used) {
                               reserved_elsewhere_.ended(of.id, asked(of, used), config::Clock::now());
                             }});
}

void Accounting::look_at_clock() {
  const auto step = books_.new_step(wall_(), config::Clock::now());
  if (!step) return;
  const double seconds = std::abs(config::Seconds(*step).count());
  say_("the clock of this machine was set " + std::string(step->count() > 0 ? "forward" : "back") + " by " +
       (seconds < 7'200 ? time_text(seconds) : std::to_string(std::lround(seconds / 3'600)) + " h") +
       ": limits go on in the windows that they are in, and go by the new time once the configuration is "
       "loaded again (SIGHUP) or a key is changed");
}

void Accounting::pace() {
  if (!paced_past_) return;
  const config::WallTime now = wall_();
  paced_past_->look_up(control_.take_new_budgets(now), control_.begin_day(), now);
}

}  // namespace gateway
