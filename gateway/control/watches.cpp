#include "gateway/control/watches.hpp"

#include <boost/asio/post.hpp>
#include <chrono>
#include <optional>
#include <utility>

#include "gateway/canaries/canary_entry.hpp"

namespace gateway {
namespace {

// Until a gateway begins to serve: later ones are found while it does.
constexpr auto patience_for_names = std::chrono::seconds(2);

}  // namespace

// What other threads tell is heard on the control loop's.
template <class Work>
void Watches::on_control(Work work) {
  boost::asio::post(control_.io(), std::move(work));
}

void Watches::look_after_engines() {
  engines_ = std::make_unique<EngineWatch>(
      names_, EngineWatch::Tell{.news =
                                    [this](EngineNews news) {
                                      on_control([this, told = std::move(news)] { control_.hear(told); });
                                    },
                                .addresses =
                                    [this](Addresses all) {
                                      on_control([this, told = std::move(all)]() mutable {
                                        reload_.use_addresses(std::move(told));
                                      });
                                    }});
  const EngineWatch::Intervals names = names_to_find(reload_.said());
  if (!names.empty()) {
    const Addresses found = engines_->first(names, patience_for_names);
    for (const auto& [name, interval] : names) {
      if (!found.contains(name)) say_(name + " has no address yet");
    }
    reload_.use_addresses(found);
  }
  engines_->adopt(reload_.current(), names);
}

void Watches::look_after_quality() {
  if (!kept_.has_directory()) {
    if (start_.settings.quality.canaries) say_("without a state directory no canaries are asked");
    return;
  }
  std::optional<PostgresAddress> shared;
  if (const LedgerPlace place = kept_.place(); place.is_shared())
    shared = {.url = place.settings.url, .password = place.settings.password};
  canaries_ = std::make_unique<CanaryWatch>(
      names_, kept_.path() + "/canaries", std::move(shared), start_.seed,
      CanaryWatch::Tell{.news =
                            [this](CanaryNews news) {
                              if (Ledger* ledger = kept_.ledger())
                                ledger->add(canary_entry(news, ++canary_number_));
                              on_control([this, told = std::move(news)] { control_.hear(told); });
                            },
                        .say = say_});
  control_.ask_canaries_by(*canaries_);
}

void Watches::adopt(std::shared_ptr<const Generation> newest) {
  if (engines_) engines_->adopt(std::move(newest), names_to_find(reload_.said()));
}

bool Watches::stop() {
  const bool are_engines_over = engines_->stop();
  const bool are_canaries_over = !canaries_ || canaries_->stop();
  return are_engines_over && are_canaries_over;
}

}  // namespace gateway
