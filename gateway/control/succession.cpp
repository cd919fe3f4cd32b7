#include "gateway/control/succession.hpp"

#include <chrono>
#include <utility>

namespace gateway {
namespace {

// To have what was kept again, where a successor ended.
constexpr auto between_attempts = std::chrono::milliseconds(200);

}  // namespace

Succession::Succession(Of of, Tell tell)
    : of_(of),
      tell_(std::move(tell)),
      hand_over_(of.control.io(), HandOver::Owner{.give = [this] { return give(); },
                                                  .given = [this](int process) { given(process); },
                                                  .given_back = [this] { take_back(); },
                                                  .runs = [this] { return tell_.runs(); }}),
      next_attempt_(of.control.io()) {}

void Succession::await() {
  if (!of_.kept.can_be_handed_over()) return;
  hand_over_.close();
  if (const auto fault = hand_over_.wait_in(of_.kept.path())) tell_.say(*fault);
}

std::variant<HandedSockets, std::string> Succession::give() {
  if (of_.drain.has_begun()) return "it is being stopped";
  if (of_.control.is_state_given_up()) return "it waits for its state directory";
  const std::optional<std::string> why = of_.kept.hand_over();
  if (!why) return of_.doors.sockets();
  take_back();
  tell_.say("nothing is handed over: " + *why);
  return *why;
}

// The successor ended before it served; or it was not even asked to begin.
void Succession::take_back() {
  if (!of_.kept.take_back()) {
    next_attempt_.expires_after(between_attempts);
    next_attempt_.async_wait([this](boost::system::error_code error) {
      if (!error) take_back();
    });
    return;
  }
  of_.kept.announce(of_.doors.admin_url());
  await();
  tell_.say("nobody has taken over; all is kept here again");
}

void Succession::given(int successor) {
  tell_.say("process " + std::to_string(successor) + " has taken over; requests under way end here");
  close();
  tell_.given();
}

}  // namespace gateway
