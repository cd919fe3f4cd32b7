// Tells whoever `notify` names that a limit is nearly used: one POST each, tried three times, one after the
// other, and never more than a few that wait. Belongs to the control loop.
#pragma once

#include <boost/asio/io_context.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "config/values/settings.hpp"
#include "gateway/accounts/books.hpp"
#include "providers/host/http_provider.hpp"
#include "providers/loop/wheel.hpp"
#include "providers/net/resolver.hpp"

namespace gateway {

class Notifier {
 public:
  // Tells an operator what could not be told.
  using Say = std::function<void(const std::string&)>;
  // `io` and `names` must outlive it.
  Notifier(boost::asio::io_context& io, providers::Names& names, Say say);

  void tell(const config::NotifySettings& whom, const LimitState& limit);

 private:
  static constexpr std::size_t most_waiting = 64;
  static constexpr int most_tries = 3;
  struct Message {
    config::NotifySettings whom;
    std::string body;
  };
  providers::Task<void> work();
  // Empty where it was taken, else why not.
  providers::Task<std::string> post(const Message& message);

  boost::asio::io_context& io_;
  Say say_;
  providers::Wheel timer_{io_};
  providers::Resolver resolver_;
  providers::Sleep pause_;
  std::deque<Message> waiting_;
  bool is_working_ = false;
};

}  // namespace gateway
