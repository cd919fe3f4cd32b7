// A host on a loopback port of its own that sends exactly the bytes a test gives it. Turned by the test's
// loop; each connection it accepts is a Peer.
#pragma once

#include <memory>
#include <vector>

#include "providers/dialects/openai_chat/openai_chat.hpp"
#include "providers/host/http_provider.hpp"
#include "tests/support/loop.hpp"

namespace support {

class RawHost {
 public:
  explicit RawHost(Loop& loop)
      : loop_(loop), acceptor_(loop.io, {boost::asio::ip::address_v4::loopback(), 0}) {
    accept();
  }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  std::size_t connections() const { return peers_.size(); }
  // The connection made as the `index`th, waiting for it if need be.
  Peer& connection(std::size_t index) {
    loop_.until([&] { return peers_.size() > index; });
    return *peers_[index];
  }
  void stop() { acceptor_.close(); }

 private:
  void accept() {
    acceptor_.async_accept([this](boost::system::error_code error, Loop::Socket socket) {
      if (error) return;
      peers_.push_back(std::make_unique<Peer>(loop_, std::move(socket)));
      accept();
    });
  }

  Loop& loop_;
  Acceptor acceptor_;
  std::vector<std::unique_ptr<Peer>> peers_;
};

inline providers::OutgoingRequest a_chat() {
  return {.dialect = &providers::openai_chat_dialect(), .target = "/chat/completions"};
}

// One request through a provider, driven step by step.
class Asked {
 public:
  Asked(Loop& loop, providers::Provider& provider, std::string body = R"({"model":"m"})")
      : loop_(loop), body_(std::move(body)), exchange_(provider.begin()) {
    request_.body.add(body_);
    loop_.start(exchange_->start(request_), head_);
    loop_.settle();
  }
  // Whatever still waits has ended before the exchange goes.
  ~Asked() {
    exchange_->abort();
    loop_.until([&] { return head_.ended(); });
  }

  bool has_head() const { return head_.ended(); }
  const providers::Result<providers::HostReply>& head() {
    loop_.until([&] { return head_.ended(); });
    return *head_.value;
  }
  // The whole body, or how it broke.
  providers::Result<std::string> body() {
    head();
    return loop_.run(read(*exchange_));
  }
  void start_body(Outcome<providers::Result<std::string>>& outcome) {
    loop_.start(read(*exchange_), outcome);
  }
  providers::Exchange& exchange() { return *exchange_; }

 private:
  static providers::Task<providers::Result<std::string>> read(providers::Exchange& exchange) {
    std::string text;
    for (;;) {
      const auto piece = co_await exchange.next();
      if (!piece) co_return piece.error();
      if (piece->empty()) co_return text;
      text.append(*piece);
    }
  }

  Loop& loop_;
  const std::string body_;
  providers::OutgoingRequest request_ = a_chat();
  std::unique_ptr<providers::Exchange> exchange_;
  Outcome<providers::Result<providers::HostReply>> head_;
};

}  // namespace support
