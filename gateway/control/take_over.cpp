#include "gateway/control/take_over.hpp"

#include <boost/asio/post.hpp>

namespace gateway {

std::optional<int> TakeOver::ask(const std::string& directory, std::string& why) {
  predecessor_ = Predecessor::ask(directory, why);
  return predecessor_ ? std::optional(predecessor_->process()) : std::nullopt;
}

std::vector<int> TakeOver::sockets_at(const boost::asio::ip::tcp::endpoint& address) const {
  return predecessor_ ? predecessor_->at(address.address().to_string(), address.port()) : std::vector<int>();
}

void TakeOver::begin() {
  if (!predecessor_) return;
  (void)flights_.take(newest_(), predecessor_->runs());
  boost::asio::post(control_, [this] { begin_in_its_place(); });
}

void TakeOver::begin_in_its_place() {
  runs_.emplace(control_, predecessor_->say_serving(), [this](std::optional<std::string_view> told) {
    // One that is not understood does not count here; nor does one that has ended.
    if (!told || !flights_.take(newest_(), *told)) flights_.end();
  });
  predecessor_.reset();
}

}  // namespace gateway
