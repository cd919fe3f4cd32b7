// One request to an HTTP host and its reply. Belongs to one data loop.
#pragma once

#include <optional>
#include <string>

#include "providers/host/http_provider.hpp"
#include "providers/http/http_reply.hpp"
#include "providers/net/dial.hpp"

namespace providers {

class HttpExchange final : public Exchange {
 public:
  explicit HttpExchange(HttpProvider& provider) : provider_(provider) {}
  ~HttpExchange() override;

  Task<Result<HostReply>> start(OutgoingRequest& request) override;
  Task<Result<std::string_view>> next() override;
  std::optional<Result<std::string_view>> next_now() override;
  void abort() override;
  routing::Progress progress() const override { return progress_; }
  routing::TlsFault tls_fault() const override { return tls_fault_; }
  // Instead of all that: a connection for whoever comes next. False where none could be made.
  Task<bool> connect_ahead();
  std::string_view why() const override { return why_; }
  int repeats() const override { return repeats_; }

 private:
  // Finds what tells the host who asks, where the head does not: fields_ are then its lines.
  Task<Result<void>> enter(const OutgoingRequest& request);
  Task<Result<void>> take_token();
  // Whether to ask once more, with another key or token.
  bool enters_again(const HostReply& reply, const OutgoingRequest& request);
  void start_over();
  Task<Result<void>> connect();
  Task<Result<void>> connect_once(config::TimePoint limit);
  Task<bool> pass_proxy(Connection::Socket& socket, config::TimePoint limit);
  // What can be said of the reply once its head is complete; nothing while it is not.
  std::optional<Result<HostReply>> understand_head(std::size_t seen);
  // What the reply said of its connection's time.
  void heed(std::string_view keep_alive);
  void finish();

  HttpProvider& provider_;
  ConnectionPtr connection_;
  Sleep waiting_;      // for a name, or for room
  Pool::Terms terms_;  // of the connection
  Dial* dialing_ = nullptr;
  Connection::Socket* tunnelling_ = nullptr;
  std::optional<BodyReader> body_;
  std::size_t held_ = 0;  // bytes of the piece handed out last
  routing::Progress progress_ = routing::Progress::nothing_sent;
  routing::TlsFault tls_fault_ = routing::TlsFault::none;
  std::string fields_;   // that say who asks; empty: the head does
  std::string token_;    // among them
  std::size_t key_ = 0;  // or the number of the key
  std::size_t entered_ = 0;
  std::string why_;
  int repeats_ = 0;
  bool keep_alive_ = false;
  bool sent_all_ = false;
  bool aborted_ = false;
};

}  // namespace providers
